"""Every format comes to the same pixels, and whatever cannot is refused in one sentence that names the file."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import drawn_dicom
import numpy as np
import pytest
from golden_films import DIGESTS, FILES
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode
from radiographs.imaging.decode import DecodeLimits

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 4), 0, 255).astype(np.uint8)
GREY = Image.fromarray(FILM)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def refusal(data: bytes, limits: DecodeLimits | None = None, name: str = "film 7.png") -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph) as caught:
        decode.decode_bytes(data, name, limits or DecodeLimits())
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(FILES))
def test_pixels_of_each_format_keep_their_digest(name):
    film = decode.decode_bytes(FILES[name], name)
    assert decode.pixel_digest(film.pixels) == DIGESTS[name]
    assert (film.pixels.dtype, film.pixels.shape) == (np.uint8, (film.facts.height, film.facts.width))


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_refused_by_name(name, share):
    data = FILES[name]
    assert refusal(data[: int(len(data) * share)]).startswith("film 7.png: ")


@pytest.mark.parametrize("name", sorted(FILES))
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_mutated_bytes_are_decoded_or_refused_and_nothing_else(name, data):
    spoiled = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    spoiled = spoiled[: data.draw(st.integers(0, len(spoiled)))] if data.draw(st.booleans()) else spoiled
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            film = decode.decode_bytes(bytes(spoiled), "x.png", DecodeLimits(max_pixels=100_000))
        except UnreadableRadiograph as error:
            assert str(error).startswith("x.png: ")
            assert "\n" not in str(error)
        else:
            assert film.pixels.dtype == np.uint8
            assert film.pixels.ndim == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "zero bytes"),
        (b"\n<!DOCTYPE html><html><body>moved</body></html>" * 9, "a web page"),
        (b"GIF89a" + bytes(200), "a GIF"),
        (b"%PDF-1.7\n" + bytes(200), "a PDF"),
        (b"path,finding\na.png,COVID\n" * 30, "a text file"),
        (bytes(400), "nothing but zeros"),
        (b"\x07\x01\xfe\xca" * 100, "no known format"),
    ],
)
def test_what_is_no_image_is_refused_with_what_it_looks_like_and_a_remedy(data, words):
    sentence = refusal(data, name="scan.dcm")
    assert sentence.startswith("scan.dcm: ")
    assert words in sentence
    assert "copy or export it again" in sentence or "give a PNG, JPEG, WEBP, TIFF or DICOM file" in sentence


def test_the_format_is_told_from_the_bytes_and_not_from_the_name(tmp_path):
    path = tmp_path / "really_a_png.dcm"
    path.write_bytes(saved(GREY, "PNG"))
    film = decode.decode_file(path)
    assert film.facts.format == "PNG"
    assert np.array_equal(film.pixels, FILM)


def test_a_file_that_is_absent_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "gone.png", tmp_path):
        with pytest.raises(UnreadableRadiograph, match=f"^{path.name}: there is no such file"):
            decode.decode_file(path)


def test_a_file_past_the_limit_of_bytes_is_not_even_read(tmp_path, monkeypatch):
    path = tmp_path / "large.png"
    path.write_bytes(bytes(2000))
    monkeypatch.setattr(type(path), "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(UnreadableRadiograph, match=r"^large.png: it weighs .* MiB where at most"):
        decode.decode_file(path, DecodeLimits(max_bytes=1000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_too_many_pixels_are_refused_before_any_is_decoded(kind, monkeypatch):
    data = saved(GREY, kind)
    assert decode.decode_bytes(data, "x", DecodeLimits(max_pixels=FILM.size)).pixels.size == FILM.size
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("pixels were decoded"))
    assert "1,200 pixels where at most 1,199" in refusal(data, DecodeLimits(max_pixels=FILM.size - 1))


def test_a_decompression_bomb_is_refused_without_a_warning():
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    bomb = saved(GREY, "PNG").replace(saved(GREY, "PNG")[12:29], header)
    bomb = bomb[:29] + zlib.crc32(header).to_bytes(4, "big") + bomb[33:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "3,600,000,000 pixels" in refusal(bomb)


def test_a_webp_that_announces_a_huge_canvas_is_refused_before_its_decoder_starts():
    huge = (16_000 - 1).to_bytes(3, "little")
    data = b"RIFF" + (50).to_bytes(4, "little") + b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + huge * 2
    assert "256,000,000 pixels" in refusal(data + bytes(40))


def test_a_tiff_whose_tiles_are_larger_than_it_is_refused():
    # Width, height, bits, compression, photometric, samples; then the tile's width, length, place and bytes.
    tags = {256: 30, 257: 40, 258: 8, 259: 8, 262: 1, 277: 1, 322: 50_000, 323: 50_000, 324: 200, 325: 90}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + bytes(300)
    assert "2,500,000,000 pixels" in refusal(data)


def test_a_png_with_a_damaged_checksum_is_refused():
    data = bytearray(saved(GREY, "PNG"))
    data[-20] ^= 1  # in the last bytes of the picture's own chunk
    assert "checksum" in refusal(bytes(data))


def test_a_png_without_its_end_is_refused_even_when_all_pixels_are_there():
    assert "ends before the picture does" in refusal(saved(GREY, "PNG")[:-12])


def test_a_jpeg_without_its_end_is_refused_even_when_all_pixels_are_there():
    assert "ends before the picture does" in refusal(saved(GREY, "JPEG")[:-2])


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_several_pictures_in_one_file_are_refused(kind):
    data = saved(GREY, kind, save_all=True, append_images=[GREY.rotate(180)])
    assert "2 pictures where one is expected" in refusal(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_film_stored_turned_is_set_upright(kind, orientation):
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = GREY.transpose(turns[orientation]) if orientation > 1 else GREY
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "JPEG" else {}
    film = decode.decode_bytes(saved(stored, kind, exif=exif, **options), "x")
    assert film.pixels.shape == FILM.shape
    assert np.abs(film.pixels.astype(int) - FILM).max() <= 2


def test_equal_channels_give_the_grey_they_stand_for():
    for mode in ("RGB", "RGBA", "LA", "P"):
        film = decode.decode_bytes(saved(GREY.convert(mode), "PNG"), mode)
        assert np.array_equal(film.pixels, FILM), mode
        assert (film.facts.photometric, film.facts.tint, film.facts.toning) == (mode, 0.0, 0.0)


def test_a_palette_film_of_grey_levels_out_of_order_keeps_its_picture():
    stored = Image.fromarray(255 - FILM, "P")
    stored.putpalette([level for value in range(255, -1, -1) for level in (value, value, value)])
    assert np.array_equal(decode.decode_bytes(saved(stored, "PNG"), "x").pixels, FILM)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_transparent_becomes_air(mode):
    clear = GREY.convert(mode)
    clear.putalpha(Image.fromarray(np.where(np.arange(30) < 9, 0, 255).astype(np.uint8)[None].repeat(40, 0)))
    pixels = decode.decode_bytes(saved(clear, "PNG"), "x").pixels
    assert not pixels[:, :9].any()
    assert np.array_equal(pixels[:, 9:], FILM[:, 9:])


def test_colour_becomes_its_luminance():
    patches = np.zeros((4, 4, 3), np.uint8)
    patches[0], patches[1], patches[2], patches[3] = (255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 100, 50)
    pixels = decode.decode_bytes(saved(Image.fromarray(patches), "PNG"), "x").pixels
    assert pixels[:, 0].tolist() == [76, 150, 29, 124]


def test_one_bit_films_are_black_and_white():
    film = decode.decode_bytes(saved(GREY.convert("1"), "PNG"), "x")
    assert set(np.unique(film.pixels)) == {0, 255}
    assert film.facts.bit_depth == 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_spread_from_the_lowest_to_the_highest(kind):
    film = decode.decode_bytes(saved(Image.fromarray(FILM.astype(np.uint16) * 12 + 700), kind), "x")
    expected = np.rint(FILM.astype(float) * 255 / FILM.max())
    assert np.array_equal(film.pixels, expected)
    assert film.facts.bit_depth == 16


def test_the_noise_of_an_empty_sixteen_bit_exposure_is_not_widened():
    noise = np.random.default_rng(0).integers(0, 4, (40, 30)).astype(np.uint16)
    assert decode.decode_bytes(saved(Image.fromarray(noise), "PNG"), "x").pixels.max() <= 3


def test_a_deep_tiff_with_white_as_zero_is_turned_round():
    values = FILM.astype(np.uint16) * 257
    plain = decode.decode_bytes(saved(Image.fromarray(values), "TIFF"), "x").pixels
    turned = bytearray(saved(Image.fromarray(values.max() - values), "TIFF"))
    entry = turned.index(b"\x06\x01\x03\x00\x01\x00\x00\x00\x01\x00")  # PhotometricInterpretation = 1
    turned[entry + 8] = 0
    assert np.array_equal(decode.decode_bytes(bytes(turned), "x").pixels, plain)


def test_undefined_values_are_refused():
    values = FILM.astype(np.float32)
    values[3, 3] = np.nan
    assert "infinite or undefined" in refusal(saved(Image.fromarray(values), "TIFF"))


def test_decoded_pixels_cannot_be_written_to():
    for name, data in FILES.items():
        assert not decode.decode_bytes(data, name).pixels.flags.writeable, name


def test_a_library_s_warnings_about_an_odd_header_are_held_back():
    odd = drawn_dicom.encoded(FILM, SpecificCharacterSet="ISO_IR 192").replace(b"ISO_IR 192", b"NONSENSE19")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        film = decode.decode_bytes(odd, "film.dcm")
    assert np.array_equal(film.pixels, FILM)
    assert said == []


def test_many_threads_decode_the_same_pixels_and_leave_the_warnings_alone():
    before = list(warnings.filters)
    jobs = [name for name in sorted(FILES) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda name: decode.pixel_digest(decode.decode_bytes(FILES[name], name).pixels), jobs)
    assert list(found) == [DIGESTS[name] for name in jobs]
    assert [rule for rule in warnings.filters if rule in before] == before


def test_a_name_with_line_breaks_stays_one_sentence():
    assert refusal(b"", name="a\nb\x1b[31m.png").startswith("a?b?[31m.png: ")


@given(st.integers(1, 9), st.integers(1, 9))
def test_the_digest_tells_shapes_of_the_same_bytes_apart(height, width):
    pixels = np.zeros((height, width), np.uint8)
    assert (decode.pixel_digest(pixels) == decode.pixel_digest(pixels.T)) == (height == width)
    assert len(decode.pixel_digest(pixels)) == 64


@pytest.mark.parametrize("pixels", [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.float32)])
def test_a_digest_of_anything_but_a_grey_film_is_refused(pixels):
    with pytest.raises(ValueError, match="expected a 2-D uint8 radiograph, got shape"):
        decode.pixel_digest(pixels)


def test_awkward_real_files_are_read_or_refused_as_their_list_says(shared):
    folder = shared / "probes"
    for path in sorted((folder / "odd").iterdir()):
        if path.name == "html_page.dcm":
            assert "a web page" in refusal(path.read_bytes(), name=path.name)
        else:
            assert decode.decode_file(path).pixels.size, path.name
    headless = decode.decode_file(folder / "dicom" / "chest" / "CR-MONO1-10-chest")
    assert (headless.facts.photometric, headless.facts.view_position) == ("MONOCHROME1", "PA")
    for path in (folder / "dicom" / "not_chest").iterdir():  # JPEG lossless, and JPEG 2000
        facts = decode.decode_file(path).facts
        assert (facts.photometric, facts.bit_depth) == ("MONOCHROME1", 10), path.name


def test_printed_facts_keep_the_patient_to_themselves():
    facts = decode.decode_bytes(drawn_dicom.encoded(FILM, PatientID="ward-3-71", PatientAge="061Y"), "x").facts
    assert (facts.patient_id, facts.age) == ("ward-3-71", 61.0)
    assert "ward-3-71" not in repr(facts)
    assert "61" not in repr(facts)
