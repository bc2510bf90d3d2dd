"""Ways to spoil a DICOM file: its bytes, its elements' names, types, lengths and values, and the picture within."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from hypothesis import strategies as st

_LONG_FORMS = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT")
_TYPES = [
    b"US",
    b"SS",
    b"UL",
    b"DS",
    b"IS",
    b"LO",
    b"CS",
    b"UI",
    b"AS",
    b"DA",
    b"PN",
    b"AT",
    b"FD",
    *_LONG_FORMS,
    b"??",
]
_NUMBERS = [0, 1, 2, 3, 7, 8, 9, 12, 16, 17, 32, 64, 255, 4096, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1]
_TEXTS = [b"", b"0", b"-1", b"1e308", b"nan", b"inf", b"a\\b\\c", b"\\" * 40, b"9" * 60, b"\x00" * 8, b"\xff" * 8]
_TEXTS += [b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.2", b"MONOCHROME1", b"YBR_FULL"]


@dataclass(frozen=True)
class Place:
    """Where an element of explicit VR little endian stands: its tag, the width of its length field, and its value."""

    at: int
    length_at: int
    length_bytes: int
    value_at: int
    value_bytes: int


def places(data: bytes) -> list[Place]:
    """All elements from the preamble on, as far as they can be walked; none where there is no preamble."""
    found, at = [], 132 if data[128:132] == b"DICM" else len(data)
    while at + 12 <= len(data):
        long_form = data[at + 4 : at + 6] in _LONG_FORMS
        length_at, width = (at + 8, 4) if long_form else (at + 6, 2)
        length = int.from_bytes(data[length_at : length_at + width], "little")
        length = len(data) if length == 0xFFFFFFFF else length
        value_at = length_at + width
        found.append(Place(at, length_at, width, value_at, min(length, len(data) - value_at)))
        at = value_at + length
    return found


@st.composite
def spoiled(draw: st.DrawFn, data: bytes) -> bytes:
    """The file with one to four things wrong: anywhere, or all of them in the picture under a header that is right."""
    anywhere = [_bytes_changed, _bytes_deleted, _bytes_inserted]
    in_elements = [_length_changed, _type_changed, _value_changed, _value_changed, _number_changed, _picture_changed]
    only_picture = bool(places(data)) and draw(st.booleans())
    for _ in range(draw(st.integers(1, 4))):
        ways = [_picture_changed] if only_picture else anywhere + in_elements * bool(places(data))
        data = draw(st.sampled_from(ways))(draw, data) or b"\x00"
    return data


def _somewhere(draw: st.DrawFn, data: bytes) -> int:
    """Any byte, but seldom one of the preamble."""
    first = 132 if len(data) > 132 and draw(st.integers(0, 9)) else 0
    return draw(st.integers(first, len(data) - 1))


def _bytes_changed(draw: st.DrawFn, data: bytes) -> bytes:
    at = _somewhere(draw, data)
    return data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]


def _bytes_deleted(draw: st.DrawFn, data: bytes) -> bytes:
    at = _somewhere(draw, data)
    return data[:at] + data[at + draw(st.sampled_from([1, 2, 4, 9, 60, 10_000])) :]


def _bytes_inserted(draw: st.DrawFn, data: bytes) -> bytes:
    at = _somewhere(draw, data)
    return data[:at] + draw(st.binary(min_size=1, max_size=12)) + data[at:]


def _element(draw: st.DrawFn, data: bytes) -> Place:
    return draw(st.sampled_from(places(data)))


def _length_changed(draw: st.DrawFn, data: bytes) -> bytes:
    element = _element(draw, data)
    length = draw(st.sampled_from(_NUMBERS)) % (1 << (8 * element.length_bytes))
    return data[: element.length_at] + length.to_bytes(element.length_bytes, "little") + data[element.value_at :]


def _type_changed(draw: st.DrawFn, data: bytes) -> bytes:
    at = _element(draw, data).at
    return data[: at + 4] + draw(st.sampled_from(_TYPES)) + data[at + 6 :]


def _value_changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Another value of its own length, so that the file can still be walked."""
    element = _element(draw, data)
    value = draw(st.sampled_from(_TEXTS) | st.binary(max_size=24))
    value += b" " * (len(value) % 2)
    length = min(len(value), 65534).to_bytes(element.length_bytes, "little")
    return data[: element.length_at] + length + value + data[element.value_at + element.value_bytes :]


def _number_changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Another number where two bytes stand: size, depth, sign, channels."""
    shorts = [element for element in places(data) if element.value_bytes == 2]
    if not shorts:
        return data
    at = draw(st.sampled_from(shorts)).value_at
    return data[:at] + struct.pack("<H", draw(st.sampled_from(_NUMBERS)) & 0xFFFF) + data[at + 2 :]


def _picture_changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of the last element, mostly near its beginning, where a compressed picture says what it is."""
    element = places(data)[-1]
    if element.value_bytes == 0:
        return data
    reach = element.value_bytes if draw(st.booleans()) else min(element.value_bytes, 160)
    at = element.value_at + draw(st.integers(0, reach - 1))
    new = draw(st.sampled_from([0, 1, 8, 16, 127, 128, 255]) | st.integers(0, 255))
    return data[:at] + bytes([new]) + data[at + 1 :]
