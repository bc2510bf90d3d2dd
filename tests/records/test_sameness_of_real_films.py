"""The known copies among the real films are found, and no two patients are joined."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from radiographs.imaging import decode, reading
from radiographs.records import grouping
from radiographs.records.grouping import Index, Twin

# Sources that name their patients; of the others nothing is known of who is who.
NAMING = ("nih-chestxray14", "kermany", "covid-chestxray")


@dataclass(frozen=True)
class Film:
    """A row of the tables: path below the shared folder, source, patient if known, and what it is a copy of."""

    path: str
    source: str
    patient_id: str
    kind: str = "cohort"
    copy_of: str = ""


def cohort(shared: Path) -> list[Film]:
    rows = table(shared / "radiographs" / "metadata.csv")
    return [Film(f"radiographs/{row['path']}", row["source"], row["patient_id"]) for row in rows]


def copies(shared: Path) -> list[Film]:
    """The probes of which it is known what they are copies of."""
    rows = [row for row in table(shared / "probes" / "probes.csv") if row["near_copy_of"]]
    return [
        Film(f"probes/{row['path']}", row["source"], "", row["kind"], f"radiographs/{row['near_copy_of']}")
        for row in rows
    ]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def twins_among(shared: Path, films: Sequence[Film]) -> tuple[Twin, ...]:
    """Twins of films that were read as admission reads them."""

    def like(film: Film) -> grouping.Likeness:
        return grouping.likeness(reading.read(decode.decode_file(shared / film.path)).pixels)

    with ThreadPoolExecutor() as pool:
        likenesses = list(pool.map(like, films))
    thumbnails = np.stack([one.thumbnail for one in likenesses])
    phashes = np.array([one.phash for one in likenesses], np.uint64)
    index = Index([film.path for film in films], phashes, lambda at: thumbnails[at])
    return grouping.twins(index, Index([], phashes[:0], lambda at: thumbnails[at]))


def joined(twins: Iterable[Twin], probes: Iterable[Film]) -> Counter[str]:
    """Probes that are twins of the film that they are known to be a copy of, by kind."""
    pairs = {frozenset((twin.id, twin.other_id)) for twin in twins}
    return Counter(probe.kind for probe in probes if frozenset((probe.path, probe.copy_of)) in pairs)


def expect_all(found: Counter[str]) -> None:
    assert found["duplicate_probe"] >= 75  # of 76
    assert found["augmented_probe"] == 7 and found["label_conflict"] == 8


def test_known_copies_are_joined_with_their_originals(shared: Path) -> None:
    probes = copies(shared)
    originals = sorted({probe.copy_of for probe in probes})
    films = [film for film in cohort(shared) if film.path in originals]
    twins = twins_among(shared, [*films, *probes])
    expect_all(joined(twins, probes))
    mirrored = {twin.orientation for twin in twins if "augmented" in twin.id + twin.other_id}
    assert mirrored == {"mirrored"}


@pytest.mark.long
def test_among_all_films_known_copies_are_joined_and_patients_are_not(shared: Path) -> None:
    films, probes = cohort(shared), copies(shared)
    twins = twins_among(shared, [*films, *probes])
    expect_all(joined(twins, probes))
    by_path = {film.path: film for film in films}
    links = [(twin.id, twin.other_id) for twin in twins if twin.id in by_path and twin.other_id in by_path]
    groups = grouping.clusters(links, by_path)
    wrong = [pair for group in groups for pair in combinations(sorted(group), 2) if of_two_patients(pair, by_path)]
    assert wrong == []
    strangers = [group for group in groups if len({by_path[path].patient_id or path for path in group}) == len(group)]
    assert max(map(len, strangers)) <= 5, max(strangers, key=len)


def of_two_patients(pair: tuple[str, str], films: dict[str, Film]) -> bool:
    one, other = (films[path] for path in pair)
    named = one.source == other.source and one.source in NAMING and one.patient_id and other.patient_id
    return bool(named) and one.patient_id != other.patient_id
