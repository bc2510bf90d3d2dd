"""What may be done to the grey levels of a film before a network sees it."""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np

VERSION = "1"
Contrast = Literal["none", "clahe", "gamma", "equalise"]
_CLIP_LIMIT, _TILES = 2.0, 8
_GAMMA_LIMITS = (0.5, 2.0)


def enhance(pixels: np.ndarray, how: Contrast, counted: np.ndarray | None = None) -> np.ndarray:
    """Change the grey levels of a film, or of the part of it that is shown.

    "clahe" is contrast-limited adaptive histogram equalisation (Zuiderveld 1994) on 8 x 8 tiles with a clip limit of 2;
    "gamma" is the power, between 0.5 and 2, that brings the median grey to the middle of the scale; "equalise" spreads
    the histogram over the scale, the darkest level to 0 and the brightest to 255. An even film stays even.

    Args:
        pixels: (h, w) uint8, 0 = air, 255 = bone.
        how: what is done; "none" gives the pixels as they are.
        counted: (h, w) bool, at least one True: the pixels whose levels set gamma and histogram; None for all. "clahe"
            counts every pixel of a tile.

    Returns:
        (h, w) uint8.

    Raises:
        ValueError: pixels of another shape or type, or nothing to count.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"expected a 2-D uint8 radiograph, got shape {pixels.shape} of {pixels.dtype}")
    if how == "none":
        return pixels
    if how == "clahe":
        return np.asarray(cv2.createCLAHE(_CLIP_LIMIT, (_TILES, _TILES)).apply(pixels))
    levels = pixels if counted is None else pixels[counted]
    if levels.size == 0:
        raise ValueError("expected at least one pixel to count the grey levels of, got none")
    return (_gamma(levels) if how == "gamma" else _equalising(levels))[pixels]


def _gamma(levels: np.ndarray) -> np.ndarray:
    """The new level of each level, (256,) uint8: median ** gamma = 1/2 on the scale of 0 to 1."""
    median = min(max(float(np.median(levels)), 1.0), 254.0) / 255
    least, most = _GAMMA_LIMITS
    gamma = min(max(math.log(0.5) / math.log(median), least), most)
    return np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)


def _equalising(levels: np.ndarray) -> np.ndarray:
    """The new level of each level, (256,) uint8: its share of the pixels that are brighter than the darkest."""
    counts = np.bincount(levels.reshape(-1), minlength=256)
    darkest = int(counts.nonzero()[0][0])
    brighter = int(levels.size - counts[darkest])
    if brighter == 0:
        return np.arange(256, dtype=np.uint8)
    below = np.maximum(np.cumsum(counts) - counts[darkest], 0)
    return np.rint(255 * below / brighter).astype(np.uint8)
