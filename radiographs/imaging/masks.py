"""Lung and lesion masks as delivered become one convention, and are held against the film they came with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import containers, decode, mask_fit, mask_outline
from radiographs.imaging.filefacts import DecodeLimits
from radiographs.imaging.mask_outline import Outline

Kind = Literal["lung", "lesion"]
INSIDE, IGNORE, OUTSIDE = 255, 127, 0
_LIMITS = DecodeLimits()
_NAME = "mask"
_PROPORTIONS = 0.01
_SPAN, _SOFT_SHARE = 128, 0.12
_AIR = 8


@dataclass(frozen=True, eq=False)
class Mask:
    """A mask in its film's size.

    Attributes:
        pixels: (h, w) uint8, 255 = inside, 127 = to be ignored, 0 = outside; read-only.
        repairs: what was put right on the way, one sentence each; empty where the file held just these pixels.
    """

    pixels: np.ndarray
    repairs: tuple[str, ...]


@dataclass(frozen=True)
class Bounds:
    """What a mask must keep within; shares of the film's area, width or height.

    Measured over 304 lung masks of covid-chestxray and 400 of phantoms: lung area .087–.596, centre .40–.62 across and
    .29–.62 down, width .50–.98, height .29–.99, at most .173 of the film's border, at least .855 of the area in the two
    largest pieces. Over 83 and 300 lesion masks: area at most .425, centre .18–.85 across and .17–.74 down, at least
    .835 of it within the lungs, at most .006 on black. An 84th is one stray pixel in a black corner.
    """

    lung_area: tuple[float, float] = (0.06, 0.65)
    lung_centre_across: tuple[float, float] = (0.33, 0.70)
    lung_centre_down: tuple[float, float] = (0.20, 0.72)
    min_lung_width: float = 0.40
    min_lung_height: float = 0.22
    max_lung_border: float = 0.30
    min_lung_in_two_pieces: float = 0.75
    max_lesion_area: float = 0.50
    lesion_centre_across: tuple[float, float] = (0.10, 0.90)
    lesion_centre_down: tuple[float, float] = (0.08, 0.82)
    min_lesion_in_lungs: float = 0.75
    max_lesion_on_air: float = 0.50


_BOUNDS = Bounds()


def read(data: bytes, film_shape: tuple[int, int], limits: DecodeLimits = _LIMITS) -> Mask:
    """Read a mask file and bring it to the size of its film.

    Args:
        data: the whole file; PNG, JPEG, TIFF or WEBP. 0/255 with 127 to be ignored, any other two values (the higher is
            inside), or soft edges between two values, which are cut half-way.
        film_shape: (height, width) of the film in pixels, as decoded.
        limits: the largest file and picture that is decoded.

    Raises:
        UnreadableRadiograph: no such picture, more than two values, or other proportions than the film's; one sentence
            that does not name the file.
    """
    try:
        if data and containers.sniff(data) == "DICOM":
            raise UnreadableRadiograph("it is a DICOM file; give a PNG of the film's size")
        picture = decode.decode_bytes(data, _NAME, limits)
    except UnreadableRadiograph as refusal:
        raise UnreadableRadiograph(str(refusal).removeprefix(f"{_NAME}: ")) from None
    mask = from_pixels(picture.pixels, film_shape)
    if picture.facts.channels == 1:
        return mask
    return Mask(mask.pixels, (f"the mask's {picture.facts.channels} channels were read as one", *mask.repairs))


def from_pixels(pixels: np.ndarray, film_shape: tuple[int, int]) -> Mask:
    """Bring the pixels of a mask to 0, 127 and 255 and to the size of its film.

    Args:
        pixels: (h, w) uint8, whatever the values stand for.
        film_shape: (height, width) of the film in pixels.

    Raises:
        UnreadableRadiograph: more than two values, or other proportions than the film's.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise UnreadableRadiograph(
            f"expected a 2-D uint8 mask, got shape {pixels.shape} of {pixels.dtype}; export it as a grey PNG"
        )
    valued = _valued(pixels)
    return _sized(valued, film_shape)


def objections(
    kind: Kind, mask: Mask, film: np.ndarray, *, lungs: Mask | None = None, bounds: Bounds = _BOUNDS
) -> tuple[str, ...]:
    """Every reason, one sentence each, why a mask cannot be kept as this film's; empty when there is none.

    A lesion mask that marks nothing is let through: it says that there is no lesion.

    Args:
        kind: what it marks.
        mask: as read for this film.
        film: (h, w) uint8, 0 = air, 255 = bone, righted.
        lungs: for a lesion mask, the lung mask of the same film where one was kept.
        bounds: what the mask must keep within.

    Raises:
        ValueError: film and mask of different shapes.
    """
    if film.shape != mask.pixels.shape:
        raise ValueError(f"expected a mask of the film's shape {film.shape}, got {mask.pixels.shape}")
    inside, copy = mask_outline.small_mask(mask.pixels, INSIDE), mask_outline.small_film(film)
    if not inside.any():
        found = ["marks nothing"] if kind == "lung" else []
    elif kind == "lung":
        found = _lung_objections(inside, copy, bounds)
    else:
        within = mask_outline.small_mask(lungs.pixels, INSIDE) if lungs else None
        found = _lesion_objections(inside, copy, within, bounds)
    return tuple(f"its {kind} mask {reason}, so it is not kept" for reason in found)


def _lung_objections(inside: np.ndarray, film: np.ndarray, bounds: Bounds) -> list[str]:
    outline = Outline.of(inside)
    found = []
    if not _within(outline.area, bounds.lung_area):
        found.append(f"covers {outline.area:.0%} of the film where lungs cover {_range(bounds.lung_area)}")
    if outline.border > bounds.max_lung_border:
        found.append(f"covers {outline.border:.0%} of the film's border, as what surrounds the lungs does")
    if outline.in_two_pieces < bounds.min_lung_in_two_pieces:
        found.append(f"has only {outline.in_two_pieces:.0%} of its area in its two largest pieces, where lungs are two")
    if not _within(outline.across, bounds.lung_centre_across) or not _within(outline.down, bounds.lung_centre_down):
        found.append(f"{_place(outline)} where lungs lie around the middle")
    if outline.width < bounds.min_lung_width or outline.height < bounds.min_lung_height:
        found.append(
            f"is {outline.width:.0%} of the film wide and {outline.height:.0%} high where both lungs take at least "
            f"{bounds.min_lung_width:.0%} and {bounds.min_lung_height:.0%}"
        )
    if found:
        return found
    fit = mask_fit.fit(inside, film)
    if fit >= 0:
        return []
    return [f"does not follow the lungs of this film (fit {fit:.1f} where 0 or more does) and may be another patient's"]


def _lesion_objections(inside: np.ndarray, film: np.ndarray, lungs: np.ndarray | None, bounds: Bounds) -> list[str]:
    outline = Outline.of(inside)
    found = []
    if outline.area > bounds.max_lesion_area:
        found.append(
            f"covers {outline.area:.0%} of the film where at most {bounds.max_lesion_area:.0%} can be a lesion"
        )
    if not _within(outline.across, bounds.lesion_centre_across) or not _within(outline.down, bounds.lesion_centre_down):
        found.append(f"{_place(outline)}, far outside of the lungs")
    on_air = np.count_nonzero(film[inside] < _AIR) / np.count_nonzero(inside)
    if on_air > bounds.max_lesion_on_air:
        found.append(f"lies to {on_air:.0%} on what is black in the film")
    if lungs is not None:
        in_lungs = np.count_nonzero(lungs[inside]) / np.count_nonzero(inside)
        if in_lungs < bounds.min_lesion_in_lungs:
            found.append(
                f"lies to {in_lungs:.0%} within the lung mask where at least {bounds.min_lesion_in_lungs:.0%} do"
            )
    return found


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _range(bounds: tuple[float, float]) -> str:
    return f"{bounds[0] * 100:.0f} to {bounds[1]:.0%}"


def _place(outline: Outline) -> str:
    return f"has its centre at {outline.across:.0%} of the width and {outline.down:.0%} of the height"


def _valued(pixels: np.ndarray) -> Mask:
    """The same mask with 0, 127 and 255 only."""
    counts = cv2.calcHist([pixels], [0], None, [256], [0, 256]).ravel()
    present = np.flatnonzero(counts)
    if set(present.tolist()) <= {OUTSIDE, IGNORE, INSIDE}:
        return Mask(pixels, ())
    low, high = int(present[0]), int(present[-1])
    if len(present) <= 2:
        cut = high
        said = f"the mask's {' and '.join(str(value) for value in present)} were read as {OUTSIDE} and {INSIDE}"
    else:
        quarter = (high - low) / 4
        soft = float(counts[int(low + quarter) + 1 : int(np.ceil(high - quarter))].sum()) / pixels.size
        if high - low < _SPAN or soft > _SOFT_SHARE:
            raise UnreadableRadiograph(
                f"it holds {len(present)} grey values where a mask holds two; export it in black and white"
            )
        cut = (low + high + 1) // 2
        said = f"the mask's {len(present)} grey values were cut at {cut} into {OUTSIDE} and {INSIDE}"
    return Mask(np.where(pixels >= cut, np.uint8(INSIDE), np.uint8(OUTSIDE)), (said,))


def _sized(mask: Mask, film_shape: tuple[int, int]) -> Mask:
    """The same mask in the size of its film."""
    (height, width), (film_height, film_width) = mask.pixels.shape, film_shape
    pixels, repairs = mask.pixels, mask.repairs
    if (height, width) != (film_height, film_width):
        said = f"{width} x {height} pixels where the film measures {film_width} x {film_height}"
        if abs(width * film_height - height * film_width) > _PROPORTIONS * height * film_width:
            raise UnreadableRadiograph(f"it measures {said}, of other proportions; export it in the film's size")
        pixels = cv2.resize(pixels, (film_width, film_height), interpolation=cv2.INTER_NEAREST_EXACT)
        repairs = (*repairs, f"the mask was resized from {said}")
    pixels = pixels.view()
    pixels.setflags(write=False)
    return Mask(pixels, repairs)
