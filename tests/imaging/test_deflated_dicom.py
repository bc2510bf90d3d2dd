"""Deflated films are inflated, and never beyond the limit, however their bytes are arranged."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

import drawn_dicom
import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode
from radiographs.imaging.decode import DecodeLimits

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 5), 0, 255).astype(np.uint8)
DEFLATED = drawn_dicom.encoded(FILM, syntax=DeflatedExplicitVRLittleEndian)
BOMB = drawn_dicom.encoded(np.zeros((10_000, 4000), np.uint8), syntax=DeflatedExplicitVRLittleEndian)


def beginning(data: bytes) -> bytes:
    """Preamble and file meta information, whose length its first element tells."""
    (length,) = struct.unpack_from("<I", data, 140)
    return data[: 144 + length]


def deflated(dataset: bytes) -> bytes:
    """A deflated file of any bytes."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return beginning(DEFLATED) + stream.compress(dataset) + stream.flush()


def refused_in_little_memory(data: bytes) -> str:
    """The refusal under a limit of 1 MiB, which must not cost 8 MB."""
    tracemalloc.start()
    with pytest.raises(UnreadableRadiograph) as caught:
        decode.decode_bytes(data, "film.dcm", DecodeLimits(max_bytes=2**20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    return str(caught.value)


def test_a_deflated_film_is_inflated():
    assert np.array_equal(decode.decode_bytes(DEFLATED, "film.dcm").pixels, FILM)


def test_a_bomb_is_refused_with_the_limit():
    assert len(BOMB) < 100_000
    assert "inflates to more than 1.0 MiB" in refused_in_little_memory(BOMB)


def test_a_bomb_within_a_deflated_film_is_not_inflated():
    refused_in_little_memory(deflated(BOMB))


def test_a_bomb_whose_meta_information_only_pydicom_can_read_is_not_inflated():
    # The same elements in implicit VR, which the standard does not allow there.
    name = DeflatedExplicitVRLittleEndian.encode()
    implicit = b"\x02\x00\x10\x00" + struct.pack("<I", len(name)) + name
    refused_in_little_memory(bytes(128) + b"DICM" + implicit + BOMB[len(beginning(BOMB)) :])


def test_a_deflated_film_cut_short_is_refused():
    with pytest.raises(UnreadableRadiograph, match="ends before its deflated data does"):
        decode.decode_bytes(DEFLATED[:-40], "film.dcm")


def test_a_plain_film_that_only_mentions_the_deflated_syntax_is_read():
    data = drawn_dicom.encoded(FILM, syntax=ExplicitVRLittleEndian, StudyDescription=DeflatedExplicitVRLittleEndian)
    assert np.array_equal(decode.decode_bytes(data, "film.dcm").pixels, FILM)
