"""What of a picture is compared with the chest template: how its edges run, in 8 x 8 cells, whatever the exposure."""

from __future__ import annotations

import cv2
import numpy as np

CELLS, DIRECTIONS = 8, 8
VIEW_PX = 32
_LEAST_DEVIATION = 4.0  # grey levels; a fainter picture is not stretched to the full
_LEAST_VIEW_DEVIATION = 0.25  # of the film's own
_FAINT_EDGE = 0.15  # standard deviations a pixel; the direction of what is fainter is noise
_STRONG_EDGE = 0.4  # a stronger one (a letter, the rim of a plate) counts as this
_OUTER_SHARE = 0.06  # of the edges, left outside the close view at each end of a side
_LEAST_SIDE = 0.3  # of the film's, for a close view
_ANGLES = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
_ALONG = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)


def of_views(film: np.ndarray) -> np.ndarray | None:
    """Edges of the whole film and of a close view: the box without the outer 6 % of its edges at each end.

    Args:
        film: (h, w) uint8, without even frames.

    Returns:
        (2, 8, 8, 8) float32 (view, direction, row, column); None where the film is even.
    """
    mean, deviation = (float(figure[0, 0]) for figure in cv2.meanStdDev(film))
    if deviation < 1.0:
        return None
    grid = (film - np.float32(mean)) * np.float32(1 / max(deviation, _LEAST_DEVIATION))
    across, down = _slopes(grid)
    strength = np.minimum(np.abs(across) + np.abs(down), _STRONG_EDGE)
    close = grid[_middle(strength.sum(axis=1)), _middle(strength.sum(axis=0))]
    return np.stack([of_view(_view(grid)), of_view(_view(close))])


def of_view(view: np.ndarray) -> np.ndarray:
    """How strong the edges of each direction are in each cell, set against those of the cells around.

    After the histograms of oriented gradients of Dalal and Triggs (2005), with signed directions.

    Args:
        view: (32, 32) float32, mean 0, deviation 1.

    Returns:
        (8, 8, 8) float32 in [0, 1] (direction, row, column); direction 0 brightens to the right, 2 downwards.
    """
    slopes = np.stack(_slopes(view)).reshape(2, -1)
    strengths = np.maximum(_ALONG @ slopes, 0).reshape(DIRECTIONS * VIEW_PX, VIEW_PX)
    cells = cv2.resize(strengths, (CELLS, DIRECTIONS * CELLS), interpolation=cv2.INTER_AREA)  # 4 x 4 means
    cells = cells.reshape(DIRECTIONS, CELLS, CELLS)
    around = cv2.GaussianBlur(np.square(cells).sum(axis=0), (0, 0), 1.0)
    return cells / np.sqrt(around + np.float32(_FAINT_EDGE**2))


def mirrored(edges: np.ndarray) -> np.ndarray:
    """The edges (…, 8, 8, 8) of the picture with left and right exchanged."""
    return edges[..., (DIRECTIONS // 2 - np.arange(DIRECTIONS)) % DIRECTIONS, :, :][..., ::-1]


def turned(edges: np.ndarray) -> np.ndarray:
    """The edges (…, 8, 8, 8) of the picture turned by a quarter, counter-clockwise."""
    turned_back = (np.arange(DIRECTIONS) + DIRECTIONS // 4) % DIRECTIONS
    return np.rot90(edges, axes=(-2, -1))[..., turned_back, :, :]


def negative(edges: np.ndarray) -> np.ndarray:
    """The edges (…, 8, 8, 8) of the picture with its intensities turned over."""
    return np.roll(edges, DIRECTIONS // 2, axis=-3)


def _slopes(grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much a grid brightens to the right and downwards, a pixel."""
    return cv2.Sobel(grid, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(grid, cv2.CV_32F, 0, 1, scale=0.25)


def _view(grid: np.ndarray) -> np.ndarray:
    view = cv2.resize(grid, (VIEW_PX, VIEW_PX), interpolation=cv2.INTER_AREA)
    mean, deviation = (float(figure[0, 0]) for figure in cv2.meanStdDev(view))
    return (view - np.float32(mean)) * np.float32(1 / max(deviation, _LEAST_VIEW_DEVIATION))


def _middle(strengths: np.ndarray) -> slice:
    """From where 6 % of the strength is passed to where 6 % is left, or all where that is little."""
    passed = np.cumsum(strengths)
    n = len(passed)
    first, last = np.searchsorted(passed, np.array([_OUTER_SHARE, 1 - _OUTER_SHARE]) * passed[-1])
    return slice(int(first), int(last) + 1) if last + 1 - first >= _LEAST_SIDE * n else slice(0, n)
