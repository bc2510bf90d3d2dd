"""XLSX workbooks as records of text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radiographs.errors import UnreadableTable
from radiographs.records.delimited import Record

MOST_UNPACKED_BYTES = 1 << 30


def records(path: Path) -> Iterator[Record]:
    """The records of a workbook's first sheet that hold anything, one at a time.

    Raises:
        UnreadableTable: no workbook, or one that unpacks to more than any table needs.
    """
    from openpyxl import load_workbook

    try:
        _check_weight(path)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs state them wrongly, and cells beyond would be lost
            for line_number, line in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = tuple(_cell_text(cell) for cell in line)
                if any(cells):
                    yield Record(line_number, cells)
        finally:
            book.close()
    except UnreadableTable:
        raise
    except Exception as error:  # a broken archive or broken XML raises what it likes
        raise UnreadableTable(
            f"{path}: not a readable XLSX workbook ({error}); save it again from a spreadsheet"
        ) from error


def _check_weight(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_UNPACKED_BYTES:
        raise UnreadableTable(f"{path}: unpacks to {unpacked >> 20} MiB, so it is no table; save it again as CSV")


def _cell_text(cell: Any) -> str:
    """Spreadsheets keep 55 as 55.0: whole numbers lose the point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
