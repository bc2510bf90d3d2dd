"""Whether heat lies where the lungs and the lesion are, more than it would by chance."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_MARKED = 255


def share_over_uniform(heatmaps: NDArray[np.float32], masks: Sequence[NDArray[np.uint8] | None]) -> NDArray[np.float64]:
    """How much more of a heatmap lies in a region than of a map that is the same everywhere.

    Args:
        heatmaps: (n, h, w) float32 in [0, 1] over the prepared square.
        masks: n of (side, side) uint8 on the prepared square, 255 = the region; None where there is none.

    Returns:
        (n,) float64 from −1 to 1; NaN where there is no region or no heat.
    """
    return np.array([_share(heat, mask) for heat, mask in zip(heatmaps, masks, strict=True)], np.float64)


def pointing_over_uniform(
    heatmaps: NDArray[np.float32], masks: Sequence[NDArray[np.uint8] | None]
) -> NDArray[np.float64]:
    """The pointing game (Zhang et al. 2018) against chance: 1 where the heat is highest inside the region, else 0, less
    the region's share of the square.

    Args:
        heatmaps: (n, h, w) float32 in [0, 1] over the prepared square.
        masks: as for `share_over_uniform`.

    Returns:
        (n,) float64 from −1 to 1; NaN where there is no region or no heat.
    """
    return np.array([_pointing(heat, mask) for heat, mask in zip(heatmaps, masks, strict=True)], np.float64)


def laid(heatmap: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """A coarse map over the whole square, as `preprocessing.project_back` lays it."""
    return np.clip(_resized(heatmap, side_px), 0.0, 1.0)


def _resized(heatmap: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    larger = cv2.resize(heatmap.astype(np.float32), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, np.float32)


def _share(heat: NDArray[np.float32], mask: NDArray[np.uint8] | None) -> float:
    if mask is None or not (mask == _MARKED).any() or not heat.any():
        return float("nan")
    over, inside = laid(heat, len(mask)).astype(np.float64), mask == _MARKED
    return float(over[inside].sum() / over.sum() - inside.mean())


def _pointing(heat: NDArray[np.float32], mask: NDArray[np.uint8] | None) -> float:
    if mask is None or not (mask == _MARKED).any() or not heat.any():
        return float("nan")
    over, inside = _resized(heat, len(mask)), mask == _MARKED  # clipped, the hottest place would be a plateau
    return float(inside.flat[int(over.argmax())]) - float(inside.mean())
