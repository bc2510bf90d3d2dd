"""A PNG, JPEG or WEBP file as it may be stored: the same picture, without a record of who, where or when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image

from radiographs.imaging import jpeg_segments, picture_chunks, tiff_tags
from radiographs.imaging.stripped import OddStructure, Stripped

_STRIPPERS = {"JPEG": jpeg_segments.strip, "PNG": picture_chunks.strip_png, "WEBP": picture_chunks.strip_webp}
_ORIENTATION, _UPRIGHT = 0x0112, 1
_XMP_ORIENTATION = re.compile(rb"tiff:Orientation\W+([0-9]+)")
_ODD = ("all but the pixels",)


@dataclass(frozen=True)
class CleanFile:
    """A file that holds nothing but its picture.

    Attributes:
        data: the file; the very object that was given where nothing had to go; None where only the pixels may be kept.
        removed: what was taken out, as people call it ("EXIF", "comment", "trailing bytes"), sorted; never a value.
    """

    data: bytes | None
    removed: tuple[str, ...]


def clean(data: bytes, kind: str) -> CleanFile:
    """The same picture without anything that a decoder does not need: its pixels come out equal.

    By walking the file's structure, without decoding. `data` is None, so that the decoded pixels are to be kept, for
    each TIFF, where a record says that the picture is turned, and where the structure is odd or holds more pictures.

    Args:
        data: a whole file that was decoded.
        kind: PNG, JPEG, WEBP or TIFF, as sniffed.

    Raises:
        ValueError: another kind of file.
    """
    if kind == "TIFF":
        return CleanFile(None, tiff_tags.names(data))
    if kind not in _STRIPPERS:
        raise ValueError(f"expected PNG, JPEG, WEBP or TIFF, got {kind}")
    try:
        bare = _STRIPPERS[kind](data)
    except OddStructure:
        return CleanFile(None, _ODD)
    removed = tuple(sorted(set(bare.removed)))
    if _may_be_turned(bare):
        return CleanFile(None, removed)
    return CleanFile(bare.data if removed else data, removed)


def _may_be_turned(bare: Stripped) -> bool:
    """Whether a decoder that still had the records might turn the picture."""
    if bare.unsure or any(int(said) != _UPRIGHT for said in _XMP_ORIENTATION.findall(bare.xmp)):
        return True
    if not bare.exif:
        return False
    try:
        exif = Image.Exif()
        exif.load(bare.exif)
        return exif.get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
    except Exception:  # whatever a broken record raises, it is not known to leave the picture upright
        return True
