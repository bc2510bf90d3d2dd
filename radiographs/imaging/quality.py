"""Whether a decoded picture can be a radiograph at all, told from plain facts of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging.filefacts import FileFacts

_COPY_SIDE_PX = 512
_BLACK = 8


@dataclass(frozen=True)
class ImageFacts:
    """Figures of one film; intensities are in 0–255, `entropy` in bits, `black_share` in 0–1, sizes in pixels."""

    width: int
    height: int
    bit_depth: int
    channels: int
    format: str
    tint: float
    mean_intensity: float
    contrast: float
    sharpness: float
    entropy: float
    black_share: float


@dataclass(frozen=True)
class Limits:
    """What a film must reach to be taken as a radiograph; see `objections`.

    Over 5 035 films in use the extremes are: shorter side 156 px, aspect 2.24, contrast 15.0, entropy 4.03; over toned
    ones (blue base, violet screen) tint 0.0005, where a photograph of few colours has 0.036.
    """

    min_side_px: int = 64
    max_aspect: float = 2.5
    max_tint: float = 0.015
    min_contrast: float = 8.0
    min_entropy: float = 2.5


_LIMITS = Limits()


def measure(pixels: np.ndarray, facts: FileFacts) -> ImageFacts:
    """Measure a film on a copy of at most 512 px a side.

    Args:
        pixels: (h, w) uint8, 0 = air.
        facts: what its file said.

    Returns:
        The figures: contrast is the standard deviation, sharpness the variance of the Laplacian (Pech-Pacheco et al.,
        2000), entropy that of the 256-bin histogram (Shannon), black_share the share of pixels below 8.
    """
    copy = _small_copy(pixels)
    counts = np.bincount(copy.ravel(), minlength=256)
    shares = counts[counts > 0] / copy.size
    mean, deviation = cv2.meanStdDev(copy)
    _, edge_deviation = cv2.meanStdDev(cv2.Laplacian(copy, cv2.CV_16S))
    return ImageFacts(
        width=pixels.shape[1],
        height=pixels.shape[0],
        bit_depth=facts.bit_depth,
        channels=facts.channels,
        format=facts.format,
        tint=facts.tint,
        mean_intensity=round(float(mean[0, 0]), 3),
        contrast=round(float(deviation[0, 0]), 3),
        sharpness=round(float(edge_deviation[0, 0]) ** 2, 3),
        entropy=round(abs(float(np.sum(shares * np.log2(shares)))), 3),
        black_share=round(float(counts[:_BLACK].sum()) / copy.size, 4),
    )


def objections(facts: ImageFacts, limits: Limits = _LIMITS) -> tuple[str, ...]:
    """Every reason, one sentence each, why this cannot be taken as a radiograph; empty when there is none."""
    shorter, longer = sorted((facts.width, facts.height))
    found = []
    if shorter < limits.min_side_px:
        found.append(f"its shorter side has {shorter} pixels where at least {limits.min_side_px} are needed")
    if longer > limits.max_aspect * shorter:
        found.append(f"its sides are {longer} to {shorter} where at most {limits.max_aspect:g} to 1 is a film")
    if facts.tint > limits.max_tint:
        found.append(
            f"it is many-coloured (tint {facts.tint:.3f}) where a film has one hue (at most {limits.max_tint:g})"
        )
    if facts.contrast < limits.min_contrast:
        found.append(
            f"it is nearly even (contrast {facts.contrast:.1f}) where a film has {limits.min_contrast:g} or more"
        )
    if facts.entropy < limits.min_entropy:
        found.append(
            f"it has few grey levels (entropy {facts.entropy:.1f}) where a film has {limits.min_entropy:g} or more"
        )
    return tuple(found)


def _small_copy(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape
    scale = _COPY_SIDE_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
