"""Rows and files that were not admitted, kept with their reasons until somebody mends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from radiographs.records import originals as kept
from radiographs.records.batchfile import BatchContent, Line
from radiographs.records.catalogue import pieces
from radiographs.records.schema import QuarantineRow


def set_apart(line: Line, content: BatchContent, quarantine: Path) -> str:
    """Copies a failing row's film, as it would be stored, into the quarantine; returns its name there.

    Of a file that cannot be decoded nothing is kept: what identity it holds could not be taken out.
    """
    if not line.original:
        return ""
    name = Path(line.original).name
    stored = f"{name[:2]}/{name}"
    kept.copy(content.originals / line.original, quarantine / stored)
    return stored


def add(
    session: Session, batch_id: str, failing: Sequence[Line], reasons: Mapping[int, str], stored: Mapping[int, str]
) -> None:
    """Adds rows; one that a refused batch left here goes over to this batch."""
    rows = {line.known_as: _row(line, batch_id, reasons[line.row], stored[line.row]) for line in failing}
    for piece in pieces(rows):
        for row in session.scalars(select(QuarantineRow).where(QuarantineRow.key.in_(piece))):
            again = rows.pop(row.key)
            row.batch_id, row.admitted_by, row.settled = batch_id, None, ""
            row.reason, row.stored, row.line = again["reason"], again["stored"], again["line"]
    if rows:
        session.execute(insert(QuarantineRow), list(rows.values()))


def leave(session: Session, batch_id: str, passing: Sequence[Line]) -> None:
    """Rows whose file, or whose name where they had no file, is admitted now."""
    waiting = update(QuarantineRow).where(QuarantineRow.admitted_by.is_(None)).values(admitted_by=batch_id)
    for piece in pieces({line.file_digest for line in passing}):
        session.execute(waiting.where(QuarantineRow.file_digest.in_(piece)))
    for source in {line.source for line in passing}:
        absent = waiting.where(QuarantineRow.file_digest == "", QuarantineRow.source == source)
        for piece in pieces({line.name for line in passing if line.source == source}):
            session.execute(absent.where(QuarantineRow.name.in_(piece)))


def _row(line: Line, batch_id: str, reason: str, stored: str) -> dict[str, Any]:
    columns = ("name", "file_digest", "finding_word", "source", "patient_id")
    said = {column: getattr(line, column) for column in columns}
    place = {"key": line.known_as, "batch_id": batch_id, "reason": reason, "stored": stored}
    return {**said, **place, "line": asdict(line)}
