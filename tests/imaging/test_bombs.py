"""Small files that announce large pictures are refused before memory is taken for them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import drawn_dicom
import numpy as np
import pytest
from decoding_child import DecodingChild
from golden_films import FILES
from PIL import Image

FILM = drawn_dicom.FILM
# Just below the number of pixels that is decoded at all.
ROWS, COLUMNS = 7500, 7900
LITTLE_BYTES = 16 * 2**20
COMPRESSED = sorted(name for name in FILES if name.endswith(".dcm") and name.startswith(("jpeg", "run_lengths")))


@pytest.fixture
def child() -> Iterator[DecodingChild]:
    """A fresh process, whose libraries are loaded."""
    one = DecodingChild(FILES["jpeg_2000_8.dcm"])
    yield one
    one.end()


def lying(data: bytes) -> bytes:
    """A film whose header and compressed picture agree on a size that the bytes are far too few for."""
    picture = bytearray(drawn_dicom.frame(data))
    if picture.startswith(b"\xff\x4f"):  # JPEG 2000: the picture and its one tile
        for at in (8, 24):
            struct.pack_into(">2I", picture, at, COLUMNS, ROWS)
    elif picture.startswith(b"\xff\xd8"):
        at = 2
        while picture[at + 1] not in (0xC0, 0xC1, 0xC3, 0xF7):
            at += 2 + struct.unpack_from(">H", picture, at + 2)[0]
        struct.pack_into(">2H", picture, at + 5, ROWS, COLUMNS)
    return drawn_dicom.changed(drawn_dicom.with_frame(data, bytes(picture)), Rows=ROWS, Columns=COLUMNS)


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_picture_that_lies_as_its_header_does_is_refused_in_little_memory(child, name):
    before = child.most_bytes
    assert child.outcome(lying(FILES[name])) == "refused"
    # A few bytes may stand for a large even picture in JPEG 2000 and LS; their decoders have a limit of their own.
    limit = 2**30 if name.startswith(("jpeg_2000", "jpeg_ls")) else LITTLE_BYTES
    assert child.most_bytes - before < limit


@pytest.mark.parametrize("bits", [8, 16])
def test_an_uncompressed_film_whose_header_lies_is_refused_in_little_memory(child, bits):
    before = child.most_bytes
    film = drawn_dicom.encoded(FILM.astype(f"u{bits // 8}"), Rows=ROWS, Columns=COLUMNS)
    assert child.outcome(film) == "refused"
    assert child.most_bytes - before < LITTLE_BYTES


def png(rows: int, columns: int, kind: int, filled_rows: int) -> bytes:
    """A PNG of that colour type (0 grey, 2 RGB, 6 RGBA) and that many rows of zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    row = bytes(1 + columns * {0: 1, 2: 3, 6: 4}[kind])
    header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
    body = zlib.compress(row * filled_rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", [0, 2, 6])
def test_a_png_past_the_limit_of_pixels_is_refused_in_little_memory(child, kind):
    before = child.most_bytes
    assert child.outcome(png(60_000, 60_000, kind, 3)) == "refused"
    assert child.most_bytes - before < LITTLE_BYTES


@pytest.mark.parametrize("kind", [0, 2, 6])
def test_a_png_of_too_few_bytes_for_its_size_is_refused_in_little_memory(child, kind):
    before = child.most_bytes
    assert child.outcome(png(ROWS, COLUMNS, kind, 9)) == "refused"
    assert child.most_bytes - before < LITTLE_BYTES


@pytest.mark.parametrize("kind", [0, pytest.param(6, marks=pytest.mark.long)])
def test_the_largest_even_png_takes_no_more_than_sixteen_bytes_a_pixel(child, kind):
    """Four copies of four channels, while transparency is laid over black."""
    before = child.most_bytes
    assert child.outcome(png(ROWS, COLUMNS, kind, ROWS)) == "decoded"
    assert child.most_bytes - before < 16 * ROWS * COLUMNS


def test_a_real_film_between_bombs_is_decoded(child):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(FILM)).save(buffer, "PNG")
    for name in COMPRESSED[:3]:
        assert child.outcome(lying(FILES[name])) == "refused"
        assert child.outcome(FILES[name]) == "decoded"
        assert child.outcome(buffer.getvalue()) == "decoded"
