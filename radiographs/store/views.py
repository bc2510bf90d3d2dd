"""Named, repeatable changes of prepared films, so that a frozen backbone can see a film in more than one way."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidSettings

_WORD = re.compile(r"(rotation|across|down|zoom|contrast)([+-](?:\d+\.?\d*|\.\d+))")
_LIMITS = {"rotation": 45.0, "across": 0.5, "down": 0.5, "zoom": 0.5, "contrast": 0.9}


@dataclass(frozen=True)
class View:
    """One change; all 0 is the film as it is.

    Attributes:
        rotation: degrees, positive against the clock.
        across: shift to the right, as a share of the side.
        down: shift towards the bottom, as a share of the side.
        zoom: change of scale about the middle, as a share: +.1 shows the film a tenth larger.
        contrast: change of contrast about the film's mean, as a share.
    """

    rotation: float = 0.0
    across: float = 0.0
    down: float = 0.0
    zoom: float = 0.0
    contrast: float = 0.0


def named(view: str) -> View:
    """Reads a view's name: words such as "rotation+5" or "zoom-.08", parted by spaces; "" changes nothing.

    Raises:
        InvalidSettings: a word that is none of these, one that comes twice, or a change that is too large.
    """
    changes: dict[str, float] = {}
    for word in view.split():
        found = _WORD.fullmatch(word)
        if found is None or found[1] in changes or abs(float(found[2])) > _LIMITS[found[1]]:
            most = ", ".join(f"{name} ±{limit:g}" for name, limit in _LIMITS.items())
            raise InvalidSettings(
                f"a view is made of words such as rotation+5, each kind once, at most {most}; got {word!r} in {view!r}"
            )
        changes[found[1]] = float(found[2])
    return View(**changes)


def canonical(view: str) -> str:
    """The one way to write a view, so that the same view has the same entries in a store: "" changes nothing."""
    chosen = named(view)
    said = [(name, getattr(chosen, name)) for name in _LIMITS]
    return " ".join(f"{name}{value:+g}" for name, value in said if value)


def applied(films: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    """The films in this view; resampled once, linearly, and what comes in from outside repeats the edge.

    Args:
        films: (n, side, side) uint8.
        view: the change.

    Returns:
        (n, side, side) uint8; the films themselves where nothing changes.
    """
    if view == View():
        return films
    return np.stack([_contrasted(_moved(film, view), view.contrast) for film in films])


def _moved(film: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    side = film.shape[0]
    if not (view.rotation or view.across or view.down or view.zoom):
        return film
    middle = (side - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), view.rotation, 1 + view.zoom)
    matrix[:, 2] += np.array([view.across, view.down]) * side
    warped = cv2.warpAffine(film, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _contrasted(film: NDArray[np.uint8], change: float) -> NDArray[np.uint8]:
    if not change:
        return film
    mean = float(film.mean())
    return np.clip(np.rint((film - mean) * (1 + change) + mean), 0, 255).astype(np.uint8)
