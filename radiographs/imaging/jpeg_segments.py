"""A JPEG less the segments that are no part of its picture (ITU-T T.81 Annex B)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from radiographs.imaging.stripped import OddStructure, Stripped

_APP0, _APP1, _APP2, _APP13, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_SCAN, _END = 0xDA, 0xD9
# Frames, tables and scans; all other segments are records.
_PICTURE = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD} - {0xC8}
_RECORDS = {*range(0xE0, 0xF0), _COMMENT}
# Within a scan 0xFF is followed by 0 (a byte of data) or by D0 to D7 (a restart); anything else ends it.
_SCAN_ENDS = re.compile(rb"\xff(?=[^\x00\xff\xd0-\xd7])")
_JFIF, _JFIF_BYTES, _ADOBE, _ADOBE_BYTES = b"JFIF\0", 14, b"Adobe", 12
_EXIF, _XMP, _MORE_XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_NAMES = {
    (_APP0, b"JFXX\0"): "thumbnail",
    (_APP1, _EXIF): "EXIF",
    (_APP1, _XMP): "XMP",
    (_APP1, _MORE_XMP): "XMP",
    (_APP2, b"ICC_PROFILE\0"): "ICC profile",
    (_APP13, b"Photoshop 3.0\0"): "Photoshop record",
}


@dataclass(frozen=True)
class _Segment:
    """One marker with what belongs to it: `payload` is that of a record, `whole` also holds a scan's data."""

    marker: int
    payload: bytes
    whole: bytes
    end: int


def strip(data: bytes) -> Stripped:
    """The same JPEG with frames, tables, scans, JFIF's resolution and Adobe's colour transform, and nothing else.

    Raises:
        OddStructure: there is something between or within segments that the format has no place for, or more pictures.
    """
    pieces, removed = [data[:2]], []
    exif, xmp = b"", b""
    segment = _next(data, 2)
    while segment.marker != _END:
        if segment.marker in _PICTURE:
            pieces.append(segment.whole)
        else:
            kept = _kept(segment)
            pieces.append(kept)
            removed += [] if kept == segment.whole else [_name(segment)]
            exif, xmp = exif + _exif(segment, bool(exif)), xmp + _xmp(segment)
        segment = _next(data, segment.end)
    pieces.append(segment.whole)
    if segment.end < len(data):
        removed.append("trailing bytes")
    return Stripped(b"".join(pieces), tuple(removed), exif, xmp)


def _next(data: bytes, start: int) -> _Segment:
    at = start
    while data[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(data):
        raise OddStructure
    marker = data[at]
    if marker == _END:
        return _Segment(marker, b"", data[start : at + 1], at + 1)
    end = at + 1 + int.from_bytes(data[at + 1 : at + 3])
    if end < at + 3 or end > len(data) or marker not in _PICTURE | _RECORDS:
        raise OddStructure
    payload = data[at + 3 : end]
    if marker == _SCAN:
        found = _SCAN_ENDS.search(data, end)
        if not found:
            raise OddStructure
        end = found.start()
    return _Segment(marker, payload, data[start:end], end)


def _kept(segment: _Segment) -> bytes:
    """What stays of a record: what the decoder looks at of JFIF (less its thumbnail) and of Adobe's segment."""
    if segment.marker == _APP2 and segment.payload.startswith(b"MPF\0"):
        raise OddStructure
    if segment.marker == _APP0 and segment.payload.startswith(_JFIF) and len(segment.payload) >= _JFIF_BYTES:
        bare = segment.payload[: _JFIF_BYTES - 2] + b"\0\0"
    elif segment.marker == _APP14 and segment.payload.startswith(_ADOBE) and len(segment.payload) >= _ADOBE_BYTES:
        bare = segment.payload[:_ADOBE_BYTES]
    else:
        return b""
    if bare == segment.payload:
        return segment.whole
    return bytes((0xFF, segment.marker)) + (len(bare) + 2).to_bytes(2) + bare


def _name(segment: _Segment) -> str:
    if segment.marker == _COMMENT:
        return "comment"
    if segment.marker == _APP0 and segment.payload.startswith(_JFIF):
        return "thumbnail"
    names = (name for (marker, start), name in _NAMES.items()
             if marker == segment.marker and segment.payload.startswith(start))  # fmt: skip
    return next(names, "application record")


def _exif(segment: _Segment, further: bool) -> bytes:
    """The Exif record of a segment; Pillow strings several together, so a further one comes without its heading."""
    if segment.marker != _APP1 or not segment.payload.startswith(_EXIF):
        return b""
    return segment.payload[len(_EXIF) :] if further else segment.payload


def _xmp(segment: _Segment) -> bytes:
    return segment.payload if _name(segment) == "XMP" else b""
