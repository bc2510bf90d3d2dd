"""Tests that nothing but what is meant to be seen of a film reaches the network, and that its heatmap finds back."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.errors import NoLungMask
from radiographs.imaging import contrast, lung_view, overlays, phantoms, preprocessing
from radiographs.imaging.preprocessing import Preparation

FITS = ("letterbox", "stretch")
CONTRASTS = ("none", "clahe", "gamma", "equalise")
VIEWS = ("lung", "dilated lung", "lung crop")
DRAWN = phantoms.draw("COVID", 6, side_px=160)
FILM, LUNGS = np.ascontiguousarray(DRAWN.pixels[:140]), np.ascontiguousarray(DRAWN.lung_mask[:140])


def seen_by(lungs: Any) -> np.ndarray:
    """(h, w) bool: what a view of the drawn film is meant to show."""
    if lungs != "lung crop":
        return lung_view.seen(LUNGS, lungs)
    seen = np.zeros(LUNGS.shape, bool)
    lung_view.around(LUNGS).cut(seen)[:] = True
    return seen


@pytest.mark.parametrize("enhanced", CONTRASTS)
@pytest.mark.parametrize("lungs", VIEWS)
@pytest.mark.parametrize("fit", FITS)
def test_no_pixel_that_is_not_seen_has_a_say(lungs: Any, enhanced: Any, fit: Any) -> None:
    chosen = Preparation(64, fit, contrast=enhanced, lungs=lungs)
    elsewhere = np.random.default_rng(0).integers(0, 256, FILM.shape, dtype=np.uint8)
    other = np.where(seen_by(lungs), FILM, elsewhere)
    first, second = (preprocessing.prepare(film, chosen, LUNGS) for film in (FILM, other))
    assert (first == second).all()
    assert (preprocessing.prepare(255 - FILM, chosen, LUNGS) != first).any()


@pytest.mark.parametrize("enhanced", CONTRASTS)
@pytest.mark.parametrize("lungs", ["lung", "dilated lung"])
def test_what_is_not_lung_is_as_dark_as_the_bars(lungs: Any, enhanced: Any) -> None:
    chosen = Preparation(64, contrast=enhanced, lungs=lungs)
    square = preprocessing.prepare(FILM, chosen, LUNGS)
    share = preprocessing.prepare(seen_by(lungs).astype(np.uint8) * 255, Preparation(64))
    assert not square[share == 0].any()
    assert square[share == 255].any()


def test_lungs_look_as_they_do_in_the_whole_film() -> None:
    whole, lungs = (preprocessing.prepare(FILM, Preparation(64, lungs=view), LUNGS) for view in ("all", "lung"))
    inside = preprocessing.prepare(LUNGS, Preparation(64)) == 255
    assert inside.sum() > 400 and (whole[inside] == lungs[inside]).all()


def test_the_levels_of_lungs_are_spread_over_the_whole_scale() -> None:
    square = preprocessing.prepare(FILM, Preparation(64, contrast="equalise", lungs="lung"), LUNGS)
    seen = preprocessing.prepare_mask(LUNGS, Preparation(64)) == 255
    inner = cv2.erode(seen.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert np.abs(np.quantile(square[inner], (0.25, 0.5, 0.75)) - (64, 128, 191)).max() < 24


@pytest.mark.parametrize("enhanced", CONTRASTS)
def test_contrast_is_enhanced_in_the_size_that_the_network_sees(enhanced: Any) -> None:
    square = preprocessing.prepare(FILM, Preparation(32, "stretch", contrast=enhanced))
    assert (square == contrast.enhance(preprocessing.prepare(FILM, Preparation(32, "stretch")), enhanced)).all()


def test_the_bars_stay_air_whatever_is_done_to_the_contrast() -> None:
    for enhanced in CONTRASTS:
        square = preprocessing.prepare(FILM[:70], Preparation(64, contrast=enhanced))
        place = preprocessing.frame((70, FILM.shape[1]), Preparation(64))
        assert place.top > 10 and not square[: place.top].any() and not square[place.top + place.height :].any()


def test_a_crop_is_what_is_prepared_of_the_cut_film() -> None:
    box = lung_view.around(LUNGS)
    cropped = preprocessing.prepare(FILM, Preparation(64, contrast="clahe", lungs="lung crop"), LUNGS)
    assert (cropped == preprocessing.prepare(box.cut(FILM), Preparation(64, contrast="clahe"))).all()
    bordered = preprocessing.prepare(FILM, Preparation(64, border=0.1))
    assert (bordered == preprocessing.prepare(FILM[14:-14, 16:-16], Preparation(64))).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 0.2), st.sampled_from(FITS), st.sampled_from(CONTRASTS))
def test_a_film_of_any_size_is_left_something_by_any_border(
    height: int, width: int, border: float, fit: Any, enhanced: Any
) -> None:
    chosen = Preparation(16, fit, contrast=enhanced, border=border)
    film = np.random.default_rng(1).integers(0, 256, (height, width), dtype=np.uint8)
    assert preprocessing.prepare(film, chosen).shape == (16, 16)
    box = preprocessing.shown((height, width), chosen)
    assert box.width >= 0.6 * width - 1 and box.height >= 0.6 * height - 1
    assert box.left * 2 + box.width == width and box.top * 2 + box.height == height
    back = preprocessing.project_back(np.ones((3, 3), np.float32), (height, width), chosen)
    assert box.cut(back).min() == 1 and back.sum() == box.width * box.height


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(("lungs", "border"), [("lung crop", 0.0), ("all", 0.12), ("lung crop", 0.2), ("lung", 0.1)])
def test_the_overlay_of_a_blob_lands_on_the_blob(lungs: Any, border: float, fit: Any) -> None:
    chosen = Preparation(64, fit, lungs=lungs, border=border)
    y, x = np.ogrid[: FILM.shape[0], : FILM.shape[1]]
    row, column = np.argwhere(seen_by("lung"))[seen_by("lung").sum() // 3]
    blob = (255 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 6.0**2)).astype(np.uint8)
    heat = preprocessing.prepare(blob, chosen, LUNGS)
    back = preprocessing.project_back(heat.astype(np.float32) / 255, FILM.shape, chosen, LUNGS)
    hottest = np.unravel_index(int(back.argmax()), back.shape)
    assert back.max() > 0.5 and np.hypot(hottest[0] - row, hottest[1] - column) < 4
    away = np.hypot(y - row, x - column) > 25
    assert (overlays.blend(FILM, back)[away] == FILM[away][:, None]).all()


@pytest.mark.parametrize("fit", FITS)
def test_an_overlay_of_a_smaller_copy_shows_the_same(fit: Any) -> None:
    heat = np.random.default_rng(2).random((5, 5), dtype=np.float32)
    chosen = Preparation(64, fit, border=0.15)
    large, small = (preprocessing.project_back(heat, shape, chosen) for shape in ((600, 480), (300, 240)))
    assert np.abs(cv2.resize(large, (240, 300), interpolation=cv2.INTER_AREA) - small).mean() < 0.01


def test_a_lesion_mask_lies_on_its_lesion_in_a_crop() -> None:
    chosen = Preparation(64, lungs="lung crop")
    painted = np.where(DRAWN.lesion_mask[:140] > 0, 255, 0).astype(np.uint8)
    square = preprocessing.prepare(painted, chosen, LUNGS)
    mask = preprocessing.prepare_mask(painted, chosen, LUNGS)
    assert mask.any() and (mask[square >= 130] == 255).all() and (mask[square <= 125] == 0).all()


@pytest.mark.parametrize("lungs", VIEWS)
def test_a_film_without_a_mask_is_refused_where_a_mask_is_needed(lungs: Any) -> None:
    with pytest.raises(NoLungMask, match=f"lungs = '{lungs}' needs the lung mask of each film, and this one has none"):
        preprocessing.prepare(FILM, Preparation(64, lungs=lungs))


def test_the_way_back_from_a_crop_needs_the_mask_too() -> None:
    chosen = Preparation(64, lungs="lung crop")
    with pytest.raises(NoLungMask):
        preprocessing.frame(FILM.shape, chosen)
    with pytest.raises(NoLungMask):
        preprocessing.project_back(np.ones((3, 3), np.float32), FILM.shape, chosen)
    with pytest.raises(NoLungMask):
        preprocessing.prepare_mask(LUNGS, chosen)


@pytest.mark.parametrize("lungs", VIEWS)
def test_a_mask_whose_lungs_the_border_takes_is_refused(lungs: Any) -> None:
    corner = np.zeros(FILM.shape, np.uint8)
    corner[:3, :3] = 255
    with pytest.raises(NoLungMask, match="crop less of its border"):
        preprocessing.prepare(FILM, Preparation(64, lungs=lungs, border=0.2), corner)


@pytest.mark.parametrize("mask", [LUNGS[:-1], LUNGS > 0, LUNGS[..., None]])
@pytest.mark.parametrize("lungs", VIEWS)
def test_a_mask_of_another_shape_or_type_is_refused(lungs: Any, mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a uint8 lung mask of the film's shape"):
        preprocessing.prepare(FILM, Preparation(64, lungs=lungs), mask)


def test_a_mask_is_left_aside_where_none_is_needed() -> None:
    assert (preprocessing.prepare(FILM, Preparation(64), LUNGS) == preprocessing.prepare(FILM, Preparation(64))).all()


def test_the_smallest_lungs_are_seen_in_the_smallest_square() -> None:
    dot = np.zeros((200, 200), np.uint8)
    dot[100, 90] = 255
    for enhanced in CONTRASTS:
        chosen = Preparation(8, lungs="lung", contrast=enhanced)
        assert preprocessing.prepare(np.full((200, 200), 255, np.uint8), chosen, dot).shape == (8, 8)
