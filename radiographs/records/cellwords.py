"""What the words in a table's cells mean, in the vocabularies of several countries; None where they are not known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from radiographs import spelling

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_AGE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-zé]*)\.?", re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,6})\s*[x*×]\s*([0-9]{1,6})(?:\s*(?:px|pixels))?", re.IGNORECASE)
_YEARS = {
    **dict.fromkeys(("", "y", "yr", "yrs", "year", "years", "yo", "a", "an", "ans", "annee", "annees"), 1.0),
    **dict.fromkeys(("m", "mo", "month", "months", "mois"), 1 / 12),
    **dict.fromkeys(("w", "week", "weeks", "sem", "semaine", "semaines"), 7 / 365.25),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours"), 1 / 365.25),
}
_SEXES = {
    **dict.fromkeys(("m", "male", "man", "boy", "h", "homme", "masculin", "garcon"), "M"),
    **dict.fromkeys(("f", "female", "woman", "girl", "w", "femme", "feminin", "fille"), "F"),
    **dict.fromkeys(("o", "other", "autre", "x", "diverse"), "O"),
}
_SAYS_NOTHING = ("", "u", "unknown", "n a", "not stated", "inconnu", "inconnue", "non renseigne", "nr", "?")
_FORMATS = {
    "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "jfif": "JPEG", "webp": "WEBP", "tif": "TIFF", "tiff": "TIFF",
    "dcm": "DICOM", "dicom": "DICOM",
}  # fmt: skip
_CHANNELS = {
    **dict.fromkeys(("l", "la", "i 16", "monochrome1", "monochrome2", "p", "palettecolor", "grey", "gray"), 1),
    **dict.fromkeys(("greyscale", "grayscale", "gris", "niveauxdegris"), 1),
    **dict.fromkeys(("rgb", "ybrfull", "ybrfull422", "color", "colour", "couleur"), 3),
    "rgba": 4,
}


@dataclass(frozen=True)
class Size:
    """A picture's size in pixels."""

    width: int
    height: int


def number(text: str, *, decimal_comma: bool) -> float | None:
    """A decimal number; with `decimal_comma`, 55,5 is one too."""
    if not _NUMBER.fullmatch(text) or ("," in text and not decimal_comma):
        return None
    return float(text.replace(",", "."))


def age(text: str, *, decimal_comma: bool) -> float | None:
    """An age in years, also as DICOM writes it (055Y, 006M) or with a word for its unit (6 mois)."""
    match = _AGE.fullmatch(text)
    per_unit = _YEARS.get(spelling.folded(match[2])) if match else None
    if match is None or per_unit is None:
        return number(text, decimal_comma=decimal_comma)
    stated = number(match[1], decimal_comma=decimal_comma)
    return None if stated is None else round(stated * per_unit, 3)


def whole(text: str) -> int | None:
    """A whole number above 0; 512.0 is one."""
    value = number(text, decimal_comma=False)
    return int(value) if value is not None and value > 0 and value.is_integer() else None


def size(text: str) -> Size | None:
    """Width and height, as in 256*256 or 512 x 420."""
    match = _SIZE.fullmatch(text)
    return Size(int(match[1]), int(match[2])) if match else None


def sex(text: str) -> str | None:
    """M, F or O; "" where the word says that it is unknown."""
    word = spelling.folded(text)
    return "" if word in _SAYS_NOTHING else _SEXES.get(word)


def file_format(text: str) -> str | None:
    """The format's name as decoding gives it."""
    return _FORMATS.get(spelling.folded(text).removeprefix("image ").removeprefix("application "))


def channels(text: str) -> int | None:
    """The samples of a pixel that a word for a colour model, or for DICOM's photometric interpretation, stands for."""
    return _CHANNELS.get(spelling.joined(text))
