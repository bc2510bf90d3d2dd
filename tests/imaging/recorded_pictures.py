"""Plain images with records of every kind in them, written from arrays, for tests of taking these out."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

WORD = "Kanarienvogel"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:creator="{WORD}"/></x:xmpmeta>'.encode()
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "TIFF": ("L", "RGB", "I;16"),
}


def picture(mode: str, height: int = 12, width: int = 17, seed: int = 0) -> Image.Image:
    """A picture of noise in a mode of Pillow's."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    if mode == "I;16":
        return Image.fromarray(noise[..., 0].astype(np.uint16) * 251)
    if mode == "P":
        return Image.fromarray(noise[..., :3]).quantize(16)
    if mode == "1":
        return Image.fromarray(noise[..., 0]).convert("1")
    return Image.fromarray(noise).convert("RGBA").convert(mode)


def exif(orientation: int = 1) -> bytes:
    """An Exif record that names somebody."""
    record = Image.Exif()
    record[0x0112], record[0x010E], record[0x013B] = orientation, WORD, WORD
    return record.tobytes()


def encoded(kind: str, mode: str, *, size: tuple[int, int] = (12, 17), **options: Any) -> bytes:
    """The bytes of a picture; `options` are Pillow's."""
    buffer = io.BytesIO()
    picture(mode, *size).save(buffer, kind, **options)
    return buffer.getvalue()


def recorded(kind: str, mode: str, **options: Any) -> bytes:
    """A picture with Exif, XMP, colour profile and text, as far as its format has a place for them."""
    records: dict[str, Any] = {"exif": exif(), "icc_profile": ICC, **options}
    if kind == "PNG":
        records["pnginfo"] = text = PngImagePlugin.PngInfo()
        text.add_text("Author", WORD)
        text.add_text("Comment", WORD, zip=True)
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    else:
        records["xmp"] = XMP
    if kind == "JPEG":
        records["comment"] = WORD
    return encoded(kind, mode, **records)


def segment(marker: int, payload: bytes) -> bytes:
    """One JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def png_chunk(kind: bytes, payload: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def webp_chunk(kind: bytes, payload: bytes) -> bytes:
    """One WEBP chunk."""
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """The JPEG with one more segment behind its beginning."""
    return data[:2] + segment(marker, payload) + data[2:]


def with_png_chunk(data: bytes, kind: bytes, payload: bytes, before: bytes = b"IDAT") -> bytes:
    """The PNG with one more chunk before the first of a kind."""
    at = data.index(before) - 4
    return data[:at] + png_chunk(kind, payload) + data[at:]


def with_webp_chunk(data: bytes, kind: bytes, payload: bytes) -> bytes:
    """The WEBP with one more chunk at its end."""
    body = data[8:] + webp_chunk(kind, payload)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def with_right_checksums(data: bytes) -> bytes:
    """The PNG with the checksum of each chunk computed anew, as far as its chunks can be walked."""
    pieces, at = [data[:8]], 8
    while at + 12 <= len(data) and at + 12 + int.from_bytes(data[at : at + 4]) <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4])
        pieces.append(png_chunk(data[at + 4 : at + 8], data[at + 8 : end]))
        at = end + 4
    return b"".join(pieces) + data[at:]
