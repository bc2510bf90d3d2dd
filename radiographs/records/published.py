"""The COVID-19 Radiography Database as downloaded: a folder a finding, and beside each a table of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from radiographs.findings import Findings
from radiographs.records import cellwords, tables
from radiographs.records.cellwords import Size
from radiographs.records.inbox import Inbox
from radiographs.records.intake_row import IntakeRow

SOURCE = "radiography-database"
TABLE = ".metadata.xlsx"
CHANNELS = 1  # its description speaks of grey PNG files
CAPITALS = "the table's file name differs from the file's in capitals; the file's stands"


@dataclass(frozen=True)
class Entry:
    """What its table says of one file; the URL that it gives is not right for each file, and is not read."""

    stem: str
    size: Size | None
    format: str | None


# By the finding's folder, then by the stem in small letters.
Announced = Mapping[str, Mapping[str, Entry]]


def announced(files: Inbox, findings: Findings) -> Announced:
    """What the database's tables list, where the delivery has such tables.

    Raises:
        UnreadableTable: one of them is broken.
    """
    return {folder: _entries(files, folder) for folder in _folders(files, findings)}


def absent(files: Inbox, listed: Announced, findings: Findings, source: str | None) -> Iterator[IntakeRow]:
    """Rows for files that the tables list and that are not there."""
    present = {str(PurePosixPath(name).with_suffix("")).lower() for name in files.films}
    for folder, entries in listed.items():
        word = PurePosixPath(folder).name
        for stem, entry in sorted(entries.items()):
            if not {f"{folder}/images/{stem}".lower(), f"{folder}/{stem}".lower()} & present:
                yield IntakeRow(
                    name=f"{folder}/images/{entry.stem}",
                    finding=findings.recognise(word),
                    finding_word=word,
                    source=source or SOURCE,
                    problem=f"{folder}{TABLE} names this file, and it is not there",
                )


def _folders(files: Inbox, findings: Findings) -> Iterator[str]:
    for table in sorted(files.root.rglob(f"*{TABLE}")):
        word = table.name.removesuffix(TABLE)
        if findings.recognise(word) and not table.name.startswith((".", "~")) and files.fence.holds(table):
            yield (table.parent / word).relative_to(files.root).as_posix()


def _entries(files: Inbox, folder: str) -> Mapping[str, Entry]:
    table = tables.read(files.root / (folder + TABLE), ("path",))
    entries = (
        Entry(line.get("path"), cellwords.size(line.get("size")), cellwords.file_format(line.get("format")))
        for line in table.rows
    )
    return {entry.stem.lower(): entry for entry in entries if entry.stem}
