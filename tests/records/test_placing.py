"""Whatever arrives in whatever batches, no patient and no near-duplicate is usable in two splits."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiographs.records import enrolment, grouping, placing
from radiographs.records.batchfile import BatchContent, InspectedBatch, Line
from radiographs.records.catalogue import Catalogue, usable
from radiographs.records.schema import BatchRow, GroupRow, RadiographRow

from .films import film

PATTERNS = [grouping.likeness(film(seed)) for seed in range(6)]


@dataclass(frozen=True)
class Told:
    """A film by what it looks like, and whose it is said to be; 0 is nobody's."""

    pattern: int
    patient: int


told_films = st.builds(Told, pattern=st.integers(0, 30), patient=st.integers(0, 6))
batches = st.lists(st.lists(told_films, min_size=1, max_size=8), min_size=1, max_size=6)


def line(row: int, name: str, told: Told, phash: int, source: str = "north") -> Line:
    words = dict.fromkeys(("problem", "study_id", "view_position", "sex", "lung_mask", "lesion_mask"), "")
    return Line(
        **words, row=row, name=name, change="new", finding="Normal", finding_word="Normal", source=source,
        patient_id=f"p{told.patient}" if told.patient else "", age=None, offset_days=None, radiograph_id=name,
        file_digest=name, original="", phash=f"{phash:016x}", told=name, known_as=name,
    )  # fmt: skip


def admit(session: Session, batch_id: str, films: dict[str, Told], source: str = "north") -> None:
    likenesses = [
        PATTERNS[told.pattern] if told.pattern < len(PATTERNS) else grouping.likeness(film(crc32(name.encode())))
        for name, told in films.items()
    ]
    lines = tuple(
        line(row, name, told, like.phash, source)
        for row, ((name, told), like) in enumerate(zip(films.items(), likenesses, strict=True))
    )
    content = BatchContent(lines, np.stack([like.thumbnail for like in likenesses]), None, ())  # type: ignore[arg-type]
    session.add(BatchRow(id=batch_id, status="admitted", n_rows=len(lines), summary={}))
    session.flush()
    inspected = InspectedBatch(None, batch_id, len(lines), len(lines), 0)  # type: ignore[arg-type]
    enrolment.take_in(session, inspected, content, lines, reasons=enrolment.Counter(), seed=0)
    session.flush()


def usable_places(session: Session) -> dict[str, tuple[str, str]]:
    found = session.execute(
        select(RadiographRow.id, GroupRow.split, GroupRow.tune_half)
        .join(GroupRow, GroupRow.id == RadiographRow.group_id)
        .where(usable())
    )
    return {name: (split, half) for name, split, half in found}


@settings(max_examples=40, deadline=None)
@given(batches)
def test_no_patient_and_no_near_duplicate_is_usable_in_two_splits_and_nothing_moves(many: list[list[Told]]) -> None:
    said: dict[str, Told] = {}
    places: dict[str, tuple[str, str]] = {}
    with Catalogue.open("sqlite://") as catalogue, catalogue.writing() as session:
        for number, batch in enumerate(many):
            films = {f"film-{number}-{row}": told for row, told in enumerate(batch)}
            admit(session, f"batch-{number}", films)
            said |= films
            now = usable_places(session)
            assert {name: now.get(name) for name in places} == places
            places = now
            seen: dict[str, tuple[str, str]] = {}
            for name, place in places.items():
                keys = [f"patient {said[name].patient}"] if said[name].patient else []
                keys += [f"pattern {said[name].pattern}"] if said[name].pattern < len(PATTERNS) else []
                for key in keys:
                    assert seen.setdefault(key, place) == place, key


@settings(max_examples=40, deadline=None)
@given(batches, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6)), max_size=12))
def test_whatever_another_hospital_calls_its_copies_no_patient_is_usable_in_two_splits_and_held_out_stays(
    many: list[list[Told]], retold: list[tuple[int, int]]
) -> None:
    """Each batch is followed by one of another source, of films that are here already, and by further films of it."""
    known: dict[str, Told] = {}
    patients: dict[str, set[str]] = {}
    places: dict[str, tuple[str, str]] = {}
    with Catalogue.open("sqlite://") as catalogue, catalogue.writing() as session:
        for number, batch in enumerate(many):
            fresh = {f"film-{number}-{row}": told for row, told in enumerate(batch)}
            known |= fresh
            names = sorted(known)
            copies = {names[at % len(names)]: patient for at, patient in retold[number :: len(many)]}
            again = {name: Told(known[name].pattern, patient and patient + 3) for name, patient in copies.items()}
            for source, films in (("north", fresh), ("south", again)):
                if films:
                    admit(session, f"{source}-{number}", films, source)
                for name, told in films.items():
                    patients.setdefault(name, set()).update({f"patient {told.patient}"} if told.patient else ())
            now = usable_places(session)
            assert all(now.get(name, place) == place for name, place in places.items())
            assert {name for name, place in places.items() if place[0] == "held_out"} <= now.keys()
            places = now
            seen: dict[str, tuple[str, str]] = {}
            for name, place in places.items():
                pattern = known[name].pattern
                for key in patients[name] | ({f"pattern {pattern}"} if pattern < len(PATTERNS) else set()):
                    assert seen.setdefault(key, place) == place, key


TRAIN, HELD_OUT = ("train", ""), ("held_out", "")
PLACES = {"t": TRAIN, "h": HELD_OUT}


def bridging(new: str, *links: tuple[str, str]) -> set[str]:
    """Films that bridge, of links such as ("film a", "group t")."""
    pairs = [tuple((word.split()[0], word.split()[1]) for word in link) for link in links]
    return {name for kind, name in placing._bridging({("film", n) for n in new}, pairs, PLACES) if kind == "film"}  # type: ignore[arg-type]


def test_a_film_bridges_by_its_twins_and_by_its_patient() -> None:
    assert bridging("a", ("film a", "group t"), ("film a", "group h")) == {"a"}
    assert bridging("a", ("film a", "patient p"), ("patient p", "group t"), ("film a", "group h")) == {"a"}
    assert bridging("ab", ("film a", "group t"), ("film b", "group h")) == set()


def test_a_twin_of_a_bridging_film_bridges_too_new_or_old() -> None:
    assert bridging("ab", ("film a", "group t"), ("film a", "group h"), ("film b", "film a")) == {"a", "b"}
    assert bridging("b", ("film old", "group t"), ("film old", "group h"), ("film b", "film old")) == {"b", "old"}
    assert bridging("b", ("film b", "film old")) == {"b", "old"}


def test_a_patient_known_by_bridging_films_alone_bridges_and_one_with_a_group_does_not() -> None:
    old = (("film old", "group t"), ("film old", "group h"), ("film old", "patient p"), ("film b", "patient p"))
    assert bridging("b", *old) == {"b", "old"}
    assert bridging("b", *old, ("patient p", "group t")) == {"old"}
