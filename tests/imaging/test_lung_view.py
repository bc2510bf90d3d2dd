"""Tests of what a lung mask leaves of a film."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.errors import NoLungMask
from radiographs.imaging import lung_view, phantoms
from radiographs.imaging.lung_view import Box


def drawn() -> np.ndarray:
    """(100, 120) uint8: a lung 40 wide and 60 high whose corner is at 30 across and 20 down, a gap in it to ignore."""
    mask = np.zeros((100, 120), np.uint8)
    mask[20:80, 30:70] = 255
    mask[40:50, 40:50] = 127
    return mask


def test_lungs_are_seen_where_the_mask_marks_them_and_not_where_it_is_to_be_ignored() -> None:
    assert (lung_view.seen(drawn(), "lung") == (drawn() == 255)).all()


def test_dilated_lungs_reach_a_twentieth_of_their_height_further_every_way() -> None:
    seen = lung_view.seen(drawn(), "dilated lung")
    assert seen[drawn() == 255].all()
    assert seen[50, 27:73].all() and not seen[50, :27].any() and not seen[50, 73:].any()
    assert seen[45, 30:70].sum() == 40 - 4  # what is left of the gap of 10
    assert seen[17:83, 60].all() and not seen[16, 60] and not seen[83, 60]
    assert seen[18, 28] and not seen[17, 27]  # a round reach


def test_the_box_of_the_lungs_has_the_same_margin_and_ends_with_the_film() -> None:
    assert lung_view.around(drawn()) == Box(27, 17, 46, 66)
    assert lung_view.around(np.full((50, 40), 255, np.uint8)) == Box(0, 0, 40, 50)
    corner = np.zeros((50, 40), np.uint8)
    corner[0, 39] = 255
    assert lung_view.around(corner) == Box(38, 0, 2, 2)


def test_the_box_holds_all_that_dilated_lungs_show() -> None:
    mask = phantoms.draw("Normal", 4, side_px=128).lung_mask
    outside = lung_view.seen(mask, "dilated lung")
    lung_view.around(mask).cut(outside)[:] = False
    assert not outside.any()


@pytest.mark.parametrize("lungs", ["all", "lung crop"])
def test_other_views_hide_nothing_of_what_is_shown(lungs: str) -> None:
    assert lung_view.seen(np.zeros((9, 9), np.uint8), lungs).all()  # type: ignore[arg-type]


def test_a_mask_that_marks_nothing_is_refused() -> None:
    nothing = np.full((9, 9), 127, np.uint8)
    for view in (
        lambda: lung_view.seen(nothing, "lung"),
        lambda: lung_view.seen(nothing, "dilated lung"),
        lambda: lung_view.around(nothing),
    ):
        with pytest.raises(NoLungMask, match="marks nothing"):
            view()


def test_boxes_that_do_not_meet_leave_nothing_to_see() -> None:
    assert Box(0, 0, 10, 10).within(Box(5, 6, 10, 10)) == Box(5, 6, 5, 4)
    with pytest.raises(NoLungMask, match="crop less"):
        Box(0, 0, 10, 10).within(Box(10, 0, 5, 5))
