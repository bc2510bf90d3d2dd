"""PNG, JPEG, WEBP and TIFF bytes become grey pixels, with every pixel type these formats have."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import containers, intensity
from radiographs.imaging.filefacts import DecodedRadiograph, DecodeLimits, FileFacts

_ORIENTATION = 0x0112
_PHOTOMETRIC, _TILE_WIDTH, _TILE_LENGTH = 262, 322, 323
_DEPTHS = {"1": 1, "I": 32, "F": 32}


def read(data: bytes, kind: str, limits: DecodeLimits) -> DecodedRadiograph:
    """Decode a PNG, JPEG, WEBP or TIFF: header and limits first, then pixels, upright and grey.

    Raises:
        UnreadableRadiograph: more than one picture, too many pixels, cut short, or a pixel type that is not read.
        Exception: whatever the decoder raises on damaged bytes; the caller turns it into a refusal.
    """
    image = _open(data, kind, limits)
    if getattr(image, "n_frames", 1) != 1:
        frames = getattr(image, "n_frames", 1)
        raise UnreadableRadiograph(
            f"it holds {frames} pictures where one is expected; export each film to its own file"
        )
    mode, white_is_zero = image.mode, _white_is_zero(image, kind)
    image.load()
    upright = ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else image
    pixels, colour = _grey(upright, white_is_zero)
    facts = FileFacts(
        format=kind,
        width=pixels.shape[1],
        height=pixels.shape[0],
        bit_depth=16 if mode.startswith("I;16") else _DEPTHS.get(mode, 8),
        channels=len(image.getbands()),
        photometric=mode,
        tint=colour.tint,
        toning=colour.toning,
    )
    return DecodedRadiograph(pixels, facts)


def _open(data: bytes, kind: str, limits: DecodeLimits) -> Image.Image:
    """Read the header only, by the plugin of the sniffed format: nothing else may guess at the bytes."""
    from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    if kind == "WEBP":
        containers.check_webp(data)
        check_pixels(containers.webp_pixels(data), limits)
    openers: dict[str, Callable[[Any], Image.Image]] = {
        "PNG": PngImagePlugin.PngImageFile,
        "JPEG": JpegImagePlugin.JpegImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
    }
    image = openers[kind](io.BytesIO(data))
    check_pixels(image.width * image.height, limits)
    if kind == "TIFF":
        check_pixels(_tile_pixels(image), limits)
    if kind == "PNG":
        containers.check_png(data)
    if kind == "JPEG":
        containers.check_jpeg(data)
    return image


def _tile_pixels(image: Image.Image) -> int:
    """Pixels of one tile of a TIFF, which may announce more than the picture itself; 1 where it has strips."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(_TILE_WIDTH, 1)) * int(tags.get(_TILE_LENGTH, 1))


def check_pixels(announced: int, limits: DecodeLimits) -> None:
    """Refuse a picture that announces more pixels than the limit, or none."""
    if announced > limits.max_pixels:
        raise UnreadableRadiograph(
            f"it announces {announced:,} pixels where at most {limits.max_pixels:,} are decoded; export it smaller"
        )
    if announced < 1:
        raise UnreadableRadiograph("it announces no pixels; export it again")


def _white_is_zero(image: Image.Image, kind: str) -> bool:
    """Whether a deep TIFF stores white as 0 (Pillow turns the 1- to 8-bit ones round, not the deeper)."""
    tags = getattr(image, "tag_v2", None)
    return kind == "TIFF" and tags is not None and tags.get(_PHOTOMETRIC) == 0 and image.mode[0] in "IF"


def _grey(image: Image.Image, white_is_zero: bool) -> tuple[np.ndarray, intensity.Colour]:
    """Grey pixels, (h, w) uint8, and how coloured they were; what is transparent becomes air (0)."""
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image), intensity.TRUE_GREY
    if image.mode[0] in "IF":
        pixels = intensity.spread(np.asarray(image))
        return (255 - pixels if white_is_zero else pixels), intensity.TRUE_GREY
    if image.mode == "1":
        return np.asarray(image.convert("L")), intensity.TRUE_GREY
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        image = _over_black(image)
    if image.mode not in ("RGB", "P", "CMYK", "YCbCr"):
        raise UnreadableRadiograph(f"its pixel type {image.mode} is not read; export it as 8- or 16-bit grey")
    picture = image if image.mode == "RGB" else image.convert("RGB")
    return intensity.grey(picture), intensity.colour(picture)


def _over_black(image: Image.Image) -> Image.Image:
    clear = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, (0, 0, 0, 255)), clear).convert("RGB")
