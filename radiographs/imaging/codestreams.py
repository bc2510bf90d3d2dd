"""What a compressed picture announces of itself, read from its first bytes before any decoder is given it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from radiographs.errors import UnreadableRadiograph

_DAMAGED = "its compressed picture is damaged; copy or export it again"
_CUT_SHORT = "its compressed picture is cut short; copy or export it again"
_END = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_FRAME_MARKERS = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7)
# A progressive JPEG needs about a dozen; each costs a pass over the whole picture.
_MAX_SCANS = 100
_JPEG_2000 = b"\xff\x4f\xff\x51"
_JP2_BOX = b"\x00\x00\x00\x0cjP  \r\n\x87\n"


@dataclass(frozen=True)
class Announced:
    """A compressed picture by its own account: size in pixels, components a pixel, bits a component.

    `process` is the second byte of the JPEG frame marker (0xC0 baseline, 0xC1 extended, 0xC3 lossless, 0xF7 JPEG-LS),
    0 for JPEG 2000.
    """

    rows: int
    columns: int
    components: int
    bits: int
    process: int = 0


def jpeg(frame: bytes) -> Announced:
    """Read the frame header of a JPEG or JPEG-LS picture (ITU-T T.81 annex B, T.87 annex C).

    Raises:
        UnreadableRadiograph: no frame header before the first scan, no end, more scans than a film needs, or fewer
            bytes than any picture of the size must have.
    """
    if frame[:2] != b"\xff\xd8":
        raise UnreadableRadiograph(_DAMAGED)
    if frame.rfind(_END, 4) < 0:
        raise UnreadableRadiograph(_CUT_SHORT)
    check_scans(frame)
    found, at = None, 2
    while at + 4 <= len(frame):
        lead, marker, length = struct.unpack_from(">BBH", frame, at)
        if lead == 0xFF and marker == 0xFF:  # a fill byte
            at += 1
            continue
        if lead != 0xFF or length < 2 or at + 2 + length > len(frame):
            break
        if marker in _FRAME_MARKERS and length >= 8 and found is None:
            bits, rows, columns, components = struct.unpack_from(">BHHB", frame, at + 4)
            found = Announced(rows, columns, components, bits, marker)
        if marker == _START_OF_SCAN and found is not None:
            return _plausible(found, len(frame))
        at += 2 + length
    raise UnreadableRadiograph(_DAMAGED)


def check_scans(data: bytes) -> None:
    """Refuse a JPEG of so many scans that decoding it, a pass over the whole picture for each, would never end."""
    if data.count(b"\xff\xda") > _MAX_SCANS:
        raise UnreadableRadiograph(
            f"its picture comes in more than {_MAX_SCANS} scans; export it again as baseline JPEG"
        )


def _plausible(announced: Announced, n_bytes: int) -> Announced:
    """The picture itself, unless it has less than a bit for each sample (lossless) or block of 8 × 8 (DCT)."""
    if announced.process == 0xF7:  # runs of JPEG-LS take next to nothing
        return announced
    samples_per_bit = 1 if announced.process == 0xC3 else 64
    if announced.rows * announced.columns > 8 * n_bytes * samples_per_bit:
        raise UnreadableRadiograph(_CUT_SHORT)
    return announced


def jpeg_2000(frame: bytes) -> Announced:
    """Read the SIZ segment of a JPEG 2000 codestream (ITU-T T.800 annex A.5.1).

    Raises:
        UnreadableRadiograph: no codestream, or components that differ in size or depth.
    """
    if not frame.startswith(_JPEG_2000) or len(frame) < 45:
        raise UnreadableRadiograph(_DAMAGED)
    right, bottom, left, top = struct.unpack_from(">4I", frame, 8)
    (components,) = struct.unpack_from(">H", frame, 40)
    described = {frame[at : at + 3] for at in range(42, 42 + 3 * components, 3)}
    if len(described) != 1:
        raise UnreadableRadiograph(_DAMAGED)
    one = described.pop()
    if len(one) != 3 or one[1:] != b"\x01\x01":
        raise UnreadableRadiograph("its picture's components differ in size; export it again from its source")
    return Announced(bottom - top, right - left, components, (one[0] & 0x7F) + 1)


def bare_jpeg_2000(frame: bytes) -> bytes:
    """The codestream without the JP2 boxes that some exporters leave round it: the DICOM header speaks for them."""
    at = frame.find(_JPEG_2000) if frame.startswith(_JP2_BOX) else 0
    return frame[at:] if at > 0 else frame
