"""A small grey film in every container a caller may send, made without the phantoms."""

from __future__ import annotations

import cv2
import numpy as np


def pixels(seed: int = 0, height: int = 300, width: int = 280) -> np.ndarray:
    """(height, width) uint8: shading with noise, enough like a film to pass the quality limits."""
    noise = np.random.default_rng(seed).normal(0, 18, (height, width))
    shading = np.linspace(25, 225, width)[None, :] * np.linspace(0.6, 1, height)[:, None]
    return np.clip(shading + noise, 0, 255).astype(np.uint8)


def encoded(picture: np.ndarray, extension: str = ".png") -> bytes:
    """The bytes of an image file of that extension."""
    return cv2.imencode(extension, picture)[1].tobytes()


def png(seed: int = 0) -> bytes:
    """A film as PNG."""
    return encoded(pixels(seed))
