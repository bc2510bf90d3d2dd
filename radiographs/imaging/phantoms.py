"""Draws synthetic frontal radiographs whose finding, place and masks are known."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np

from radiographs.imaging import phantom_signs
from radiographs.imaging.phantom_anatomy import Anatomy, Thorax, thorax

SOURCES = ("phantom-north", "phantom-south", "phantom-coast")
Cue = Literal["mark", "border", "source"]


@dataclass(frozen=True)
class Shortcut:
    """A cue planted on purpose that gives a finding away without any sign of it.

    Attributes:
        finding: the finding whose films get the cue.
        kind: "mark" a bright square near the lower left corner, "border" a bright frame, "source" the film is
            exposed and lettered as one source, whatever its own is.
        share: of the finding's films, in [0, 1].

    Raises:
        ValueError: another kind, which would plant nothing, or a share outside [0, 1].
    """

    finding: str
    kind: Cue = "mark"
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Cue):
            raise ValueError(f"expected a shortcut of kind {', '.join(get_args(Cue))}, got {self.kind!r}")
        if not 0 <= self.share <= 1:
            raise ValueError(f"expected a share from 0 to 1, got {self.share}")


@dataclass(frozen=True)
class Scanner:
    """How one source exposes and letters its films.

    Attributes:
        gamma: of the tone curve.
        gain: on the optical density, > 0.
        noise: standard deviation of the grain in grey levels at mid exposure.
        blur_px: sigma of the focal spot at a side of 256.
        letter: burnt-in mark.
        corner: of the mark, as fractions (x, y) of the side.
        collimation: largest share of the side that a black collimated border takes.
    """

    gamma: float
    gain: float
    noise: float
    blur_px: float
    letter: str
    corner: tuple[float, float]
    collimation: float


SCANNERS = {
    "phantom-north": Scanner(1.0, 1.0, 7.0, 0.7, "L", (0.86, 0.12), 0.02),
    "phantom-south": Scanner(0.8, 1.15, 10.0, 0.9, "R", (0.06, 0.14), 0.05),
    "phantom-coast": Scanner(1.25, 0.9, 8.0, 0.5, "AP", (0.82, 0.9), 0.0),
}


@dataclass(frozen=True)
class Phantom:
    """A drawn film with its truth.

    Attributes:
        pixels: (side, side) uint8, 0 = air, 255 = bone.
        lung_mask: (side, side) uint8, 255 inside the lungs, else 0.
        lesion_mask: (side, side) uint8, 255 where the sign lies; all 0 for a film without one.
    """

    pixels: np.ndarray
    lung_mask: np.ndarray
    lesion_mask: np.ndarray
    finding: str
    source: str
    patient_id: str
    view_position: str
    age: int
    sex: str


def draw(
    finding: str,
    seed: int,
    *,
    side_px: int = 256,
    source: str = "phantom-north",
    shortcut: Shortcut | None = None,
    patient: int | None = None,
) -> Phantom:
    """Draws one film; the same arguments give the same pixels.

    Args:
        finding: COVID, Lung_Opacity and Viral Pneumonia have signs of their own; any other name is drawn without one.
        seed: of everything that differs between two films of a patient.
        side_px: side of the square film, at least 32.
        source: one of `SOURCES`, or any name, which then gets a scanner of its own.
        shortcut: a cue to plant.
        patient: seed of the anatomy, age and sex; the film's own seed if None.

    Raises:
        ValueError: side_px below 32.
    """
    if side_px < 32:
        raise ValueError(f"expected a side of at least 32 pixels, got {side_px}")
    person = Anatomy.of(seed if patient is None else patient)
    random = np.random.default_rng([seed, zlib.crc32(finding.encode()), 7])
    body = thorax(person, side_px, random)
    sign = phantom_signs.of(finding, body, random)
    cue = shortcut if shortcut and shortcut.finding == finding and random.random() < shortcut.share else None
    exposed_as = SOURCES[-1] if cue and cue.kind == "source" else source
    pixels = _expose(body, body.density + sign.density, scanner_of(exposed_as), random)
    if cue is not None:
        _plant(pixels, cue)
    return Phantom(
        pixels=pixels,
        lung_mask=body.lungs.astype(np.uint8) * 255,
        lesion_mask=sign.mask.astype(np.uint8) * 255,
        finding=finding,
        source=source,
        patient_id=f"phantom-{person.seed}",
        view_position="AP" if person.age < 8 or random.random() < 0.3 else "PA",
        age=person.age,
        sex=person.sex,
    )


def scanner_of(source: str) -> Scanner:
    """The scanner of a source; an unknown source gets one that its name determines."""
    if source in SCANNERS:
        return SCANNERS[source]
    random = np.random.default_rng(zlib.crc32(source.encode()))
    corner = (float(random.uniform(0.05, 0.85)), float(random.uniform(0.1, 0.9)))
    gamma, gain, noise = random.uniform((0.8, 0.9, 6), (1.25, 1.15, 11))
    return Scanner(float(gamma), float(gain), float(noise), 0.7, "LR"[int(random.integers(2))], corner, 0.02)


def _expose(body: Thorax, density: np.ndarray, scanner: Scanner, random: np.random.Generator) -> np.ndarray:
    """From optical density to grey levels: Beer–Lambert, tone curve, focal spot, grain, collimation, letters."""
    side = density.shape[0]
    dose = scanner.gain * random.uniform(0.85, 1.15)
    film = np.exp(np.maximum(density, 0) * -dose)
    np.subtract(1, film, out=film)
    np.power(film, scanner.gamma * random.uniform(0.88, 1.14), out=film)
    film *= random.uniform(0.88, 1.0)
    film += body.tilt * random.uniform(-0.05, 0.05)
    film = cv2.GaussianBlur(film, (0, 0), max(0.3, scanner.blur_px * side / 256))
    grain = random.standard_normal((side, side), dtype=np.float32)
    grain *= np.sqrt(np.clip(film, 0, 1) + 0.25)
    film *= 255
    film += grain * (scanner.noise * random.uniform(0.7, 1.3))
    pixels = np.clip(film, 0, 255, out=film).astype(np.uint8)
    _collimate(pixels, scanner.collimation * random.random())
    _letter(pixels, scanner, random)
    return pixels


def _collimate(pixels: np.ndarray, share: float) -> None:
    edge = round(pixels.shape[0] * share)
    if edge:
        pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:] = 2, 2, 2, 2


def _letter(pixels: np.ndarray, scanner: Scanner, random: np.random.Generator) -> None:
    side = pixels.shape[0]
    x, y = (int(side * (place + random.uniform(-0.02, 0.02))) for place in scanner.corner)
    size = side / 420
    cv2.putText(
        pixels, scanner.letter, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 235, max(1, round(side / 160)), cv2.LINE_AA
    )


def _plant(pixels: np.ndarray, cue: Shortcut) -> None:
    side = pixels.shape[0]
    if cue.kind == "mark":
        edge, size = round(side * 0.05), max(3, round(side * 0.05))
        pixels[-edge - size : -edge, edge : edge + size] = 250
    elif cue.kind == "border":
        width = max(2, round(side * 0.025))
        for part in (pixels[:width], pixels[-width:], pixels[:, :width], pixels[:, -width:]):
            part[:] = 245
