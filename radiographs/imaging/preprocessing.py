"""The one preparation of a film for a network, the same in training and in serving, and its way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.errors import NoLungMask
from radiographs.imaging import contrast, lung_view, marks
from radiographs.imaging.lung_view import Box
from radiographs.imaging.preparation import Preparation, key_of, preparation_key

__all__ = [
    "Frame",
    "Preparation",
    "frame",
    "key_of",
    "preparation_key",
    "prepare",
    "prepare_mask",
    "project_back",
    "shown",
]
_NOTHING, _IGNORED, _MARKED = 0, 127, 255
_ROUNDING = 1e-4
_PREPARATION = Preparation()


@dataclass(frozen=True)
class Frame:
    """Where what is shown of a film lies in its prepared square, in pixels of the square."""

    left: int
    top: int
    width: int
    height: int


def shown(shape: tuple[int, int], preparation: Preparation = _PREPARATION, lung_mask: np.ndarray | None = None) -> Box:
    """The part of a film that its prepared square shows: all of it but the border and what lies around the lungs' box.

    Args:
        shape: (height, width) of the film in pixels.
        preparation: the settings the film is prepared with.
        lung_mask: (h, w) uint8 on the film's own grid, 255 = lung; looked at for a "lung crop" only.

    Raises:
        NoLungMask: a "lung crop" without a mask, or with one that marks nothing or only what the border takes.
        ValueError: a film without pixels, or a mask of another shape.
    """
    height, width = shape
    if height < 1 or width < 1:
        raise ValueError(f"expected a film of at least 1 x 1 pixels, got shape {shape}")
    down, across = round(preparation.border * height), round(preparation.border * width)
    left = Box(across, down, width - 2 * across, height - 2 * down)
    if preparation.lungs != "lung crop":
        return left
    return lung_view.around(_required(lung_mask, shape, preparation)).within(left)


def frame(
    shape: tuple[int, int], preparation: Preparation = _PREPARATION, lung_mask: np.ndarray | None = None
) -> Frame:
    """Where what is shown of a film lies in its prepared square: centred, at least one pixel either way.

    Args:
        shape: (height, width) of the film in pixels.
        preparation: the settings the film is prepared with.
        lung_mask: as for `shown`, which says what it raises.
    """
    return _framed(shown(shape, preparation, lung_mask), preparation)


def prepare(
    pixels: np.ndarray, preparation: Preparation = _PREPARATION, lung_mask: np.ndarray | None = None
) -> np.ndarray:
    """Bring a film to its square: area average where it shrinks, linear where it grows, bars of 0 where it is narrow.

    In this order, as far as the settings say so: burnt-in text is masked out on the film's own grid, the border and
    what lies around the lungs' box are cut off, what is left is resized, its contrast enhanced, and what is not lung
    becomes 0. No pixel that is not seen has a say in one that is: outside of the lungs the film is levelled to their
    median grey before it is resized, and only what is seen counts for the contrast. (Masked text is the exception: it
    is found on the whole film.)

    Args:
        pixels: (h, w) uint8, 0 = air.
        preparation: the settings.
        lung_mask: (h, w) uint8 on the film's own grid: 255 = lung; left aside where the settings need none.

    Returns:
        (side, side) uint8.

    Raises:
        NoLungMask: the settings need a lung mask and there is none, or it marks nothing that is shown.
        ValueError: pixels or a mask of another shape or type.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8:
        raise ValueError(f"expected a 2-D uint8 radiograph, got shape {pixels.shape} of {pixels.dtype}")
    height, width = pixels.shape
    box = shown((height, width), preparation, lung_mask)
    if preparation.marks == "mask" and pixels.size:
        pixels = marks.mask(pixels, marks.find(pixels).regions)
    film, place = box.cut(pixels), _framed(box, preparation)
    if preparation.lungs in ("lung", "dilated lung"):
        seen = lung_view.seen(_required(lung_mask, (height, width), preparation), preparation.lungs)
        inner = _lungs_only(film, box.cut(seen), place, preparation)
    else:
        inner = contrast.enhance(_into(film, place), preparation.contrast)
    return _laid(inner, place, preparation.side_px)


def prepare_mask(
    mask: np.ndarray, preparation: Preparation = _PREPARATION, lung_mask: np.ndarray | None = None
) -> np.ndarray:
    """Bring a lung or lesion mask to the square of its film: the same frame and the same resizing.

    A pixel of the square is marked, or to be ignored, where at least half of what it covers is; what there is more of
    of the two decides, the mark at a tie. The bars are 0. Neither text nor contrast nor what is no lung has a say.

    Args:
        mask: (h, w) uint8 on the film's own grid: 255 = marked, 127 = to be ignored, 0 = neither.
        preparation: the settings of the film.
        lung_mask: as for `shown`.

    Returns:
        (side, side) uint8 of 0, 127 and 255 only.

    Raises:
        NoLungMask: as for `shown`.
        ValueError: a mask of another shape, type or with other values.
    """
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise ValueError(f"expected a 2-D uint8 mask, got shape {mask.shape} of {mask.dtype}")
    marked, ignored = mask == _MARKED, mask == _IGNORED
    if not (marked | ignored | (mask == _NOTHING)).all():
        raise ValueError(f"expected a mask of 0, 127 and 255, got values {np.unique(mask)[:9].tolist()}")
    height, width = mask.shape
    box = shown((height, width), preparation, lung_mask)
    place = _framed(box, preparation)
    shares = (_into(box.cut(part).astype(np.float32), place) for part in (marked, ignored))
    share_marked, share_ignored = (_laid(share, place, preparation.side_px) for share in shares)
    covered = share_marked + share_ignored >= 0.5 - _ROUNDING
    return np.where(covered, np.where(share_marked >= share_ignored, _MARKED, _IGNORED), _NOTHING).astype(np.uint8)


def project_back(
    heatmap: np.ndarray,
    shape: tuple[int, int],
    preparation: Preparation = _PREPARATION,
    lung_mask: np.ndarray | None = None,
) -> np.ndarray:
    """Lay a heatmap of the prepared square on the film's own grid; what it says of the bars is dropped.

    Args:
        heatmap: (h, w) float32 in [0, 1] over the whole prepared square, at any resolution.
        shape: (height, width) of the film in pixels.
        preparation: the settings the film was prepared with.
        lung_mask: as for `shown`.

    Returns:
        (height, width) float32 in [0, 1]; 0 where the film was cut off.

    Raises:
        NoLungMask: as for `shown`.
        ValueError: a heatmap that is not 2-D.
    """
    if heatmap.ndim != 2 or heatmap.size == 0:
        raise ValueError(f"expected a 2-D heatmap, got shape {heatmap.shape}")
    box, side = shown(shape, preparation, lung_mask), preparation.side_px
    place = _framed(box, preparation)
    # Cubic: a coarse map laid out linearly shows stars at its cells that are no finding of the network's.
    square = _resize(heatmap.astype(np.float32), side, side, cv2.INTER_CUBIC)
    inner = square[place.top : place.top + place.height, place.left : place.left + place.width]
    back = np.zeros(shape, np.float32)
    box.cut(back)[:] = np.clip(_resize(inner, box.width, box.height, cv2.INTER_LINEAR), 0.0, 1.0)
    return back


def _required(lung_mask: np.ndarray | None, shape: tuple[int, int], preparation: Preparation) -> np.ndarray:
    if lung_mask is None:
        raise NoLungMask(
            f"lungs = {preparation.lungs!r} needs the lung mask of each film, and this one has none; "
            "leave films without masks out, or set lungs to all"
        )
    if lung_mask.shape != shape or lung_mask.dtype != np.uint8:
        raise ValueError(
            f"expected a uint8 lung mask of the film's shape {shape}, got {lung_mask.shape} of {lung_mask.dtype}"
        )
    return lung_mask


def _lungs_only(film: np.ndarray, seen: np.ndarray, place: Frame, preparation: Preparation) -> np.ndarray:
    """The part of a film that is shown, 0 where it is not seen; (h, w) of the frame, uint8, with soft edges."""
    if not seen.any():
        raise NoLungMask("the lungs of the film lie outside of what is left of it; crop less of its border")
    levelled = np.where(seen, film, np.uint8(np.median(film[seen])))
    share = _into(seen.astype(np.float32), place)
    counted = share >= min(0.5, float(share.max())) - _ROUNDING
    return np.rint(contrast.enhance(_into(levelled, place), preparation.contrast, counted) * share).astype(np.uint8)


def _framed(box: Box, preparation: Preparation) -> Frame:
    side = preparation.side_px
    if preparation.fit == "stretch":
        return Frame(0, 0, side, side)
    scale = side / max(box.height, box.width)
    width, height = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    return Frame((side - width) // 2, (side - height) // 2, width, height)


def _into(array: np.ndarray, place: Frame) -> np.ndarray:
    """Resize (h, w) of any number type to the size of a frame, (height, width) of the same type."""
    height, width = array.shape
    shrunk = _resize(array, min(width, place.width), min(height, place.height), cv2.INTER_AREA)
    return _resize(shrunk, place.width, place.height, cv2.INTER_LINEAR)


def _laid(inner: np.ndarray, place: Frame, side_px: int) -> np.ndarray:
    """Lay (height, width) of a frame into a square of zeros, (side, side) of the same type."""
    square = np.zeros((side_px, side_px), inner.dtype)
    square[place.top : place.top + place.height, place.left : place.left + place.width] = inner
    return square


def _resize(array: np.ndarray, width: int, height: int, interpolation: int) -> np.ndarray:
    if array.shape == (height, width):
        return array
    return np.asarray(cv2.resize(array, (width, height), interpolation=interpolation))
