"""Text tables as programs of many countries write them: which encoding, which separator, then record by record."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from radiographs.errors import UnreadableTable

SEPARATORS = (",", ";", "\t", "|")
NO_SEPARATOR = "\x1f"  # for a table of one column, whose cells may hold any of the others
MOST_BYTES = 256 * 2**20
_PIECE = 1 << 20
_TOLD = re.compile(r'^"?sep=(.)"?\s*$')  # Excel's own first line
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table.

    Attributes:
        line_number: where it begins in the file, from 1.
        cells: without blanks round them.
        fault: empty, or why its cells cannot be trusted.
    """

    line_number: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True)
class Layout:
    """How a text table is written; `skipped` lines come before its header."""

    encoding: str
    separator: str
    skipped: int = 0


def layout_of(path: Path, fits: Callable[[Sequence[str]], int]) -> Layout:
    """Tells how a table is written.

    Args:
        path: the table.
        fits: how well a header, cut at one separator, suits; the best separator is taken, and of equal ones the first
            that cuts at all. (The frequency of signs, which csv.Sniffer goes by, takes commas in notes for separators.)

    Raises:
        UnreadableTable: the file is no text, or too heavy to be a table.
    """
    encoding = _encoding(path)
    with _open(path, encoding) as file:
        told = _TOLD.match(file.readline(_PIECE))
    if told:
        return Layout(encoding, told[1], 1)
    headers = {separator: _header(path, Layout(encoding, separator)) for separator in (*SEPARATORS, NO_SEPARATOR)}
    cut = {separator: header for separator, header in headers.items() if len(header) > 1}
    return Layout(encoding, max(cut, key=lambda separator: fits(cut[separator])) if cut else NO_SEPARATOR)


def records(path: Path, layout: Layout) -> Iterator[Record]:
    """The records of a table that hold anything, one at a time.

    Raises:
        UnreadableTable: a quote is opened and never closed, so that nobody can tell where records end.
    """
    with _open(path, layout.encoding) as file:
        for _ in range(layout.skipped):
            file.readline()
        reader = csv.reader(file, delimiter=layout.separator, strict=True)
        while True:
            line_number = reader.line_num + layout.skipped + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield _faulty(path, line_number, several=reader.line_num + layout.skipped > line_number, error=error)
                continue
            if cells is None:
                return
            record = _record(line_number, cells)
            if any(record.cells):
                yield record


def _record(line_number: int, cells: list[str]) -> Record:
    if any("\x00" in cell for cell in cells):
        named = tuple(cell.replace("\x00", "\ufffd").strip() for cell in cells)
        return Record(line_number, named, "the row holds a NUL byte, so it is damaged")
    return Record(line_number, tuple(cell.strip() for cell in cells))


def _faulty(path: Path, line_number: int, *, several: bool, error: csv.Error) -> Record:
    """A record that breaks the rules of quoting is its own fault, unless it swallowed the lines that follow it."""
    if several or "unexpected end of data" in str(error):
        raise UnreadableTable(
            f"{path}: the quote that is opened in line {line_number} is not closed where it should be; "
            "close or double it, so that the rows after it can be told apart"
        ) from error
    if "field limit" in str(error):
        return Record(line_number, (), f"a cell of the row has more than {csv.field_size_limit()} characters")
    return Record(line_number, (), f"its quotes do not match ({error})")


def _header(path: Path, layout: Layout) -> tuple[str, ...]:
    """The first record as this layout cuts it; nothing where it cannot be cut so."""
    try:
        return next((record.cells for record in islice(records(path, layout), 1)), ())
    except UnreadableTable:
        return ()


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8 where every byte agrees, else that of Western Windows."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise UnreadableTable(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    if size > MOST_BYTES:
        raise UnreadableTable(f"{path}: weighs more than {MOST_BYTES >> 20} MiB, so it is no table; split it")
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252", "latin-1"):
        if _decodes(path, encoding):
            return encoding
    raise UnreadableTable(f"{path}: begins as {marked} and is not in it to its end; save it again as CSV UTF-8")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with _open(path, encoding) as file:
            while file.read(_PIECE):
                pass
    except UnicodeError:
        return False
    return True


def _open(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")
