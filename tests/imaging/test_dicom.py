"""DICOM films of every plain kind come to 0 = air, 255 = bone, and what cannot be read says why."""

from __future__ import annotations

import drawn_dicom
import numpy as np
import pytest
from drawn_dicom import FILM, TWELVE, near, spread
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode
from radiographs.imaging.decode import DecodeLimits


def pixels(data: bytes) -> np.ndarray:
    """The decoded film."""
    return decode.decode_bytes(data, "film.dcm").pixels


def refusal(data: bytes, limits: DecodeLimits | None = None) -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: ") as caught:
        decode.decode_bytes(data, "film.dcm", limits or DecodeLimits())
    return str(caught.value)


def test_eight_bits_without_a_window_stay_as_stored():
    assert np.array_equal(pixels(drawn_dicom.encoded(FILM)), FILM)


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_deep_films_without_a_window_are_spread(bits):
    values = (FILM.astype(np.uint32) << (bits - 8)).astype(np.uint16)
    assert near(pixels(drawn_dicom.encoded(values, bits=bits)), spread(values))


@pytest.mark.parametrize("bits", [8, 12])
def test_monochrome1_is_turned_round(bits):
    values = FILM if bits == 8 else TWELVE
    turned = values.dtype.type((1 << bits) - 1) - values
    one = pixels(drawn_dicom.encoded(turned, "MONOCHROME1", bits=bits))
    assert near(one, pixels(drawn_dicom.encoded(values, bits=bits)))


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_every_plain_coding_gives_the_same_film(syntax):
    stored = TWELVE.byteswap() if syntax == ExplicitVRBigEndian else TWELVE
    other = drawn_dicom.encoded(TWELVE, bits=12, syntax=syntax, PixelData=stored.tobytes())
    assert np.array_equal(pixels(other), pixels(drawn_dicom.encoded(TWELVE, bits=12)))


def test_a_film_without_preamble_is_read():
    plain = drawn_dicom.encoded(TWELVE, bits=12)
    assert np.array_equal(pixels(drawn_dicom.without_preamble(plain)), pixels(plain))


def test_colour_becomes_its_luminance():
    colour = np.repeat(FILM[..., None], 3, axis=2)
    film = decode.decode_bytes(drawn_dicom.encoded(colour, "RGB"), "film.dcm")
    assert np.array_equal(film.pixels, FILM)
    assert (film.facts.channels, film.facts.photometric, film.facts.tint) == (3, "RGB", 0.0)


def test_luminance_and_chroma_become_their_luminance():
    ybr = np.stack([FILM, np.full_like(FILM, 128), np.full_like(FILM, 128)], axis=-1)
    assert near(pixels(drawn_dicom.encoded(ybr, "YBR_FULL")), FILM)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_palette_gives_the_luminance_of_its_colours(depth):
    turned = np.arange(256)[::-1]
    entries = (turned.astype(np.uint8) if depth == 8 else turned.astype(np.uint16) * 257).tobytes()
    elements = {}
    for colour in ("Red", "Green", "Blue"):
        elements[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, depth]
        elements[f"{colour}PaletteColorLookupTableData"] = entries
    assert np.array_equal(pixels(drawn_dicom.encoded(FILM, "PALETTE COLOR", **elements)), 255 - FILM)


def test_a_preamble_that_looks_like_a_tiff_is_still_dicom():
    data = drawn_dicom.encoded(FILM)
    assert np.array_equal(pixels(b"II*\x00" + data[4:]), FILM)


@pytest.mark.parametrize("keyword", ["PixelData", "Rows", "Columns"])
def test_dicom_without_a_picture_is_refused(keyword):
    assert "without a picture" in refusal(drawn_dicom.without(drawn_dicom.encoded(FILM), keyword))


def test_several_frames_are_refused():
    two = drawn_dicom.encoded(FILM, NumberOfFrames=2, PixelData=FILM.tobytes() * 2)
    assert "2 frames where one is expected" in refusal(two)


def test_a_header_that_announces_too_many_pixels_is_refused_before_they_are_read():
    assert "pixels where at most" in refusal(drawn_dicom.encoded(FILM, Rows=60000, Columns=60000))


def test_fewer_pixels_than_announced_are_refused():
    assert "cut short or damaged" in refusal(drawn_dicom.encoded(FILM, PixelData=FILM.tobytes()[:600]))


def test_an_unknown_photometric_interpretation_is_refused():
    assert "interpretation HSV is not read" in refusal(drawn_dicom.encoded(FILM, "HSV"))


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=60, deadline=None)
def test_arbitrary_bytes_after_a_dicom_beginning_are_refused(tail, preamble):
    data = (bytes(128) + b"DICM" if preamble else b"\x08\x00\x05\x00\x0a\x00\x00\x00") + tail.ljust(140, b"\x00")
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: "):
        decode.decode_bytes(data, "film.dcm")
