"""Which part of a film a lung mask leaves for a network to see, so that it can be asked what it learns elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from radiographs.errors import NoLungMask

VERSION = "1"
Lungs = Literal["all", "lung", "dilated lung", "lung crop"]
_INSIDE = 255
_MARGIN = 0.05  # of the longer side of the lungs' box: some 15 mm of a grown chest, so that pleura and hila are in


@dataclass(frozen=True)
class Box:
    """A part of a film, in pixels of the film."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, array: np.ndarray) -> np.ndarray:
        """The part of (h, w) that lies in the box; a view."""
        return array[self.top : self.top + self.height, self.left : self.left + self.width]

    def within(self, other: Box) -> Box:
        """The part of the box that lies in another one.

        Raises:
            NoLungMask: there is none, so that no lung would be seen.
        """
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        if right <= left or bottom <= top:
            raise NoLungMask("the lungs of the film lie outside of what is left of it; crop less of its border")
        return Box(left, top, right - left, bottom - top)


def seen(lung_mask: np.ndarray, lungs: Lungs) -> np.ndarray:
    """Where the film is seen: inside the lungs, or up to 5 % of their box's longer side around them.

    Args:
        lung_mask: (h, w) uint8 on the film's own grid: 255 = lung; 127 (to be ignored) and 0 are not.
        lungs: "lung" or "dilated lung"; with any other the whole film is seen.

    Returns:
        (h, w) bool, True where it is seen.

    Raises:
        NoLungMask: the mask marks nothing.
    """
    if lungs not in ("lung", "dilated lung"):
        return np.ones(lung_mask.shape, bool)
    inside = lung_mask == _INSIDE
    tight = _tight(inside)
    if lungs == "lung":
        return inside
    far = cv2.distanceTransform((~inside).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(far <= _reach(tight))


def around(lung_mask: np.ndarray) -> Box:
    """The upright box of the lungs with a margin of 5 % of its longer side, as far as the film goes.

    Args:
        lung_mask: (h, w) uint8 on the film's own grid: 255 = lung.

    Raises:
        NoLungMask: the mask marks nothing.
    """
    height, width = lung_mask.shape
    tight = _tight(lung_mask == _INSIDE)
    margin = math.ceil(_reach(tight))
    left, top = max(0, tight.left - margin), max(0, tight.top - margin)
    right = min(width, tight.left + tight.width + margin)
    bottom = min(height, tight.top + tight.height + margin)
    return Box(left, top, right - left, bottom - top)


def _tight(inside: np.ndarray) -> Box:
    if not inside.any():
        raise NoLungMask("the lung mask of the film marks nothing; leave the film out, or see the whole film")
    left, top, width, height = cv2.boundingRect(inside.view(np.uint8))
    return Box(left, top, width, height)


def _reach(tight: Box) -> float:
    return _MARGIN * max(tight.width, tight.height)
