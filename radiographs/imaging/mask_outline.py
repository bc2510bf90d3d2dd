"""Where a mask lies on its film, as plain shares, measured on a small copy so that large films cost no more."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_COPY_SIDE_PX = 256
# A copy of that size cannot have more pieces than 16 bits count; they are counted three times as fast as in 32.
_LABELLING = (cv2.CV_16U, cv2.CCL_SPAGHETTI)


@dataclass(frozen=True)
class Outline:
    """Shares of the film: the mask's area, centre, box, what it covers of the border; and of its area in two pieces."""

    area: float
    across: float
    down: float
    width: float
    height: float
    border: float
    in_two_pieces: float

    @staticmethod
    def of(inside: np.ndarray) -> Outline:
        """Measure a mask, (h, w) bool, that marks something."""
        marked = inside.view(np.uint8)
        height, width = marked.shape
        _, _, pieces, _ = cv2.connectedComponentsWithStatsWithAlgorithm(marked, 8, *_LABELLING)
        areas = np.sort(pieces[1:, cv2.CC_STAT_AREA])[::-1]
        moments = cv2.moments(marked, binaryImage=True)
        _, _, box_width, box_height = cv2.boundingRect(marked)
        edge = np.concatenate([marked[0], marked[-1], marked[:, 0], marked[:, -1]])
        return Outline(
            area=float(areas.sum()) / marked.size,
            across=(moments["m10"] / moments["m00"] + 0.5) / width,
            down=(moments["m01"] / moments["m00"] + 0.5) / height,
            width=box_width / width,
            height=box_height / height,
            border=float(edge.mean()),
            in_two_pieces=float(areas[:2].sum() / areas.sum()),
        )


def small_film(film: np.ndarray) -> np.ndarray:
    """A copy of (h, w) uint8 with at most 256 px a side, each pixel the mean of what it covers."""
    scale = _COPY_SIDE_PX / max(film.shape)
    if scale >= 1:
        return film
    size = (max(1, round(film.shape[1] * scale)), max(1, round(film.shape[0] * scale)))
    return cv2.resize(film, size, interpolation=cv2.INTER_AREA)


def small_mask(mask: np.ndarray, value: int) -> np.ndarray:
    """Where a mask, (h, w) uint8, has that value: bool, in the size of the film's copy; the least of it still shows."""
    shares = small_film((mask == value).view(np.uint8) * np.uint8(255))
    most = int(shares.max())
    return shares >= max(1, min(128, most))
