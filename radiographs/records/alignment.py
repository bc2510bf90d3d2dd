"""Says how alike two thumbnails are once one is laid exactly over the other.

Two chests of one shape correlate by more than .96 although they are two patients, and a film and its copy by less
where the copy is cut by 4 % of its width. What tells them apart are ribs and vessels after alignment.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_SMALL_PX = 32
_MARGIN_PX = 2  # of the small image, where what was shifted in is unknown
_FINE_SIGMA_PX = 2.0
_SETTLED = 0.9  # ribs that coincide so far need no alignment
_LEAST_OVERLAP = 0.5
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-3)


@dataclass(frozen=True)
class Overlay:
    """Likeness of two aligned thumbnails in the part that both show.

    Attributes:
        correlation: Pearson's, of the grey levels.
        detail: Pearson's, of what differs from the surroundings of 2 px: ribs, vessels, edges.
    """

    correlation: float
    detail: float


def outlines(thumbnails: np.ndarray) -> np.ndarray:
    """(n, 64, 64) uint8 → (n, 784) float32: blurred to 32 px, without margin, mean 0, length 1; zeros if even."""
    inner = slice(_MARGIN_PX, -_MARGIN_PX)
    flat = _blurred(thumbnails)[:, inner, inner].reshape(len(thumbnails), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    return flat / np.where(lengths > 1e-3, lengths, np.inf)


def tangents(thumbnails: np.ndarray) -> np.ndarray:
    """What small movements make of films: orthonormal images that span them (Simard et al. 1993, tangent distance).

    The length of an outline's projection on them is its correlation with the film as best shifted, turned, scaled,
    sheared, brightened and contrasted, to first order.

    Args:
        thumbnails: (n, 64, 64) uint8.

    Returns:
        (n, 8, 28, 28) float32: first an even image, second the film itself without its mean, then its movements.
    """
    small = _blurred(thumbnails)
    down, across = np.gradient(small, axis=(1, 2))
    y, x = np.mgrid[:_SMALL_PX, :_SMALL_PX].astype(np.float32) / (_SMALL_PX - 1) - np.float32(0.5)
    moved = [np.ones_like(small), small, across, down, across * x, across * y, down * x, down * y]
    inner = slice(_MARGIN_PX, -_MARGIN_PX)
    images = np.stack(moved, axis=1)[:, :, inner, inner]
    spanning = images.reshape(len(images), len(moved), -1)
    spanning = spanning / np.maximum(np.linalg.norm(spanning, axis=2, keepdims=True), 1e-6)
    products = (spanning @ spanning.swapaxes(1, 2)).astype(np.float64) + 1e-6 * np.eye(len(moved))
    orthonormal = np.linalg.inv(np.linalg.cholesky(products)) @ spanning  # of 8 x 8: solving would take far longer
    return orthonormal.astype(np.float32).reshape(images.shape)


def overlay(moved: np.ndarray, fixed: np.ndarray) -> Overlay:
    """Lays one thumbnail over another by the affine map that correlates best (ECC, Evangelidis and Psarakis 2008).

    Args:
        moved: (64, 64) uint8.
        fixed: (64, 64) uint8.

    Returns:
        The likeness as they are, or after alignment where that makes details more alike.
    """
    template, image = moved.astype(np.float32), fixed.astype(np.float32)
    fine = _fine(template)
    as_is = Overlay(correlation(template, image), correlation(fine, _fine(image)))
    if as_is.detail >= _SETTLED:
        return as_is
    start, everywhere = np.eye(2, 3, dtype=np.float32), np.full(image.shape, 255, np.uint8)
    try:
        _, warp = cv2.findTransformECC(template, image, start, cv2.MOTION_AFFINE, _STEPS, everywhere, 3)
    except cv2.error:  # nothing to align: an even image, or none that converges
        return as_is
    inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (template.shape[1], template.shape[0])
    shown = cv2.warpAffine(np.ones_like(image), warp, size, flags=inverse) > 0.99
    both = cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    if both.mean() < _LEAST_OVERLAP:
        return as_is
    laid = cv2.warpAffine(image, warp, size, flags=inverse)
    aligned = Overlay(correlation(template[both], laid[both]), correlation(fine[both], _fine(laid)[both]))
    return max(as_is, aligned, key=lambda found: found.detail)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's, of two arrays of one shape; 0 where one is even."""
    one, other = one.ravel().astype(np.float32), other.ravel().astype(np.float32)
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt(float(one @ one) * float(other @ other)))
    return float(one @ other) / length if length > 1e-3 else 0.0


def _fine(image: np.ndarray) -> np.ndarray:
    return image - cv2.GaussianBlur(image, (0, 0), _FINE_SIGMA_PX)


def _blurred(thumbnails: np.ndarray) -> np.ndarray:
    """(n, 64, 64) → (n, 32, 32) float32: a Gaussian of 1 px, then means of 2 × 2, as one matrix product a side."""
    side = thumbnails.shape[-1]
    rows = cv2.GaussianBlur(np.eye(side, dtype=np.float32), (1, 0), 0, sigmaY=1.0)
    halving = rows.reshape(side // 2, 2, side).mean(axis=1)
    return halving @ thumbnails.astype(np.float32) @ halving.T
