"""Tests that grey levels are changed as named, and that only what is counted has a say."""

from __future__ import annotations

from typing import Any, get_args

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.imaging import contrast, phantoms
from radiographs.imaging.contrast import Contrast

KINDS = get_args(Contrast)
FILM = phantoms.draw("Normal", 5, side_px=96).pixels


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**16), st.sampled_from(KINDS))
def test_any_film_keeps_its_shape_and_is_left_as_it_was(height: int, width: int, seed: int, how: Any) -> None:
    film = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    before = film.copy()
    changed = contrast.enhance(film, how)
    assert changed.shape == film.shape and changed.dtype == np.uint8
    assert (film == before).all()


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize("value", [0, 90, 255])
def test_an_even_film_stays_even(how: Any, value: int) -> None:
    film = np.full((40, 30), value, np.uint8)
    assert len(np.unique(contrast.enhance(film, how))) == 1
    assert how != "equalise" or (contrast.enhance(film, how) == film).all()


def test_nothing_is_done_where_nothing_is_asked() -> None:
    assert (contrast.enhance(FILM, "none") == FILM).all()


@pytest.mark.parametrize("exposure", [60, 120, 200])
def test_equalising_spreads_every_film_as_opencv_does(exposure: int) -> None:
    film = (FILM.astype(int) * exposure // 255).astype(np.uint8)
    equal = contrast.enhance(film, "equalise")
    assert equal.min() == 0 and equal.max() == 255
    assert np.abs(equal.astype(int) - cv2.equalizeHist(film)).max() <= 1


@pytest.mark.parametrize("exponent", [0.8, 1.5])
def test_gamma_brings_the_median_to_the_middle_of_the_scale(exponent: float) -> None:
    film = (255 * (FILM / 255) ** exponent).astype(np.uint8)
    assert abs(float(np.median(contrast.enhance(film, "gamma"))) - 127.5) < 4
    assert contrast.enhance(film, "gamma")[film == 255].min(initial=255) == 255


@pytest.mark.parametrize(("value", "expected"), [(10, round(255 * (10 / 255) ** 0.5)), (240, round(240**2 / 255))])
def test_gamma_goes_no_further_than_a_root_or_a_square(value: int, expected: int) -> None:
    assert (contrast.enhance(np.full((9, 9), value, np.uint8), "gamma") == expected).all()


def test_tiles_are_equalised_on_their_own() -> None:
    changed = contrast.enhance(FILM, "clahe")
    local = [film.astype(float)[32:64, 32:64].std() for film in (FILM, changed)]
    assert local[1] > 1.1 * local[0]
    assert len(np.unique(changed[FILM == 120])) > 1  # no one curve for the whole film


@pytest.mark.parametrize("how", ["gamma", "equalise"])
def test_what_is_not_counted_has_no_say_in_what_is(how: Any) -> None:
    counted = np.zeros(FILM.shape, bool)
    counted[20:70, 20:70] = True
    bright = np.where(counted, FILM, np.uint8(255))
    changed = [contrast.enhance(film, how, counted)[counted] for film in (FILM, bright)]
    assert (changed[0] == changed[1]).all()
    assert (contrast.enhance(bright, how)[counted] != changed[0]).any()


@pytest.mark.parametrize(
    ("pixels", "counted"),
    [
        (np.zeros((9, 9, 3), np.uint8), None),
        (np.zeros((9, 9), np.float32), None),
        (np.zeros((0, 9), np.uint8), None),
        (np.zeros((9, 9), np.uint8), np.zeros((9, 9), bool)),
    ],
)
def test_anything_but_a_film_with_something_to_count_is_refused(pixels: np.ndarray, counted: np.ndarray | None) -> None:
    with pytest.raises(ValueError, match="expected a"):
        contrast.enhance(pixels, "equalise", counted)
