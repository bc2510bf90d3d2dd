"""Windows, look-up tables, rescaling and padding of a DICOM film give the picture that its header asks for."""

from __future__ import annotations

import drawn_dicom
import numpy as np
import pytest
from drawn_dicom import FILM, TWELVE, near, spread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode


def pixels(data: bytes) -> np.ndarray:
    """The decoded film."""
    return decode.decode_bytes(data, "film.dcm").pixels


def refusal(data: bytes) -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: ") as caught:
        decode.decode_bytes(data, "film.dcm")
    return str(caught.value)


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


def test_a_voi_table_of_eight_bits_serves_deeper_films():
    small = np.repeat(np.arange(256), 16).astype(np.uint8)
    item = table(small)
    item[0].LUTDescriptor[2], item[0].LUTData = 8, small.tobytes()
    assert near(pixels(drawn_dicom.encoded(TWELVE, bits=12, VOILUTSequence=item)), FILM)


def test_a_voi_table_comes_after_rescaling():
    entries = np.arange(4096)[::-1]
    inverse = {"VOILUTSequence": table(entries), "RescaleSlope": 1, "RescaleIntercept": 0}
    with_window = inverse | {"WindowCenter": 1, "WindowWidth": 2}
    for elements in (inverse, with_window):
        assert near(pixels(drawn_dicom.encoded(TWELVE, bits=12, **elements)), 255 - FILM)


def test_a_table_of_a_big_endian_film_is_read_in_its_own_order():
    item = table(np.arange(4096)[::-1])
    item[0].LUTData = np.arange(4096)[::-1].astype(">u2").tobytes()
    data = drawn_dicom.encoded(
        TWELVE, bits=12, syntax=ExplicitVRBigEndian, PixelData=TWELVE.byteswap().tobytes(), VOILUTSequence=item
    )
    assert near(pixels(data), 255 - FILM)


def test_a_table_cut_short_is_refused():
    item = table(np.arange(4096))
    item[0].LUTData = item[0].LUTData[:100]
    assert "look-up table in its header is cut short" in refusal(drawn_dicom.encoded(FILM, VOILUTSequence=item))


def test_an_exact_window_has_no_half_steps():
    seen = pixels(
        drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=2000, WindowWidth=1000, VOILUTFunction="LINEAR_EXACT")
    )
    assert np.abs(seen - np.clip(((TWELVE - 2000.0) / 1000 + 0.5) * 255, 0, 255)).max() <= 1


@pytest.mark.parametrize(("center", "width"), [(2000, 0), (2000, -4), ("", ""), (2000, "")])
def test_a_window_that_cannot_be_applied_counts_as_none(center, width):
    assert near(pixels(drawn_dicom.encoded(TWELVE, bits=12, WindowCenter=center, WindowWidth=width)), spread(TWELVE))


def test_padding_written_unsigned_is_padding_in_a_signed_film():
    values = TWELVE.astype(np.int16)
    values[:, :5] = -2000
    data = drawn_dicom.encoded(values)
    signed = drawn_dicom.with_raw(data, "PixelPaddingValue", "US", (65536 - 2000).to_bytes(2, "little"))
    assert near(pixels(signed)[:, 5:], spread(values[:, 5:]))


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
