"""The signs of the findings on a phantom: how much denser the lung becomes, and where."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from radiographs.imaging.phantom_anatomy import Thorax, smooth_noise


@dataclass(frozen=True)
class Sign:
    """What a finding adds to a film.

    Attributes:
        density: (side, side) float32, added optical density.
        mask: (side, side) bool, where it is seen.
    """

    density: np.ndarray
    mask: np.ndarray


def of(finding: str, body: Thorax, random: np.random.Generator) -> Sign:
    """The sign of a finding, from barely to plainly seen; nothing for a name without one."""
    severity = float(random.uniform(0.35, 1.0))
    if finding == "COVID":
        return _peripheral_haze(body, severity, random)
    if finding == "Lung_Opacity":
        return _dense_focus(body, severity, random)
    if finding == "Viral Pneumonia":
        return _interstitial(body, severity, random)
    empty = np.zeros_like(body.density)
    return Sign(empty, empty > 1)


def _peripheral_haze(body: Thorax, severity: float, random: np.random.Generator) -> Sign:
    """Both sides, towards the chest wall and the bases, patchy, without sharp edges."""
    side = body.density.shape[0]
    patches = np.clip(0.55 + 0.6 * smooth_noise(side, 5, random), 0, 1.4)
    haze = np.clip(body.lateral - 0.35, 0, None) * 1.5 * (0.35 + 0.65 * body.down) * patches
    haze = cv2.GaussianBlur((haze * body.lungs).astype(np.float32), (0, 0), side / 64) * body.lungs
    return _scaled(haze, 0.25 + 0.5 * severity, body)


def _dense_focus(body: Thorax, severity: float, random: np.random.Generator) -> Sign:
    """One place in one lung, with an irregular edge."""
    side = body.density.shape[0]
    rows, columns = np.nonzero(body.depth > 0.35)
    chosen = int(random.integers(len(rows))) if len(rows) else 0
    centre = (rows[chosen], columns[chosen]) if len(rows) else (side // 2, side // 2)
    radius = side * random.uniform(0.06, 0.13)
    down, across = np.ogrid[:side, :side]
    distance = np.hypot(down - centre[0], (across - centre[1]) * random.uniform(0.75, 1.3)) / radius
    edge = distance + 0.25 * smooth_noise(side, 14, random)
    focus = np.clip(1.35 - edge, 0, 1).astype(np.float32) * body.lungs
    return _scaled(focus, 0.55 + 0.65 * severity, body)


def _interstitial(body: Thorax, severity: float, random: np.random.Generator) -> Sign:
    """A net of fine lines over both lungs, thickest around the hila."""
    side = body.density.shape[0]
    net = np.zeros((side, side), np.float32)
    for cells in (17, 30):
        net += np.clip(1 - 2.2 * np.abs(smooth_noise(side, cells, random)), 0, 1)
    spread = np.clip(0.6 + 0.35 * smooth_noise(side, 4, random), 0.15, 1) * (1.15 - 0.5 * body.lateral)
    lines = net * spread * body.lungs
    veil = 0.3 * spread * body.lungs
    return _scaled((lines + veil).astype(np.float32), 0.4 + 0.65 * severity, body, seen_from=0.08)


def _scaled(shape: np.ndarray, density: float, body: Thorax, seen_from: float = 0.25) -> Sign:
    """Gives a shape its greatest density; what reaches `seen_from` of it is the mask."""
    peak = float(shape.max())
    if peak <= 0:
        return Sign(np.zeros_like(body.density), np.zeros_like(body.lungs))
    shape = shape / peak
    return Sign(shape * density, (shape > seen_from) & body.lungs)
