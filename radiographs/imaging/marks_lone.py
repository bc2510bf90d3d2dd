"""Tells a letter that stands alone on a film, an L or an R above all, from what else is small and bright there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from radiographs.imaging import marks_letters, marks_lines
from radiographs.imaging.marks_letters import Likeness
from radiographs.imaging.marks_lines import Line
from radiographs.imaging.marks_strokes import Box, Sides, Strokes, quantile

_HEIGHT_PX = (6, 56)
_NARROWEST, _WIDEST = 0.2, 1.7
_LEAST_RELIEF, _LEAST_STEP, _LEAST_STEEPNESS, _LEAST_LIKENESS, _MOST_AROUND = 80, 0.5, 0.3, 0.58, 0.4
# Log odds of being a mark: a logistic regression over 1 199 pieces of 2 518 real films, told apart by eye. Order:
# correlation with a letter, steepness, ink around the piece, logs of height and peak relief.
_WEIGHTS = np.array([21.0, 14.6, -8.72, 1.23, 4.93])
_BIAS = -43.5
_SURE, _SURE_IN_THE_MIDDLE, _SURE_AT_THE_EDGE = 4.0, 7.0, 9.0
_RING, _RING_LIKE = 3.5, "O"  # an electrode is one


@dataclass(frozen=True)
class Mark:
    """A letter alone on the looked-at copy, or a few side by side: what it is like, and its log odds.

    The box takes in the ring around the letter if it has one, and what stands beside it at its height.
    """

    box: Box
    n_glyphs: int
    like: Likeness
    score: float


def find(strokes: Strokes, lines: list[Line]) -> list[Mark]:
    """The lone letters among the strokes of one tone; what lies in a line of text is none."""
    found = []
    for left, top, right, bottom in strokes.pieces.letters:
        width, height = right - left, bottom - top
        if not _HEIGHT_PX[0] <= height <= _HEIGHT_PX[1] or not _NARROWEST * height <= width <= _WIDEST * height:
            continue
        if strokes.relief[top:bottom, left:right].max() < _LEAST_RELIEF:
            continue
        box = Box(left, top, right, bottom)
        if any(box.shared(line.box) for line in lines):
            continue
        mark = _mark(strokes, box)
        if mark is not None and mark.score > _needed(box, strokes.film.shape):
            found.append(_with_company(mark, strokes))
    return found


def _mark(strokes: Strokes, box: Box) -> Mark | None:
    """One piece as a mark, however unsure; None where it is too faint, soft, crowded or unlike any letter."""
    relief, film = box.cut(strokes.relief), box.grown(1, strokes.film.shape).cut(strokes.film)
    least = _LEAST_STEP * relief.max()
    if cv2.absdiff(film[:, 1:], film[:, :-1]).max() < least or cv2.absdiff(film[1:], film[:-1]).max() < least:
        return None
    peak, steepness = quantile(relief, 0.95), marks_lines.steepness_of(strokes, box)
    if steepness < _LEAST_STEEPNESS:
        return None
    crowd = marks_lines.ink_around(strokes.relief, box, peak / 2, box.height // 4)
    if crowd > _MOST_AROUND:
        return None
    ink = relief > peak / 2
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    tight = relief[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    like = marks_letters.likeness(np.minimum(tight, np.uint8(peak)))
    if like.correlation < _LEAST_LIKENESS or (like.letter == _RING_LIKE and box.is_central(strokes.film.shape)):
        return None
    facts = np.array([like.correlation, steepness, crowd, math.log(box.height), math.log(peak)])
    return Mark(box, 1, like, float(facts @ _WEIGHTS) + _BIAS)


def _needed(box: Box, shape: tuple[int, int]) -> float:
    """How sure a mark must be: surer over the lungs, and where the film's edge cuts it."""
    if box.left == 0 or box.top == 0 or box.right == shape[1] or box.bottom == shape[0]:
        return _SURE_AT_THE_EDGE
    return _SURE_IN_THE_MIDDLE if box.is_central(shape) else _SURE


def _with_company(mark: Mark, strokes: Strokes) -> Mark:
    """The mark with the other letters of a word of a few, or with the ring around it."""
    box, n_glyphs = mark.box, 1
    before, beyond = box.left - box.height / 2, box.right + box.height / 2
    pieces = (*strokes.pieces.letters, *strokes.pieces.scraps)
    for sides in [sides for sides in pieces if sides[0] <= beyond and sides[2] >= before]:
        if _is_beside(sides, mark.box):
            n_glyphs += 1
        elif not _is_around(sides, mark.box):
            continue
        box = box.united(Box(*sides))
    return replace(mark, box=box, n_glyphs=n_glyphs)


def _is_beside(sides: Sides, box: Box) -> bool:
    """Whether a piece stands close beside a letter, as high and as level as another letter of its word."""
    left, top, right, bottom = sides
    height = box.height
    level = abs(bottom - top - height) <= 0.2 * height and abs(top - box.top) <= 0.2 * height
    apart = max(left - box.right, box.left - right)
    return level and -1 <= apart <= height / 2 and right - left <= _WIDEST * height


def _is_around(sides: Sides, box: Box) -> bool:
    """Whether a piece is a ring around a letter."""
    left, top, right, bottom = sides
    if left >= box.left or top >= box.top or right <= box.right or bottom <= box.bottom:
        return False
    return max(right - left, bottom - top) <= _RING * box.height
