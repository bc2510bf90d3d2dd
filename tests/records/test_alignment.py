"""Thumbnails are compared after alignment, and what cannot be aligned is compared as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from radiographs.records import alignment

from .films import film


def moved(image: np.ndarray, *, degrees: float = 0, by_px: float = 0, scale: float = 1) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((31.5, 31.5), degrees, scale)
    matrix[:, 2] += by_px
    return cv2.warpAffine(image, matrix, (64, 64), borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("how", [{"degrees": 3}, {"by_px": 2}, {"scale": 1.12}])
def test_a_moved_copy_is_alike_once_aligned(how: dict[str, float]) -> None:
    image = film(1, side_px=64)
    found = alignment.overlay(image, moved(image, **how))
    assert alignment.correlation(image, moved(image, **how)) < 0.96 < found.correlation
    assert found.detail > 0.8


def test_another_film_is_not_made_alike() -> None:
    found = alignment.overlay(film(1, side_px=64), film(2, side_px=64))
    assert found.correlation < 0.9 and found.detail < 0.6


def test_brightness_and_contrast_make_no_difference() -> None:
    image = film(3, side_px=64)
    found = alignment.overlay(image, cv2.convertScaleAbs(image, alpha=0.5, beta=60))
    assert found.correlation > 0.99 and found.detail > 0.9


def test_an_even_image_correlates_with_nothing() -> None:
    even, image = np.full((64, 64), 80, np.uint8), film(1, side_px=64)
    assert alignment.overlay(even, image) == alignment.Overlay(0.0, 0.0)
    assert not alignment.outlines(even[None]).any()


def test_movements_bring_outlines_nearer_and_the_film_itself_comes_second() -> None:
    image = film(1, side_px=64)
    outline = alignment.outlines(np.stack([image, moved(image, by_px=1.0), film(2, side_px=64)]))
    tangents = alignment.tangents(image[None])[0].reshape(8, -1)
    np.testing.assert_allclose(tangents @ tangents.T, np.eye(8), atol=1e-3)
    shares = outline @ tangents.T
    itself, shifted, other = np.linalg.norm(shares, axis=1)
    assert shares[0, 1] == pytest.approx(1, abs=1e-3) and itself == pytest.approx(1, abs=1e-3)
    assert shifted > shares[1, 1] + 0.005 and shifted > 0.99 and other < 0.9
