"""Whether a picture looks like a frontal chest radiograph, and whether its intensities are the wrong way round."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from radiographs.imaging import chest_edges, chest_template

INVERTED_FROM = 0.9
INVERTED_TIMES = 20.0  # how much more likely, as odds, it is a negative than a film
_COPY_PX = 64
_TURNS = 4
_DARK, _BRIGHT = 15, 240  # each the other of a negative
_EVEN_SHARE = 0.93  # of a line's pixels that are dark, or bright, where it is frame and not film
_LARGEST_FRAME = 0.45  # of a side, at either end
# A radiograph adds up what it passes through; a slice has air and flesh and little between. The two tones of the most
# two-toned of 5 035 films explain 0.863 of its variance, of phantoms 0.876, of a coronal slice of a CT 0.911.
_TWO_TONES, _TWO_TONES_COST = 0.88, 150.0
# A limb is slender: the tallest of those films is 1.4 times as high as wide, the tallest phantom 1.6, a tibia 1.8.
_SLENDER, _SLENDER_COST = 1.6, 25.0


@dataclass(frozen=True)
class ChestLook:
    """What a film looks like.

    Attributes:
        frontal_score: in [0, 1], likeness to a frontal chest radiograph, mirrored or turned as it may be.
        inverted_score: in [0, 1], likeness to the negative of one.
        border_share: share of the area that is even dark or bright frame, in [0, 1].
    """

    frontal_score: float
    inverted_score: float
    border_share: float

    @property
    def inverted(self) -> bool:
        """Whether the intensities are clearly the wrong way round: a good negative and no good film.

        What is neither, or both, is left as it came. Where the template was fitted on other patients, none of 5 035
        public films is called inverted, upright or turned, and of their negatives 97.3 % are (95 % of the source where
        it is least); as shipped 98.3 %.
        """
        enough = self.inverted_score >= INVERTED_FROM
        return enough and _odds(self.inverted_score) >= INVERTED_TIMES * _odds(self.frontal_score)


@dataclass(frozen=True, eq=False)
class Matcher:
    """What edges are held against.

    Attributes:
        templates: (512, 8) float32, the template and its negative, as it is and turned by one to three quarters.
        intercept: added to each match.
    """

    templates: np.ndarray
    intercept: float

    @classmethod
    def of(cls, template: np.ndarray, intercept: float) -> Matcher:
        """The matcher of one template, (8, 8, 8) float32 as in `chest_edges`."""
        columns = []
        for _ in range(_TURNS):
            columns += [template.ravel(), chest_edges.negative(template).ravel()]
            template = chest_edges.turned(template)
        return cls(np.ascontiguousarray(np.stack(columns, axis=1)), intercept)


@lru_cache(maxsize=1)
def _shipped() -> Matcher:
    return Matcher.of(chest_template.whole(), chest_template.INTERCEPT)


def look(pixels: np.ndarray, matcher: Matcher | None = None) -> ChestLook:
    """Holds the edges of a film against the chest template, as it is and as a negative, in four quarter turns.

    A copy of 64 px without its frame is seen whole and close (`chest_edges`); the score is the logistic function of the
    best match, less what a picture costs that is two-toned as a slice or slender as a limb. The template is left-right
    symmetric, so that a mirrored film scores the same.

    Args:
        pixels: (h, w) uint8, 0 = air, 255 = bone.
        matcher: of another template than the shipped one.
    """
    matcher = matcher or _shipped()
    copy = cv2.resize(pixels, (_COPY_PX, _COPY_PX), interpolation=cv2.INTER_AREA)
    film = without_frame(copy)
    border_share = round(1.0 - film.size / copy.size, 4)
    edges = chest_edges.of_views(film)
    if edges is None:
        return ChestLook(0.0, 0.0, border_share)
    matches = (edges.reshape(len(edges), -1) @ matcher.templates).reshape(len(edges), _TURNS, 2)
    height = film.shape[0] * pixels.shape[0] / (film.shape[1] * pixels.shape[1])  # in widths
    best = (matches.max(axis=0) - _slender_costs(height)).max(axis=0) + matcher.intercept
    best -= _TWO_TONES_COST * max(0.0, _separability(film) - _TWO_TONES)
    return ChestLook(_score(best[0]), _score(best[1]), border_share)


def without_frame(copy: np.ndarray) -> np.ndarray:
    """The copy (h, w) uint8 without the dark or bright lines at its edges, at most 45 % of a side at either end."""
    even = np.stack([copy <= _DARK, copy >= _BRIGHT])
    rows = _within(np.count_nonzero(even, axis=2).max(axis=0) / copy.shape[1])
    even = even[:, rows]
    columns = _within(np.count_nonzero(even, axis=1).max(axis=0) / even.shape[1])
    return copy[rows, columns]


def _within(even_shares: np.ndarray) -> slice:
    """From the first line that is film to the last."""
    n, most = len(even_shares), int(_LARGEST_FRAME * len(even_shares))
    film = np.flatnonzero(even_shares < _EVEN_SHARE)
    if len(film) == 0:
        return slice(0, n)
    return slice(min(int(film[0]), most), max(int(film[-1]) + 1, n - most))


def _slender_costs(height: float) -> np.ndarray:
    """(4, 1): what it costs in each quarter turn that the body would be as high as that, in its widths."""
    upright, lying = (_SLENDER_COST * max(0.0, math.log(ratio / _SLENDER)) for ratio in (height, 1 / height))
    return np.array([[upright], [lying], [upright], [lying]])


def _separability(film: np.ndarray) -> float:
    """Share of the variance of its middle that two tones explain at best (source: Otsu, 1979); 0 for an even film."""
    height, width = film.shape
    middle = film[height // 20 : height - height // 20, width // 12 : width - width // 12]
    shares = np.bincount(middle.ravel(), minlength=256) / middle.size
    tones = np.arange(256)
    below, sums = np.cumsum(shares)[:-1], np.cumsum(shares * tones)
    mean, sums = sums[-1], sums[:-1]
    within = below * (1 - below)
    between = np.divide(np.square(mean * below - sums), within, out=np.zeros(255), where=within > 1e-6)
    variance = float(shares @ np.square(tones - mean))
    return float(between.max()) / variance if variance > 1 else 0.0


def _score(logit: float) -> float:
    return round(1 / (1 + math.exp(-min(max(float(logit), -9.0), 9.0))), 4)


def _odds(score: float) -> float:
    kept = min(max(score, 1e-4), 1 - 1e-4)
    return kept / (1 - kept)
