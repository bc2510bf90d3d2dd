"""What a prepared film looks like with something taken away, put on or turned, for an audit to ask about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from radiographs.errors import NoLungMask

BORDER_SHARE = 0.12  # of the side: the ring in which letters, collimation and arms lie
MARK_SHARE = 0.09  # of the side: the height of a pasted letter
BLUR_SHARE = 0.125  # of the side: the sigma under which no letter, rib or edge is left
DEGREES = 10.0
GAMMA = 1.6
CONTRAST = 0.6
JPEG_QUALITY = 50  # what photographs of films are commonly sent on with
FEWEST_LUNG_SHARE = 0.02  # of the square; less is no lung that could be left
AIR = 8  # grey levels up to this one are air, bars or a black border
_LUNG = 255
_QUANTILES = np.linspace(0.02, 0.98, 9)
_NOTHING = np.linspace(AIR, 255, 9)

Film = NDArray[np.uint8]
Change = Callable[[Film, Film | None], Film]


@dataclass(frozen=True)
class Intervention:
    """One change of prepared films.

    Attributes:
        name: as it is called in the release rule.
        words: what is done, for people.
        needs_lungs: whether the film's lung mask is needed.
        change: (side, side) uint8 and the prepared lung mask, or None, to (side, side) uint8.
    """

    name: str
    words: str
    needs_lungs: bool
    change: Change


def applied(intervention: Intervention, film: Film, lungs: Film | None = None) -> Film:
    """One film changed; the film itself is left as it is.

    Args:
        intervention: what is done.
        film: (side, side) uint8, prepared.
        lungs: (side, side) uint8 of its prepared lung mask, 255 = lung; None where there is none.

    Raises:
        NoLungMask: the change needs lungs and there is no mask, or one that marks next to nothing.
        ValueError: a film that is no uint8 square, or a mask of another shape.
    """
    if film.ndim != 2 or film.shape[0] != film.shape[1] or film.dtype != np.uint8:
        raise ValueError(f"expected a prepared film (side, side) uint8, got {film.shape} {film.dtype}")
    if lungs is not None and lungs.shape != film.shape:
        raise ValueError(f"expected a lung mask of the film's shape {film.shape}, got {lungs.shape}")
    if intervention.needs_lungs and not has_lungs(lungs):
        raise NoLungMask(f"{intervention.name} needs the lungs of each film, and this one has none")
    return np.ascontiguousarray(intervention.change(film, lungs))


def has_lungs(lungs: Film | None) -> bool:
    """Whether a prepared lung mask marks enough to take away or to leave."""
    return lungs is not None and float((lungs == _LUNG).mean()) >= FEWEST_LUNG_SHARE


def _lungs_hidden(film: Film, lungs: Film | None) -> Film:
    return np.where(lungs == _LUNG, np.uint8(0), film)


def _lungs_only(film: Film, lungs: Film | None) -> Film:
    """Blacked out, the surroundings would be like no film ever seen, and an honest classifier as lost as a cheat."""
    blurred = cv2.GaussianBlur(film, (0, 0), BLUR_SHARE * len(film), borderType=cv2.BORDER_REPLICATE)
    return np.where(lungs == _LUNG, film, blurred).astype(np.uint8)


def _border_only(film: Film, lungs: Film | None) -> Film:
    wide = round(BORDER_SHARE * len(film))
    changed = film.copy()
    changed[wide:-wide, wide:-wide] = 0
    return changed


def border_swapped(film: Film, donor: Film) -> Film:
    """The film inside the border of another one: with its letters, collimation and arms.

    Args:
        film: (side, side) uint8, prepared.
        donor: likewise, of another film.
    """
    wide = round(BORDER_SHARE * len(film))
    changed = donor.copy()
    changed[wide:-wide, wide:-wide] = film[wide:-wide, wide:-wide]
    return changed


def greys_swapped(film: Film, donor: Film) -> Film:
    """The film in the grey levels of another one: with its exposure, tone curve and scanner.

    Nine quantiles of what is not air are laid on those of the donor, straight lines between: a finer matching of
    histograms tears films whose black borders differ in size.

    Args:
        film: (side, side) uint8, prepared.
        donor: likewise, of another film.
    """
    own, wanted = (np.quantile(each[each > AIR], _QUANTILES) if (each > AIR).any() else _NOTHING
                   for each in (film, donor))  # fmt: skip
    steps = np.maximum.accumulate(own) + np.arange(len(own)) * 1e-6
    table = np.interp(np.arange(256), [0, *steps, 256], [0, *wanted, 255])
    return np.rint(table).astype(np.uint8)[film]


def _marked(film: Film, lungs: Film | None) -> Film:
    """A bright R in the upper left corner, where the marker of the right side lies."""
    side = len(film)
    high, thick = max(6, round(MARK_SHARE * side)), max(1, side // 110)
    at = (round(0.05 * side), round(0.05 * side) + high)
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, high, thick)
    changed = film.copy()
    cv2.putText(changed, "R", at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
    return changed


def _toned(film: Film, lungs: Film | None) -> Film:
    table = np.rint(255 * (np.arange(256) / 255) ** GAMMA).astype(np.uint8)
    return table[film]


def _flattened(film: Film, lungs: Film | None) -> Film:
    mean = float(film.mean())
    return np.clip(np.rint((film - mean) * CONTRAST + mean), 0, 255).astype(np.uint8)


def _reencoded(film: Film, lungs: Film | None) -> Film:
    done, packed = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError(f"expected a film that JPEG takes, got {film.shape}")
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _mirrored(film: Film, lungs: Film | None) -> Film:
    return film[:, ::-1]


def _turned(degrees: float) -> Change:
    def change(film: Film, lungs: Film | None) -> Film:
        side = len(film)
        middle = ((side - 1) / 2, (side - 1) / 2)
        matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        warped = cv2.warpAffine(film, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.uint8)

    return change


ALL = (
    Intervention("lungs_hidden", "the lungs blacked out", True, _lungs_hidden),
    Intervention("lungs_only", "all but the lungs blurred beyond recognition", True, _lungs_only),
    Intervention("border_only", f"all but a border of {BORDER_SHARE:.0%} of the side blacked out", False, _border_only),
    Intervention("mark_pasted", "a bright letter R put into the upper left corner", False, _marked),
    Intervention("tone", f"a tone curve of gamma {GAMMA:g}", False, _toned),
    Intervention("contrast", f"contrast lowered to {CONTRAST:.0%}", False, _flattened),
    Intervention("reencoded", f"JPEG of quality {JPEG_QUALITY}", False, _reencoded),
    Intervention("mirrored", "left and right exchanged", False, _mirrored),
    Intervention("turned_left", f"turned by {DEGREES:g}° against the clock", False, _turned(DEGREES)),
    Intervention("turned_right", f"turned by {DEGREES:g}° with the clock", False, _turned(-DEGREES)),
)


def named(name: str) -> Intervention:
    """One of `ALL` by its name; KeyError for a stranger."""
    return {each.name: each for each in ALL}[name]
