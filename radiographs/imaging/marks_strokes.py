"""Takes from a film what stands out of it as thin strokes, letters among them, gathered into rows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_THIN_PX, _THIN_ON_SMALL_PX, _SMALL_SIDE_PX = 13, 9, 320
_LEAST_RELIEF, _OVER_MEAN_RELIEF, _RAISED_BY = 40.0, 2.5, 1.3
_MAX_PIECES = 128
_SPECK, _HEIGHT_PX = 2, (4, 64)
_LINE_HEIGHT_PX = 28
_LARGE_PX, _MAX_LARGE, _STRONG_RELIEF = 500, 24, 100
_AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)  # the neighbours of a pixel
_SIDE_MARGIN, _TOP_MARGIN, _BOTTOM_MARGIN = 0.15, 0.18, 0.1


@dataclass(frozen=True)
class Box:
    """A box in pixels; right and bottom are the first column and row beyond it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """In square pixels."""
        return self.width * self.height

    def turned(self) -> Box:
        """The box with rows and columns exchanged."""
        return Box(self.top, self.left, self.bottom, self.right)

    def united(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, margin: int, shape: tuple[int, int]) -> Box:
        """The box with a margin on every side, within a film of `shape` (height, width)."""
        return Box(
            max(0, self.left - margin),
            max(0, self.top - margin),
            min(shape[1], self.right + margin),
            min(shape[0], self.bottom + margin),
        )

    def shared(self, other: Box) -> int:
        """The area in both, in pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def is_beside(self, other: Box) -> bool:
        """Whether both are of about one height and stand side by side, as two letters of a word do."""
        lower, higher = sorted((self.height, other.height))
        level = 5 * (min(self.bottom, other.bottom) - max(self.top, other.top)) >= 3 * lower
        apart = max(self.left, other.left) - min(self.right, other.right)
        return level and 5 * higher <= 9 * lower + 5 and apart <= higher

    def cut(self, film: np.ndarray) -> np.ndarray:
        """A view of what the box holds."""
        return film[self.top : self.bottom, self.left : self.right]

    def is_central(self, shape: tuple[int, int]) -> bool:
        """Whether its middle lies where the lungs and the heart are, on a film of `shape` (height, width)."""
        x, y = (self.left + self.right) / (2 * shape[1]), (self.top + self.bottom) / (2 * shape[0])
        return _SIDE_MARGIN < x < 1 - _SIDE_MARGIN and _TOP_MARGIN < y < 1 - _BOTTOM_MARGIN


Sides = list[int]
"""Left, top, right and bottom of a piece: a plain list, for a film has hundreds of pieces and few become a `Box`."""


def around(pieces: list[Sides]) -> Box:
    """The smallest box around one piece or more."""
    left, top, right, bottom = zip(*pieces, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


@dataclass(frozen=True)
class Pieces:
    """Connected pieces: those that may be letters or words, and those too small, too large or too thin for it."""

    letters: list[Sides]
    scraps: list[Sides]


@dataclass(frozen=True)
class Strokes:
    """Thin things of one tone, brighter or darker than what lies around them.

    Attributes:
        film: (h, w) uint8.
        relief: (h, w) uint8, how far a pixel stands out of what is wider than a stroke (a top-hat, or its mirror).
        pieces: what of it is connected, in pixels.
    """

    film: np.ndarray
    relief: np.ndarray
    pieces: Pieces

    def turned(self) -> Strokes:
        """The same with rows and columns exchanged: what ran down the film runs from the left; pieces are left out."""
        return Strokes(self.film.T, self.relief.T, Pieces([], []))


def stand_out(film: np.ndarray, *, dark: bool) -> Strokes:
    """The bright strokes of a film, or the dark ones.

    Args:
        film: (h, w) uint8 of at most 512 px a side.
        dark: strokes darker than what lies around them.
    """
    thin = _THIN_PX if max(film.shape) > _SMALL_SIDE_PX else _THIN_ON_SMALL_PX
    hat = cv2.MORPH_BLACKHAT if dark else cv2.MORPH_TOPHAT
    relief = cv2.morphologyEx(film, hat, np.ones((thin, thin), np.uint8))
    threshold = max(_LEAST_RELIEF, _OVER_MEAN_RELIEF * cv2.mean(relief)[0])
    found = pieces_above(relief, threshold)
    while len(found.letters) > _MAX_PIECES:  # of a film full of wires and grain only the strongest strokes count
        threshold *= _RAISED_BY
        found = pieces_above(relief, threshold)
    return Strokes(film, relief, Pieces([*found.letters, *_within(relief, found)], found.scraps))


def pieces_above(relief: np.ndarray, threshold: float) -> Pieces:
    """Connected pieces of (h, w) uint8 above a threshold.

    Contours by link runs cost a third of what labelling every pixel does; a hole's contour runs the other way round.
    Most of what is above the threshold is grain of one pixel, whose contours would cost more than all others'.
    """
    _, binary = cv2.threshold(relief, threshold, 1, cv2.THRESH_BINARY)
    traced = cv2.findContoursLinkRuns(cv2.bitwise_and(binary, cv2.dilate(binary, _AROUND)))[0]
    contours = [contour for contour in traced if len(contour) > _SPECK]
    if not contours:
        return Pieces([], [])
    ends = np.cumsum(np.fromiter(map(len, contours), np.intp, len(contours)))
    starts = np.concatenate([[0], ends[:-1]])
    points = np.concatenate(contours)
    x, y = np.ascontiguousarray(points[:, 0, 0]), np.ascontiguousarray(points[:, 0, 1])
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    next_x[ends - 1], next_y[ends - 1] = x[starts], y[starts]
    twice_enclosed = np.add.reduceat(x * next_y - next_x * y, starts)  # the polygon's area, by its corners
    left, top = np.minimum.reduceat(x, starts), np.minimum.reduceat(y, starts)
    right, bottom = np.maximum.reduceat(x, starts) + 1, np.maximum.reduceat(y, starts) + 1
    width, height = right - left, bottom - top
    fits = (height >= _HEIGHT_PX[0]) & (height <= _HEIGHT_PX[1])
    fits &= (5 * width <= 11 * height) | (height <= _LINE_HEIGHT_PX)
    fits &= 4 * twice_enclosed + 8 * (width + height) >= width * height  # else a thin line, or the rim of something
    sides, is_piece = np.stack([left, top, right, bottom], axis=1), twice_enclosed >= 0
    return Pieces(sides[is_piece & fits].tolist(), sides[is_piece & ~fits].tolist())


def _within(relief: np.ndarray, found: Pieces) -> list[Sides]:
    """Letters that ran into a rib or an edge: the pieces of large pieces at half their own relief."""
    parts: list[Sides] = []
    n_large = 0
    for left, top, right, bottom in (*found.letters, *found.scraps):
        if not _LARGE_PX <= (right - left) * (bottom - top) <= relief.size / 4 or n_large == _MAX_LARGE:
            continue
        n_large += 1
        inner = relief[top:bottom, left:right]
        highest = int(inner.max())
        broken = pieces_above(inner, highest / 2) if highest >= _STRONG_RELIEF else Pieces([], [])
        if len(broken.letters) + len(broken.scraps) > 1:
            parts += [[left + a, top + b, left + c, top + d] for a, b, c, d in broken.letters]
    return parts


def rows(pieces: list[Sides]) -> list[list[Sides]]:
    """Pieces side by side and of about one height, gathered from the left; each piece is in one group."""
    sides = sorted(pieces)
    root = list(range(len(sides)))
    for one, (_, top, right, bottom) in enumerate(sides):
        height = bottom - top
        for other in range(one + 1, len(sides)):
            left, other_top, _, other_bottom = sides[other]
            if 5 * (left - right) > 9 * height + 5:
                break  # pieces come from left to right, so all that follow are as far
            if other_top >= bottom or other_bottom <= top:
                continue
            lower, higher = sorted((height, other_bottom - other_top))
            shared = min(bottom, other_bottom) - max(top, other_top)
            if 5 * shared >= 3 * lower and 5 * higher <= 9 * lower + 5 and left - right <= higher:
                first, second = sorted((_root(root, one), _root(root, other)))
                root[second] = first
    members: dict[int, list[Sides]] = {}
    for index, side in enumerate(sides):
        members.setdefault(_root(root, index), []).append(side)
    return list(members.values())


def quantile(values: np.ndarray, share: float) -> float:
    """The value that `share` of an array lie below; an array of 1 or more."""
    flat, place = values.flatten(), min(values.size - 1, int(share * values.size))
    flat.partition(place)
    return float(flat[place])


def _root(root: list[int], index: int) -> int:
    while root[index] != index:
        index = root[index]
    return index
