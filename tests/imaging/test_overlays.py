"""Tests that an overlay colours what is warm, leaves the rest of the film alone, and survives as PNG."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.imaging import overlays, phantoms


def film() -> np.ndarray:
    """A small film."""
    return phantoms.draw("COVID", 1, side_px=64).pixels


def colourfulness(picture: np.ndarray) -> np.ndarray:
    """Largest less smallest channel, (h, w) int."""
    return np.ptp(picture.astype(int), axis=2)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1))
def test_without_heat_the_film_stays_as_it_is(opacity: float) -> None:
    picture = overlays.blend(film(), np.zeros((64, 64), np.float32), opacity)
    np.testing.assert_array_equal(picture, np.dstack([film()] * 3))


def test_without_opacity_the_film_stays_as_it_is() -> None:
    picture = overlays.blend(film(), np.ones((64, 64), np.float32), 0.0)
    np.testing.assert_array_equal(picture, np.dstack([film()] * 3))


def test_only_what_is_warm_is_coloured() -> None:
    heat = np.zeros((64, 64), np.float32)
    heat[20:40, 10:30] = 0.8
    coloured = colourfulness(overlays.blend(film(), heat)) > 0
    assert coloured[20:40, 10:30].all()
    assert coloured.sum() == 20 * 20


def test_more_heat_is_lighter_and_red_before_blue() -> None:
    grey = np.full((1, 256), 128, np.uint8)
    picture = overlays.blend(grey, np.linspace(0, 1, 256, dtype=np.float32)[None], 1.0)[0].astype(int)
    light = picture @ (0.114, 0.587, 0.299)
    assert (np.diff(light[160:]) >= -2).all() and light[-1] > light[160] + 60
    assert picture[-1, 2] > picture[-1, 0]  # BGR: pale yellow at the hottest


def test_the_film_still_shows_through_the_heat() -> None:
    striped = np.tile(np.array([60, 60, 180, 180], np.uint8), (64, 16))
    picture = overlays.blend(striped, np.ones((64, 64), np.float32))
    assert (picture[:, 2::4].astype(int) - picture[:, 0::4] > 40).all()


def test_a_contour_is_drawn_around_what_is_hot_and_nowhere_else() -> None:
    heat = np.zeros((64, 64), np.float32)
    heat[20:40, 10:30] = 0.8
    plain, lined = overlays.blend(film(), heat), overlays.blend(film(), heat, contour=0.5)
    changed = (plain != lined).any(axis=2)
    assert changed.any() and not changed[24:36, 14:26].any() and not changed[:, 34:].any()


def test_undefined_and_excessive_heat_is_taken_as_none_and_full() -> None:
    heat = np.zeros((64, 64), np.float32)
    heat[0, 0], heat[0, 1] = np.nan, 7.0
    picture = overlays.blend(film(), heat)
    assert (picture[0, 0] == film()[0, 0]).all()
    assert (picture[0, 1] == overlays.blend(film(), np.ones((64, 64), np.float32))[0, 1]).all()


@pytest.mark.parametrize("shape", [(5, 9), (5, 9, 3), (1, 1)])
def test_a_picture_comes_back_from_its_png_as_it_was(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data = overlays.to_png(picture)
    assert data.startswith(b"\x89PNG")
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, picture)


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_what_is_no_picture_cannot_become_a_png(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="grey or BGR"):
        overlays.to_png(image)


@pytest.mark.parametrize(
    ("pixels", "heat", "opacity"),
    [
        (np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.float32), 0.5),
        (np.zeros((4, 4), np.float32), np.zeros((4, 4), np.float32), 0.5),
        (np.zeros((4, 4), np.uint8), np.zeros((5, 4), np.float32), 0.5),
        (np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.float32), 1.5),
    ],
)
def test_what_does_not_fit_together_is_refused(pixels: np.ndarray, heat: np.ndarray, opacity: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        overlays.blend(pixels, heat, opacity)
