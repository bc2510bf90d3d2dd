"""A PNG or WEBP less the chunks that are no part of its picture."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from radiographs.imaging.stripped import OddStructure, Stripped

_PNG_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_NAMES = {
    b"eXIf": "EXIF",
    b"iCCP": "ICC profile",
    b"tIME": "time of change",
    b"tEXt": "text chunk",
    b"zTXt": "text chunk",
    b"iTXt": "text chunk",
    **dict.fromkeys((b"pHYs", b"oFFs", b"sCAL", b"pCAL", b"sTER"), "physical scale"),
    **dict.fromkeys((b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"hIST", b"sPLT", b"cICP", b"mDCV", b"cLLI"),
                    "display settings"),
}  # fmt: skip
_PNG_FRAMES = (b"acTL", b"fcTL", b"fdAT")
_PNG_XMP, _PNG_EXIF = b"XML:com.adobe.xmp\0", b"Raw profile type exif\0"
_WEBP_PICTURE = (b"ALPH", b"VP8 ", b"VP8L")
_WEBP_NAMES = {b"EXIF": "EXIF", b"XMP ": "XMP", b"ICCP": "ICC profile"}
# Of VP8X's flags only that for transparency describes what is left (RFC 9649 section 2.7).
_TRANSPARENT, _VP8X_BYTES = 0x10, 10


@dataclass(frozen=True)
class _Chunk:
    """One chunk: `whole` holds kind, length, payload and what follows it (checksum or padding)."""

    kind: bytes
    payload: bytes
    whole: bytes
    end: int


def strip_png(data: bytes) -> Stripped:
    """The same PNG with header, palette, transparency and picture, and nothing else (PNG specification, section 5).

    Raises:
        OddStructure: chunks that the format has no place for, or an animation.
    """
    chunks = list(_png_chunks(data))
    _check_png([chunk.kind for chunk in chunks])
    records = [chunk for chunk in chunks if chunk.kind not in _PNG_PICTURE]
    removed = [_png_name(chunk) for chunk in records]
    if chunks[-1].end < len(data):
        removed.append("trailing bytes")
    return Stripped(
        data[:8] + b"".join(chunk.whole for chunk in chunks if chunk.kind in _PNG_PICTURE),
        tuple(removed),
        exif=b"".join(b"Exif\0\0" + chunk.payload for chunk in records if chunk.kind == b"eXIf"),
        xmp=b"".join(chunk.payload for chunk in records if chunk.payload.startswith(_PNG_XMP)),
        unsure=any(_packed(chunk) for chunk in records) or removed.count("EXIF") > 1,
    )


def _png_chunks(data: bytes) -> Iterator[_Chunk]:
    at, kind = 8, b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise OddStructure
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise OddStructure
        yield _Chunk(kind, data[at + 8 : end - 4], data[at:end], end)
        at = end


def _check_png(kinds: list[bytes]) -> None:
    """Refuses critical chunks of nobody's knowledge, animations, and a picture with something within it."""
    unknown = [kind for kind in kinds if kind not in _PNG_PICTURE]
    first, n_data = kinds.index(b"IDAT") if b"IDAT" in kinds else 0, kinds.count(b"IDAT")
    together = kinds[first : first + n_data] == [b"IDAT"] * n_data
    alone = kinds[0] == b"IHDR" and all(kinds.count(kind) <= 1 for kind in (b"IHDR", b"PLTE", b"tRNS"))
    strange = any(kind[:1].isupper() or not kind.isalpha() or kind in _PNG_FRAMES for kind in unknown)
    if not first or not together or not alone or strange:
        raise OddStructure


def _png_name(chunk: _Chunk) -> str:
    if chunk.payload.startswith(_PNG_XMP):
        return "XMP"
    if chunk.payload.startswith(_PNG_EXIF):
        return "EXIF"
    return _PNG_NAMES.get(chunk.kind, "private chunk" if chunk.kind[1:2].islower() else "other chunk")


def _packed(chunk: _Chunk) -> bool:
    """Whether the chunk holds Exif or XMP in a form that has to be unpacked first."""
    flag = chunk.payload[len(_PNG_XMP) : len(_PNG_XMP) + 1]
    return chunk.payload.startswith(_PNG_EXIF) or (chunk.payload.startswith(_PNG_XMP) and flag != b"\0")


def strip_webp(data: bytes) -> Stripped:
    """The same WEBP with its picture and transparency, and nothing else (RFC 9649, section 2.7).

    Raises:
        OddStructure: an animation, no picture or several, or chunks that are longer than the file.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = list(_webp_chunks(data, end))
    kinds = [chunk.kind for chunk in chunks]
    pictures = sum(kind in (b"VP8 ", b"VP8L") for kind in kinds)
    if pictures != 1 or kinds.count(b"ALPH") > 1 or kinds.count(b"VP8X") > 1 or set(kinds) & {b"ANIM", b"ANMF"}:
        raise OddStructure
    records = [chunk for chunk in chunks if chunk.kind not in (*_WEBP_PICTURE, b"VP8X")]
    removed = [_WEBP_NAMES.get(chunk.kind, "other chunk") for chunk in records]
    if end < len(data):
        removed.append("trailing bytes")
    kept = b"WEBP" + b"".join(_webp_piece(chunk) for chunk in chunks if chunk not in records)
    return Stripped(
        b"RIFF" + len(kept).to_bytes(4, "little") + kept,
        tuple(removed),
        exif=b"".join(chunk.payload for chunk in records if chunk.kind == b"EXIF"),
        xmp=b"".join(chunk.payload for chunk in records if chunk.kind == b"XMP "),
        unsure=removed.count("EXIF") > 1,
    )


def _webp_chunks(data: bytes, end: int) -> Iterator[_Chunk]:
    at = 12
    while at < end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if at + 8 > end or after > end or end > len(data):
            raise OddStructure
        yield _Chunk(data[at : at + 4], data[at + 8 : at + 8 + length], data[at:after], after)
        at = after


def _webp_piece(chunk: _Chunk) -> bytes:
    """A chunk that is kept; the extended header no longer announces records."""
    if chunk.kind != b"VP8X":
        return chunk.whole
    if len(chunk.payload) != _VP8X_BYTES:
        raise OddStructure
    return chunk.whole[:8] + bytes((chunk.payload[0] & _TRANSPARENT, 0, 0, 0)) + chunk.payload[4:]
