"""Tells lines of burnt-in text from ribs, wires and edges by how their strokes stand, and takes in their loose ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging import marks_strokes
from radiographs.imaging.marks_strokes import Box, Sides, Strokes, quantile

# Log odds of being text: a logistic regression over 2 157 rows of strokes of 5 035 real films, told apart by eye, and
# 1 682 rows of drawn text. Order: logs of width, height and peak relief, distance of the inked share from that of
# print, log of the crossings, ink around the row, steepness, spread of the inked tones.
_WEIGHTS = np.array([0.54, 0.78, 3.55, -4.47, 5.52, -10.43, 15.65, -6.8])
_BIAS = -29.1
_PRINTED_SHARE = 0.37
_LEAST_CROSSINGS = 2.3
_PEAK, _CROSSINGS = 2, 4  # places among the facts
# Scores that are enough: on the margin, where a line is high or lies over the chest, where both; and down the film.
_SURE, _HIGH_PX = (1.0, 3.0, 4.0), 17
_SURE_OF_TURNED, _LEAST_TURNED, _LONG, _BESIDE = 9.0, 5, 3, 0.7
# Below a plain score a row of more than a few pieces is tried in halves, which must be better by so much.
_PLAIN, _BETTER, _FEW_PIECES = 6.0, 2.0, 2
# A letter is crossed so often, is at most so wide for its height, and is so wide where it touches the next.
_CROSSINGS_OF_A_GLYPH, _WIDEST_GLYPH, _TOUCHING_GLYPH = 1.6, 1.2, 0.85
# The faint end of a line: relief, heights from the known part, and how steep it must be.
_FAINT_RELIEF, _FAINT_REACH, _STEEP, _EDGE_PX = 20.0, 12, 0.42, 1.2


@dataclass(frozen=True)
class Line:
    """A line of text on the looked-at copy; `score` is the log odds that it is one."""

    box: Box
    n_glyphs: int
    score: float


def find(strokes: Strokes) -> list[Line]:
    """The lines of text among the strokes of one tone."""
    rows = marks_strokes.rows(strokes.pieces.letters)
    return [line for row in rows if _may_be_text(row) for line in _of_row(strokes, row)]


def find_turned(strokes: Strokes) -> list[Line]:
    """Lines of text that run up or down the film beside the chest; only long and clear ones: chains and rods do too."""
    width = strokes.film.shape[1]
    beside = [box for box in strokes.pieces.letters if abs(box[0] + box[2] - width) >= _BESIDE * width]
    rows = marks_strokes.rows([[top, left, bottom, right] for left, top, right, bottom in beside])
    long = [row for row in rows if max(box[2] for box in row) - row[0][0] >= _LONG * (row[0][3] - row[0][1])]
    if not long:
        return []
    turned = strokes.turned()
    return [
        Line(line.box.turned(), line.n_glyphs, line.score)
        for row in long
        for line in _of_row(turned, row)
        if line.score > _SURE_OF_TURNED and line.n_glyphs >= _LEAST_TURNED
    ]


def _may_be_text(row: list[Sides]) -> bool:
    """Whether a row is more than one piece that is no word: most are, and need no further look."""
    left, top, right, bottom = row[0]
    return len(row) > 1 or 5 * (right - left) >= 8 * (bottom - top)


def _of_row(strokes: Strokes, row: list[Sides]) -> list[Line]:
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


def _widest_gap(row: list[Sides]) -> int:
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


def _n_letters(row: list[Sides], height: int) -> int:
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
    relief, height = level.cut(strokes.relief), box.height
    strong = marks_strokes.pieces_above(relief, peak / 2)
    box = _joined(box, [*strong.letters, *strong.scraps], level.top, height)
    steep = []
    for left, top, right, bottom in marks_strokes.pieces_above(relief, max(_FAINT_RELIEF, peak / 6)).letters:
        near = left - box.right <= _FAINT_REACH * height and box.left - right <= _FAINT_REACH * height
        if near and abs(bottom - top - height) <= 0.35 * height:
            piece = Box(left, level.top + top, right, level.top + bottom)
            if steepness_of(strokes, piece) >= _STEEP:
                steep.append([left, top, right, bottom])
    return _joined(box, steep, level.top, height)


def _joined(box: Box, pieces: list[Sides], down: int, height: int) -> Box:
    """The box with all pieces that follow on it from piece to piece, letters at a word's distance at most.

    Args:
        box: of a line.
        pieces: of its band of the film.
        down: row of the film at which the band begins.
        height: of the line, in pixels.
    """
    left_over = [piece for piece in pieces if _fits(piece, height)]
    while True:
        taken = [piece for piece in left_over if _follows(piece, box, height)]
        if not taken:
            return box
        grown = marks_strokes.around(taken)
        box = box.united(Box(grown.left, down + grown.top, grown.right, down + grown.bottom))
        left_over = [piece for piece in left_over if piece not in taken]


def _fits(piece: Sides, height: int) -> bool:
    """Whether a piece may belong to a line of this height: a letter, a few that touch, or a point or an accent."""
    left, top, right, bottom = piece
    if 2 * (bottom - top) < height:
        return right - left <= height
    return bottom - top <= 1.4 * height and right - left <= 5 * height


def _follows(piece: Sides, box: Box, height: int) -> bool:
    """Whether a piece stands so near a line's end that it goes on there."""
    left, top, right, bottom = piece
    reach = (0.6 if 2 * (bottom - top) < height else 1.2) * height
    return left - box.right <= reach and box.left - right <= reach


def steepness_of(strokes: Strokes, box: Box) -> float:
    """How steep the sides of one piece are, as a share of how far it stands out: print 0.4 and more, bone less."""
    film = box.grown(1, strokes.film.shape).cut(strokes.film)
    across, down = cv2.absdiff(film[:, 1:], film[:, :-1]), cv2.absdiff(film[1:], film[:-1])
    steep = 1 - min(0.1, _EDGE_PX / box.height)  # the larger a letter, the fewer of its pixels are edges
    peak = max(1.0, quantile(box.cut(strokes.relief), 0.95))
    return (quantile(across, steep) + quantile(down, steep)) / (2 * peak)
