"""Tests that a film keeps its proportions and places on the way to a network and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.imaging import marks, phantom_marks, phantoms, preprocessing
from radiographs.imaging.phantom_marks import Lettering
from radiographs.imaging.preprocessing import Preparation

FITS = ("letterbox", "stretch")
SIDES = st.integers(1, 160)


def preparations() -> st.SearchStrategy[Preparation]:
    """Small preparations of either fit."""
    return st.builds(Preparation, side_px=st.integers(8, 96), fit=st.sampled_from(FITS))


@settings(max_examples=120, deadline=None)
@given(SIDES, SIDES, preparations(), st.integers(0, 255))
def test_any_film_becomes_a_square_that_is_even_where_the_film_is(
    height: int, width: int, preparation: Preparation, value: int
) -> None:
    square = preprocessing.prepare(np.full((height, width), value, np.uint8), preparation)
    assert square.shape == (preparation.side_px, preparation.side_px) and square.dtype == np.uint8
    place = preprocessing.frame((height, width), preparation)
    inner = square[place.top : place.top + place.height, place.left : place.left + place.width]
    assert (inner == value).all()
    assert int(square.sum()) == int(inner.sum())  # the bars are air


@settings(max_examples=120, deadline=None)
@given(SIDES, SIDES, preparations())
def test_a_letterbox_keeps_proportions_is_centred_and_fills_the_longer_side(
    height: int, width: int, preparation: Preparation
) -> None:
    place, side = preprocessing.frame((height, width), preparation), preparation.side_px
    if preparation.fit == "stretch":
        assert (place.left, place.top, place.width, place.height) == (0, 0, side, side)
        return
    assert max(place.width, place.height) == side
    scale = side / max(height, width)
    assert abs(place.width - width * scale) <= 1 and abs(place.height - height * scale) <= 1
    assert 0 <= (side - place.width) - 2 * place.left <= 1 and 0 <= (side - place.height) - 2 * place.top <= 1


@settings(max_examples=80, deadline=None)
@given(st.integers(60, 200), st.integers(60, 200), st.floats(0.2, 0.8), st.floats(0.2, 0.8), st.sampled_from(FITS))
def test_a_blob_in_the_film_comes_back_at_its_place(
    height: int, width: int, down: float, across: float, fit: Any
) -> None:
    row, column = down * height, across * width
    y, x = np.ogrid[:height, :width]
    radius = min(height, width) / 10
    film = (255 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / radius**2)).astype(np.uint8)
    preparation = Preparation(64, fit)
    back = preprocessing.project_back(
        preprocessing.prepare(film, preparation).astype(np.float32) / 255, (height, width), preparation
    )
    assert back.shape == film.shape and back.dtype == np.float32
    centre = (back * y).sum() / back.sum(), (back * x).sum() / back.sum()
    truth = (film * y).sum() / film.sum(), (film * x).sum() / film.sum()
    assert np.hypot(centre[0] - truth[0], centre[1] - truth[1]) < 0.02 * max(height, width)


@settings(max_examples=80, deadline=None)
@given(SIDES, SIDES, preparations(), st.integers(1, 14), st.integers(0, 2**16))
def test_a_heatmap_of_any_resolution_comes_back_within_0_and_1(
    height: int, width: int, preparation: Preparation, cells: int, seed: int
) -> None:
    heat = np.random.default_rng(seed).random((cells, cells), dtype=np.float32)
    back = preprocessing.project_back(heat, (height, width), preparation)
    assert back.shape == (height, width) and back.dtype == np.float32
    assert back.min() >= 0 and back.max() <= 1


def test_heat_in_the_bars_does_not_reach_the_film() -> None:
    preparation = Preparation(64)
    heat = np.zeros((64, 64), np.float32)
    heat[:16], heat[-16:] = 1, 1  # a film twice as wide as high lies between
    assert not preprocessing.project_back(heat, (100, 200), preparation).any()
    heat[20] = 1
    assert preprocessing.project_back(heat, (100, 200), preparation).any()


def test_fine_detail_is_averaged_and_not_sampled() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (256, 128))
    assert np.abs(preprocessing.prepare(stripes, Preparation(32)).astype(int) - 127).max() <= 1


@pytest.mark.parametrize(("fit", "pinned"), [("letterbox", "006a76828e9a0000"), ("stretch", "686f777e868d959c")])
def test_prepared_pixels_are_the_same_as_ever(fit: Any, pinned: str) -> None:
    film = np.add.outer(np.arange(90) * 2, np.arange(60)).astype(np.uint8)
    square = preprocessing.prepare(film, Preparation(8, fit))
    assert square[4].tobytes().hex() == pinned


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.float32), np.zeros((0, 9), np.uint8)]
)
def test_anything_but_a_film_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a"):
        preprocessing.prepare(pixels)


@pytest.mark.parametrize("heat", [np.zeros((0, 3), np.float32), np.zeros((3, 3, 3), np.float32)])
def test_anything_but_a_heatmap_is_refused(heat: np.ndarray) -> None:
    with pytest.raises(ValueError, match="2-D heatmap"):
        preprocessing.project_back(heat, (9, 9))


def lettered() -> np.ndarray:
    """A drawn chest with a name and its scanner's lone letter."""
    film = phantoms.draw("Normal", 3, side_px=512, source="phantom-north").pixels
    return phantom_marks.burn(film, Lettering("DOE^JOHN 1957-03-02", 16, 255), 0.05, 0.03).pixels


@pytest.mark.parametrize("fit", FITS)
def test_marks_are_masked_on_the_film_before_it_is_resized(fit: Any) -> None:
    film = lettered()
    found = marks.find(film)
    assert {region.identifying for region in found.regions} == {False, True}
    masked = preprocessing.prepare(film, Preparation(224, fit, "mask"))
    assert (masked == preprocessing.prepare(marks.mask(film, found.regions), Preparation(224, fit))).all()
    assert marks.find(masked).regions == ()


def test_marks_are_kept_where_nothing_else_is_said() -> None:
    film = lettered()
    assert (preprocessing.prepare(film) == preprocessing.prepare(film, Preparation(marks="keep"))).all()
    assert (preprocessing.prepare(film) != preprocessing.prepare(film, Preparation(marks="mask"))).any()


def disc(height: int, width: int, row: float, column: float, radius: float) -> np.ndarray:
    """(height, width) bool, True in a disc."""
    y, x = np.ogrid[:height, :width]
    return np.asarray((y - row) ** 2 + (x - column) ** 2 <= radius**2)


@settings(max_examples=60, deadline=None)
@given(st.integers(50, 300), st.integers(50, 300), st.floats(0.3, 0.7), st.floats(0.3, 0.7), preparations())
def test_a_film_and_its_mask_stay_aligned(
    height: int, width: int, down: float, across: float, preparation: Preparation
) -> None:
    drawn = disc(height, width, down * height, across * width, min(height, width) / 5)
    film, mask = np.where(drawn, 200, 40).astype(np.uint8), drawn.astype(np.uint8) * 255
    square = preprocessing.prepare(film, preparation)
    prepared = preprocessing.prepare_mask(mask, preparation)
    assert prepared.shape == square.shape and prepared.dtype == np.uint8
    assert set(np.unique(prepared)) <= {0, 255}
    assert (prepared[square >= 125] == 255).all() and (prepared[square <= 115] == 0).all()


def test_a_mask_keeps_what_is_to_be_ignored_and_leaves_the_bars_empty() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[:, :80], mask[:, 80:120] = 255, 127
    prepared = preprocessing.prepare_mask(mask, Preparation(64))
    assert set(np.unique(prepared)) == {0, 127, 255}
    assert not prepared[:16].any() and not prepared[-16:].any()
    assert (prepared[20, :25] == 255).all() and (prepared[20, 27:38] == 127).all() and (prepared[20, 40:] == 0).all()


def test_a_mask_of_fine_detail_is_averaged_and_not_sampled() -> None:
    dots = np.zeros((256, 256), np.uint8)
    dots[::4, ::4] = 255
    assert not preprocessing.prepare_mask(dots, Preparation(32)).any()
    assert (preprocessing.prepare_mask(255 - dots, Preparation(32)) == 255).all()


def test_a_mask_does_not_depend_on_how_marks_are_handled() -> None:
    mask = disc(90, 120, 40, 60, 20).astype(np.uint8) * 255
    prepared = [preprocessing.prepare_mask(mask, Preparation(64, marks=handling)) for handling in ("keep", "mask")]
    assert (prepared[0] == prepared[1]).all()


@pytest.mark.parametrize(
    "mask",
    [np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), bool), np.full((9, 9), 3, np.uint8), np.zeros((0, 9), np.uint8)],
)
def test_anything_but_a_mask_is_refused(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a"):
        preprocessing.prepare_mask(mask)
