"""Metadata tables as they come: CSV or XLSX, read as text by lower-cased column names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiographs.errors import UnreadableTable

SUFFIXES = (".csv", ".xlsx")


@dataclass(frozen=True)
class Table:
    """A table's columns in lower case and its rows; a cell that is empty or absent is ""."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def read(path: Path, required: tuple[str, ...]) -> Table:
    """Reads a table whole.

    Raises:
        UnreadableTable: no CSV or XLSX, broken, without rows of columns, or without a required column.
    """
    readers = {".csv": _csv_lines, ".xlsx": _xlsx_lines}
    if path.suffix.lower() not in readers:
        raise UnreadableTable(f"{path}: expected a .csv or .xlsx table, got '{path.suffix}'")
    if not path.is_file():
        raise UnreadableTable(f"{path}: no such table; name an existing file with --metadata")
    lines = [line for line in readers[path.suffix.lower()](path) if any(line)]
    columns = tuple(cell.lower() for cell in lines[0]) if lines else ()
    missing = [column for column in required if column not in columns]
    if missing:
        raise UnreadableTable(
            f"{path}: the table lacks the column {' and '.join(repr(name) for name in missing)} "
            f"(it has {', '.join(columns) or 'none'}); add it, or rename the column that holds it"
        )
    return Table(columns, tuple(dict(zip(columns, line, strict=False)) for line in lines[1:]))


def _csv_lines(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [[cell.strip() for cell in line] for line in csv.reader(file)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTable(f"{path}: not a CSV table in UTF-8 ({error}); save it again as CSV UTF-8") from error
    except OSError as error:
        raise UnreadableTable(f"{path}: cannot be read ({error.strerror}); check its permissions") from error


def _xlsx_lines(path: Path) -> list[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            return [[_cell_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise UnreadableTable(
            f"{path}: not a readable XLSX workbook ({error}); save it again from a spreadsheet"
        ) from error


def _cell_text(cell: Any) -> str:
    """Spreadsheets keep 55 as 55.0: whole numbers lose the point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
