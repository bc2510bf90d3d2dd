"""DICOM films of every plain kind come to 0 = air, 255 = bone, and what cannot be read says why."""

from __future__ import annotations

import drawn_dicom
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode
from radiographs.imaging.decode import DecodeLimits

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 5), 0, 255).astype(np.uint8)
TWELVE = FILM.astype(np.uint16) * 16


def pixels(data: bytes) -> np.ndarray:
    """The decoded film."""
    return decode.decode_bytes(data, "film.dcm").pixels


def refusal(data: bytes, limits: DecodeLimits | None = None) -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: ") as caught:
        decode.decode_bytes(data, "film.dcm", limits or DecodeLimits())
    return str(caught.value)


def spread(values: np.ndarray) -> np.ndarray:
    """The values from lowest to highest as 0–255, by the plain formula."""
    low, high = float(values.min()), float(values.max())
    return np.rint((values.astype(float) - low) * 255 / (high - low)).astype(np.uint8)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal but for rounding."""
    return one.shape == other.shape and int(np.abs(one.astype(int) - other.astype(int)).max()) <= 1


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


def test_a_window_decides_what_is_black_and_what_is_white():
    seen = pixels(drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=2000, WindowWidth=1001))
    # PS3.3 C.11.2.1.2.1: below 1499.5 - 0.5 black, above 2499.5 white, linear between.
    expected = np.clip(((TWELVE - 1999.5) / 1000 + 0.5) * 255, 0, 255)
    assert np.abs(seen - expected).max() <= 1
    assert seen.min() == 0
    assert seen.max() == 255


def test_the_first_of_several_windows_counts():
    both = drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=[2000, 500], WindowWidth=[1001, 100])
    assert np.array_equal(
        pixels(both), pixels(drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=2000, WindowWidth=1001))
    )


def test_a_sigmoid_window_spans_the_whole_range():
    seen = pixels(drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=2000, WindowWidth=1000, VOILUTFunction="SIGMOID"))
    expected = 255 / (1 + np.exp(-4 * (TWELVE.astype(float) - 2000) / 1000))
    assert np.abs(seen - expected).max() <= 1


def test_rescaling_comes_before_the_window():
    values = TWELVE.astype(np.int16) - 1000
    rescaled = drawn_dicom.encoded(values, RescaleSlope=2, RescaleIntercept=2000, WindowCenter=4000, WindowWidth=2001)
    expected = np.clip(((TWELVE.astype(float) * 2 - 3999.5) / 2000 + 0.5) * 255, 0, 255)
    assert np.abs(pixels(rescaled) - expected).max() <= 1


def test_signed_values_without_a_window_are_spread():
    assert near(pixels(drawn_dicom.encoded(TWELVE.astype(np.int16) - 2000)), spread(TWELVE))


def table(entries: np.ndarray, kind: str = "OW", **elements: str) -> list[Dataset]:
    """A look-up table sequence whose first entry belongs to value 0."""
    item = Dataset()
    item.LUTDescriptor = [len(entries), 0, 16]
    item.LUTData = entries.astype(np.uint16).tobytes() if kind == "OW" else entries.astype(np.uint16).tolist()
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", kind
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return [item]


@pytest.mark.parametrize("kind", ["OW", "US"])
def test_a_voi_table_is_applied(kind):
    entries = np.arange(256)[::-1] * 257
    assert near(pixels(drawn_dicom.encoded(FILM, VOILUTSequence=table(entries, kind))), 255 - FILM)


def test_a_voi_table_that_says_more_bits_than_it_uses_still_reaches_white():
    assert near(pixels(drawn_dicom.encoded(FILM, VOILUTSequence=table(np.arange(256) * 16))), FILM)


def test_a_modality_table_is_applied():
    entries = np.arange(256)[::-1] * 10
    assert near(
        pixels(drawn_dicom.encoded(FILM, ModalityLUTSequence=table(entries, ModalityLUTType="US"))), 255 - spread(FILM)
    )


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_becomes_air_and_has_no_say_in_the_range(photometric):
    values = TWELVE + np.uint16(1000)
    values[:, :5] = 65535
    seen = pixels(drawn_dicom.encoded(values, photometric, PixelPaddingValue=65535))
    film = spread(values[:, 5:])
    assert not seen[:, :5].any()
    assert near(seen[:, 5:], film if photometric == "MONOCHROME2" else 255 - film)


def test_a_range_of_padding_is_padding():
    values = TWELVE + np.uint16(1000)
    values[:, :5] = np.arange(5)
    seen = pixels(drawn_dicom.encoded(values, PixelPaddingValue=0, PixelPaddingRangeLimit=9))
    assert near(seen[:, 5:], spread(values[:, 5:]))


def test_a_film_that_is_padding_throughout_is_refused():
    assert "padding" in refusal(drawn_dicom.encoded(np.full((9, 9), 7, np.uint16), PixelPaddingValue=7))


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
