"""The thorax of a phantom: where its lungs, ribs, heart and diaphragm lie, as optical density."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

_BAND_ROWS = 32  # at once, so that the many passes over a band stay in the cache


@dataclass(frozen=True)
class Anatomy:
    """What stays the same between two films of one person; lengths are in half-widths of the film."""

    seed: int
    age: int
    sex: str
    width: float
    height: float
    lung_width: float
    lung_height: float
    apex: float
    gap: float
    heart: float
    heart_shift: float
    dome: float
    rib_pitch: float
    rib_slope: float
    rib_phase: float
    rib_strength: float
    fat: float

    @staticmethod
    def of(seed: int) -> Anatomy:
        """A person; the same seed is the same person."""
        random = np.random.default_rng([seed, 11])
        age = int(random.integers(1, 14)) if random.random() < 0.2 else int(np.clip(random.normal(56, 17), 18, 95))
        child = max(0.0, (14 - age) / 14)
        return Anatomy(
            seed=seed,
            age=age,
            sex="MF"[int(random.integers(2))],
            width=random.uniform(0.72, 0.95),
            height=random.uniform(0.95, 1.2),
            lung_width=random.uniform(0.21, 0.31),
            lung_height=random.uniform(0.46, 0.66) * (1 - 0.2 * child),
            apex=random.uniform(-0.18, 0.08),
            gap=random.uniform(0.34, 0.43),
            heart=random.uniform(0.19, 0.32) * (1 + 0.15 * child),
            heart_shift=random.uniform(0.06, 0.18),
            dome=random.uniform(0.02, 0.16),
            rib_pitch=random.uniform(0.13, 0.2) * (1 - 0.2 * child),
            rib_slope=random.uniform(0.25, 0.75),
            rib_phase=random.uniform(0, 1),
            rib_strength=random.uniform(0.12, 0.32),
            fat=random.uniform(0.75, 1.35),
        )


@dataclass(frozen=True)
class Thorax:
    """A person as placed before one detector.

    Attributes:
        density: (side, side) float32, optical density without any finding; 0 = air outside the body.
        lungs: (side, side) bool.
        left: (side, side) bool, the half of the film that shows the patient's right lung (image left).
        depth: (side, side) float32, distance to the lung's edge over its largest, 0 outside.
        lateral: (side, side) float32 in [0, 1], 1 at the outer chest wall, 0 at the midline.
        down: (side, side) float32 in [0, 1], 0 at the apex, 1 at the diaphragm.
        tilt: (side, side) float32 in [-1, 1], a slow slope of exposure.
    """

    density: np.ndarray
    lungs: np.ndarray
    left: np.ndarray
    depth: np.ndarray
    lateral: np.ndarray
    down: np.ndarray
    tilt: np.ndarray


def thorax(person: Anatomy, side_px: int, random: np.random.Generator) -> Thorax:
    """Places a person before the detector, a little differently each time."""
    x, y = _placed(side_px, random)
    inspiration = random.uniform(0.88, 1.08)
    density, down = np.empty_like(x), np.empty_like(x)
    lungs = np.empty(x.shape, bool)
    for top in range(0, side_px, _BAND_ROWS):
        band = slice(top, top + _BAND_ROWS)
        density[band] = _airless(person, x[band], y[band])
        lungs[band], down[band] = _lungs(person, x[band], y[band], inspiration)
    inside = _soft_edges(lungs)
    density -= inside * (0.85 * person.fat)
    density += _vessels(x, y, inside, random)
    depth = cv2.distanceTransform(lungs.astype(np.uint8), cv2.DIST_L2, 3)
    lateral = np.clip((np.abs(x) - 0.1) / (person.gap + person.lung_width - 0.1), 0, 1)
    angle = random.uniform(0, 2 * np.pi)
    return Thorax(
        density=density,
        lungs=lungs,
        left=x < 0,
        depth=depth / max(1.0, float(depth.max())),
        lateral=lateral,
        down=down,
        tilt=math.cos(angle) * x + math.sin(angle) * y,
    )


def _airless(person: Anatomy, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Optical density of the body, float32 like x and y, as if no air were in its lungs."""
    out = np.abs(x)
    across, along = (out / person.width) ** 2, ((y - 0.45) / (person.height * 1.25)) ** 2
    torso = _soft(1 - across * np.sqrt(across) - along * along, 0.06) * _soft(y + 0.88 - 0.5 * out**2, 0.08)
    body = np.maximum(torso, _soft(0.2 - out, 0.03) * _soft(-0.45 - y, 0.1))
    tissue = person.fat * (1.2 - 0.25 * np.minimum(out, 1))
    bones = _spine(x, y) + _ribs(person, x, y) * _soft(0.75 - y, 0.08) + _clavicles(person, x, y)
    return body * (tissue + bones) + _heart(person, x, y) * 0.75


def _placed(side_px: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates in the person's frame, −1 to 1 over the film, after a small shift, turn and magnification."""
    line = np.linspace(-1, 1, side_px, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    turn, scale = random.normal(0, 0.045), random.uniform(0.86, 1.12)
    x, y = x - random.normal(0, 0.05), y - random.normal(0, 0.07)
    across = scale * random.uniform(0.95, 1.05)
    cos, sin = math.cos(turn), math.sin(turn)  # Python floats: NumPy's own would widen every array to float64
    return (cos * x + sin * y) * across, (cos * y - sin * x) * scale


def _soft(distance: np.ndarray, width: float) -> np.ndarray:
    """A step from 0 (negative) to 1 (positive) that is `width` wide."""
    step = distance * (1 / width)
    step += 0.5
    return np.clip(step, 0, 1, out=step)


def _soft_edges(mask: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, mask.shape[0] / 128))


def _lungs(person: Anatomy, x: np.ndarray, y: np.ndarray, inspiration: float) -> tuple[np.ndarray, np.ndarray]:
    """Both lungs as one mask, and how far down each pixel lies between apex and diaphragm."""
    tall = person.lung_height * inspiration
    middle = person.apex + 0.02
    narrowing = 1 - 0.35 * np.clip((middle - y) / tall, 0, 1)
    across = (np.abs(x) - person.gap * (0.92 + 0.08 * narrowing)) / (person.lung_width * narrowing)
    along = (y - middle) / tall
    domes = person.dome * (1 - ((np.abs(x) - person.gap) / 0.3) ** 2)
    floor = middle + tall * 0.82 - np.float32(0.05) * (x < 0) - domes
    across, along_squared = across * across, along * along
    inside = (across * (0.6 + 0.4 * across) + along_squared * (0.6 + 0.4 * along_squared) < 1) & (y < floor)
    beside_heart = ((x - person.heart_shift) / (person.heart * 0.95)) ** 2 + ((y - middle - tall * 0.55) / 0.3) ** 2 < 1
    return inside & ~beside_heart, np.clip((along + 1) / 1.85, 0, 1)


def _heart(person: Anatomy, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    middle = person.apex + 0.02 + person.lung_height * 0.55
    ellipse = 1 - ((x - person.heart_shift) / person.heart) ** 2 - ((y - middle) / 0.33) ** 2
    aorta = np.exp(-(((x - 0.05) / 0.12) ** 2)) * _soft(y + 0.55, 0.1) * _soft(middle - y, 0.1)
    return np.sqrt(np.clip(ellipse, 0, None)) * 0.9 + 0.3 * aorta


def _spine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.exp(-((x / 0.09) ** 2)) * (0.32 + 0.07 * np.sin(y * 42))


def _ribs(person: Anatomy, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Back ribs slope down outwards, front ribs, fainter, the other way."""
    out = np.abs(x)
    back = (y - person.rib_slope * (out - 0.25) + 0.9 * (out - 0.42) ** 2) / person.rib_pitch + person.rib_phase
    front = (y + 0.7 * person.rib_slope * (out - 0.6) - 0.5 * out**2) / (person.rib_pitch * 1.25) + person.rib_phase
    wall = _soft(out - 0.08, 0.06) * _soft(person.width * 0.93 - out, 0.05)
    bands = np.exp(-((np.sin(np.pi * back) / 0.42) ** 2)) + 0.55 * np.exp(-((np.sin(np.pi * front) / 0.4) ** 2))
    return person.rib_strength * bands * wall


def _clavicles(person: Anatomy, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    out = np.abs(x)
    top = person.apex - person.lung_height * 0.72
    line = top - 0.16 * (out - 0.1) + 0.12 * np.sin(out * 5)
    return 0.34 * np.exp(-(((y - line) / 0.035) ** 2)) * _soft(out - 0.06, 0.04) * _soft(0.72 - out, 0.05)


def _vessels(x: np.ndarray, y: np.ndarray, inside: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Branching hilar markings: ridges of noise that fade towards the chest wall."""
    ridges = 1 - np.abs(smooth_noise(x.shape[0], 22, random))
    fading = np.exp(-(((np.abs(x) - 0.16) / 0.2) ** 2) - ((y - 0.02) / 0.42) ** 2).astype(np.float32)
    mottle = 0.05 * smooth_noise(x.shape[0], 9, random)
    return inside * (random.uniform(0.1, 0.3) * np.square(np.square(np.clip(ridges, 0, 1))) * fading + mottle)


def smooth_noise(side_px: int, cells: int, random: np.random.Generator) -> np.ndarray:
    """(side, side) float32 noise of unit variance at the nodes, with about `cells` blobs a side."""
    coarse = random.standard_normal((cells, cells), dtype=np.float32)
    return cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
