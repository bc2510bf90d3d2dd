"""Whether a decoded picture can be a radiograph at all, told from plain facts of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging import chest
from radiographs.imaging.chest import ChestLook
from radiographs.imaging.filefacts import FileFacts
from radiographs.imaging.marks import NONE as NO_MARKS
from radiographs.imaging.marks import Marks

_COPY_SIDE_PX = 512
_BLACK = 8


@dataclass(frozen=True)
class ImageFacts:
    """Figures of one film; intensities are in 0–255, `entropy` in bits, shares and scores in 0–1, sizes in pixels.

    `exposure` is the median intensity of what is not black, as a share of 255; `inversion` is none, righted (a plain
    image that was the wrong way round) or suspected (a DICOM file whose pixels contradict its header); `laterality` is
    L, R or empty.
    """

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
    exposure: float
    border_share: float
    text_share: float
    laterality: str
    inversion: str
    frontal_score: float


@dataclass(frozen=True)
class Limits:
    """What a film must reach to be taken as a radiograph; see `objections`.

    Over 5 035 films in use the extremes are: shorter side 156 px, aspect 2.24, contrast 15.0, entropy 4.03; over toned
    ones (blue base, violet screen) tint 0.0005, where a photograph of few colours has 0.036. Three of them score below
    0.06 as frontal (eight where the template was fitted on other patients); a lateral film scores 0.02, a panoramic
    film of teeth, a tibia and a coronal slice of a CT 0.01, a photograph of a dog 0.005.
    """

    min_side_px: int = 64
    max_aspect: float = 2.5
    max_tint: float = 0.015
    min_contrast: float = 8.0
    min_entropy: float = 2.5
    min_frontal_score: float = 0.06


_LIMITS = Limits()


def measure(
    pixels: np.ndarray,
    facts: FileFacts,
    *,
    marks: Marks = NO_MARKS,
    look: ChestLook | None = None,
    inversion: str = "none",
) -> ImageFacts:
    """Measure a film on a copy of at most 512 px a side.

    Args:
        pixels: (h, w) uint8, 0 = air, righted.
        facts: what its file said.
        marks: burnt-in text as found.
        look: what it looks like, where that is known already.
        inversion: none, righted or suspected.

    Returns:
        The figures: contrast is the standard deviation, sharpness the variance of the Laplacian (Pech-Pacheco et al.,
        2000), entropy that of the 256-bin histogram (Shannon), black_share the share of pixels below 8.
    """
    copy = _small_copy(pixels)
    counts = cv2.calcHist([copy], [0], None, [256], [0, 256]).ravel().astype(np.int64)  # exact below 2^24 pixels
    shares = counts[counts > 0] / copy.size
    mean, deviation = cv2.meanStdDev(copy)
    _, edge_deviation = cv2.meanStdDev(cv2.Laplacian(copy, cv2.CV_16S))
    seen = look or chest.look(pixels)
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
        exposure=_exposure(counts),
        border_share=seen.border_share,
        text_share=round(marks.text_share, 4),
        laterality=marks.laterality,
        inversion=inversion,
        frontal_score=seen.frontal_score,
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
    if facts.inversion == "suspected":
        found.append(
            "its pixels look like a negative of what its photometric interpretation says, so one of the two is wrong"
        )
    elif facts.frontal_score < limits.min_frontal_score:
        found.append(
            f"it does not look like a frontal chest film (score {facts.frontal_score:.2f}, "
            f"at least {limits.min_frontal_score:g} is needed)"
        )
    return tuple(found)


def _exposure(counts: np.ndarray) -> float:
    """Median intensity of what is not black, as a share of 255; 0 where all is."""
    body = np.cumsum(counts[_BLACK:])
    return round(float(_BLACK + np.searchsorted(body, body[-1] / 2)) / 255, 4) if body[-1] else 0.0


def _small_copy(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape
    scale = _COPY_SIDE_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
