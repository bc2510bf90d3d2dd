"""Brings lines and lone letters of both tones together: one text a place, and which of them may name a patient."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from radiographs.imaging import marks_lines, marks_lone, marks_strokes
from radiographs.imaging.marks_lines import Line
from radiographs.imaging.marks_lone import Mark
from radiographs.imaging.marks_strokes import Box

_LONE_GLYPHS, _BLOCK_GLYPHS = 2, 4
_SURE_CORRELATION, _SURE_LEAD = {"L": 0.8, "R": 0.72}, 0.04  # an L is simpler, so more is like one
_MARGIN = 0.15
_PLAIN = 6.0


@dataclass(frozen=True)
class Text:
    """One text on the looked-at copy, with a margin; `letter` is L or R where a lone mark safely says so, else ""."""

    box: Box
    n_glyphs: int
    letter: str
    identifying: bool


@dataclass(frozen=True)
class Seen:
    """All texts of a copy, and "L" or "R" where the lone marks agree on it, else ""."""

    texts: tuple[Text, ...]
    laterality: str


def look(film: np.ndarray) -> Seen:
    """Find every text on a film of at most 512 px a side; (h, w) uint8, 0 = air."""
    both = [marks_strokes.stand_out(film, dark=dark) for dark in (False, True)]
    lines, marks = [], []
    for strokes in both:
        own = [*marks_lines.find(strokes), *marks_lines.find_turned(strokes)]
        marks += marks_lone.find(strokes, [line for line in own if not _is_short(line)])
        lines += own
    lines = [line for line in lines if not any(_is_all_of(mark, line) for mark in marks)]
    marks = [mark for mark in marks if not any(mark.box.shared(line.box) for line in lines)]
    texts = [*_of_lines(lines), *_of_marks(marks)]
    said = {text.letter for text in texts if text.letter}
    return Seen(
        tuple(
            replace(
                text,
                box=text.box.grown(max(1, round(_MARGIN * text.box.height)), film.shape),
                identifying=text.n_glyphs > _LONE_GLYPHS or _in_a_block(text, texts),
            )
            for text in texts
        ),
        said.pop() if len(said) == 1 else "",
    )


def _is_short(line: Line) -> bool:
    """Whether a line is so short that it may be a letter in a ring, or the gaps around and in one."""
    return 5 * line.box.width <= 13 * line.box.height


def _is_all_of(mark: Mark, line: Line) -> bool:
    """Whether a short line is nothing but a lone mark: it fills the line, or stands in the middle of the gaps."""
    if not _is_short(line) or mark.n_glyphs > _LONE_GLYPHS:
        return False
    covered = mark.box.shared(line.box) / line.box.area
    aside = abs(mark.box.left + mark.box.right - line.box.left - line.box.right) / 2
    return covered >= 0.75 or (mark.n_glyphs == 1 and covered >= 0.4 and 4 * aside <= line.box.height)


def _of_lines(lines: list[Line]) -> list[Text]:
    """One text for lines that lie on each other: letters and the gaps between them are often both found."""
    texts: list[Text] = []
    for line in sorted(lines, key=lambda line: -line.score):
        for index, text in enumerate(texts):
            if 2 * text.box.shared(line.box) < min(text.box.area, line.box.area):
                continue
            if line.score >= _PLAIN or 2 * line.box.height <= 3 * text.box.height:  # else it holds more than text
                joined = max(text.n_glyphs, line.n_glyphs)
                texts[index] = replace(text, box=text.box.united(line.box), n_glyphs=joined)
            break
        else:
            texts.append(Text(line.box, line.n_glyphs, "", False))
    return texts


def _of_marks(marks: list[Mark]) -> list[Text]:
    """One text for a letter and the holes in it, and one for letters side by side."""
    texts: list[Text] = []
    for mark in sorted(marks, key=lambda mark: -mark.score):
        for index, text in enumerate(texts):
            if text.box.shared(mark.box):
                n_glyphs = max(text.n_glyphs, mark.n_glyphs)
                letter = text.letter if n_glyphs == 1 else ""
                texts[index] = Text(text.box.united(mark.box), n_glyphs, letter, False)
                break
            if text.box.is_beside(mark.box):
                texts[index] = Text(text.box.united(mark.box), text.n_glyphs + mark.n_glyphs, "", False)
                break
        else:
            texts.append(Text(mark.box, mark.n_glyphs, _side(mark), False))
    return texts


def _side(mark: Mark) -> str:
    """ "L" or "R" where a mark is safely that one letter, else ""."""
    like = mark.like
    if mark.n_glyphs > 1 or like.lead < _SURE_LEAD or like.correlation < _SURE_CORRELATION.get(like.letter, math.inf):
        return ""
    return like.letter


def _in_a_block(text: Text, texts: list[Text]) -> bool:
    """Whether short texts stand so close around this one that they make several lines."""
    reach = text.box.height
    near = Box(text.box.left - reach, text.box.top - reach, text.box.right + reach, text.box.bottom + reach)
    short = [other for other in texts if other.n_glyphs <= _LONE_GLYPHS and near.shared(other.box)]
    return len(short) > 1 and sum(other.n_glyphs for other in short) >= _BLOCK_GLYPHS
