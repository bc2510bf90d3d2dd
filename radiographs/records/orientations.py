"""The eight ways in which a copy of a film can lie: turned by quarters, mirrored, or both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Orientation:
    """What turns a film into its copy: first swapped rows and columns, then flips.

    Attributes:
        name: in words; turns are clockwise, "mirrored" swaps left and right and comes first.
        transposed: rows become columns.
        flips_rows: the top goes to the bottom.
        flips_columns: the left goes to the right.
    """

    name: str
    transposed: bool = False
    flips_rows: bool = False
    flips_columns: bool = False

    def images(self, images: np.ndarray) -> np.ndarray:
        """Turns (..., side, side) images; a view of them."""
        turned = images.swapaxes(-1, -2) if self.transposed else images
        turned = turned[..., ::-1, :] if self.flips_rows else turned
        return turned[..., ::-1] if self.flips_columns else turned

    def coefficients(self, coefficients: np.ndarray) -> np.ndarray:
        """Cosine coefficients (..., side, side) of the turned images, without another transform.

        A flip along an axis negates the odd coefficients of that axis, since cos(πk(2(n-1-x)+1)/2n) is
        (-1)^k cos(πk(2x+1)/2n); a transposition swaps the axes.
        """
        turned = coefficients.swapaxes(-1, -2) if self.transposed else coefficients
        signs = np.where(np.arange(turned.shape[-1]) % 2, -1, 1).astype(turned.dtype)
        turned = turned * signs[:, None] if self.flips_rows else turned
        return turned * signs if self.flips_columns else turned


AS_IS = Orientation("as is")
ORIENTATIONS = (
    AS_IS,
    Orientation("mirrored", flips_columns=True),
    Orientation("rotated 180", flips_rows=True, flips_columns=True),
    Orientation("mirrored and rotated 180", flips_rows=True),
    Orientation("rotated 90", transposed=True, flips_columns=True),
    Orientation("rotated 270", transposed=True, flips_rows=True),
    Orientation("mirrored and rotated 90", transposed=True, flips_rows=True, flips_columns=True),
    Orientation("mirrored and rotated 270", transposed=True),
)
