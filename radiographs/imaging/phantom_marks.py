"""Burns letters of a known place into a film, as workstations and digitizers do, so that finding them can be tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import cv2
import numpy as np

from radiographs.imaging.marks import Region

Font = Literal["simplex", "duplex", "small", "italic", "truetype", "bitmap"]
_OF_OPENCV = {
    "simplex": cv2.FONT_HERSHEY_SIMPLEX,
    "duplex": cv2.FONT_HERSHEY_DUPLEX,
    "small": cv2.FONT_HERSHEY_COMPLEX_SMALL,
    "italic": cv2.FONT_HERSHEY_SIMPLEX | cv2.FONT_ITALIC,
}
_REFERENCE_PX = 100.0
_FAINT = 32


@dataclass(frozen=True)
class Lettering:
    """How a line of text is burnt in.

    Attributes:
        text: one line.
        height_px: of a capital letter, in pixels of the film.
        value: grey level of the letters.
        font: one of `Font`: four of OpenCV's, and Pillow's default as outlines or as a bitmap.
        box: grey level of a filled box behind the letters; None for none.
        circle: a ring of the letters' grey level around them.
        jpeg_quality: the film is stored as JPEG afterwards; None for not.

    Raises:
        ValueError: no text, another font, or letters below 3 pixels.
    """

    text: str
    height_px: int = 12
    value: int = 255
    font: Font = "simplex"
    box: int | None = None
    circle: bool = False
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or self.font not in get_args(Font) or self.height_px < 3:
            raise ValueError(f"expected text, a font of {', '.join(get_args(Font))} and 3 pixels or more, got {self}")


@dataclass(frozen=True)
class Lettered:
    """A film with letters; `pixels` is (h, w) uint8, `box` the letters' own tight box, boxes and rings left out."""

    pixels: np.ndarray
    box: Region


def burn(pixels: np.ndarray, lettering: Lettering, left: float, top: float) -> Lettered:
    """Burn one line into a copy of a film.

    Args:
        pixels: (h, w) uint8, untouched.
        lettering: what is written and how.
        left: of the line's left end, as a share of the film's width less the line's, in [0, 1].
        top: of the line's upper end, as a share of the film's height less the line's, in [0, 1].

    Raises:
        ValueError: a line longer or higher than the film.
    """
    ink = ink_of(lettering.text, lettering.height_px, lettering.font)
    height, width = ink.shape
    room = pixels.shape[0] - height, pixels.shape[1] - width
    if min(room) < 0:
        raise ValueError(f"expected a film of at least {height} x {width} pixels, got shape {pixels.shape}")
    y, x = round(room[0] * top), round(room[1] * left)
    film = pixels.copy()
    margin = max(2, lettering.height_px // 3)
    if lettering.box is not None:
        film[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin] = lettering.box
    if lettering.circle:
        centre, radius = (x + width // 2, y + height // 2), round(np.hypot(width, height) / 2) + margin
        cv2.circle(film, centre, radius, lettering.value, max(1, lettering.height_px // 8), cv2.LINE_AA)
    under = film[y : y + height, x : x + width].astype(np.float32)
    opaque = ink.astype(np.float32) / 255
    film[y : y + height, x : x + width] = np.rint(under + (lettering.value - under) * opaque).astype(np.uint8)
    if lettering.jpeg_quality is not None:
        _, stored = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, lettering.jpeg_quality])
        film = np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))
    n_glyphs = len(lettering.text.replace(" ", ""))
    return Lettered(film, Region(x, y, width, height, identifying=n_glyphs > 2))


def ink_of(text: str, height_px: int, font: Font = "simplex") -> np.ndarray:
    """One line of antialiased text cut to its ink; (h, w) uint8, 255 = ink, capitals `height_px` high.

    Args:
        text: what is written; at least one letter that leaves ink.
        height_px: of a capital letter, 3 or more.
        font: four of OpenCV's, and Pillow's default as outlines ("truetype") or as a bitmap.
    """
    return _drawn(text, height_px * _REFERENCE_PX / _capital_px(font), font)


@cache
def _capital_px(font: Font) -> int:
    return int(_drawn("H", _REFERENCE_PX, font).shape[0])


def _drawn(text: str, size_px: float, font: Font) -> np.ndarray:
    if font in _OF_OPENCV:
        canvas = _by_opencv(text, size_px, _OF_OPENCV[font])
    else:
        canvas = _by_pillow(text, size_px, outlines=font == "truetype")
    rows, columns = np.flatnonzero(canvas.max(axis=1) > _FAINT), np.flatnonzero(canvas.max(axis=0) > _FAINT)
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _by_opencv(text: str, size_px: float, font: int) -> np.ndarray:
    scale, thickness = size_px / 22, max(1, round(size_px / 12))
    width, margin = cv2.getTextSize(text, font, scale, thickness)[0][0], round(2 * size_px) + 8
    canvas = np.zeros((2 * margin, width + 2 * margin), np.uint8)
    return cv2.putText(canvas, text, (margin, margin), font, scale, 255, thickness, cv2.LINE_AA)


def _by_pillow(text: str, size_px: float, *, outlines: bool) -> np.ndarray:
    from PIL import Image, ImageDraw, ImageFont

    font: ImageFont.ImageFont | ImageFont.FreeTypeFont
    font = ImageFont.load_default(size_px) if outlines else ImageFont.load_default_imagefont()
    left, top, right, bottom = (round(side) for side in font.getbbox(text))
    canvas = Image.new("L", (right - left + 8, bottom - top + 8))
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), text, fill=255, font=font)
    drawn, scale = np.asarray(canvas), size_px / 10
    if outlines:
        return drawn
    return cv2.resize(
        drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST if scale >= 1 else cv2.INTER_AREA
    )
