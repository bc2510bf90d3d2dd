"""Joins findings that come later to films that are here, through the same pseudonyms, as new dated versions."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiographs.records import conflicts, placing, settling, statements
from radiographs.records.catalogue import Catalogue, current_versions
from radiographs.records.identity import Pseudonyms
from radiographs.records.label_table import LabelRow
from radiographs.records.schema import BatchRow, VersionRow


@dataclass(frozen=True)
class LabellingSummary:
    """What became of a table of findings.

    Attributes:
        labelled: films that had no finding before; changed: films that had another; unchanged: films that had it.
        unmatched: rows that fit no film.
        contradicted: films to which rows give different findings, by one id and by another; they stay as they were.
        conflicts: near-duplicates that now disagree, left to a person.
        by_finding: films labelled or changed.
    """

    batch_id: str
    labelled: int
    changed: int
    unchanged: int
    unmatched: int
    conflicts: int
    by_finding: tuple[tuple[str, int], ...]
    contradicted: int = 0


@dataclass
class _Tally:
    labelled: int = 0
    changed: int = 0
    unchanged: int = 0
    unmatched: int = 0
    contradicted: int = 0


def apply(catalogue: Catalogue, rows: Sequence[LabelRow], key: bytes, *, seed: int = 0) -> LabellingSummary:
    """Labels the films that the rows name, in one transaction.

    A row names films by examination (study or accession) where it can, else by patient: then all films of his. A
    label that changes is a new version, and groups that get their first label get their split.

    Args:
        catalogue: an open catalogue.
        rows: patients, accessions and studies as the hospital writes them, with recognised findings.
        key: the secret behind the pseudonyms.
        seed: of the draw of splits.
    """
    with catalogue.writing() as session:
        batch = BatchRow(id=_batch_id(), status="labelled", n_rows=len(rows), summary={})
        session.add(batch)
        session.flush()
        tally, touched, by_finding = _Tally(), set[str](), Counter[str]()
        matched = [_films(session, row, Pseudonyms(key, row.source)) for row in rows]
        disputed = _disputed(rows, matched)
        tally.contradicted = len(disputed)
        for row, named in zip(rows, matched, strict=True):
            films = {film: before for film, before in named.items() if film not in disputed and film not in touched}
            tally.unmatched += not named
            _count(films, row.finding, tally, by_finding)
            settling.relabel(session, films, row.finding, batch_id=batch.id, told=_told(row, key))
            touched |= set(films)
        disputes = conflicts.write(session, batch.id, conflicts.among_twins(session, touched))
        statements.exclude(session, batch.id, conflicts.exclusions(disputes))
        placing.assign(session, seed=seed)
        summary = LabellingSummary(
            batch.id, **asdict(tally), conflicts=len(disputes), by_finding=tuple(sorted(by_finding.items()))
        )
        batch.summary = {**asdict(summary), "admitted": 0, "quarantined": 0}
    return summary


def _batch_id() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def _films(session: Session, row: LabelRow, names: Pseudonyms) -> dict[str, str]:
    """Findings by film, of the films that a row names by the finest id that fits any.

    A row that names an examination is meant for no other of its patient, also where that one is not here.
    """
    examination: tuple[tuple[Any, str], ...] = (
        (VersionRow.study_id, names.study(row.study_id or "")),
        (VersionRow.accession, names.accession(row.accession or "")),
    )
    patient = ((VersionRow.patient_id, names.patient(row.patient_id or "")),)
    current = select(VersionRow.radiograph_id, VersionRow.finding).where(VersionRow.id.in_(current_versions()))
    for column, pseudonym in examination if row.study_id or row.accession else patient:
        if pseudonym:
            found = {row.radiograph_id: row.finding for row in session.execute(current.where(column == pseudonym))}
            if found:
                return found
    return {}


def _disputed(rows: Sequence[LabelRow], matched: Sequence[Mapping[str, str]]) -> set[str]:
    """Films that two rows label differently."""
    given: dict[str, set[str]] = {}
    for row, films in zip(rows, matched, strict=True):
        for film in films:
            given.setdefault(film, set()).add(row.finding)
    return {film for film, findings in given.items() if len(findings) > 1}


def _count(films: dict[str, str], finding: str, tally: _Tally, by_finding: Counter[str]) -> None:
    for before in films.values():
        tally.unchanged += before == finding
        tally.labelled += not before
        tally.changed += bool(before) and before != finding
        by_finding[finding] += before != finding


def _told(row: LabelRow, key: bytes) -> str:
    names = Pseudonyms(key, row.source)
    said = (row.finding, names.patient(row.patient_id or ""), names.study(row.study_id or ""))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
