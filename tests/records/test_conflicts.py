"""What a person settled stays settled, with its reason, until somebody labels a film otherwise."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from sqlalchemy import select

from radiographs.records import catalogue, conflicts, decisions, labelling
from radiographs.records.conflicts import Conflict
from radiographs.records.label_table import LabelRow
from radiographs.records.schema import ConflictRow

from .films import FINDINGS, KEY, Desk, delivery, film, write


def deliver(desk: Desk, folder: Path, pixels_of: int = 0, **row: str) -> int:
    """Admits one film, the same as or a near-duplicate of the first; returns how many conflicts came up."""
    delivery(folder, [{"path": "a.png", **row}])
    write(folder / "a.png", cv2.add(film(0), pixels_of))
    return desk.admit(folder).conflicts


def settle(desk: Desk, finding: str, because: str) -> None:
    (waiting,) = desk.catalogue.list_conflicts()
    person = decisions.Desk(desk.place, desk.home / "quarantine", FINDINGS)
    decisions.release(desk.catalogue, waiting.key, person, because=because, finding=finding)


def label(desk: Desk, source: str, finding: str) -> None:
    ids = {"patient_id": f"{source}-1", "accession": None, "study_id": None}
    row = LabelRow(**ids, finding=finding, word=finding, line_number=2, source=source)
    labelling.apply(desk.catalogue, [row], KEY)


def history(desk: Desk) -> list[tuple[str, str]]:
    with desk.catalogue.reading() as session:
        rows = session.scalars(select(ConflictRow).order_by(ConflictRow.at))
        return [(row.settled, row.because) for row in rows]


def disputed(desk: Desk, folder: Path, pixels_of: int) -> None:
    """COVID by north and Normal by south, of one film or of two that are the same."""
    deliver(desk, folder / "north", source="north", finding="COVID", patient_id="north-1")
    assert deliver(desk, folder / "south", pixels_of, source="south", finding="Normal", patient_id="south-1") == 1


def test_near_duplicates_that_differ_again_wait_again_and_the_first_decision_stays_on_record(
    desk: Desk, tmp_path: Path
) -> None:
    disputed(desk, tmp_path, 9)
    for because in ("PCR", "read by three"):
        settle(desk, "COVID", because)
        label(desk, "south", "Normal")
    assert history(desk) == [("released", "PCR"), ("released", "read by three"), ("", "")]
    label(desk, "south", "Normal")
    assert len(history(desk)) == 3


def test_a_source_that_says_the_same_again_in_other_words_does_not_undo_a_decision(desk: Desk, tmp_path: Path) -> None:
    disputed(desk, tmp_path, 0)
    settle(desk, "COVID", "PCR")
    assert deliver(desk, tmp_path / "again", source="south", finding="Normal", patient_id="south-1", age="44") == 0
    assert history(desk) == [("released", "PCR")]


def test_a_film_that_was_labelled_otherwise_since_may_be_disputed_again(desk: Desk, tmp_path: Path) -> None:
    disputed(desk, tmp_path, 0)
    settle(desk, "Normal", "read again")
    label(desk, "north", "COVID")
    assert deliver(desk, tmp_path / "again", source="south", finding="Normal", patient_id="south-1", age="44") == 1
    assert history(desk) == [("released", "read again"), ("", "")]


def test_what_a_person_left_out_stays_out(desk: Desk, tmp_path: Path) -> None:
    disputed(desk, tmp_path, 9)
    (waiting,) = desk.catalogue.list_conflicts()
    person = decisions.Desk(desk.place, desk.home / "quarantine", FINDINGS)
    decisions.discard(desk.catalogue, waiting.key, person, because="nobody knows")
    assert deliver(desk, tmp_path / "again", 9, source="south", finding="Normal", patient_id="south-1", age="44") == 0
    assert history(desk) == [("discarded", "nobody knows")]


def test_conflicts_that_are_noted_already_are_passed_over_also_among_very_many(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_PIECE", 1)
    disputed(desk, tmp_path, 9)
    with desk.catalogue.writing() as session:
        (row,) = session.scalars(select(ConflictRow))
        films = row.radiograph_id, row.other_id
        known, new = Conflict(*films, row.reason), [Conflict(*films, f"reason {k}") for k in range(3)]
        assert conflicts.write(session, row.batch_id, [known, *new]) == tuple(new)
