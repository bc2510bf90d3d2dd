"""The facts by which a cohort proves that nothing leaks across its splits and that held-out stays as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from radiographs.records import cohort as cohorts
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort, Film
from radiographs.records.schema import ExclusionRow, LinkRow


@dataclass(frozen=True)
class ProofRow:
    """One film of the cohort, or one that an earlier cohort held out and this one lacks.

    Attributes:
        place: split, with its half for tune; "" where the cohort lacks the film.
        earlier_place: where it first stood in an earlier cohort; "" where it is new.
        group_places, patient_places, twin_places: in how many places of this cohort the films of its group, of its
            patient, and its confirmed near-duplicates are, itself included.
        retired: date and reason of its retirement; "" where there is none.
    """

    row: int
    name: str
    finding: str
    source: str
    place: str
    earlier_place: str
    group_places: int
    patient_places: int
    twin_places: int
    retired: str


def rows(catalogue: Catalogue, cohort: Cohort, cohorts_folder: Path) -> tuple[ProofRow, ...]:
    """One row for each film that the cohort has to answer for; `name` is its id.

    Args:
        catalogue: the catalogue it was taken from.
        cohort: the new cohort.
        cohorts_folder: where earlier ones lie.

    Raises:
        CohortRejected: an earlier cohort was changed.
    """
    earlier = _earlier_places(catalogue, cohort, cohorts_folder)
    place = {film.id: _place(film) for film in cohort.films}
    groups = _places_by((film.group_id, place[film.id]) for film in cohort.films)
    patients = _places_by((film.patient_id, place[film.id]) for film in cohort.films if film.patient_id)
    twins = _twin_places(catalogue, place)
    found = [
        ProofRow(
            at,
            film.id,
            film.finding,
            film.source,
            place[film.id],
            earlier.get(film.id, ""),
            len(groups[film.group_id]),
            len(patients[film.patient_id]) if film.patient_id else 1,
            len(twins.get(film.id, {place[film.id]})),
            "",
        )
        for at, film in enumerate(cohort.films)
    ]
    gone = sorted(film for film, stood in earlier.items() if stood == "held_out" and film not in place)
    retired = _retirements(catalogue, gone)
    for film in gone:
        found.append(ProofRow(len(found), film, "", "", "", earlier[film], 0, 0, 0, retired.get(film, "")))
    return tuple(found)


def _place(film: Film) -> str:
    return f"{film.split}/{film.tune_half}" if film.tune_half else film.split


def _places_by(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    places: dict[str, set[str]] = defaultdict(set)
    for key, place in pairs:
        places[key].add(place)
    return places


def _earlier_places(catalogue: Catalogue, cohort: Cohort, folder: Path) -> dict[str, str]:
    """Where films stood first, over all earlier cohorts with the same findings that are still on disk."""
    places: dict[str, str] = {}
    for digest in catalogue.earlier_cohorts(cohort.findings.names):
        if digest != cohort.digest and (folder / digest).is_dir():
            for film in cohorts.load(folder / digest).films:
                places.setdefault(film.id, _place(film))
    return places


def _twin_places(catalogue: Catalogue, place: Mapping[str, str]) -> dict[str, set[str]]:
    """Places of each film that has a confirmed near-duplicate in the cohort, and of that."""
    found: dict[str, set[str]] = {}
    with catalogue.reading() as session:
        for one, other in session.execute(select(LinkRow.radiograph_id, LinkRow.other_id)):
            if one in place and other in place:
                for film in (one, other):
                    found.setdefault(film, set()).update((place[one], place[other]))
    return found


def _retirements(catalogue: Catalogue, films: Sequence[str]) -> dict[str, str]:
    with catalogue.reading() as session:
        rows = session.scalars(select(ExclusionRow).where(ExclusionRow.lifted_at.is_(None)).order_by(ExclusionRow.id))
        wanted = set(films)
        return {row.radiograph_id: f"{row.at:%Y-%m-%d}: {row.reason}" for row in rows if row.radiograph_id in wanted}
