"""Reads what a delivered folder says of its films, before any film is opened."""

from __future__ import annotations

from pathlib import Path

from radiographs.errors import EmptyInbox
from radiographs.findings import Findings
from radiographs.records import foldered, inbox, listed, tables
from radiographs.records.intake_row import IntakeRow

__all__ = ["IntakeRow", "read_batch"]

TABLE = "metadata"


def read_batch(
    root: Path, findings: Findings, *, metadata: Path | None = None, source: str | None = None
) -> tuple[IntakeRow, ...]:
    """The rows of a delivered folder, in order of its table or of its file names.

    A table (given, or one called metadata in the folder) speaks first; without one, folders named after findings do,
    among them the COVID-19 Radiography Database as downloaded. Where neither names a finding, films are unlabelled.
    `source` names the origin of films whose table or folder does not.

    Raises:
        EmptyInbox: the folder is not there, or holds neither a film nor a row.
        UnreadableTable: a table is broken or lacks a column.
    """
    if not root.is_dir():
        raise EmptyInbox(f"{root}: no such folder; name the folder that holds the films")
    files = inbox.look(root)
    table = metadata or _table_in(root)
    rows = listed.rows(files, table, findings, source) if table else foldered.rows(files, findings, source)
    if not rows:
        raise EmptyInbox(f"{root}: holds no film to admit; put images into it, or name another folder")
    return rows


def _table_in(root: Path) -> Path | None:
    """The table called metadata, in whatever capitals; of several the first kind in the order of `tables.SUFFIXES`."""
    there = {path.name.lower(): path for path in sorted(root.iterdir()) if path.is_file()}
    return next((there[TABLE + suffix] for suffix in tables.SUFFIXES if TABLE + suffix in there), None)
