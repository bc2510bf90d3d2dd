"""Takes a film out for ever: its pixels and all that was derived from them go, its id and the reason stay."""

from __future__ import annotations

import csv
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from radiographs.errors import UnknownRecord
from radiographs.places import Places
from radiographs.records import traces
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import RetrainRecord
from radiographs.records.schema import (
    BatchRow,
    ConflictRow,
    CorrectionRow,
    ExclusionRow,
    FileRow,
    LikenessRow,
    LinkRow,
    QuarantineRow,
    RadiographRow,
    VersionRow,
    now,
)
from radiographs.store import erasure

_SHORTEST = 8
_WHOLE_ID = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn, and what had learnt from it.

    Attributes:
        radiograph_ids: the films.
        n_files: files that were erased; n_entries: rows of the stores that were.
        trained_on: retrains whose cohort held one of the films in train or tune.
    """

    radiograph_ids: tuple[str, ...]
    n_files: int
    n_entries: int
    trained_on: tuple[RetrainRecord, ...]


@dataclass(frozen=True)
class _Held:
    """All that is kept of one film: its row, what of it is quarantined, and its files with their digests."""

    film: str
    row: RadiographRow | None
    quarantined: tuple[QuarantineRow, ...]
    digests: frozenset[str]
    files: tuple[Path, ...]


def find(catalogue: Catalogue, beginning: str) -> tuple[str, ...]:
    """The one film, admitted or quarantined, whose id begins so; a whole id may also name one that only files hold.

    Raises:
        UnknownRecord: none does, or several do.
    """
    if len(beginning) < _SHORTEST:
        raise UnknownRecord(f"'{beginning}' is too short; give at least {_SHORTEST} characters of a film's id")
    quarantined = QuarantineRow.line["radiograph_id"].as_string()
    with catalogue.reading() as session:
        chosen = RadiographRow.id.startswith(beginning, autoescape=True)
        films = set(session.scalars(select(RadiographRow.id).where(chosen)))
        films |= set(session.scalars(select(quarantined).where(quarantined.startswith(beginning, autoescape=True))))
    if not films and _WHOLE_ID.fullmatch(beginning):
        return (beginning,)
    if len(films) != 1:
        raise UnknownRecord(f"{len(films) or 'no'} films have an id that begins with '{beginning}'; give the whole id")
    return tuple(films)


def of_patient(catalogue: Catalogue, pseudonym: str) -> tuple[str, ...]:
    """All films that anybody ever told to be a patient's, admitted or quarantined, as `withdraw` takes them.

    A quarantined file of which no film could be decoded is named by the key of its row.

    Raises:
        UnknownRecord: there is none.
    """
    with catalogue.reading() as session:
        told = select(VersionRow.radiograph_id).where(VersionRow.patient_id == pseudonym)
        found = set(session.scalars(told))
        for row in session.scalars(select(QuarantineRow).where(QuarantineRow.patient_id == pseudonym)):
            found.add(row.line.get("radiograph_id") or row.key)
    if not pseudonym or not found:
        raise UnknownRecord("no film of that patient and source is here; check both as the delivery wrote them")
    return tuple(sorted(found))


def withdraw(catalogue: Catalogue, films: Sequence[str], places: Places, *, because: str) -> Withdrawal:
    """Withdraws films; called again after an interruption it finishes the job.

    Files go before the catalogue commits, which would otherwise forget their names. Cohorts are immutable and keep the
    film's id with its pseudonym; what they name can no longer be read. A film that was never admitted leaves its id
    too, so that it is not taken in later.

    Raises:
        UnknownRecord: nothing is kept of one of the films; then nothing is erased.
    """
    with catalogue.writing() as session:
        held = [_held(session, film, places) for film in films]
        traces.erase_batches(places.batches, {word for one in held for word in (one.film, *one.digests)})
        n_files = sum(traces.erase(one.files) for one in held)
        n_entries = erasure.erase(places.root / "stores", films)
        for one in held:
            _strike(session, one, places)
            _settle(one.quarantined, because)
        _leave_ids(session, [one for one in held if one.row is None and not _is_key(one)])
        for one in held:
            _forget(session, one.film, because)
    trained = tuple(
        record for record in catalogue.list_retrains() if _learnt(places.cohorts / record.cohort, set(films))
    )
    return Withdrawal(tuple(films), n_files, n_entries, trained)


def _held(session: Session, film: str, places: Places) -> _Held:
    row = session.get(RadiographRow, film)
    digests = set(session.scalars(select(FileRow.digest).where(FileRow.radiograph_id == film)))
    of_film = QuarantineRow.line["radiograph_id"].as_string() == film
    named = select(QuarantineRow).where(or_(QuarantineRow.file_digest.in_(digests), QuarantineRow.key == film, of_film))
    rows = tuple(one for one in session.scalars(named) if one.key != film or not one.line.get("radiograph_id"))
    digests |= {one.file_digest for one in rows if one.file_digest}
    kept = [places.originals / name for name in (row.original, row.header) if name] if row is not None else []
    kept += [places.quarantine / one.stored for one in rows if one.stored]
    kept += [path for digest in sorted(digests) for path in traces.of_file(digest, places)]
    kept += traces.of_masks(session, _masks(session, film, rows), film, [one.key for one in rows], places)
    files = tuple(dict.fromkeys((*kept, *traces.of_film(film, places))))
    if row is None and not rows and not files:
        raise UnknownRecord(f"no film has the id '{film}'; check it")
    return _Held(film, row, rows, frozenset(digests), files)


def _is_key(one: _Held) -> bool:
    """Whether the name is that of a quarantined row without a film."""
    return any(row.key == one.film for row in one.quarantined)


def _masks(session: Session, film: str, rows: Iterable[QuarantineRow]) -> set[str]:
    said = session.execute(select(VersionRow.lung_mask, VersionRow.lesion_mask).where(VersionRow.radiograph_id == film))
    return {name for pair in said for name in pair} | {
        row.line.get(kind, "") for row in rows for kind in ("lung_mask", "lesion_mask")
    }


def _strike(session: Session, one: _Held, places: Places) -> None:
    """Takes what the film came as out of the pages of its batches."""
    said = session.execute(select(VersionRow.batch_id, VersionRow.name).where(VersionRow.radiograph_id == one.film))
    told = {(row.batch_id, row.name) for row in (*said, *one.quarantined)}
    traces.strike({batch for batch, _ in told}, {name for _, name in told}, places)


def _settle(rows: Iterable[QuarantineRow], because: str) -> None:
    """Leaves of quarantined rows their key, so that the same row is not asked about again, and the reason."""
    for row in rows:
        row.settled, row.because, row.settled_at = "discarded", because, row.settled_at or now()
        row.line, row.stored, row.file_digest, row.finding_word = {}, "", "", ""
        row.patient_id, row.name, row.reason = "", traces.ERASED, traces.ERASED


def _leave_ids(session: Session, unknown: Sequence[_Held]) -> None:
    """A row with nothing but its id for each film that the catalogue does not know."""
    if not unknown:
        return
    batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    counts = {"admitted": 0, "quarantined": 0}
    session.add(BatchRow(id=batch_id, status="withdrawn", n_rows=len(unknown), summary=counts))
    session.flush()
    for one in unknown:
        session.add(RadiographRow(id=one.film, group_id=None, batch_id=batch_id, original="", facts={}, regions=[]))
    session.flush()


def _forget(session: Session, film: str, because: str) -> None:
    """Leaves the film's row with its id, and a dated exclusion with the reason."""
    row = session.get(RadiographRow, film)
    if row is None:
        return
    row.original, row.header, row.facts, row.regions = "", "", {}, []
    for conflict in session.scalars(
        select(ConflictRow).where(or_(ConflictRow.radiograph_id == film, ConflictRow.other_id == film))
    ):
        conflict.settled = conflict.settled or "discarded"
        conflict.because = conflict.because or f"withdrawn: {because}"
    for table in (VersionRow, LikenessRow, FileRow, CorrectionRow):
        session.execute(delete(table).where(table.radiograph_id == film))
    session.execute(delete(LinkRow).where(or_(LinkRow.radiograph_id == film, LinkRow.other_id == film)))
    known = select(ExclusionRow.id).where(ExclusionRow.radiograph_id == film, ExclusionRow.kind == "withdrawn")
    if session.scalar(known) is None:
        session.add(ExclusionRow(radiograph_id=film, batch_id=row.batch_id, kind="withdrawn", reason=because))


def _learnt(cohort: Path, films: Iterable[str]) -> bool:
    """Whether a cohort holds one of the films where a network or its settings were fitted."""
    table = cohort / "films.csv"
    if not cohort.name or not table.is_file():
        return False
    with table.open(encoding="utf-8", newline="") as file:
        return any(row["id"] in films and row["split"] in ("train", "tune") for row in csv.DictReader(file))
