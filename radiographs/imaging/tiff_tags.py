"""Names what a TIFF tells beside its picture, so that a person can see what was not kept of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SAID = {
    **dict.fromkeys((269, 270, 285), "description"),
    **dict.fromkeys((271, 272, 305, 316), "device or program"),
    306: "time of change",
    **dict.fromkeys((315, 33432), "author"),
    700: "XMP",
    33723: "IPTC record",
    **dict.fromkeys((34377, 37724), "Photoshop record"),
    **dict.fromkeys((34665, 34853), "EXIF"),
    34675: "ICC profile",
}
# TIFF 6.0, section 2: numbers from here on are given to organisations.
_PRIVATE, _MOST_TAGS = 32768, 4096
# Baseline and extended samples, which describe the picture itself.
_OF_THE_PICTURE = (32995, 32996, 32997, 32998)


def names(data: bytes) -> tuple[str, ...]:
    """What the first directory of a TIFF holds beside the picture, as people call it; empty where it is damaged."""
    try:
        tags = set(_tags(data))
    except struct.error:
        tags = set()
    said = {_SAID[tag] for tag in tags if tag in _SAID}
    strange = any(tag >= _PRIVATE and tag not in _SAID and tag not in _OF_THE_PICTURE for tag in tags)
    return tuple(sorted(said | {"private tag"} if strange else said))


def _tags(data: bytes) -> Iterator[int]:
    """Numbers of the first directory's tags; a BigTIFF (version 43) has longer counts and entries."""
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(f"{order}H", data, 2)[0] == 43
    (at,) = struct.unpack_from(f"{order}{'Q' if big else 'I'}", data, 8 if big else 4)
    (count,) = struct.unpack_from(f"{order}{'Q' if big else 'H'}", data, at)
    first, size = at + (8 if big else 2), 20 if big else 12
    for entry in range(min(count, _MOST_TAGS)):
        yield struct.unpack_from(f"{order}H", data, first + entry * size)[0]
