"""A small drawn film in every container a caller may send."""

from __future__ import annotations

import cv2
import numpy as np

from radiographs.imaging import phantom_anatomy
from radiographs.imaging.phantom_anatomy import Anatomy


def pixels(seed: int = 0, height: int = 300, width: int = 280) -> np.ndarray:
    """(height, width) uint8: a phantom's thorax without any letter, so that nothing of it is masked."""
    body = phantom_anatomy.thorax(Anatomy.of(seed), 256, np.random.default_rng(seed))
    film = (255 * (1 - np.exp(-np.maximum(body.density, 0)))).astype(np.uint8)
    return cv2.resize(film, (width, height))


def encoded(picture: np.ndarray, extension: str = ".png") -> bytes:
    """The bytes of an image file of that extension."""
    return cv2.imencode(extension, picture)[1].tobytes()


def png(seed: int = 0) -> bytes:
    """A film as PNG."""
    return encoded(pixels(seed))
