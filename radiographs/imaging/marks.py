"""Letters and lines burnt into a film: where they are, whether they may name a patient, and how to take them out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging import marks_finding
from radiographs.imaging.marks_finding import Text

FINDER_VERSION = "1"
_COPY_SIDE_PX, _MANY, _MAX_LOOKS = 512, 2, 3


@dataclass(frozen=True)
class Region:
    """A box of burnt-in text in pixels of the film; `identifying` where it is more than a lone L, R, AP or PA mark."""

    left: int
    top: int
    width: int
    height: int
    identifying: bool


@dataclass(frozen=True)
class Marks:
    """All burnt-in text of a film.

    Attributes:
        regions: boxes, from top to bottom.
        text_share: share of the film's area that the boxes cover, in [0, 1].
        laterality: "L" or "R" where a lone mark says so, else "".
    """

    regions: tuple[Region, ...]
    text_share: float
    laterality: str


NONE = Marks((), 0.0, "")


def find(pixels: np.ndarray) -> Marks:
    """Find letters, digits and lines of text, white or black, upright or mirrored; nothing is read.

    It looks at a copy of at most 512 px a side: letters below 5 px there are too small to be told.

    Args:
        pixels: (h, w) uint8, 0 = air.

    Raises:
        ValueError: pixels of another shape or type.
    """
    _check(pixels)
    height, width = pixels.shape
    scale = min(1.0, _COPY_SIDE_PX / max(height, width))
    copy = pixels
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        copy = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    seen = marks_finding.look(copy)
    if not seen.texts:
        return NONE
    texts = sorted([*seen.texts, *_behind(copy, seen.texts)], key=lambda text: (text.box.top, text.box.left))
    covered = np.zeros(copy.shape, np.uint8)
    for text in texts:
        text.box.cut(covered)[:] = 1
    regions = tuple(_region(text, copy.shape, pixels.shape) for text in texts)
    return Marks(regions, round(cv2.countNonZero(covered) / copy.size, 6), seen.laterality)


def mask(pixels: np.ndarray, regions: tuple[Region, ...]) -> np.ndarray:
    """Fill every region smoothly from the pixels just outside it.

    Each pixel is the mean of the four sides' tones at its row and column, weighted by nearness (inverse square
    distance, Shepard 1968); a side that lies on the film's edge has no say. The tones of a side are its medians, so
    that a neighbouring letter does not leave a streak.

    Args:
        pixels: (h, w) uint8, untouched.
        regions: boxes that lie on the film.

    Returns:
        (h, w) uint8, a new array.

    Raises:
        ValueError: pixels of another shape or type, or a region that is not on the film.
    """
    _check(pixels)
    filled = pixels.copy()
    for region in regions:
        _fill(filled, region)
    return filled


def _behind(copy: np.ndarray, texts: tuple[Text, ...]) -> list[Text]:
    """Lines that show only when their neighbours are gone, so that a masked film has none left that may identify."""
    found: list[Text] = []
    fresh = [text for text in texts if text.identifying] if len(texts) >= _MANY else []
    for _ in range(_MAX_LOOKS):
        if not fresh:
            break
        copy = mask(copy, tuple(_region(text, copy.shape, copy.shape) for text in fresh))
        fresh = [text for text in marks_finding.look(copy).texts if text.identifying]
        found += fresh
    return found


def _region(text: Text, seen_at: tuple[int, ...], shape: tuple[int, ...]) -> Region:
    """A text of a copy of shape `seen_at` on the film's own grid of `shape`, rounded outwards."""
    down, across, box = shape[0] / seen_at[0], shape[1] / seen_at[1], text.box
    left, top = int(box.left * across), int(box.top * down)
    right, bottom = min(shape[1], math.ceil(box.right * across)), min(shape[0], math.ceil(box.bottom * down))
    return Region(left, top, right - left, bottom - top, text.identifying)


def _check(pixels: np.ndarray) -> None:
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"expected a 2-D uint8 radiograph, got shape {pixels.shape} of {pixels.dtype}")


def _fill(film: np.ndarray, region: Region) -> None:
    """Fill one region of a film in place."""
    height, width = film.shape
    left, top, right, bottom = region.left, region.top, region.left + region.width, region.top + region.height
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f"expected a region on the film of {height} x {width} pixels, got {region}")
    shorter = min(region.width, region.height)
    band = max(3, shorter // 8)
    rows, columns = np.arange(region.height) + 1.0, np.arange(region.width) + 1.0
    total = np.zeros((region.height, region.width), np.float32)
    weight = np.zeros_like(total)
    sides = (
        (film[top:bottom, max(0, left - band) : left].T, columns[None, :], True),
        (film[top:bottom, right : right + band].T, columns[None, ::-1], True),
        (film[max(0, top - band) : top, left:right], rows[:, None], False),
        (film[bottom : bottom + band, left:right], rows[::-1, None], False),
    )
    for strip, distance, upright in sides:
        if strip.size:
            tones = _tones(strip, shorter)
            total += (tones[:, None] if upright else tones[None, :]) / distance**2
            weight += 1 / distance**2
    film[top:bottom, left:right] = np.rint(total / weight).astype(np.uint8) if weight.any() else 0


def _tones(strip: np.ndarray, reach: int) -> np.ndarray:
    """The tones along a side, letters and grain within `reach` left out; (depth, length) uint8 → (length,) float32."""
    along = np.median(strip, axis=0).astype(np.uint8)[None, :]
    wide = 2 * min(reach // 2, along.shape[1] // 4, 127) + 1
    return cv2.blur(cv2.medianBlur(along, wide), (wide, 1))[0].astype(np.float32)
