"""DICOM's run-length coding (PS3.5 annex G), undone under the size that the header announced."""

from __future__ import annotations

import struct

import numpy as np
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging.pictureheader import PictureHeader

_HEADER_BYTES = 64
# Two bytes stand for at most 128.
_MOST_BYTES_PER_BYTE = 64


def decode(frame: bytes, header: PictureHeader) -> np.ndarray:
    """Undo the coding: a segment for each byte of each sample, the most significant byte first.

    Returns:
        (h, w) or (h, w, 3), uint8 or uint16: the bit patterns of the samples.

    Raises:
        UnreadableRadiograph: other segments than the header announces, or segments too short for its size.
    """
    width = header.bits_allocated // 8
    segments = _segments(frame, header.samples * width)
    size = header.rows * header.columns
    # A picture of one row: no run is cut where a line ends.
    planes = [
        np.asarray(Image.frombytes("L", (size, 1), _long_enough(one, size), "packbits", "L"))[0] for one in segments
    ]
    if width == 2:
        planes = [(high.astype(np.uint16) << 8) | low for high, low in zip(planes[::2], planes[1::2], strict=True)]
    shape = (header.rows, header.columns)
    return (
        planes[0].reshape(shape) if header.samples == 1 else np.stack(planes, axis=-1).reshape(*shape, header.samples)
    )


def _segments(frame: bytes, expected: int) -> list[bytes]:
    """The coded bytes of each segment, by the offsets in the 64-byte header."""
    if len(frame) < _HEADER_BYTES:
        raise UnreadableRadiograph("its compressed picture is cut short; copy or export it again")
    count, *offsets = struct.unpack_from("<16I", frame)
    if count != expected:
        raise UnreadableRadiograph(
            f"its header and its picture differ in depth ({count} run-length segments where {expected} are announced); "
            "export it again from its source"
        )
    ends = [*offsets[1:count], len(frame)]
    return [frame[start:end] for start, end in zip(offsets[:count], ends, strict=True)]


def _long_enough(segment: bytes, size: int) -> bytes:
    """The segment itself, unless no coding of that many bytes could be so short."""
    if len(segment) * _MOST_BYTES_PER_BYTE < size:
        raise UnreadableRadiograph("its compressed picture is cut short; copy or export it again")
    return segment
