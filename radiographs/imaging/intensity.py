"""One meaning for pixel values, however many bits and channels they came with: 0 is air, 255 is bone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from radiographs.errors import UnreadableRadiograph

_COLOUR_SIDE_PX = 512


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

    def mapped(numbers: np.ndarray) -> np.ndarray:
        scaled = (numbers.astype(np.float32) - np.float32(low)) * np.float32(255.0 / (high - low))
        return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)

    has_fewer_values_than_pixels = values.dtype.kind in "iu" and values.dtype.itemsize <= 2 and values.size > 65536
    return by_table(values, mapped) if has_fewer_values_than_pixels else mapped(values)


def by_table(values: np.ndarray, formula: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Put every value that the type can hold through a formula once, and the film through the table that comes of it.

    The result is that of `formula(values)` to the last bit, several times as fast and without wide copies of the film.

    Args:
        values: (h, w) of an integer type of 8 or 16 bits.
        formula: takes (256,) or (65536,) values of that type in the order of their bit patterns, gives as many uint8.
    """
    depth = 8 * values.dtype.itemsize
    index = np.ascontiguousarray(values).view(f"u{depth // 8}")
    patterns = np.arange(1 << depth, dtype=index.dtype)
    # In the film's own byte order, so that the table belongs to the film's patterns whatever that is.
    table = formula(patterns.view(values.dtype))
    if np.array_equal(table, patterns):
        return index.astype(np.uint8, copy=False)
    return cv2.LUT(index, table).reshape(values.shape)


def grey(picture: Image.Image) -> np.ndarray:
    """Luminance (ITU-R BT.601) of an RGB picture, (h, w) uint8; a picture with equal channels keeps its values."""
    return np.asarray(picture.convert("L"))


@dataclass(frozen=True)
class Colour:
    """How coloured a picture is, each from 0 up: see `colour`."""

    tint: float
    toning: float


TRUE_GREY = Colour(0.0, 0.0)


def colour(picture: Image.Image) -> Colour:
    """Tell a photograph from a film toned in one hue, on a copy of at most 512 px of an RGB picture.

    A pixel's chroma is the vector (red - green, blue - green) / 255. `tint` is the mean length of the chroma less the
    length of its mean: 0 for true grey and for any single hue, high where hues differ. `toning` is the mean of
    (largest - smallest channel) / 255: a film on blue base or photographed from a violet screen has much of it.
    """
    factor = -(-max(picture.size) // _COLOUR_SIDE_PX)
    channels = np.asarray(picture.reduce(factor) if factor > 1 else picture)
    red, green, blue = cv2.split(channels)
    toning = cv2.mean(cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)))[0] / 255.0
    if toning == 0:
        return TRUE_GREY
    warm, cold = red.astype(np.float32) - green, blue.astype(np.float32) - green
    stray = float(np.hypot(warm, cold).mean()) - float(np.hypot(warm.mean(), cold.mean()))
    return Colour(round(max(0.0, stray) / 255.0, 6), round(float(toning), 6))
