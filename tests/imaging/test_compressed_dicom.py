"""Every compression gives the film that went in, and a picture that is not what its header says is never decoded."""

from __future__ import annotations

import io

import drawn_dicom
import numpy as np
import pytest
from golden_films import FILES
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    MPEG2MPML,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import codec_process, decode, runlengths

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 5), 0, 255).astype(np.uint8)
EXACT = [JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless]
LOSSY = [JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000]
EVERY = [JPEGBaseline8Bit, *LOSSY, *EXACT]


def pixels(data: bytes) -> np.ndarray:
    """The decoded film."""
    return decode.decode_bytes(data, "film.dcm").pixels


def refusal(data: bytes) -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: ") as caught:
        decode.decode_bytes(data, "film.dcm")
    return str(caught.value)


def film(bits: int, *, signed: bool = False) -> bytes:
    """An uncompressed film of that depth."""
    values = FILM.astype(np.int64) << (bits - 8)
    if signed:
        values -= 1 << (bits - 1)
    width = "1" if bits <= 8 else "2"
    return drawn_dicom.encoded(values.astype(("i" if signed else "u") + width), bits=bits)


@pytest.fixture
def no_codec(monkeypatch):
    """Fails where a decoder is given the picture after all."""
    for module, name in ((codec_process, "decode"), (runlengths.Image, "frombytes")):
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("it was decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was decoded"))


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("syntax", EXACT)
def test_lossless_compressions_give_the_film_to_the_last_bit(syntax, bits):
    plain = film(bits)
    assert np.array_equal(pixels(drawn_dicom.compressed(plain, syntax)), pixels(plain))


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("syntax", EXACT)
def test_signed_samples_keep_their_sign(syntax, bits):
    plain = film(bits, signed=True)
    assert np.array_equal(pixels(drawn_dicom.compressed(plain, syntax)), pixels(plain))


@pytest.mark.parametrize(
    ("syntax", "bits"),
    [(JPEGBaseline8Bit, 8), (JPEGExtended12Bit, 8), (JPEGExtended12Bit, 12)]
    + [(syntax, bits) for syntax in (JPEGLSNearLossless, JPEG2000) for bits in (8, 12, 16)],
)
def test_lossy_compressions_give_nearly_the_film(syntax, bits):
    plain = film(bits)
    assert np.abs(pixels(drawn_dicom.compressed(plain, syntax)).astype(int) - pixels(plain)).max() <= 2


@pytest.mark.parametrize("syntax", EXACT)
def test_colour_survives_every_lossless_compression(syntax):
    colour = np.stack([FILM, 255 - FILM, FILM // 2], axis=-1)
    plain = drawn_dicom.encoded(colour, "RGB")
    assert np.array_equal(pixels(drawn_dicom.compressed(plain, syntax)), pixels(plain))


def test_a_picture_in_several_fragments_is_one_picture():
    whole = drawn_dicom.compressed(film(12), JPEGLosslessSV1)
    picture = drawn_dicom.frame(whole)
    parts = drawn_dicom.encoded(
        FILM.astype(np.uint16),
        bits=12,
        syntax=JPEGLosslessSV1,
        pixel_data=encapsulate([picture], fragments_per_frame=4),
    )
    assert np.array_equal(pixels(parts), pixels(whole))


def test_jpeg_2000_in_the_boxes_of_its_file_format_is_read():
    buffer = io.BytesIO()
    Image.fromarray(FILM).save(buffer, "JPEG2000")
    data = drawn_dicom.encoded(FILM, syntax=JPEG2000Lossless, pixel_data=encapsulate([buffer.getvalue()]))
    assert np.array_equal(pixels(data), FILM)


def test_the_compression_of_a_video_is_named_with_the_remedy():
    sentence = refusal(drawn_dicom.encoded(FILM, syntax=MPEG2MPML, pixel_data=encapsulate([bytes(100)])))
    assert MPEG2MPML.name in sentence
    assert "convert it to uncompressed DICOM" in sentence


@pytest.mark.parametrize("syntax", [syntax for syntax in EVERY if syntax != RLELossless])
@pytest.mark.parametrize("elements", [{"Rows": 39}, {"Rows": 6000, "Columns": 6000}])
def test_a_picture_of_another_size_than_its_header_is_refused_before_it_is_decoded(syntax, elements, no_codec):
    depth = 8 if syntax == JPEGBaseline8Bit else 12
    data = drawn_dicom.changed(drawn_dicom.compressed(film(depth), syntax), **elements)
    assert "differ in size" in refusal(data)


@pytest.mark.parametrize("syntax", [JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, *EXACT])
def test_a_picture_of_another_depth_than_its_header_is_refused_before_it_is_decoded(syntax, no_codec):
    data = drawn_dicom.changed(drawn_dicom.compressed(film(12), syntax), BitsAllocated=8, BitsStored=8, HighBit=7)
    assert "differ in depth" in refusal(data)


@pytest.mark.parametrize("syntax", [syntax for syntax in EXACT if syntax != RLELossless])
def test_a_picture_of_more_channels_than_its_header_says_is_refused_before_it_is_decoded(syntax, no_codec):
    colour = drawn_dicom.compressed(drawn_dicom.encoded(np.stack([FILM] * 3, axis=-1), "RGB"), syntax)
    assert "differ in channels" in refusal(
        drawn_dicom.changed(colour, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2")
    )


def test_run_lengths_too_short_for_the_announced_size_are_refused_before_memory_is_taken(no_codec):
    data = drawn_dicom.changed(drawn_dicom.compressed(film(8), RLELossless), Rows=7000, Columns=7000)
    assert "cut short" in refusal(data)


@pytest.mark.parametrize("syntax", EVERY)
def test_the_compression_of_one_film_under_the_name_of_another_is_refused(syntax, no_codec):
    other = JPEGLSLossless if syntax in (JPEG2000, JPEG2000Lossless, RLELossless) else JPEG2000Lossless
    picture = drawn_dicom.frame(drawn_dicom.compressed(film(8), other))
    data = drawn_dicom.with_frame(drawn_dicom.compressed(film(8), syntax), picture)
    assert any(words in refusal(data) for words in ("is damaged", "differ in"))


def test_a_jpeg_of_endless_scans_is_refused(no_codec):
    data = drawn_dicom.compressed(film(8), JPEGBaseline8Bit)
    picture = drawn_dicom.frame(data)
    scan = picture[picture.index(b"\xff\xda") : picture.rindex(b"\xff\xd9")]
    assert "scans" in refusal(drawn_dicom.with_frame(data, picture.replace(scan, scan * 101)))


@pytest.mark.parametrize("syntax", [JPEGExtended12Bit, *EXACT])
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_a_picture_cut_short_under_a_whole_header_is_refused(syntax, share):
    data = drawn_dicom.compressed(film(12), syntax)
    picture = drawn_dicom.frame(data)
    cut = picture[: int(len(picture) * share)]
    sentence = refusal(drawn_dicom.with_frame(data, cut))
    assert "damaged" in sentence or "cut short" in sentence


def test_grey_that_a_decoder_would_make_up_for_lost_bytes_is_refused():
    data = drawn_dicom.compressed(film(16), JPEGLosslessSV1)
    picture = drawn_dicom.frame(data)
    half = len(picture) // 2
    assert "damaged" in refusal(drawn_dicom.with_frame(data, picture[:half] + b"\xff\xd9"))


def test_a_golden_film_of_each_compression_is_in_the_table():
    named = " ".join(FILES)
    for word in ("extended", "lossless", "jpeg_ls", "jpeg_2000", "run_lengths", "deflated", "palette"):
        assert word in named
