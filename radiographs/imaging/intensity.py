"""One meaning for pixel values, however many bits and channels they came with: 0 is air, 255 is bone."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from radiographs.errors import UnreadableRadiograph

_TINT_SIDE_PX = 512


def spread(values: np.ndarray, valid: np.ndarray | None = None) -> np.ndarray:
    """Spread values that state no display range over 0–255, from the film's lowest to its highest.

    A span below 255 is not widened, so that the noise of an empty exposure does not become a picture.

    Args:
        values: (h, w) of any integer or float type.
        valid: (h, w) bool, False where a pixel is padding and has no say; None where all count.

    Returns:
        (h, w) uint8.

    Raises:
        UnreadableRadiograph: a value is infinite or undefined, or no pixel is valid.
    """
    counted = values if valid is None else values[valid]
    if counted.size == 0:
        raise UnreadableRadiograph("every pixel of it is padding; export the exposed film")
    low, high = float(counted.min()), float(counted.max())
    if not np.isfinite(low) or not np.isfinite(high):
        raise UnreadableRadiograph("some of its pixels are infinite or undefined; export it again as 8- or 16-bit grey")
    return between(values, low if high - low >= 255 else min(low, 0.0), max(high, low + 255))


def between(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map low..high linearly to 0..255, clipped; (h, w) of any number type → (h, w) uint8, rounded to nearest."""
    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255.0 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def grey(colour: Image.Image) -> np.ndarray:
    """Luminance (ITU-R BT.601) of an RGB picture, (h, w) uint8; a picture with equal channels keeps its values."""
    return np.asarray(colour.convert("L"))


def tint(colour: Image.Image) -> float:
    """How coloured an RGB picture is: mean of (largest - smallest channel) / 255 on a copy of at most 512 px."""
    factor = -(-max(colour.size) // _TINT_SIDE_PX)
    channels = np.asarray(colour.reduce(factor) if factor > 1 else colour)
    red, green, blue = cv2.split(channels)
    spread_of_channels = cv2.max(cv2.max(red, green), blue) - cv2.min(cv2.min(red, green), blue)
    return round(float(spread_of_channels.mean()) / 255.0, 6)
