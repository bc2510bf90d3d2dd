"""Films that are the same and are called by two findings: noted, left out, and kept for a person to settle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from radiographs.records.catalogue import current_versions, pieces
from radiographs.records.schema import ConflictRow, LinkRow, VersionRow
from radiographs.records.statements import Contradiction, Exclusion


@dataclass(frozen=True)
class Conflict:
    """Two films that are the same, or one film told twice (then both ids are its own), and what is said of them."""

    radiograph_id: str
    other_id: str
    reason: str

    @property
    def key(self) -> str:
        """Names the conflict: the same films with the same findings are the same conflict."""
        return hashlib.sha256("\n".join((self.radiograph_id, self.other_id, self.reason)).encode()).hexdigest()


def within_films(contradictions: Iterable[Contradiction]) -> list[Conflict]:
    """The conflicts of films that two places label differently."""
    return [Conflict(found.radiograph_id, found.radiograph_id, found.reason) for found in contradictions]


def among_twins(session: Session, films: Iterable[str]) -> list[Conflict]:
    """Confirmed near-duplicates of these films that are taken for another finding, in a fixed order.

    Two exposures of one patient, of which the examinations are known to differ, may differ in their finding.
    """
    pairs = {(min(pair), max(pair)) for pair in _linked(session, set(films))}
    said = _current(session, {film for pair in pairs for film in pair})
    found = []
    for one, other in sorted(pairs):
        first, second = said.get(one), said.get(other)
        if first is None or second is None or not first.finding or not second.finding:
            continue
        if first.finding != second.finding and not _other_examination(first, second):
            labelled = sorted(((first.finding, first.source), (second.finding, second.source)))
            words = " and its near-duplicate ".join(f"{finding} by {source}" for finding, source in labelled)
            found.append(Conflict(one, other, f"labelled {words}"))
    return found


def write(session: Session, batch_id: str, conflicts: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """Notes the conflicts that do not wait for a person, or were settled by one, already, and returns these.

    A settled conflict comes up again, in a row of its own, where a film was labelled otherwise since. What a person
    left out for good stays so.
    """
    wanted = {conflict.key: conflict for conflict in conflicts}
    for piece in pieces(list(wanted)):
        for row in session.scalars(select(ConflictRow).where(ConflictRow.key.in_(piece))).all():
            conflict, last = wanted.pop(row.key), _last(session, row)
            if _undone(session, last):
                wanted[_again(last.key)] = conflict
    for key, conflict in wanted.items():
        films = {"radiograph_id": conflict.radiograph_id, "other_id": conflict.other_id}
        session.add(ConflictRow(**films, key=key, batch_id=batch_id, reason=conflict.reason))
    return tuple(wanted.values())


def exclusions(conflicts: Iterable[Conflict]) -> list[Exclusion]:
    """The films to leave out until the conflicts are settled."""
    films = {film: c.reason for c in conflicts for film in (c.radiograph_id, c.other_id)}
    return [Exclusion(film, "conflict", reason) for film, reason in films.items()]


def _again(key: str) -> str:
    """Names a conflict that comes up once more."""
    return hashlib.sha256(f"{key}\nagain".encode()).hexdigest()


def _last(session: Session, row: ConflictRow) -> ConflictRow:
    """The latest row of a conflict that may have come up more than once."""
    while later := session.get(ConflictRow, _again(row.key)):
        row = later
    return row


def _undone(session: Session, row: ConflictRow) -> bool:
    """Whether a film is taken for something else than when a person settled its conflict."""
    if row.settled != "released":
        return False
    for film in {row.radiograph_id, row.other_id}:
        adopted = VersionRow.radiograph_id == film, VersionRow.adopted
        newest = select(VersionRow.finding).where(*adopted).order_by(VersionRow.id.desc()).limit(1)
        if session.scalar(newest) != session.scalar(newest.where(VersionRow.at <= row.settled_at)):
            return True
    return False


def _linked(session: Session, films: set[str]) -> Iterable[tuple[str, str]]:
    for piece in pieces(films):
        touching = or_(LinkRow.radiograph_id.in_(piece), LinkRow.other_id.in_(piece))
        found = session.execute(select(LinkRow.radiograph_id, LinkRow.other_id).where(touching))
        yield from ((one, other) for one, other in found)


def _current(session: Session, films: set[str]) -> Mapping[str, VersionRow]:
    found = {}
    for piece in pieces(films):
        chosen = VersionRow.radiograph_id.in_(piece), VersionRow.id.in_(current_versions())
        found.update({row.radiograph_id: row for row in session.scalars(select(VersionRow).where(*chosen))})
    return found


def _other_examination(one: VersionRow, other: VersionRow) -> bool:
    """Whether two films of one patient are known to come from two examinations."""
    if not one.patient_id or one.patient_id != other.patient_id:
        return False
    stated = (
        (one.study_id, other.study_id),
        (one.study_date, other.study_date),
        (one.offset_days, other.offset_days),
    )
    return any(a not in ("", None) and b not in ("", None) and a != b for a, b in stated)
