"""Checks of a file's container from its bytes alone: what it is, how large it says it is, whether its end is there."""

from __future__ import annotations

import re
import struct
import zlib

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import codestreams

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x00\x00\x00\x1cftyp", "a HEIF, AVIF or video file"),
    (b"\x00\x00\x00\x20ftyp", "a HEIF, AVIF or video file"),
)
# A deflated byte stands for at most so many: 258 of them in 2 bits.
_MOST_DEFLATED = 1032
_PNG_CHANNELS = {2: 3, 4: 2, 6: 4}
_TAG = re.compile(rb"\s*<(!doctype|html|\?xml|svg|head|body)", re.IGNORECASE)
_CUT_SHORT = "it ends before the picture does; copy or export it again"


def sniff(data: bytes) -> str:
    """Tell the format from the bytes: PNG, JPEG, WEBP, TIFF or DICOM; the file's name has no say.

    Raises:
        UnreadableRadiograph: the bytes are none of these; the sentence says what they look like.
    """
    if not data:
        raise UnreadableRadiograph("it holds zero bytes; copy or export it again")
    # First, because a preamble may hold the beginning of another format: some exporters put a TIFF header into it.
    if data[128:132] == b"DICM":
        return "DICOM"
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if _headless_dicom(data):
        return "DICOM"
    raise UnreadableRadiograph(f"it is {_likeness(data)}; give a PNG, JPEG, WEBP, TIFF or DICOM file")


def _headless_dicom(data: bytes) -> bool:
    """Whether the bytes read as a DICOM data set without preamble: group 2 or 8 first, then a VR or a sane length."""
    if len(data) < 132 or data[:2] not in (b"\x02\x00", b"\x08\x00") or data[3] != 0:
        return False
    return (data[4:6].isalpha() and data[4:6].isupper()) or struct.unpack_from("<I", data, 4)[0] <= 1024


def _likeness(data: bytes) -> str:
    if _TAG.match(data[:512]):
        return "a web page, not a radiograph"
    for magic, name in _OTHERS:
        if data.startswith(magic):
            return f"{name}, a format that is not read here"
    if not data.strip(b"\x00"):
        return "nothing but zeros"
    sample = data[:512]
    if all(byte in b"\t\r\n\f" or 32 <= byte < 127 for byte in sample):
        return "a text file, not a radiograph"
    return "of no known format"


def check_png(data: bytes) -> None:
    """Refuse a PNG whose chunks are cut short, fail their checksums (section 5.3) or are too few for its size."""
    at, view, n_compressed = 8, memoryview(data), 0
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        kind = data[at + 4 : at + 8]
        # Lower-case first letter: ancillary, and no part of the picture.
        if kind[:1].isupper() and zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise UnreadableRadiograph("a checksum inside it is wrong, so it was damaged; copy or export it again")
        n_compressed += length if kind == b"IDAT" else 0
        if kind == b"IEND" and n_compressed * _MOST_DEFLATED >= _png_bytes(data):
            return
        at = end + 4
    raise UnreadableRadiograph(_CUT_SHORT)


def _png_bytes(data: bytes) -> int:
    """Bytes of the picture that a PNG announces, at least (section 11.2.2)."""
    width, height, depth, colours = struct.unpack_from(">IIBB", data, 16)
    return height * (width * depth * _PNG_CHANNELS.get(colours, 1) // 8)


def check_jpeg(data: bytes) -> None:
    """Refuse a JPEG that lacks its end-of-image marker, or is made to take for ever."""
    codestreams.check_scans(data)
    if data.rfind(b"\xff\xd9") < 4:
        raise UnreadableRadiograph(_CUT_SHORT)


def check_webp(data: bytes) -> None:
    """Refuse a WEBP shorter than its RIFF header says."""
    if len(data) < 30 or struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        raise UnreadableRadiograph(_CUT_SHORT)


def webp_pixels(data: bytes) -> int:
    """Pixels a WEBP announces (its decoder reserves them before it tells); source: RFC 9649, sections 2.5 to 2.7."""
    kind = data[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        return width * (1 + int.from_bytes(data[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return (width & 0x3FFF) * (height & 0x3FFF)
    raise UnreadableRadiograph("its WEBP header is damaged; copy or export it again")
