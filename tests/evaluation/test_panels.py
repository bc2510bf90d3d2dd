"""The films that a report shows are the surest right and wrong ones, with the heatmap of what was answered."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from radiographs.errors import InvalidScores
from radiographs.evaluation import panels
from radiographs.findings import Findings

TWO = Findings(("Tuberculosis", "Clear"), "Tuberculosis")
TRUTH = np.array([0, 0, 0, 0, 1])
SURE = np.array([0.9, 0.6, 0.2, 0.4, 0.3])
SCORES = np.stack([SURE, 1 - SURE], axis=1)


def test_right_and_wrong_films_of_a_finding_come_by_falling_sureness() -> None:
    first, second = panels.pick(SCORES, TRUTH, TWO)
    assert (first.right, first.wrong, first.n_right, first.n_wrong) == ((0, 1), (2, 3), 2, 2)
    assert (second.right, second.wrong) == ((4,), ())
    assert first.rows == (0, 1, 2, 3)
    assert "2 right answers" in first.caption and "2 wrong ones" in first.caption


def test_no_more_are_shown_than_asked_and_one_of_a_group() -> None:
    assert panels.pick(SCORES, TRUTH, TWO, shown=1)[0].rows == (0, 2)
    assert panels.pick(SCORES, TRUTH, TWO, groups=("a", "a", "b", "b", "c"))[0].rows == (0, 2)


def drawn(tmp_path: Path, name: str, maps: np.ndarray) -> np.ndarray:
    picked = panels.pick(SCORES, TRUTH, TWO)[0]
    rows = list(picked.rows)
    films = np.full((5, 32, 32), 128, np.uint8)
    file = panels.panel(picked, films[rows], maps[rows], SCORES[rows], TWO, tmp_path / name)
    return cv2.imread(str(file)).astype(int)


def test_the_heatmap_drawn_is_that_of_the_answer(tmp_path: Path) -> None:
    maps = np.zeros((5, 2, 4, 4), np.float32)
    bare = drawn(tmp_path, "bare.png", maps)
    maps[0, 1] = maps[1, 1] = maps[2, 0] = maps[3, 0] = 1.0  # only of what was not answered
    assert np.array_equal(drawn(tmp_path, "other.png", maps), bare)
    maps[0, 0, :2, :2] = 1.0
    assert (np.ptp(drawn(tmp_path, "answered.png", maps), axis=2) > 60).sum() > 500


def test_arrays_that_do_not_belong_to_the_films_picked_are_refused(tmp_path: Path) -> None:
    picked = panels.pick(SCORES, TRUTH, TWO)[0]
    films, maps = np.zeros((5, 8, 8), np.uint8), np.zeros((5, 2, 2, 2), np.float32)
    with pytest.raises(InvalidScores, match="expected 4 of each"):
        panels.panel(picked, films, maps, SCORES, TWO, tmp_path / "x.png")


def test_scores_that_are_not_finite_are_refused() -> None:
    with pytest.raises(InvalidScores, match="finite"):
        panels.pick(np.full((5, 2), np.nan), TRUTH, TWO)
