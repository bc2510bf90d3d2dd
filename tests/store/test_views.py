"""A view changes a film as its name says, and always in the same way."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.errors import InvalidSettings
from radiographs.store import views
from radiographs.store.views import View

SIDE = 40


@pytest.fixture
def films() -> np.ndarray:
    """A bright square right of the middle, and one below it, on grey."""
    drawn = np.full((2, SIDE, SIDE), 90, np.uint8)
    drawn[0, 17:23, 28:34] = 200
    drawn[1, 28:34, 17:23] = 200
    return drawn


def centre(film: np.ndarray) -> tuple[float, float]:
    """Row and column of the middle of what is bright."""
    rows, columns = np.nonzero(film > 150)
    return float(rows.mean()), float(columns.mean())


def test_no_view_is_the_film_itself(films: np.ndarray) -> None:
    assert views.named("") == View()
    assert views.applied(films, View()) is films


def test_rotation_goes_against_the_clock(films: np.ndarray) -> None:
    (row, column), (below, right) = (centre(film) for film in views.applied(films, views.named("rotation+30")))
    assert row < 18 and column > 20
    assert below > 20 and right > 20


def test_shifts_go_right_and_down_and_repeat_the_edge(films: np.ndarray) -> None:
    moved = views.applied(films, views.named("across+0.1 down-0.05"))
    assert centre(moved[0]) == pytest.approx((17.5, 34.5))
    assert moved.min() == 90


def test_zoom_enlarges_about_the_middle(films: np.ndarray) -> None:
    row, column = centre(views.applied(films, views.named("zoom+0.25"))[0])
    assert row == pytest.approx(19.5, abs=0.3)
    assert column == pytest.approx(19.5 + 11 * 1.25, abs=0.5)


def test_contrast_turns_about_the_mean(films: np.ndarray) -> None:
    flatter = views.applied(films, views.named("contrast-.5"))
    assert float(flatter[0].std()) == pytest.approx(films[0].std() / 2, rel=0.05)
    assert float(flatter[0].mean()) == pytest.approx(films[0].mean(), abs=1)


def test_one_view_has_one_name() -> None:
    assert views.canonical("zoom+.10   rotation+5.0 contrast+0") == views.canonical("rotation+5 zoom+0.1")
    assert views.canonical("") == views.canonical("rotation-0") == ""


@pytest.mark.parametrize("word", ["rotate+5", "rotation5", "rotation+90", "mirror+1", "zoom+.1 zoom+.2", "zoom+nan"])
def test_a_view_that_nobody_knows_is_refused_with_what_there_is(word: str) -> None:
    with pytest.raises(InvalidSettings, match=r"rotation ±45.*got"):
        views.named(word)
