"""A deflated DICOM data set is inflated here, under a limit: pydicom would inflate it to whatever it holds."""

from __future__ import annotations

import struct
import zlib

from radiographs.errors import UnreadableRadiograph

_SYNTAX = b"1.2.840.10008.1.2.1.99"
_NO_SYNTAX = b"1.2.840.10008.1.2.1.98"
# Preamble and the one element of file meta information that names explicit VR little endian.
_PLAIN_BEGINNING = bytes(128) + b"DICM\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"
_LONG_FORMS = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV")
_TRANSFER_SYNTAX = b"\x02\x00\x10\x00"


def undone(data: bytes, max_bytes: int) -> bytes:
    """The same DICOM file, inflated where it is deflated.

    What is returned never names the deflated syntax: pydicom, handed a second deflated data set within the first, or a
    header that it reads in another way than here, would inflate that without bound.

    Raises:
        UnreadableRadiograph: it inflates to more than `max_bytes`, or its end is missing.
    """
    if _SYNTAX not in data:
        return data
    start = _start_of_dataset(data)
    if start is not None:
        data = _PLAIN_BEGINNING + _inflated(memoryview(data)[start:], max_bytes)
    return data.replace(_SYNTAX, _NO_SYNTAX)


def _inflated(deflated: memoryview, max_bytes: int) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    dataset = stream.decompress(deflated, max_bytes + 1)
    if len(dataset) > max_bytes:
        raise UnreadableRadiograph(
            f"it inflates to more than {max_bytes / 2**20:.1f} MiB, the most that is read; export it smaller"
        )
    if not stream.eof:
        raise UnreadableRadiograph("it ends before its deflated data does; copy or export it again")
    return dataset


def _start_of_dataset(data: bytes) -> int | None:
    """Where the data set of a deflated file begins: behind the elements of group 2 (PS3.10 section 7.1).

    None where those elements name another transfer syntax, so that the deflated one's name stands elsewhere.
    """
    at, found = 132 if data[128:132] == b"DICM" else 0, None
    while data[at : at + 2] == b"\x02\x00":
        long_form = data[at + 4 : at + 6] in _LONG_FORMS
        if at + 12 > len(data):
            raise UnreadableRadiograph("it ends within its file meta information; copy or export it again")
        (length,) = struct.unpack_from("<I" if long_form else "<H", data, at + (8 if long_form else 6))
        value = at + (12 if long_form else 8)
        if data[at : at + 4] == _TRANSFER_SYNTAX:
            found = data[value : value + length].strip(b"\x00 ")
        at = value + length
    return at if found == _SYNTAX else None
