"""Shapes of the letters that stand alone on films, to tell a burnt-in mark from a wire or an edge of bone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

_SIDE = 16
_SOFTENED = 0.7
_WIDTH_RATIO = 1.5

# 16 x 16 bits, row by row, and width over height: bold, monospaced, narrow, slanted, wide and with serifs. They are
# kept as bits and not drawn when wanted, so that another version of a drawing library does not move a mark.
_SHAPES = {
    "A": (
        ("03c007e007e007e00e700e701e781c381c383ffc3ffc3ffc781e700ef00ff007", 0.95),
        ("03c003c007e0076006700e700c301c381c38181c3ffc3ffc700e700e7007e007", 0.77),
        ("01c003c003c0066006600e700c300c3018181ff83ffc300c300e60066006e007", 0.80),
        ("00380078007800dc01cc018c030c070c060e0e0e0ffe1ffe380630076007e003", 0.81),
        ("03e007e007e007f00ff00f701e781e781e383c3c3ffc3ffc7ffe781e780ff00f", 1.04),
        ("0380038003c006c004c004e00c60086008301ff0183010383018201c201cf83f", 1.05),
    ),
    "B": (
        ("fff0fffcfffef01ef01ef01ef07cfff8fffcf01ef00ff00ff00ffffffffefff8", 0.89),
        ("ffe0fffce01ce00ee00ee01ee03cfff0fffce00ee00fe00fe00fe01efffcfff0", 0.66),
        ("fff0fffce01ee00ee00ee00ce078fff0e03ee007e007e007e007e00efffefff0", 0.64),
        ("0ffc1ffe1c0718071807380e383c3ff8383c700e700e700e600ee01cfff8ffe0", 0.72),
        ("fff0fffcfffef83ef83ef83efffcfff8fffef83ff81ff81ff83ffffffffefff8", 0.81),
        ("fff0383c381c380c380c381c38183ff0383c380e380738073807380e381cfff8", 0.90),
    ),
    "D": (
        ("ffc0fff8fffcf03ef01ef00ff00ff00ff00ff00ff00ef01ef03efffcfff8ffc0", 0.91),
        ("ffc0fff0e03ce01ee00ee00ee00fe00fe00fe00fe00ee00ee01ee03cfff0ffc0", 0.66),
        ("ffc0fff8e03ce00ee007e007e003e003e003e007e007e006e00ee03cfff8ffe0", 0.70),
        ("1fe01ffc181e38063007300730073007700760066006600c601ce078fff0ff80", 0.85),
        ("ffc0fff8fffcf07ef03ef01ff01ff01ff01ff01ff01ff03ef07efffcfff8ffc0", 0.94),
        ("ffe03078301c300e30063007300730073007300730073006300e300c3038ffe0", 1.00),
    ),
    "E": (
        ("fffffffffffef000f000f000f800fffefffef000f000f000f000ffffffffffff", 0.82),
        ("fffefffef000f000f000f000fffcfffef000f000f000f000f000f000fffeffff", 0.62),
        ("fffefffee000e000e000e000e000fffcfffce000e000e000e000e000ffffffff", 0.66),
        ("0fff1fff1c0018001800380038003ffc38007000700070006000e000fff8fff8", 0.72),
        ("fffffffffffffc00fc00fc00fffefffefffefc00fc00fc00fc00ffffffffffff", 0.70),
        ("fffe3806380238023800381038103ff03c30381038003800380138033803ffff", 0.81),
    ),
    "K": (
        ("f01ef03cf078f0f0f1e0f3c0f780ff80ffc0f9e0f1f0f0f0f078f03cf01ef00f", 0.93),
        ("e00ee03ce078e0e0e1c0e780ef00ff00fb80e1c0e0e0e070e078e03ce01ee00f", 0.72),
        ("e01ee038e070e0e0e1c0e380e600ff00ff80e1c0e0e0e0f0e078e03ce01ee00f", 0.68),
        ("1807181c1838387039c033803f003c007e0077006380618060c0e0e0c070c038", 0.83),
        ("f03ef07cf0f8f1f0f3e0ffc0ff80ff00ff00ff80f7c0f3e0f1f8f0fcf07ef03f", 0.96),
        ("fc3e30183030306030c03180330037803f8031c030e0307030703038301cfc0f", 1.05),
    ),
    "L": (
        ("f800f800f800f800f800f800f800f800f800f800f800f800f800ffffffffffff", 0.75),
        ("e000e000e000e000e000e000e000e000e000e000e000e000e000e000ffffffff", 0.62),
        ("e000e000e000e000e000e000e000e000e000e000e000e000e000e000ffffffff", 0.55),
        ("0f000f000e000e001e001c001c003c0038003800780070007000f000fffffffe", 0.57),
        ("fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00ffffffffffff", 0.70),
        ("ff003c001800180018001800180018001800180018001801180118013c03ffff", 0.79),
    ),
    "O": (
        ("07e01ff83e7c781ef00ef00fe00fe007e007e00ff00f700e781e3e7c1ff807e0", 0.96),
        ("0fe03ff8781c700ef00ee00fe00fe007e007e00fe00ff00e700e781c3ff80fe0", 0.63),
        ("07e01ff8381c700e60076003e003c003c003e00360036006700e381c1ff807e0", 0.78),
        ("01f007fc1e0e1806300770036003e003e007e006e006e00c601c70383ff00fc0", 0.84),
        ("07e01ff83ffc7c3e781ef80ff00ff00ff00ff00ff80f781e7c3e3ffc1ff807e0", 0.98),
        ("0fe03838700c600ee006e007c007c007c007c007e007e006600e300c18380fe0", 0.93),
    ),
    "P": (
        ("fff0fffcfffef01ff00ff00ff01ff03efffcfff8f000f000f000f000f000f000", 0.84),
        ("fff0fffce01ee00fe00fe00fe00ef03efff8ff00e000e000e000e000e000e000", 0.64),
        ("fff0fffee00ee007e007e007e007e00efffcfff0e000e000e000e000e000e000", 0.64),
        ("0ff81ffe1c0e1c0718073807380e383c3ff87fc0700070006000e000e000e000", 0.70),
        ("fff0fffcfffef83ff81ff81ff83ffffefffefff8f800f800f800f800f800f800", 0.81),
        ("fff01c3c1c0e1c071c071c071c071c0e1c3c1ff01c001c001c001c001c00ff80", 0.74),
    ),
    "R": (
        ("fff0fffcfffef01ef01ef01ef01efffcfff8fff0f0f0f078f03cf03cf01ef00f", 0.93),
        ("ffc0fff0e038e03ce01ce01ce038fff0ffc0e0f0e070e038e01ce01ee00ee007", 0.72),
        ("fff0fffce00ee006e006e006e00ee03cfff8e0e0e070e038e01ce01ce00ee007", 0.70),
        ("0ff81ffe1c0e1c0718073806380e387c3ff070787038701c601ce00ee00ee006", 0.70),
        ("ffe0fff8fff8f8fcf87cf87cf8f8fff0ffe0fff0f8f8f87cf87cf83ef83ef81f", 0.89),
        ("ffe030703038303830183038303038e03fc030c030e0307030303038301cfe0f", 0.98),
    ),
    "S": (
        ("0ff03ffc7e7e781e780078007f801ff807fe003f000f700ff80f7e7e3ffc0ff0", 0.83),
        ("0ffc3ffe7800f000e000f0007e003ff003fe001f000700070007400ffffc1ff0", 0.61),
        ("0ff03ffc701e6006600070003e001ff001fc001e00070007e007f00e7ffc0ff0", 0.65),
        ("01fc07ff0e021c00180018001e000ff001fc001c000e000e001c403cfff03fc0", 0.71),
        ("0ff87ffefffef806f800fc00ffe07ffc1ffe00ff001f001fe03ffffefffc1ff0", 0.73),
        ("0ffc380e7006e000f00078007f801ff801fc003e000f0007c007c00ef03c3ff0", 0.64),
    ),
}


@dataclass(frozen=True)
class Likeness:
    """The letter that a mark is most like.

    Attributes:
        letter: a capital.
        correlation: with the best of its shapes, plain or mirrored, in [-1, 1].
        lead: of that correlation over the best one of any other letter.
    """

    letter: str
    correlation: float
    lead: float


def likeness(mark: np.ndarray) -> Likeness:
    """Compare one mark, cut to its ink, with every letter, plain and mirrored: a lead letter is often laid face down.

    Args:
        mark: (h, w) uint8, high where ink is.
    """
    known = _known()
    correlations = known.shapes @ _unit(mark)
    correlations[np.abs(known.log_widths - math.log(mark.shape[1] / mark.shape[0])) > math.log(_WIDTH_RATIO)] = -1.0
    best = int(np.argmax(correlations))
    letter = known.letters[best]
    others = float(correlations[known.letters != letter].max())
    return Likeness(str(letter), float(correlations[best]), float(correlations[best]) - others)


@dataclass(frozen=True)
class _Known:
    shapes: np.ndarray
    log_widths: np.ndarray
    letters: np.ndarray


@cache
def _known() -> _Known:
    shapes, widths, letters = [], [], []
    for letter, drawn in _SHAPES.items():
        for bits, width in drawn:
            shape = np.unpackbits(np.frombuffer(bytes.fromhex(bits), np.uint8)).reshape(_SIDE, _SIDE) * np.uint8(255)
            for turned in (shape, np.ascontiguousarray(shape[:, ::-1])):
                shapes.append(_unit(cv2.GaussianBlur(turned, (3, 3), _SOFTENED)))
                widths.append(width)
                letters.append(letter)
    return _Known(np.array(shapes), np.log(np.array(widths, np.float32)), np.array(letters))


def _unit(mark: np.ndarray) -> np.ndarray:
    """A mark as a vector of zero mean and length one, so that a dot product is a correlation; zeros if it is even."""
    values = cv2.resize(mark, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    values -= values.sum() / values.size
    length = math.sqrt(values @ values)
    return values / length if length > 0 else values
