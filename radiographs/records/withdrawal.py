"""Takes a film out for ever: its pixels and all that was derived from them go, its id and the reason stay."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from radiographs.errors import UnknownRecord
from radiographs.places import Places
from radiographs.records.catalogue import Catalogue, current_versions
from radiographs.records.entries import RetrainRecord
from radiographs.records.schema import (
    ConflictRow,
    CorrectionRow,
    ExclusionRow,
    FileRow,
    LikenessRow,
    LinkRow,
    QuarantineRow,
    RadiographRow,
    VersionRow,
)
from radiographs.store import erasure

_SHORTEST = 8


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


def find(catalogue: Catalogue, beginning: str) -> tuple[str, ...]:
    """The one film whose id begins so.

    Raises:
        UnknownRecord: none does, or several do.
    """
    if len(beginning) < _SHORTEST:
        raise UnknownRecord(f"'{beginning}' is too short; give at least {_SHORTEST} characters of a film's id")
    with catalogue.reading() as session:
        chosen = RadiographRow.id.startswith(beginning, autoescape=True)
        films = session.scalars(select(RadiographRow.id).where(chosen)).all()
    if len(films) != 1:
        raise UnknownRecord(f"{len(films) or 'no'} films have an id that begins with '{beginning}'; give the whole id")
    return tuple(films)


def of_patient(catalogue: Catalogue, pseudonym: str) -> tuple[str, ...]:
    """All films of a patient.

    Raises:
        UnknownRecord: there is none.
    """
    with catalogue.reading() as session:
        chosen = VersionRow.patient_id == pseudonym, VersionRow.id.in_(current_versions())
        films = session.scalars(select(VersionRow.radiograph_id).where(*chosen).order_by(VersionRow.radiograph_id))
        found = tuple(films.all())
    if not found:
        raise UnknownRecord("no film of that patient and source is here; check both as the delivery wrote them")
    return found


def withdraw(catalogue: Catalogue, films: Sequence[str], places: Places, *, because: str) -> Withdrawal:
    """Withdraws films; called again after an interruption it finishes the job.

    Files go before the catalogue commits, which would otherwise forget their names. Cohorts are immutable and keep the
    film's id with its pseudonym; what they name can no longer be read.
    """
    with catalogue.writing() as session:
        files = [file for film in films for file in _files(session, film, places)]
        n_files = sum(_erase(path) for path in (*files, *_traces(films, places)))
        n_entries = erasure.erase(places.root / "stores", films)
        for film in films:
            _forget(session, film, because)
    trained = tuple(
        record for record in catalogue.list_retrains() if _learnt(places.cohorts / record.cohort, set(films))
    )
    return Withdrawal(tuple(films), n_files, n_entries, trained)


def _files(session: Session, film: str, places: Places) -> list[Path]:
    """Files that the catalogue knows the film by; masks only where no other film has the same."""
    row = session.get(RadiographRow, film)
    named = [row.original, row.header] if row is not None else []
    for mask in (VersionRow.lung_mask, VersionRow.lesion_mask):
        mine = set(session.scalars(select(mask).where(VersionRow.radiograph_id == film, mask != "")))
        others = select(mask).where(mask.in_(mine), VersionRow.radiograph_id != film)
        named += sorted(mine - set(session.scalars(others)))
    digests = session.scalars(select(FileRow.digest).where(FileRow.radiograph_id == film)).all()
    stored = session.scalars(select(QuarantineRow.stored).where(QuarantineRow.file_digest.in_(digests))).all()
    return [
        *(places.originals / name for name in named if name),
        *(places.identified / digest[:2] / digest for digest in digests),
        *(places.quarantine / name for name in stored if name),
    ]


def _forget(session: Session, film: str, because: str) -> None:
    """Leaves the film's row with its id, and a dated exclusion with the reason."""
    row = session.get(RadiographRow, film)
    if row is None:
        return
    row.original, row.header, row.facts, row.regions = "", "", {}, []
    digests = select(FileRow.digest).where(FileRow.radiograph_id == film)
    for waiting in session.scalars(select(QuarantineRow).where(QuarantineRow.file_digest.in_(digests))):
        waiting.settled, waiting.because, waiting.line, waiting.stored = "discarded", because, {}, ""
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


def _traces(films: Sequence[str], places: Places) -> list[Path]:
    """Files that bear a film's id in their name, wherever they lie."""
    found = [path for film in films for path in (places.originals / film[:2]).glob(f"{film}.*")]
    found += [path for film in films for path in (places.originals / "headers" / film[:2]).glob(f"{film}.*")]
    found += [path for film in films for path in (places.quarantine / film[:2]).glob(f"{film}.*")]
    return found + [path for film in films for path in places.batch_reports.glob(f"*/films/{film}.*")]


def _erase(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _learnt(cohort: Path, films: Iterable[str]) -> bool:
    """Whether a cohort holds one of the films where a network or its settings were fitted."""
    table = cohort / "films.csv"
    if not cohort.name or not table.is_file():
        return False
    with table.open(encoding="utf-8", newline="") as file:
        return any(row["id"] in films and row["split"] in ("train", "tune") for row in csv.DictReader(file))
