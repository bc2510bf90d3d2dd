"""Writes what a batch says of films as dated versions, and settles what contradicts the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from radiographs.records.batchfile import Line
from radiographs.records.catalogue import current_versions, pieces
from radiographs.records.schema import ExclusionRow, GroupRow, RadiographRow, VersionRow

# Where one patient turns up in several places, the films of the first of these stay and the others are retired;
# a group without a labelled film has no place yet, and only joins.
_NOWHERE = ("", "")
_STAYS_FIRST = (("held_out", ""), ("tune", "calibrate"), ("tune", "select"), ("train", ""), _NOWHERE)


@dataclass(frozen=True)
class Taken:
    """What a film is taken for now, and who said so."""

    finding: str
    source: str
    patient_id: str
    name: str
    this_batch: bool


@dataclass(frozen=True)
class Exclusion:
    """A film that is to be left out from now on."""

    radiograph_id: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Contradiction:
    """A film that two places label differently."""

    radiograph_id: str
    reason: str


@dataclass(frozen=True)
class Said:
    """What follows from the statements of a batch: films that contradict themselves, and films retired by a merger."""

    contradictions: tuple[Contradiction, ...]
    retired: tuple[Exclusion, ...]


def write(session: Session, batch_id: str, lines: Sequence[Line], new: frozenset[str]) -> Said:
    """Adds a version for each line, in order, and says what follows from them.

    The first line of a new film is adopted, and so is the first that labels it. So is a later one from the same
    source, unless it changes the finding without coming from the same file name in a later batch: then, as with
    another source's other finding, the film contradicts itself. A line without a finding leaves that of before. A
    film's retirement follows from a patient id that shows two groups to be one patient.
    """
    taken = _taken(session, {line.radiograph_id for line in lines} - new)
    versions, contradictions = [], {}
    patients: dict[tuple[str, str], None] = {}
    for stated in lines:
        film = stated.radiograph_id
        before = taken.get(film)
        line = replace(stated, finding=before.finding) if before is not None and not stated.finding else stated
        contradicts = before is not None and not _may_change_finding(before, line)
        same_source = before is not None and before.source == line.source
        adopted = before is None or ((same_source or not before.finding) and not contradicts)
        if contradicts and before is not None:
            reason = f"labelled {before.finding} by {before.source} and {line.finding} by {line.source}"
            contradictions[film] = Contradiction(film, reason)
        if before is not None and line.patient_id and line.patient_id != before.patient_id:
            patients[film, line.patient_id] = None  # whoever says it: each hospital has its own name for him
        if adopted:
            taken[film] = Taken(line.finding, line.source, line.patient_id, line.name, True)
        versions.append(_version(line, batch_id, adopted))
    if versions:
        session.execute(insert(VersionRow), versions)
    retired = {e.radiograph_id: e for film, patient in patients for e in _unite(session, film, patient)}
    return Said(tuple(contradictions.values()), tuple(retired.values()))


def exclude(session: Session, batch_id: str, exclusions: Iterable[Exclusion]) -> None:
    """Adds dated rows; a film that is excluded for that kind of reason already keeps its row."""
    wanted = {(e.radiograph_id, e.kind): e for e in exclusions}
    for piece in pieces({film for film, _ in wanted}):
        open_ones = ExclusionRow.radiograph_id.in_(piece), ExclusionRow.lifted_at.is_(None)
        for film, kind in session.execute(select(ExclusionRow.radiograph_id, ExclusionRow.kind).where(*open_ones)):
            wanted.pop((film, kind), None)
    session.add_all(
        ExclusionRow(radiograph_id=e.radiograph_id, batch_id=batch_id, kind=e.kind, reason=e.reason)
        for e in wanted.values()
    )


def _may_change_finding(before: Taken, line: Line) -> bool:
    same_file = PurePosixPath(before.name).name == PurePosixPath(line.name).name
    correction = before.source == line.source and same_file and not before.this_batch
    return before.finding in ("", line.finding) or correction


def _taken(session: Session, films: Iterable[str]) -> dict[str, Taken]:
    taken = {}
    for piece in pieces(films):
        rows = session.scalars(
            select(VersionRow).where(VersionRow.radiograph_id.in_(piece), VersionRow.id.in_(current_versions()))
        )
        for row in rows:
            taken[row.radiograph_id] = Taken(row.finding, row.source, row.patient_id, row.name, False)
    return taken


def _version(line: Line, batch_id: str, adopted: bool) -> dict[str, Any]:
    columns = ("radiograph_id", "told", "name", "finding", "source", "patient_id", "study_id", "view_position", "sex")
    more = ("age", "offset_days", "lung_mask", "lesion_mask", "accession", "study_date")
    header = ("modality", "body_part", "manufacturer")
    said = {column: getattr(line, column) for column in (*columns, *more, *header)}
    return {**said, "batch_id": batch_id, "adopted": adopted}


def _unite(session: Session, film: str, patient: str) -> list[Exclusion]:
    """One group of all groups that a film now shares its patient with; films of other places are retired."""
    same_patient = select(VersionRow.radiograph_id).where(VersionRow.patient_id == patient)
    touched = RadiographRow.id.in_(same_patient) | (RadiographRow.id == film)
    groups = session.execute(
        select(GroupRow.id, GroupRow.split, GroupRow.tune_half)
        .where(GroupRow.id.in_(select(RadiographRow.group_id).where(touched)))
        .order_by(GroupRow.id)
    ).all()
    if len(groups) < 2:
        return []
    ordered = sorted(groups, key=lambda row: _STAYS_FIRST.index((row.split, row.tune_half)))
    stays = ordered[0]
    kept = ((stays.split, stays.tune_half), _NOWHERE)
    retired = [row.id for row in ordered if (row.split, row.tune_half) not in kept]
    films = session.scalars(select(RadiographRow.id).where(RadiographRow.group_id.in_(retired))).all()
    others = [row.id for row in ordered[1:]]
    session.execute(update(RadiographRow).where(RadiographRow.group_id.in_(others)).values(group_id=stays.id))
    reason = f"its patient turned out to be in {stays.split} {stays.tune_half}".strip().replace("_", "-")
    return [Exclusion(retired_film, "merged", reason) for retired_film in films]
