"""Tables as they are delivered, CSV in its many kinds or XLSX, by the columns that we know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radiographs.errors import UnreadableTable
from radiographs.records import columns, delimited, workbooks
from radiographs.records.columns import Columns
from radiographs.records.delimited import Record

SUFFIXES = (".csv", ".tsv", ".xlsx")
_TEXT = (".csv", ".tsv", ".txt")
_SHOWN_COLUMNS = 16
_SHOWN_LETTERS = 40
Recognise = Callable[[Sequence[str]], Columns]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        line_number: in the file, from 1.
        fault: empty, or why the row cannot be trusted.
    """

    line_number: int
    fault: str = ""
    cells: tuple[str, ...] = ()
    _at: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)

    def get(self, column: str) -> str:
        """The cell of one of our columns; "" where it is empty, or the table or the row lacks it."""
        at = self._at.get(column, len(self.cells))
        return self.cells[at] if at < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """A table read whole.

    Attributes:
        columns: those that it has of ours.
        rows: in its order, without blank ones.
        french: whether its header is in French.
        decimal_comma: whether a comma in a number can be a decimal one, because it separates no cells.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    french: bool = False
    decimal_comma: bool = False


def read(path: Path, required: Sequence[str], recognise: Recognise = columns.recognise) -> Table:
    """Reads a table whole.

    Args:
        path: CSV (separated by comma, semicolon, tab or bar; UTF-8, UTF-16 with its mark, or Western Windows) or XLSX.
        required: columns of ours without which it is of no use.
        recognise: tells our columns from a header.

    Raises:
        UnreadableTable: no CSV or XLSX, broken, with a header that has two meanings, or without a required column.
    """
    if not path.is_file():
        raise UnreadableTable(f"{path}: no such table; name an existing file")
    suffix, separator = path.suffix.lower(), ""
    if suffix in _TEXT:
        layout = delimited.layout_of(path, lambda cells: _suits(recognise(cells), required))
        records, separator = delimited.records(path, layout), layout.separator
    elif suffix == ".xlsx":
        records = workbooks.records(path)
    else:
        raise UnreadableTable(f"{path}: expected a .csv or .xlsx table, got '{path.suffix}'")
    header = next(records, Record(1, ()))
    known = recognise(header.cells)
    _check(path, header, known, required)
    at = {name: place for place, name in enumerate(known.names) if name}
    width = len(_trimmed(header.cells))
    rows = tuple(_row(record, width, at) for record in records)
    return Table(tuple(at), rows, french=known.french, decimal_comma=separator != ",")


def _suits(known: Columns, required: Sequence[str]) -> int:
    """How well a header is understood: the required columns weigh more than all others."""
    found = [name for name in known.names if name]
    return 1000 * len(set(found) & set(required)) + len(found) + bool(known.objection)


def _check(path: Path, header: Record, known: Columns, required: Sequence[str]) -> None:
    if header.fault or known.objection:
        raise UnreadableTable(f"{path}: in its header, {header.fault or known.objection}")
    missing = [name for name in required if name not in known.names]
    if missing:
        # Where no column is recognised the first line may hold a patient, and is not shown.
        there = [_shown(cell) for cell in header.cells if cell] if any(known.names) else []
        more = f" and {len(there) - _SHOWN_COLUMNS} more" if len(there) > _SHOWN_COLUMNS else ""
        raise UnreadableTable(
            f"{path}: the table lacks the column {' and '.join(repr(name) for name in missing)} "
            f"(it has {', '.join(there[:_SHOWN_COLUMNS]) or 'no column that is known'}{more}); "
            "add it, or rename the column that holds it"
        )


def _row(record: Record, width: int, at: Mapping[str, int]) -> Row:
    """A row with fewer cells than the table has columns says nothing in the others; one with more has slipped."""
    cells = record.cells if len(record.cells) <= width else _trimmed(record.cells)
    fault = record.fault
    if len(cells) > width and not fault:
        fault = f"the row has {len(cells)} cells where the table has {width} columns"
    return Row(record.line_number, fault, cells, at)


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at the end, which trailing separators leave."""
    filled = len(cells)
    while filled and not cells[filled - 1]:
        filled -= 1
    return cells[:filled]


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_SHOWN_LETTERS]).lower()
