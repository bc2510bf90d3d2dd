"""The one preparation of a film for a network, the same in training and in serving, and its way back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import cv2
import numpy as np

from radiographs.errors import InvalidSettings
from radiographs.imaging import marks

PREPARATION_VERSION = "1"
Fit = Literal["letterbox", "stretch"]
Handling = Literal["keep", "mask"]
_NOTHING, _IGNORED, _MARKED = 0, 127, 255
_ROUNDING = 1e-4
_MIN_SIDE_PX, _MAX_SIDE_PX = 8, 4096


@dataclass(frozen=True)
class Preparation:
    """How a film becomes a square.

    Attributes:
        side_px: of the square.
        fit: whether proportions are kept (letterbox) or not (stretch).
        marks: whether burnt-in text, lone L, R, AP and PA marks with it, is kept or masked out before the resizing.

    Raises:
        InvalidSettings: a setting that cannot work.
    """

    side_px: int = 224
    fit: Fit = "letterbox"
    marks: Handling = "keep"

    def __post_init__(self) -> None:
        if type(self.side_px) is not int or not _MIN_SIDE_PX <= self.side_px <= _MAX_SIDE_PX:
            raise InvalidSettings(
                f"side_px must be a whole number from {_MIN_SIDE_PX} to {_MAX_SIDE_PX}, got {self.side_px!r}; set it so"
            )
        if self.fit not in get_args(Fit):
            raise InvalidSettings(f"fit must be one of {', '.join(get_args(Fit))}, got {self.fit!r}; set one of them")
        if self.marks not in get_args(Handling):
            raise InvalidSettings(
                f"marks must be one of {', '.join(get_args(Handling))}, got {self.marks!r}; set one of them"
            )

    @property
    def digest(self) -> str:
        """Twelve hex digits that name the settings and the versions of the code: prepared films are stored under it."""
        said = {"version": PREPARATION_VERSION, **self.as_dict()}
        if self.marks == "mask":
            said["finder"] = marks.FINDER_VERSION
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON takes them; `marks` is left out where they are kept, as it was before it existed."""
        said = asdict(self)
        if self.marks == "keep":
            del said["marks"]
        return said

    @classmethod
    def from_dict(cls, stated: dict[str, Any]) -> Preparation:
        """The settings as JSON gave them; none may be missing or unknown, but `marks` where they are kept.

        Raises:
            InvalidSettings: a missing or unknown setting, or a value that cannot work.
        """
        known = {field.name for field in fields(cls)}
        if set(stated) | {"marks"} != known:
            raise InvalidSettings(f"a preparation states {sorted(known)}, got {sorted(stated)}; write it again")
        return cls(**stated)


_PREPARATION = Preparation()


@dataclass(frozen=True)
class Frame:
    """Where a film lies in its prepared square, in pixels of the square."""

    left: int
    top: int
    width: int
    height: int


def frame(shape: tuple[int, int], preparation: Preparation) -> Frame:
    """Where a film of `shape` (height, width) lies in its prepared square: centred, at least one pixel either way."""
    height, width = shape
    if height < 1 or width < 1:
        raise ValueError(f"expected a film of at least 1 x 1 pixels, got shape {shape}")
    side = preparation.side_px
    if preparation.fit == "stretch":
        return Frame(0, 0, side, side)
    scale = side / max(height, width)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    return Frame((side - inner_width) // 2, (side - inner_height) // 2, inner_width, inner_height)


def prepare(pixels: np.ndarray, preparation: Preparation = _PREPARATION) -> np.ndarray:
    """Bring a film to its square: area average where it shrinks, linear where it grows, bars of 0 where it is narrow.

    Burnt-in text is masked out first, on the film's own grid, where the settings say so.

    Args:
        pixels: (h, w) uint8, 0 = air.
        preparation: the settings.

    Returns:
        (side, side) uint8.

    Raises:
        ValueError: pixels of another shape or type.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8:
        raise ValueError(f"expected a 2-D uint8 radiograph, got shape {pixels.shape} of {pixels.dtype}")
    if preparation.marks == "mask" and pixels.size:
        pixels = marks.mask(pixels, marks.find(pixels).regions)
    return _lay(pixels, preparation)


def prepare_mask(mask: np.ndarray, preparation: Preparation = _PREPARATION) -> np.ndarray:
    """Bring a lung or lesion mask to the square of its film: the same frame and the same resizing.

    A pixel of the square is marked, or to be ignored, where at least half of what it covers is; what there is more of
    of the two decides, the mark at a tie. The bars are 0. How text is handled has no say.

    Args:
        mask: (h, w) uint8 on the film's own grid: 255 = marked, 127 = to be ignored, 0 = neither.
        preparation: the settings of the film.

    Returns:
        (side, side) uint8 of 0, 127 and 255 only.

    Raises:
        ValueError: a mask of another shape, type or with other values.
    """
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise ValueError(f"expected a 2-D uint8 mask, got shape {mask.shape} of {mask.dtype}")
    marked, ignored = mask == _MARKED, mask == _IGNORED
    if not (marked | ignored | (mask == _NOTHING)).all():
        raise ValueError(f"expected a mask of 0, 127 and 255, got values {np.unique(mask)[:9].tolist()}")
    share_marked, share_ignored = (_lay(part.astype(np.float32), preparation) for part in (marked, ignored))
    covered = share_marked + share_ignored >= 0.5 - _ROUNDING
    return np.where(covered, np.where(share_marked >= share_ignored, _MARKED, _IGNORED), _NOTHING).astype(np.uint8)


def project_back(heatmap: np.ndarray, shape: tuple[int, int], preparation: Preparation = _PREPARATION) -> np.ndarray:
    """Lay a heatmap of the prepared square on the film's own grid; what it says of the bars is dropped.

    Args:
        heatmap: (h, w) float32 in [0, 1] over the whole prepared square, at any resolution.
        shape: (height, width) of the film in pixels.
        preparation: the settings the film was prepared with.

    Returns:
        (height, width) float32 in [0, 1].

    Raises:
        ValueError: a heatmap that is not 2-D.
    """
    if heatmap.ndim != 2 or heatmap.size == 0:
        raise ValueError(f"expected a 2-D heatmap, got shape {heatmap.shape}")
    place, side = frame(shape, preparation), preparation.side_px
    # Cubic: a coarse map laid out linearly shows stars at its cells that are no finding of the network's.
    square = _resize(heatmap.astype(np.float32), side, side, cv2.INTER_CUBIC)
    inner = square[place.top : place.top + place.height, place.left : place.left + place.width]
    return np.clip(_resize(inner, shape[1], shape[0], cv2.INTER_LINEAR), 0.0, 1.0)


def _lay(array: np.ndarray, preparation: Preparation) -> np.ndarray:
    """Resize (h, w) of any number type into its frame of a square of zeros; (side, side) of the same type."""
    height, width = array.shape
    place = frame((height, width), preparation)
    shrunk = _resize(array, min(width, place.width), min(height, place.height), cv2.INTER_AREA)
    inner = _resize(shrunk, place.width, place.height, cv2.INTER_LINEAR)
    square = np.zeros((preparation.side_px, preparation.side_px), array.dtype)
    square[place.top : place.top + place.height, place.left : place.left + place.width] = inner
    return square


def _resize(array: np.ndarray, width: int, height: int, interpolation: int) -> np.ndarray:
    if array.shape == (height, width):
        return array
    return cv2.resize(array, (width, height), interpolation=interpolation)
