"""What a film is found again by: its perceptual hash, its thumbnail, and a sketch of that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import cv2
import numpy as np
from PIL import Image

from radiographs.records.orientations import ORIENTATIONS

THUMBNAIL_PX = 64
SIDE = 8
_HASH_SIDE_PX = 256
_DCT_PX = 32
_DCT = 2 * np.cos(np.pi * np.arange(SIDE)[:, None] * (2 * np.arange(_DCT_PX) + 1) / (2 * _DCT_PX))  # as SciPy scales it
_ROUNDING = 1e-6  # of coefficients up to 1e6, whose rounding errors are below 1e-9
_ONE_IMPORT = Lock()  # so that threads do not race for the library's modules
_EVEN = 1e-3  # grey levels: a thumbnail that varies less says nothing


@dataclass(frozen=True, eq=False)
class Likeness:
    """What near-duplicates of a film are found by.

    Attributes:
        phash: 64-bit perceptual hash, as an unsigned number.
        thumbnail: (64, 64) uint8, 0 = air, 255 = bone.
    """

    phash: int
    thumbnail: np.ndarray


def likeness(pixels: np.ndarray) -> Likeness:
    """Reduces a film to its perceptual hash and thumbnail.

    Args:
        pixels: (h, w) uint8, 0 = air, 255 = bone.

    Returns:
        The likeness; the hash is the DCT hash of imagehash (Zauner 2010), taken from a copy of at most 256 px.
    """
    height, width = pixels.shape
    small = cv2.resize(pixels, (min(width, _HASH_SIDE_PX), min(height, _HASH_SIDE_PX)), interpolation=cv2.INTER_AREA)
    phash = int.from_bytes(np.packbits(_hash(small)).tobytes(), "big")
    return Likeness(phash, cv2.resize(small, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA))


def _hash(small: np.ndarray) -> np.ndarray:
    """(64,) or (8, 8) bool: the bits of `imagehash.phash` for (h, w) uint8.

    Its 64 coefficients are a product of two small matrices. The library decides where one lies so close to the median
    that a rounding error could, as in a picture that is even or symmetric.
    """
    image = Image.fromarray(small)
    shrunk = np.asarray(image.resize((_DCT_PX, _DCT_PX), Image.Resampling.LANCZOS))
    coefficients = (_DCT @ shrunk @ _DCT.T).ravel()
    above = coefficients - np.median(coefficients)
    if np.abs(above).min() > _ROUNDING:
        return above > 0
    with _ONE_IMPORT:
        import imagehash

        bits: np.ndarray = imagehash.phash(image).hash
    return bits


def of(thumbnails: np.ndarray) -> np.ndarray:
    """The 64 lowest cosine coefficients of thumbnails, so scaled that their products bound correlations from above.

    A thumbnail without its mean, scaled to length 1, has 63 low coefficients and a rest. The place of the mean
    holds the length of the rest, so a sketch has length 1, and by Cauchy and Schwarz the product of two sketches is
    at least the product of the two thumbnails, which is their correlation.

    Args:
        thumbnails: (n, 64, 64) uint8.

    Returns:
        (n, 8, 8) float16; zeros for an even thumbnail.
    """
    flat = thumbnails.reshape(len(thumbnails), THUMBNAIL_PX, THUMBNAIL_PX).astype(np.float32)
    flat -= flat.mean(axis=(1, 2), keepdims=True)
    lengths = np.sqrt(np.einsum("nij,nij->n", flat, flat))
    basis = _cosines()
    across = flat @ basis.T  # film by film, so that a sketch does not depend on what it was made with
    low = basis @ across / np.where(lengths > _EVEN, lengths, np.inf)[:, None, None]
    low[:, 0, 0] = 0
    rest = np.sqrt(np.clip(1 - np.einsum("nij,nij->n", low, low), 0, 1))
    low[:, 0, 0] = np.where(lengths > _EVEN, rest, 0)
    return low.astype(np.float16)


def hashes(sketches: np.ndarray) -> np.ndarray:
    """The perceptual hashes of films in all eight orientations, from one sketch each.

    As in imagehash, a bit says whether a coefficient exceeds the median of the 64. The film's mean, the largest
    coefficient by far, is represented by a positive number. A sketch comes from 64 px where imagehash takes 32 px, so
    that 0.5 bits of 64 differ on average, 4 at most.

    Args:
        sketches: (n, 8, 8), of `of`.

    Returns:
        (n, 8) uint64, in the order of ORIENTATIONS.
    """
    # imagehash's transform is not normalised: beside an orthonormal one it weighs the zeroth row and column √2 more.
    weights = np.where(np.arange(SIDE) == 0, np.sqrt(2), 1).astype(np.float32)
    weighted = sketches.astype(np.float32) * weights * weights[:, None]
    result = np.empty((len(sketches), len(ORIENTATIONS)), np.uint64)
    for at, orientation in enumerate(ORIENTATIONS):
        turned = orientation.coefficients(weighted).reshape(len(sketches), -1)
        above = turned > np.median(turned, axis=1, keepdims=True)
        result[:, at] = np.packbits(above, axis=1).view(">u8")[:, 0]
    return result


@lru_cache(maxsize=1)
def _cosines() -> np.ndarray:
    """(8, 64) float32: the lowest rows of the orthonormal discrete cosine transform (DCT-II)."""
    at, order = np.arange(THUMBNAIL_PX) + 0.5, np.arange(SIDE)[:, None]
    rows = np.cos(np.pi * order * at / THUMBNAIL_PX) * np.sqrt(2 / THUMBNAIL_PX)
    rows[0] /= np.sqrt(2)
    return rows.astype(np.float32)
