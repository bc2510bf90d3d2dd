"""Heat inside a region and outside of it, against a map that is the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.evaluation.audits import heat

SIDE = 32
LEFT = np.zeros((SIDE, SIDE), np.uint8)
LEFT[:, :16] = 255


def heatmap(left: float, right: float) -> np.ndarray:
    cold = np.full((8, 8), right, np.float32)
    cold[:, :4] = left
    return cold


def share(heatmap_: np.ndarray, mask: np.ndarray | None = LEFT) -> float:
    return float(heat.share_over_uniform(heatmap_[None], [mask])[0])


def pointing(heatmap_: np.ndarray, mask: np.ndarray | None = LEFT) -> float:
    return float(heat.pointing_over_uniform(heatmap_[None], [mask])[0])


def test_a_map_that_is_the_same_everywhere_has_no_more_than_its_share() -> None:
    assert share(np.ones((8, 8), np.float32)) == pytest.approx(0, abs=1e-9)


def test_heat_inside_counts_for_and_heat_outside_against() -> None:
    assert share(heatmap(1, 0)) == pytest.approx(0.5, abs=0.06)
    assert share(heatmap(0, 1)) == pytest.approx(-0.5, abs=0.06)
    assert share(heatmap(0.75, 0.25)) == pytest.approx(0.25, abs=0.03)


def test_pointing_asks_for_the_hottest_place_alone() -> None:
    hottest = heatmap(0.1, 0.6)
    hottest[4, 1] = 1.0
    assert pointing(hottest) == pytest.approx(0.5)
    hottest[4, 1] = 0.5
    assert pointing(hottest) == pytest.approx(-0.5)


@pytest.mark.parametrize("mask", [None, np.zeros((SIDE, SIDE), np.uint8), np.full((SIDE, SIDE), 127, np.uint8)])
def test_without_a_region_there_is_no_figure_and_with_one_pixel_of_it_there_is(mask: np.ndarray | None) -> None:
    assert np.isnan(share(heatmap(1, 0), mask)) and np.isnan(pointing(heatmap(1, 0), mask))
    spot = np.zeros((SIDE, SIDE), np.uint8)
    spot[3, 3] = 255
    assert np.isfinite(share(heatmap(1, 0), spot)) and np.isfinite(pointing(heatmap(1, 0), spot))


def test_a_film_without_heat_has_no_figure() -> None:
    assert np.isnan(share(np.zeros((8, 8), np.float32))) and np.isnan(pointing(np.zeros((8, 8), np.float32)))
