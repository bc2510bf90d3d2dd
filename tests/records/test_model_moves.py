"""The history of champions is kept as it was written, and leads back without turning round."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from radiographs.errors import NoEarlierChampion
from radiographs.records import model_moves
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import Action, ModelMove
from radiographs.records.model_moves import StepBack

AT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)


def move(action: Action, version: str, previous: str) -> ModelMove:
    return ModelMove(action, version, previous, f"run-{version}", "b" * 64, "Dr A", "it is sound", "hold", "rule", AT)


def told(*words: str) -> list[ModelMove]:
    """Moves from words such as `promoted 2<1`."""
    split = (each.rpartition(" ") for each in words)
    return [move(action, *versions.split("<")) for action, _, versions in split]


def walk(moves: list[ModelMove], champion: str) -> list[str]:
    """The champions that one step back after another leads to."""
    passed = []
    while True:
        try:
            step = model_moves.step_back(moves, champion)
        except NoEarlierChampion:
            return passed
        moves = [*moves, move("rolled back", step.version, step.previous_version)]
        champion = step.version
        passed.append(champion)
        assert len(passed) < 9, passed


def test_moves_are_listed_as_they_were_recorded_the_oldest_first(tmp_path: Path) -> None:
    written = told("promoted 1<", "approved 2<1", "rolled back 1<2")
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}") as catalogue:
        for each in written:
            model_moves.record_move(catalogue, each)
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}") as catalogue:
        read = model_moves.list_moves(catalogue)
    assert [each.id for each in read] == [1, 2, 3]
    assert [replace(each, id=0) for each in read] == written


def test_a_catalogue_made_before_moves_were_recorded_gets_their_table_and_keeps_its_films(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    with Catalogue.open(url) as catalogue:
        catalogue.record_verdict("h1", "r1", "hold", [], "rule")
        with catalogue.writing() as session:
            session.execute(text("DROP TABLE model_moves"))
    for count in (1, 2):
        with Catalogue.open(url) as catalogue:
            model_moves.record_move(catalogue, move("approved", "2", "1"))
            assert len(model_moves.list_moves(catalogue)) == count
            assert catalogue.verdicts_served("h1") == 1


@pytest.mark.parametrize(
    ("moves", "champion", "passed"),
    [
        (["promoted 1<", "promoted 2<1", "promoted 3<2"], "3", ["2", "1"]),
        (["promoted 1<", "promoted 2<1", "rolled back 1<2", "promoted 3<1"], "3", ["1"]),
        (["approved 1<", "approved 2<1", "approved 1<2"], "1", ["2", "1"]),  # of its own making, not to and fro
        (["approved 1<", "approved 2<1", "approved 1<2", "promoted 3<1"], "3", ["1", "2", "1"]),
        (["promoted 6<5", "promoted 7<6"], "7", ["6", "5"]),  # 5 was champion before moves were recorded
        (["promoted 1<", "promoted 2<1"], "3", ["2", "1"]),  # 3 was promoted, and its row never written
        (["promoted 1<", "promoted 2<1", "promoted 3<1"], "3", ["1"]),  # the row of a step back to 1 is missing
        (["promoted 1<"], "1", []),
        ([], "4", []),
    ],
)
def test_steps_back_lead_down_the_history_and_end(moves: list[str], champion: str, passed: list[str]) -> None:
    assert walk(told(*moves), champion) == passed


def test_a_step_back_that_was_not_written_down_is_the_same_step_when_taken_again() -> None:
    moves = told("promoted 1<", "promoted 2<1", "promoted 3<2")
    assert model_moves.step_back(moves, "3") == model_moves.step_back(moves, "2") == StepBack("2", "3")


def test_the_first_champion_is_named_in_the_refusal() -> None:
    with pytest.raises(NoEarlierChampion, match="version 4 is the first champion on record"):
        model_moves.step_back([], "4")
