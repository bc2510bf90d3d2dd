"""The facts by which a cohort proves that nothing leaks across its splits and that held-out stays as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from radiographs.errors import CohortRejected
from radiographs.records import cohort as cohorts
from radiographs.records import grouping
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort, Film
from radiographs.records.placing import Node
from radiographs.records.schema import ExclusionRow, LinkRow, VersionRow


@dataclass(frozen=True)
class ProofRow:
    """One film of the cohort, or one that an earlier cohort held out and this one lacks.

    Attributes:
        place: split, with its half for tune; "" where the cohort lacks the film.
        earlier_place: where it first stood in an earlier cohort; "" where it is new.
        group_places, patient_places, twin_places: in how many places of this cohort are the films that hang together
            with it by groups, patients and near-duplicates; the films of its patient, by any name that any source ever
            gave; and its confirmed near-duplicates; itself included.
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
        CohortRejected: an earlier cohort was changed or is gone.
    """
    earlier = _earlier_places(catalogue, cohort, cohorts_folder)
    place = {film.id: _place(film) for film in cohort.films}
    patients = _patients(catalogue, cohort)
    linked = _linked(catalogue, place)
    whole = _places_of_clusters(cohort, patients, linked)
    by_patient = _places_by((patient, place[film]) for film, told in patients.items() for patient in told)
    twins = _twin_places(linked, place)
    found = [
        ProofRow(
            at,
            film.id,
            film.finding,
            film.source,
            place[film.id],
            earlier.get(film.id, ""),
            whole[film.id],
            max((len(by_patient[patient]) for patient in patients[film.id]), default=1),
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
    """Where films stood first, over all earlier cohorts with the same findings."""
    places: dict[str, str] = {}
    for digest in catalogue.earlier_cohorts(cohort.findings.names):
        if digest != cohort.digest:
            if not (folder / digest).is_dir():
                raise CohortRejected(
                    f"{folder / digest}: this cohort was trained on, and is gone; restore it from a backup: without it "
                    "nothing shows that its held-out films are not trained on now"
                )
            for film in cohorts.load(folder / digest).films:
                places.setdefault(film.id, _place(film))
    return places


def _patients(catalogue: Catalogue, cohort: Cohort) -> dict[str, set[str]]:
    """The patients that each film was ever said to be of, by any source."""
    patients: dict[str, set[str]] = {film.id: {film.patient_id} - {""} for film in cohort.films}
    with catalogue.reading() as session:
        told = select(VersionRow.radiograph_id, VersionRow.patient_id).where(VersionRow.patient_id != "").distinct()
        for film, patient in session.execute(told):
            if film in patients:
                patients[film].add(patient)
    return patients


def _linked(catalogue: Catalogue, place: Mapping[str, str]) -> list[tuple[str, str]]:
    """Confirmed near-duplicates that are both in the cohort."""
    with catalogue.reading() as session:
        pairs = session.execute(select(LinkRow.radiograph_id, LinkRow.other_id))
        return [(one, other) for one, other in pairs if one in place and other in place]


def _places_of_clusters(
    cohort: Cohort, patients: Mapping[str, set[str]], linked: Sequence[tuple[str, str]]
) -> dict[str, int]:
    """In how many places the films are that hang together with each film, told from what they share, not from groups
    alone: a film's place is read from its group, which could not contradict it."""
    links: list[tuple[Node, Node]] = [(("film", one), ("film", other)) for one, other in linked]
    links += [(("film", film.id), ("group", film.group_id)) for film in cohort.films]
    links += [(("film", film), ("patient", patient)) for film, told in patients.items() for patient in told]
    place = {("film", film.id): _place(film) for film in cohort.films}
    count: dict[str, int] = {}
    for cluster in grouping.clusters(links, place):
        films = [node for node in cluster if node in place]
        n_places = len({place[node] for node in films})
        count.update((name, n_places) for _, name in films)
    return count


def _twin_places(linked: Sequence[tuple[str, str]], place: Mapping[str, str]) -> dict[str, set[str]]:
    """Places of each film that has a confirmed near-duplicate in the cohort, and of that."""
    found: dict[str, set[str]] = {}
    for one, other in linked:
        for film in (one, other):
            found.setdefault(film, set()).update((place[one], place[other]))
    return found


def _retirements(catalogue: Catalogue, films: Sequence[str]) -> dict[str, str]:
    with catalogue.reading() as session:
        rows = session.scalars(select(ExclusionRow).where(ExclusionRow.lifted_at.is_(None)).order_by(ExclusionRow.id))
        wanted = set(films)
        return {row.radiograph_id: f"{row.at:%Y-%m-%d}: {row.reason}" for row in rows if row.radiograph_id in wanted}
