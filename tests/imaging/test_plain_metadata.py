"""A stored PNG, JPEG or WEBP holds its picture, the same pixels as it came with, and nothing else."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import golden_films
import numpy as np
import pytest
import recorded_pictures as drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import containers, decode, plain_metadata

WORD = drawn.WORD.encode()
ODD = ("all but the pixels",)
KINDS = [(kind, mode) for kind, modes in drawn.MODES.items() if kind != "TIFF" for mode in modes]
kinds = pytest.mark.parametrize(("kind", "mode"), KINDS)


def holds_the_picture(data: bytes, kind: str) -> tuple[str, ...]:
    """Checks that the cleaned file decodes as the file does and stays as it is; returns what was removed."""
    clean = plain_metadata.clean(data, kind)
    if clean.data is not None:
        film, again = decode.decode_bytes(data, "film"), decode.decode_bytes(clean.data, "film")
        assert np.array_equal(film.pixels, again.pixels) and film.facts == again.facts
        assert plain_metadata.clean(clean.data, kind) == plain_metadata.CleanFile(clean.data, ())
        assert (clean.data is data) == (not clean.removed)
    return clean.removed


@kinds
def test_a_picture_without_records_is_the_same_object(kind: str, mode: str):
    data = drawn.encoded(kind, mode)
    assert plain_metadata.clean(data, kind).data is data


@kinds
def test_records_go_and_the_picture_stays(kind: str, mode: str):
    data = drawn.recorded(kind, mode)
    clean = plain_metadata.clean(data, kind)
    assert clean.data is not None and WORD not in clean.data and drawn.ICC[:40] not in clean.data
    further = {"JPEG": {"comment"}, "PNG": {"text chunk"}, "WEBP": set()}[kind]
    assert set(holds_the_picture(data, kind)) == {"EXIF", "XMP", "ICC profile"} | further


@given(
    st.sampled_from(KINDS),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.fixed_dictionaries(
        {},
        optional={
            "exif": st.just(drawn.exif()),
            "icc_profile": st.just(drawn.ICC),
            "comment": st.just(drawn.WORD),
            "progressive": st.just(True),
            "quality": st.integers(5, 100),
            "lossless": st.booleans(),
            "subsampling": st.integers(0, 2),
            "dpi": st.just((300, 300)),
        },
    ),
    st.binary(max_size=20),
)
@settings(deadline=None)
def test_any_drawn_picture_keeps_its_pixels(what: tuple[str, str], size: tuple[int, int], options: dict, tail: bytes):
    kind, mode = what
    removed = holds_the_picture(drawn.encoded(kind, mode, size=size, **options) + tail, kind)
    assert ("trailing bytes" in removed) == bool(tail)


@pytest.mark.parametrize("name", sorted(golden_films.FILES))
def test_the_golden_films_keep_their_digests(name: str):
    data = golden_films.FILES[name]
    kind = containers.sniff(data)
    if kind == "DICOM":
        pytest.skip("a DICOM film is no plain image")
    clean = plain_metadata.clean(data, kind)
    assert (clean.data is None) == (kind == "TIFF")
    if clean.data is not None:
        film = decode.decode_bytes(clean.data, name)
        assert decode.pixel_digest(film.pixels) == golden_films.DIGESTS[name]


def damaged_pictures_keep_their_pixels(what: tuple[str, str], changes: list[tuple[int, int]]) -> None:
    """Whatever still decodes after damage decodes the same once cleaned; nothing but a refusal is ever raised."""
    kind, mode = what
    spoilt = bytearray(drawn.recorded(kind, mode, icc_profile=b"profile"))
    for at, byte in changes:
        spoilt[at % len(spoilt)] = byte
    data = drawn.with_right_checksums(bytes(spoilt)) if kind == "PNG" else bytes(spoilt)
    clean = plain_metadata.clean(data, kind)
    try:
        film = decode.decode_bytes(data, "film")
    except UnreadableRadiograph:
        return
    if clean.data is not None:
        assert np.array_equal(decode.decode_bytes(clean.data, "film").pixels, film.pixels)


CHANGES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=6)


@given(st.sampled_from(KINDS), CHANGES)
@settings(max_examples=150, deadline=None)
def test_damaged_pictures_keep_their_pixels(what: tuple[str, str], changes: list[tuple[int, int]]):
    damaged_pictures_keep_their_pixels(what, changes)


@pytest.mark.long
@given(st.sampled_from(KINDS), CHANGES)
@settings(max_examples=3000, deadline=None)
def test_thousands_of_damaged_pictures_keep_their_pixels(what: tuple[str, str], changes: list[tuple[int, int]]):
    damaged_pictures_keep_their_pixels(what, changes)


@given(st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF"]), st.binary(max_size=300))
def test_any_bytes_end_as_pixels_alone_or_as_a_file(kind: str, data: bytes):
    starts = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF\x40\0\0\0WEBP", "TIFF": b"II*\0"}
    plain_metadata.clean(starts[kind] + data, kind)


# JPEG


@pytest.mark.parametrize(
    ("marker", "payload", "name"),
    [
        (0xE0, b"JFXX\0\x10" + WORD, "thumbnail"),
        (0xE0, b"AVI1" + WORD, "application record"),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + WORD, "XMP"),
        (0xE1, WORD, "application record"),
        (0xE2, b"FPXR\0" + WORD, "application record"),
        (0xEC, b"Ducky" + WORD, "application record"),
        (0xED, b"Photoshop 3.0\x008BIM" + WORD, "Photoshop record"),
        (0xEE, WORD, "application record"),
        (0xEF, WORD, "application record"),
        (0xFE, WORD, "comment"),
    ],
)
def test_a_jpeg_loses_every_segment_that_is_no_part_of_the_picture(marker: int, payload: bytes, name: str):
    data = drawn.with_segment(drawn.encoded("JPEG", "L"), marker, payload)
    assert holds_the_picture(data, "JPEG") == (name,)
    assert WORD not in (plain_metadata.clean(data, "JPEG").data or b"")


def test_a_jpeg_keeps_its_resolution_and_loses_the_thumbnail_beside_it():
    data = drawn.encoded("JPEG", "L", dpi=(300, 200))
    with_thumbnail = data[:4] + struct.pack(">H", 16 + 12) + data[6:18] + b"\2\2" + b"thumbnail..!" + data[20:]
    assert holds_the_picture(with_thumbnail, "JPEG") == ("thumbnail",)
    clean = plain_metadata.clean(with_thumbnail, "JPEG").data
    assert clean == data and Image.open(io.BytesIO(clean)).info["dpi"] == (300, 200)


def test_adobe_s_colour_transform_stays_without_what_follows_it():
    data = drawn.encoded("JPEG", "CMYK")
    at = data.index(b"\xff\xee")
    longer = data[:at] + drawn.segment(0xEE, data[at + 4 : at + 16] + WORD) + data[at + 16 :]
    assert holds_the_picture(longer, "JPEG") == ("application record",)
    assert plain_metadata.clean(longer, "JPEG").data == data


def test_a_record_between_the_scans_of_a_progressive_jpeg_goes():
    data = drawn.encoded("JPEG", "RGB", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert holds_the_picture(data[:last] + drawn.segment(0xFE, WORD) + data[last:], "JPEG") == ("comment",)


def test_a_jpeg_of_several_pictures_is_kept_as_pixels():
    data = drawn.with_segment(drawn.encoded("JPEG", "L"), 0xE2, b"MPF\0" + bytes(40))
    assert plain_metadata.clean(data, "JPEG") == plain_metadata.CleanFile(None, ODD)


@pytest.mark.parametrize(
    "rest", [b"text between segments", b"\xff\x01", b"\xff\xd8", b"\xff\xf0\x00\x03x", b"\xff\xe5\x00\x01"]
)
def test_a_jpeg_of_odd_structure_is_kept_as_pixels(rest: bytes):
    data = drawn.encoded("JPEG", "L")
    assert plain_metadata.clean(data[:2] + rest + data[2:], "JPEG") == plain_metadata.CleanFile(None, ODD)


def test_a_jpeg_without_its_end_is_kept_as_pixels():
    assert plain_metadata.clean(drawn.encoded("JPEG", "L")[:-2], "JPEG").data is None


# PNG and WEBP


@pytest.mark.parametrize(
    ("kind", "name"),
    [(b"tIME", "time of change"), (b"pHYs", "physical scale"), (b"gAMA", "display settings"), (b"zZZz", "other chunk"),
     (b"prVt", "private chunk")],
)  # fmt: skip
@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_a_png_loses_every_chunk_that_is_no_part_of_the_picture(kind: bytes, name: str, before: bytes):
    data = drawn.with_png_chunk(drawn.encoded("PNG", "L"), kind, b"\0\0\x10\0\0\0\x10\0\1", before)
    assert holds_the_picture(data, "PNG") == (name,)


@pytest.mark.parametrize(("mode", "clear"), [("L", 7), ("RGB", (1, 2, 3)), ("P", bytes(range(0, 160, 10)))])
def test_what_a_png_without_an_alpha_channel_makes_transparent_stays_so(mode: str, clear: object):
    data = drawn.encoded("PNG", mode, size=(40, 40), transparency=clear, exif=drawn.exif())
    assert holds_the_picture(data, "PNG") == ("EXIF",)
    assert b"tRNS" in (plain_metadata.clean(data, "PNG").data or b"")


@pytest.mark.parametrize("kind", [b"acTL", b"CgBI", b"ab1c", b"IHDR"])
def test_a_png_of_odd_structure_is_kept_as_pixels(kind: bytes):
    data = drawn.with_png_chunk(drawn.encoded("PNG", "L"), kind, bytes(8))
    assert plain_metadata.clean(data, "PNG") == plain_metadata.CleanFile(None, ODD)


def test_a_png_with_a_record_within_its_picture_is_kept_as_pixels():
    data = drawn.with_png_chunk(drawn.encoded("PNG", "L"), b"IDAT", b"")
    between = drawn.with_png_chunk(data, b"tEXt", WORD, before=b"IEND")
    later = drawn.with_png_chunk(between, b"IDAT", b"", before=b"IEND")
    assert plain_metadata.clean(data, "PNG").data is data
    assert plain_metadata.clean(later, "PNG") == plain_metadata.CleanFile(None, ODD)


def test_a_webp_no_longer_announces_what_was_taken_out():
    clean = plain_metadata.clean(drawn.recorded("WEBP", "RGBA"), "WEBP").data
    assert clean is not None and clean[12:16] == b"VP8X" and clean[20] & ~0x10 == 0
    assert len(clean) == 8 + int.from_bytes(clean[4:8], "little")


def test_a_webp_loses_an_unknown_chunk():
    data = drawn.with_webp_chunk(drawn.encoded("WEBP", "RGB"), b"abcd", WORD)
    assert holds_the_picture(data, "WEBP") == ("other chunk",)


def test_a_webp_of_two_pictures_is_kept_as_pixels():
    data = drawn.encoded("WEBP", "RGB")
    twice = drawn.with_webp_chunk(data, data[12:16], data[20:])
    assert plain_metadata.clean(twice, "WEBP") == plain_metadata.CleanFile(None, ODD)


def test_an_animated_webp_is_kept_as_pixels():
    buffer = io.BytesIO()
    frames = [drawn.picture("RGB", seed=seed) for seed in (1, 2)]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    assert plain_metadata.clean(buffer.getvalue(), "WEBP") == plain_metadata.CleanFile(None, ODD)


# Turned pictures, TIFF


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [0, 2, 3, 6, 8])
def test_a_picture_that_a_record_turns_is_kept_as_pixels(kind: str, orientation: int):
    data = drawn.encoded(kind, "RGB", exif=drawn.exif(orientation))
    assert plain_metadata.clean(data, kind) == plain_metadata.CleanFile(None, ("EXIF",))


@pytest.mark.parametrize("word", [b'tiff:Orientation="6"', b"<tiff:Orientation>6</tiff:Orientation>"])
def test_a_picture_that_xmp_turns_is_kept_as_pixels(word: bytes):
    jpeg = drawn.encoded("JPEG", "L", xmp=word)
    png = drawn.with_png_chunk(drawn.encoded("PNG", "L"), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + word)
    for data, kind in ((jpeg, "JPEG"), (png, "PNG"), (drawn.encoded("WEBP", "RGB", xmp=word), "WEBP")):
        assert plain_metadata.clean(data, kind) == plain_metadata.CleanFile(None, ("XMP",))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [(b"zTXt", b"Raw profile type exif\0\0x"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0x"), (b"eXIf", b"no Exif")],
)
def test_a_png_whose_record_cannot_be_read_is_kept_as_pixels(kind: bytes, payload: bytes):
    assert plain_metadata.clean(drawn.with_png_chunk(drawn.encoded("PNG", "L"), kind, payload), "PNG").data is None


def test_two_exif_records_in_a_png_may_contradict_each_other():
    data = drawn.with_png_chunk(drawn.encoded("PNG", "L"), b"eXIf", drawn.exif(1)[6:])
    assert plain_metadata.clean(drawn.with_png_chunk(data, b"eXIf", drawn.exif(6)[6:]), "PNG").data is None


@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_is_kept_as_pixels_and_its_tags_are_named(big: bool):
    tags = {270: "a patient", 305: "a program", 306: "2020:01:02 03:04:05", 315: "somebody", 700: b"xmp", 50000: "own"}
    data = drawn.encoded("TIFF", "L", tiffinfo=tags, big_tiff=big)
    names = ("XMP", "author", "description", "device or program", "private tag", "time of change")
    assert plain_metadata.clean(data, "TIFF") == plain_metadata.CleanFile(None, names)
    assert plain_metadata.clean(drawn.encoded("TIFF", "L"), "TIFF") == plain_metadata.CleanFile(None, ())


def test_a_dicom_file_is_no_plain_image():
    with pytest.raises(ValueError, match="expected PNG, JPEG, WEBP or TIFF, got DICOM"):
        plain_metadata.clean(b"", "DICOM")


# Real films


def real_films_keep_their_pixels(shared: Path, step: int) -> None:
    """Each `step`-th real film decodes the same once cleaned."""
    files = sorted(
        path
        for path in (shared / "radiographs").rglob("*.*")
        if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp")
    )
    for path in files[::step]:
        data = path.read_bytes()
        holds_the_picture(data, containers.sniff(data))


def test_some_real_films_keep_their_pixels(shared: Path):
    real_films_keep_their_pixels(shared, 80)


@pytest.mark.long
def test_all_real_films_keep_their_pixels(shared: Path):
    real_films_keep_their_pixels(shared, 1)
