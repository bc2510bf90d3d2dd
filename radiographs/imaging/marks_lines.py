"""Tells lines of burnt-in text from ribs, wires and edges by how their strokes stand, and takes in their loose ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging import marks_strokes
from radiographs.imaging.marks_strokes import Box, Strokes, quantile

# Log odds of being text: a logistic regression over 2 157 rows of strokes of 5 035 real films, told apart by eye, and
# 1 682 rows of drawn text. Order: logs of width, height and peak relief, distance of the inked share from that of
# print, log of the crossings, ink around the row, steepness, spread of the inked tones.
_WEIGHTS = np.array([0.54, 0.78, 3.55, -4.47, 5.52, -10.43, 15.65, -6.8])
_BIAS = -29.1
_PRINTED_SHARE = 0.37
_FAINT_RELIEF, _FAINT_REACH, _STEEP, _EDGE_PX = 20.0, 12, 0.42, 1.2
_LEAST_CROSSINGS = 2.3
_PEAK, _CROSSINGS = 2, 4
_CROSSINGS_OF_A_GLYPH, _WIDEST_GLYPH, _TOUCHING_GLYPH = 1.6, 1.2, 0.85
_PLAIN, _BETTER, _FEW_PIECES = 6.0, 2.0, 2
_SURE, _HIGH_PX = (1.0, 3.0, 4.0), 17
_SURE_OF_TURNED, _LEAST_TURNED, _LONG = 9.0, 5, 3


@dataclass(frozen=True)
class Line:
    """A line of text on the looked-at copy; `score` is the log odds that it is one."""

    box: Box
    n_glyphs: int
    score: float


def find(strokes: Strokes) -> list[Line]:
    """The lines of text among the strokes of one tone."""
    rows = marks_strokes.rows(strokes.pieces)
    return [line for row in rows if _may_be_text(row) for line in _of_row(strokes, row)]


def find_turned(strokes: Strokes) -> list[Line]:
    """Lines of text that run up or down the film beside the chest; only long and clear ones: chains and rods do too."""
    turned, found = strokes.turned(), []
    for row in marks_strokes.rows(turned.pieces):
        box = marks_strokes.around(row)
        if box.width >= _LONG * box.height and not box.is_central(turned.film.shape):
            found += _of_row(turned, row)
    return [
        Line(line.box.turned(), line.n_glyphs, line.score)
        for line in found
        if line.score > _SURE_OF_TURNED and line.n_glyphs >= _LEAST_TURNED
    ]


def _may_be_text(row: list[list[int]]) -> bool:
    """Whether a row is more than one piece that is no word: most are, and need no further look."""
    left, top, right, bottom = row[0]
    return len(row) > 1 or 5 * (right - left) >= 8 * (bottom - top)


def _of_row(strokes: Strokes, row: list[list[int]]) -> list[Line]:
    """A row as a line, or its halves where one of them is the better line: a word may stand beside a wire or a bone."""
    box = marks_strokes.around(row)
    facts = measure(strokes, box)
    score = -math.inf if facts is None else float(facts @ _WEIGHTS) + _BIAS
    if score < _PLAIN and len(row) > _FEW_PIECES:
        cut = _widest_gap(row)
        halves = [*_of_row(strokes, row[:cut]), *_of_row(strokes, row[cut:])]
        if any(half.score > score + _BETTER for half in halves):
            return halves
    if facts is None or score <= _needed(box, strokes.film.shape):
        return []
    by_crossings = int(math.exp(facts[_CROSSINGS]) / _CROSSINGS_OF_A_GLYPH + 0.5)
    by_width = int(box.width / (_WIDEST_GLYPH * box.height))  # letters that touch, or are broken, are no pieces
    n_glyphs = max(_n_letters(row, box.height), by_crossings, by_width)
    return [Line(_with_loose_ends(box, strokes, math.exp(facts[_PEAK])), n_glyphs, score)]


def _needed(box: Box, shape: tuple[int, int]) -> float:
    """How sure a line must be: surer where it is as high as a rib and over the lungs, where a mistake hides a sign."""
    return _SURE[(box.height >= _HIGH_PX) + box.is_central(shape)]


def _widest_gap(row: list[list[int]]) -> int:
    """Where a row, sorted from the left, is cut in two: before the box that follows the widest gap."""
    reached, widest, cut = row[0][2], -math.inf, 1
    for index, (left, _, right, _) in enumerate(row[1:], start=1):
        if left - reached > widest:
            widest, cut = left - reached, index
        reached = max(reached, right)
    return cut


def measure(strokes: Strokes, box: Box) -> np.ndarray | None:
    """The facts that tell text from anatomy, in the order of the weights; None where it is clear without them.

    Letters cross a row of pixels often, in strokes of one tone with steep sides, and leave a free margin around them.
    """
    width, height = box.width, box.height
    if 5 * width < 8 * height:
        return None
    relief = box.cut(strokes.relief)
    peak = quantile(relief, 0.97)
    ink = relief > peak / 2
    band = ink[height // 6 : height - height // 6]
    crossings = (np.count_nonzero(band[:, 1:] > band[:, :-1]) + np.count_nonzero(band[:, 0])) / len(band)
    if crossings < _LEAST_CROSSINGS:
        return None
    film = strokes.film[box.top : box.bottom, max(0, box.left - 1) : box.right + 1]
    steepness = quantile(cv2.absdiff(film[:, 1:], film[:, :-1]), 0.9) / peak
    return np.array(
        [
            math.log(width),
            math.log(height),
            math.log(peak),
            abs(np.count_nonzero(ink) / ink.size - _PRINTED_SHARE),
            math.log(crossings),
            min(1.0, ink_around(strokes.relief, box, peak / 2, height // 2)),
            steepness,
            spread_of_tones(box.cut(strokes.film)[ink], peak),
        ]
    )


def ink_around(relief: np.ndarray, box: Box, cut_off: float, margin: int) -> float:
    """How dense strokes above the cut-off are in a margin around a box, as a share of how dense they are in it."""
    wide = box.grown(max(2, margin), relief.shape).cut(relief)
    area, n_ink = box.width * box.height, np.count_nonzero(box.cut(relief) > cut_off)
    stray = np.count_nonzero(wide > cut_off) - n_ink
    return stray * area / (max(1, wide.size - area) * n_ink)


def spread_of_tones(inked: np.ndarray, peak: float) -> float:
    """Between the quartiles of the inked pixels (n,) uint8, as a share of the peak relief: print has one tone."""
    tones = np.sort(inked)
    return (float(tones[3 * tones.size // 4]) - float(tones[tones.size // 4])) / peak


def _n_letters(row: list[list[int]], height: int) -> int:
    """How many letters the pieces of a row are: a dash or a point is none, letters that touch are several."""
    return sum(
        max(1, round((right - left) / (_TOUCHING_GLYPH * height)))
        for left, top, right, bottom in row
        if 5 * (bottom - top) >= 3 * height
    )


def _with_loose_ends(box: Box, strokes: Strokes, peak: float) -> Box:
    """The box with the rest of its line: points, accents, and letters that ran into a rib or an edge at first.

    Along the line strokes above half the letters' own relief are taken first, which a rib seldom reaches; then fainter
    ones, as of a line that runs on over bright ground, if they are as high and as steep as letters.
    """
    level = Box(0, box.top, strokes.film.shape[1], box.bottom).grown(box.height // 4, strokes.film.shape)
    relief, down = level.cut(strokes.relief), np.array([0, level.top, 0, level.top])
    box = _joined(box, marks_strokes.pieces_above(relief, peak / 2)[:, :4] + down, box.height)
    faint = marks_strokes.pieces_above(relief, max(_FAINT_RELIEF, peak / 6))[:, :4] + down
    near = (faint[:, 0] <= box.right + _FAINT_REACH * box.height) & (
        faint[:, 2] >= box.left - _FAINT_REACH * box.height
    )
    alike = np.abs(faint[:, 3] - faint[:, 1] - box.height) <= 0.35 * box.height
    steep = [sides for sides in faint[near & alike].tolist() if steepness_of(strokes, Box(*sides)) >= _STEEP]
    return _joined(box, np.array(steep).reshape(-1, 4), box.height)


def _joined(box: Box, pieces: np.ndarray, height: int) -> Box:
    """The box with all pieces (n, 4) that follow on it from piece to piece, letters at a word's distance at most."""
    left, high, wide = pieces[:, 0], pieces[:, 3] - pieces[:, 1], pieces[:, 2] - pieces[:, 0]
    alike = (2 * high >= height) & (high <= 1.4 * height) & (wide <= 5 * height)
    fits = alike | ((2 * high < height) & (wide <= height))
    reach = np.where(alike, 1.2, 0.6) * height
    while True:
        taken = fits & (left - box.right <= reach) & (box.left - pieces[:, 2] <= reach)
        grown = box.united(marks_strokes.around(pieces[taken].tolist())) if taken.any() else box
        if grown == box:
            return box
        box = grown


def steepness_of(strokes: Strokes, box: Box) -> float:
    """How steep the sides of one piece are, as a share of how far it stands out: print 0.4 and more, bone less."""
    film = box.grown(1, strokes.film.shape).cut(strokes.film)
    steep = 1 - min(0.1, _EDGE_PX / box.height)  # the larger a letter, the fewer of its pixels are edges
    across, down = cv2.absdiff(film[:, 1:], film[:, :-1]), cv2.absdiff(film[1:], film[:-1])
    return (quantile(across, steep) + quantile(down, steep)) / (2 * max(1.0, quantile(box.cut(strokes.relief), 0.95)))
