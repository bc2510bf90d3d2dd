"""Pictures that show where a classifier looked: the film, coloured where the heatmap is warm."""

from __future__ import annotations

import cv2
import numpy as np

_COLDEST_COLOUR = 0.30  # of the map's way from black to pale yellow: below it, colours would darken the film
_FULL_COLOUR_HEAT = 0.6


def blend(
    pixels: np.ndarray, heatmap: np.ndarray, opacity: float = 0.45, *, contour: float | None = None
) -> np.ndarray:
    """Colour a film by heat: violet to yellow (inferno, even in lightness), fading to the bare film at heat 0.

    Args:
        pixels: (H, W) uint8, 0 = air.
        heatmap: (H, W) float32 in [0, 1]; where it is 0 the film stays as it is.
        opacity: share of colour where the heat is high, 0 to 1.
        contour: a heat at which a thin line is drawn; None for no line.

    Returns:
        (H, W, 3) uint8, BGR.

    Raises:
        ValueError: shapes or types that do not fit, or an opacity outside 0 to 1.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or heatmap.shape != pixels.shape:
        raise ValueError(
            f"expected a 2-D uint8 film and a heatmap of its shape, got {pixels.shape} of {pixels.dtype} "
            f"and {heatmap.shape}"
        )
    if not 0 <= opacity <= 1:
        raise ValueError(f"expected an opacity from 0 to 1, got {opacity}")
    heat = np.clip(np.nan_to_num(heatmap.astype(np.float32)), 0.0, 1.0)
    steps = np.rint(heat * 255).astype(np.uint16)
    picture = np.take(_mixtures(opacity), (steps << 8) | pixels, axis=0)
    if contour is not None:
        outlines, _ = cv2.findContours((heat >= contour).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, outlines, -1, (255, 255, 255), max(1, max(pixels.shape) // 400), cv2.LINE_AA)
    return picture


def to_png(image: np.ndarray) -> bytes:
    """Encode (H, W) grey or (H, W, 3) BGR uint8 as PNG.

    Raises:
        ValueError: an image of another shape or type.
    """
    if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)) or image.size == 0:
        raise ValueError(f"expected a grey or BGR uint8 image, got shape {image.shape} of {image.dtype}")
    done, encoded = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be encoded as PNG")
    return encoded.tobytes()


def _mixtures(opacity: float) -> np.ndarray:
    """What each of 256 steps of heat makes of each film value: (256 * 256, 3) uint8, BGR, heat counting slower."""
    heat = np.arange(256, dtype=np.float32)[:, None] / 255
    rungs = np.rint(255 * (_COLDEST_COLOUR + (1 - _COLDEST_COLOUR) * heat)).astype(np.uint8)
    colours = cv2.applyColorMap(rungs, cv2.COLORMAP_INFERNO).astype(np.float32)
    share = (opacity * np.minimum(heat / _FULL_COLOUR_HEAT, 1.0))[..., None]
    film = np.arange(256, dtype=np.float32)[None, :, None]
    return np.rint(film + (colours - film) * share).astype(np.uint8).reshape(-1, 3)
