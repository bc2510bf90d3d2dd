"""What is left of a picture's file once its records are taken out, as a value that each format's walk fills in."""

from __future__ import annotations

from dataclasses import dataclass


class OddStructure(Exception):
    """The file is not put together as its format says, so that nobody knows what else is in it."""


@dataclass(frozen=True)
class Stripped:
    """A file less its records.

    Attributes:
        data: the file again, its picture untouched.
        removed: what was taken out, as people call it.
        exif: the Exif record, as Pillow wants it, and xmp: the XMP packets; either may say how the picture is turned.
        unsure: whether a further record may say so, which is not unpacked here.
    """

    data: bytes
    removed: tuple[str, ...]
    exif: bytes = b""
    xmp: bytes = b""
    unsure: bool = False
