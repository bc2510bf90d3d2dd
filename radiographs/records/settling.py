"""Settles a conflict between two findings of one film by a person's word, as new dated versions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, inspect, or_, select, update
from sqlalchemy.orm import Session

from radiographs.errors import UnknownRecord
from radiographs.records.catalogue import current_versions
from radiographs.records.schema import ConflictRow, ExclusionRow, GroupRow, RadiographRow, VersionRow, now

BY_A_PERSON = "(decision)"  # the name of such a version: no delivery of the same row again passes for a correction


def settle(session: Session, conflict: ConflictRow, finding: str | None, because: str) -> None:
    """Takes both films for one finding and lets them back into cohorts, each in the split of its group.

    Raises:
        UnknownRecord: no finding is named.
    """
    if finding is None:
        raise UnknownRecord("this is a conflict between two findings; say which is right with --finding")
    films = {conflict.radiograph_id, conflict.other_id}
    relabel(session, films, finding, batch_id=conflict.batch_id, told=conflict.key)
    conflict.settled, conflict.because, conflict.settled_at = "released", because, now()
    session.flush()
    _close_agreeing(session, films, because)
    lift(session, films)


def relabel(session: Session, films: Iterable[str], finding: str, *, batch_id: str, told: str) -> int:
    """Adds a version with another finding to each film that is taken for something else; returns how many."""
    columns = [column.key for column in inspect(VersionRow).mapper.column_attrs if column.key not in ("id", "at")]
    chosen = VersionRow.radiograph_id.in_(set(films)), VersionRow.id.in_(current_versions())
    rows = [
        {**{name: getattr(row, name) for name in columns}, "finding": finding, "batch_id": batch_id, "told": told,
         "name": BY_A_PERSON, "adopted": True}
        for row in session.scalars(select(VersionRow).where(*chosen).order_by(VersionRow.id))
        if row.finding != finding
    ]  # fmt: skip
    if rows:
        session.execute(insert(VersionRow), rows)
    return len(rows)


def lift(session: Session, films: Iterable[str]) -> None:
    """Ends the exclusion of films that are in no open conflict any more; the dated row stays."""
    for film in films:
        touching = or_(ConflictRow.radiograph_id == film, ConflictRow.other_id == film)
        if session.scalars(select(ConflictRow.key).where(touching, ConflictRow.settled == "")).first() is None:
            excluded = ExclusionRow.radiograph_id == film, ExclusionRow.kind == "conflict"
            session.execute(
                update(ExclusionRow).where(*excluded, ExclusionRow.lifted_at.is_(None)).values(lifted_at=now())
            )


def facts_of(session: Session, conflict: ConflictRow) -> tuple[tuple[str, str], ...]:
    """What is said of each film of a conflict, by whom and when, as (what, value) pairs."""
    facts = [("reason", conflict.reason), ("since", f"{conflict.at:%Y-%m-%d %H:%M} UTC")]
    for film in dict.fromkeys((conflict.radiograph_id, conflict.other_id)):
        split = session.scalar(
            select(GroupRow.split)
            .join(RadiographRow, RadiographRow.group_id == GroupRow.id)
            .where(RadiographRow.id == film)
        )
        facts.append(("film", f"{film} ({split or 'no split'})"))
        for row in session.scalars(select(VersionRow).where(VersionRow.radiograph_id == film).order_by(VersionRow.id)):
            said = f"{row.finding or 'no finding'} by {row.source}, {row.at:%Y-%m-%d}, {row.name}"
            facts.append(("  taken" if row.adopted else "  told", said))
    return tuple(facts)


def _close_agreeing(session: Session, films: set[str], because: str) -> None:
    """Other conflicts of these films whose two sides now agree are settled with this one."""
    touching = or_(ConflictRow.radiograph_id.in_(films), ConflictRow.other_id.in_(films))
    for conflict in session.scalars(select(ConflictRow).where(touching, ConflictRow.settled == "")):
        pair = {conflict.radiograph_id, conflict.other_id}
        chosen = VersionRow.radiograph_id.in_(pair), VersionRow.id.in_(current_versions())
        if len(set(session.scalars(select(VersionRow.finding).where(*chosen)))) == 1:
            conflict.settled, conflict.because, conflict.settled_at = "released", because, now()
            session.flush()
            lift(session, pair)
