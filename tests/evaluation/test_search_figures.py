"""The picture of a search: one line a trial, from its choices to its loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from radiographs.errors import InvalidScores
from radiographs.evaluation import search_figures


@dataclass(frozen=True)
class Row:
    choices: tuple[tuple[str, float | str], ...]
    tune_loss: float


def row(loss: float, **choices: float | str) -> Row:
    return Row(tuple(choices.items()), loss)


TRIALS = (
    row(0.9, units="64", learning_rate=1e-4, depth=1),
    row(0.5, units="256-128", learning_rate=1e-2, depth=1),
    row(0.7, units="none", learning_rate=1e-3, depth=1),
)


def test_what_was_the_same_in_all_trials_is_left_out_and_the_loss_stands_last() -> None:
    assert [scale.name for scale in search_figures._scales(TRIALS)] == ["units", "learning_rate", "tune_loss"]


def test_words_stand_by_size_and_the_lowest_loss_lowest() -> None:
    units, _, loss = search_figures._scales(TRIALS)
    assert [words for _, words in units.marks] == ["none", "64", "256-128"]
    assert np.argmin(loss.heights) == 1 and np.argmax(loss.heights) == 0


def test_rates_that_differ_by_powers_are_drawn_on_a_scale_of_powers() -> None:
    many = tuple(row(0.5, learning_rate=rate) for rate in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0))
    np.testing.assert_allclose(search_figures._scales(many)[0].heights, np.linspace(0, 1, 7))


def test_the_best_trial_s_line_is_drawn_in_blue_and_one_trial_alone_can_be_drawn(tmp_path: Path) -> None:
    search_figures.parallel_coordinates(TRIALS[:1], tmp_path / "one.png")
    drawn = cv2.imread(str(search_figures.parallel_coordinates(TRIALS, tmp_path / "all.png"))).astype(int)
    blue = (drawn[..., 0] - drawn[..., 2] > 60).sum()
    assert blue > 500


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ((), "at least one trial"),
        ((row(float("nan"), units="64"),), "finite"),
        ((*TRIALS, row(0.5, depth=1)), "trials of one search"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, trials: tuple[Row, ...], words: str) -> None:
    with pytest.raises(InvalidScores, match=words):
        search_figures.parallel_coordinates(trials, tmp_path / "p.png")
