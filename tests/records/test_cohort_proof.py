"""A cohort proves that nothing leaks and that held-out stays, or is refused with the film that broke it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from radiographs.errors import CohortRejected
from radiographs.records import cohort, cohort_proof
from radiographs.records.cohort_proof import ProofRow
from radiographs.records.entries import CohortRecord
from radiographs.records.schema import ExclusionRow, GroupRow, LinkRow, RadiographRow, VersionRow
from tasks.cohort import held_against

from .films import FINDINGS, Desk, delivery

CLEAN = ProofRow(0, "a" * 64, "Normal", "north", "train", "", 1, 1, 1, "")


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Desk:
    rows = [
        {"path": f"{name}-{k}.png", "finding": name, "source": "north", "patient_id": f"{name}{k}"}
        for name in FINDINGS.names
        for k in range(14)
    ]
    desk.admit(delivery(tmp_path / "in", rows))
    return desk


def frozen(desk: Desk) -> cohort.Cohort:
    return desk.cohort()


def record(desk: Desk, made: cohort.Cohort) -> None:
    desk.catalogue.record_cohort(CohortRecord(made.digest, made.findings.names, len(made.films)))


def faults(desk: Desk, tmp_path: Path) -> list[str]:
    rows = cohort_proof.rows(desk.catalogue, frozen(desk), desk.home / "cohorts")
    return held_against(rows, FINDINGS, "cohort", tmp_path / "docs")


def held_out(made: cohort.Cohort) -> cohort.Film:
    """A held-out film of a finding that has another one there."""
    counted = Counter(film.finding for film in made.of("held_out"))
    return next(film for film in made.of("held_out") if counted[film.finding] > 1)


def test_a_cohort_as_admission_makes_it_has_no_fault(filled: Desk, tmp_path: Path) -> None:
    record(filled, frozen(filled))
    assert faults(filled, tmp_path) == []


def test_a_near_duplicate_across_splits_is_named(filled: Desk, tmp_path: Path) -> None:
    made = frozen(filled)
    pair = {"radiograph_id": held_out(made).id, "other_id": made.of("train")[0].id}
    with filled.catalogue.writing() as session:
        session.execute(insert(LinkRow), [{**pair, "distance": 3, "correlation": 0.99}])
    found = faults(filled, tmp_path)
    assert len(found) == 2 and all("near-duplicates must be in one split, got 2" in fault for fault in found)


def test_a_near_duplicate_within_a_split_passes(filled: Desk, tmp_path: Path) -> None:
    one, other, *_ = frozen(filled).of("train")
    with filled.catalogue.writing() as session:
        pair = {"radiograph_id": one.id, "other_id": other.id, "distance": 3, "correlation": 0.99}
        session.execute(insert(LinkRow), [pair])
    assert faults(filled, tmp_path) == []


def test_a_patient_across_splits_is_named(filled: Desk, tmp_path: Path) -> None:
    made = frozen(filled)
    with filled.catalogue.writing() as session:
        version = VersionRow.radiograph_id == held_out(made).id
        session.execute(update(VersionRow).where(version).values(patient_id=made.of("train")[0].patient_id))
    assert all("a patient must be in one split" in fault for fault in faults(filled, tmp_path))
    assert len(faults(filled, tmp_path)) == 2


def test_a_film_that_moved_is_named_with_both_places(filled: Desk, tmp_path: Path) -> None:
    made = frozen(filled)
    record(filled, made)
    with filled.catalogue.writing() as session:
        session.execute(update(GroupRow).where(GroupRow.id == held_out(made).group_id).values(split="train"))
    (fault,) = faults(filled, tmp_path)
    assert "must stay in its split, moved from held_out to train" in fault


@pytest.mark.parametrize("split", ["held_out", "train"])
def test_held_out_may_not_lose_a_film_without_a_dated_reason_and_train_may(
    filled: Desk, tmp_path: Path, split: str
) -> None:
    made = frozen(filled)
    record(filled, made)
    lost = held_out(made).id if split == "held_out" else made.of(split)[0].id
    with filled.catalogue.writing() as session:
        session.execute(update(VersionRow).where(VersionRow.radiograph_id == lost).values(adopted=False))
    found = faults(filled, tmp_path)
    assert [fault.split(": ")[1] for fault in found] == (
        ["held-out lost this film without a dated reason"] if split == "held_out" else []
    )


def test_a_retired_film_of_held_out_is_no_fault(filled: Desk, tmp_path: Path) -> None:
    made = frozen(filled)
    record(filled, made)
    film = held_out(made).id
    with filled.catalogue.writing() as session:
        batch = session.scalars(select(RadiographRow.batch_id)).first()
        session.add(ExclusionRow(radiograph_id=film, batch_id=batch, kind="withdrawn", reason="consent withdrawn"))
    assert film not in {one.id for one in frozen(filled).films}
    assert faults(filled, tmp_path) == []


def test_a_group_across_splits_cannot_be_stored_but_would_be_named(tmp_path: Path) -> None:
    (fault,) = held_against((ProofRow(**{**vars(CLEAN), "group_places": 2}),), FINDINGS, "cohort", tmp_path / "docs")
    assert "a group must be in one split, got 2" in fault


def test_an_earlier_cohort_that_is_gone_is_named_with_what_to_do(filled: Desk, tmp_path: Path) -> None:
    made = frozen(filled)
    record(filled, made)
    row = {"path": "x.png", "finding": "COVID", "source": "north"}
    filled.admit(delivery(tmp_path / "more", [row], 500))
    assert faults(filled, tmp_path) == []
    shutil.move(filled.home / "cohorts" / made.digest, tmp_path / "backup")
    with pytest.raises(CohortRejected, match=f"{made.digest}.* restore it from a backup"):
        faults(filled, tmp_path)
    shutil.move(tmp_path / "backup", filled.home / "cohorts" / made.digest)
    assert faults(filled, tmp_path) == []
