"""Draws pictures that are no frontal chest radiographs, for the template to be told from."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

SIDE_PX = 96


def smooth(seed: int) -> np.ndarray:
    """Clouds: a few grey levels, enlarged."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, (int(random.integers(3, 12)),) * 2).astype(np.float32)
    return _grey(cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC), random, 2)


def patches(seed: int) -> np.ndarray:
    """A collage of even patches."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, random.integers(2, 6, 2)).astype(np.float32)
    return _grey(cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_NEAREST), random, random.uniform(1, 20))


def slope(seed: int) -> np.ndarray:
    """A slope or a step with noise and waves."""
    random = np.random.default_rng(seed)
    x, y = _grid()
    angle = random.uniform(0, 2 * np.pi)
    film = 128 + 110 * np.tanh(random.uniform(0.3, 3) * (np.cos(angle) * x + np.sin(angle) * y))
    return _grey(film + random.uniform(-60, 60) * np.cos(random.uniform(0, 12) * x), random, random.uniform(1, 20))


def noise(seed: int) -> np.ndarray:
    """Nothing but noise."""
    random = np.random.default_rng(seed)
    return _grey(np.full((SIDE_PX, SIDE_PX), random.uniform(60, 200)), random, random.uniform(5, 80))


def page(seed: int) -> np.ndarray:
    """A page of writing, black on white or white on black."""
    random = np.random.default_rng(seed)
    paper, y = np.full((400, 300), 255, np.uint8), 30
    while y < 390:
        letters = [
            chr(random.integers(97, 123)) if random.random() < 0.83 else " " for _ in range(random.integers(3, 40))
        ]
        cv2.putText(paper, "".join(letters), (15, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0, 1, cv2.LINE_AA)
        y += int(random.integers(12, 18)) + 20 * int(random.random() < 0.15)
    small = cv2.resize(paper, (120, 160), interpolation=cv2.INTER_AREA)
    return 255 - small if seed % 2 else small


def shapes(seed: int) -> np.ndarray:
    """Ellipses and boxes on a slope, sharp or soft."""
    random = np.random.default_rng(seed)
    film = np.full((SIDE_PX, SIDE_PX), random.uniform(0, 255), np.float32)
    for _ in range(int(random.integers(1, 9))):
        shade, (x, y) = float(random.uniform(0, 255)), random.integers(0, SIDE_PX, 2).tolist()
        width, height = random.integers(4, SIDE_PX // 2, 2).tolist()
        if random.random() < 0.5:
            cv2.ellipse(film, (x, y), (width, height), float(random.uniform(0, 180)), 0, 360, shade, -1)
        else:
            cv2.rectangle(film, (x - width, y - height), (x + width, y + height), shade, -1)
    film = cv2.GaussianBlur(film, (0, 0), float(random.uniform(0.5, 8)))
    return _grey(film + np.linspace(0, random.uniform(-80, 80), SIDE_PX)[:, None], random, 4)


def limb(seed: int) -> np.ndarray:
    """Soft tissue with one to four bones along it, at times between dark or white shutters."""
    random = np.random.default_rng(seed)
    x, y = _turned(*_grid(), random.normal(0, 0.3))
    width = random.uniform(0.2, 0.7) * (1 + random.uniform(-0.3, 0.3) * y)
    density = np.clip((width - np.abs(x)) / 0.1 + 0.5, 0, 1) * random.uniform(0.4, 1)
    for _ in range(int(random.integers(1, 5))):
        bone = np.clip(1 - ((x - random.uniform(-0.6, 0.6) * width) / random.uniform(0.05, 0.2)) ** 2, 0, None) ** 0.5
        density += bone * random.uniform(0.3, 0.9) * (y > random.uniform(-1.5, 0)) * (y < random.uniform(0.2, 1.5))
    film = _grey(255 * (1 - np.exp(-density * random.uniform(0.8, 2))), random, 5)
    if random.random() < 0.5:
        left, right = random.integers(SIDE_PX // 12, SIDE_PX // 3, 2)
        film[:, :left] = film[:, -right:] = random.choice([0, 255])
    return film


def axial_slice(seed: int) -> np.ndarray:
    """A slice across a chest: two dark lungs in a bright oval."""
    random = np.random.default_rng(seed)
    film = np.full((SIDE_PX, SIDE_PX), random.uniform(0, 20), np.float32)
    x, y = (SIDE_PX // 2 + random.integers(-5, 6, 2)).tolist()
    width, height = int(SIDE_PX * random.uniform(0.38, 0.5)), int(SIDE_PX * random.uniform(0.26, 0.4))
    cv2.ellipse(film, (x, y), (width, height), 0, 0, 360, float(random.uniform(110, 200)), -1)
    for side in (-1, 1):
        middle = (x + side * int(width * random.uniform(0.42, 0.52)), y + int(height * random.uniform(-0.1, 0.15)))
        axes = (int(width * random.uniform(0.25, 0.38)), int(height * random.uniform(0.5, 0.75)))
        turn, shade = side * float(random.uniform(-15, 25)), float(random.uniform(0, 60))
        cv2.ellipse(film, middle, axes, turn, 0, 360, shade, -1)
    cv2.circle(film, (x, y + int(height * 0.65)), SIDE_PX // 16, 250, -1)
    return _grey(cv2.GaussianBlur(film, (0, 0), float(random.uniform(0.6, 2))), random, 5)


def lateral(seed: int) -> np.ndarray:
    """A chest from the side: one dark field between breastbone and spine, over the dome of the diaphragm."""
    random = np.random.default_rng(seed)
    x, y = _grid()
    x = (x - random.normal(0, 0.08)) * random.uniform(0.9, 1.25)
    x, y = _turned(x, (y - random.normal(0, 0.08)) * random.uniform(0.85, 1.15), random.normal(0, 0.08))
    deep, high = random.uniform(0.5, 0.8), random.uniform(0.55, 0.85)
    front = -deep * (1 - 0.35 * _soft(-y - 0.3, 0.8)) + random.uniform(-0.1, 0.15) * y
    back = high - 0.25 * _soft(-y - 0.2, 0.9) + 0.06 * np.sin(3 * y)
    body = _soft(x - front, 0.06) * _soft(back - x, 0.06)
    middle = (front + back) / 2 - 0.03
    floor = (
        random.uniform(0.25, 0.55) - 0.35 * (1 - ((x - middle) / 0.7) ** 2) + random.uniform(0.07, 0.42) * (x - middle)
    )
    lung = _soft((back - front) / 2 * random.uniform(0.72, 0.9) - np.abs(x - middle), 0.15)
    lung *= _soft(y + random.uniform(0.65, 0.85), 0.2) * _soft(floor - y, 0.08)
    fat = random.uniform(0.9, 1.5)
    density = body * fat - lung * fat * random.uniform(0.34, 0.6)
    density += (
        _soft(0.35 - np.abs(x - random.uniform(-0.3, 0.3)), 0.1) * _soft(-y - 0.65, 0.2) * random.uniform(0.3, 0.9)
    )
    heart = 1 - ((x + deep * 0.35) / random.uniform(0.25, 0.4)) ** 2 - ((y - 0.12) / random.uniform(0.28, 0.42)) ** 2
    density += np.sqrt(np.clip(heart, 0, None)) * random.uniform(0.2, 0.55)
    spine = np.exp(-(((x - high * random.uniform(0.5, 0.72)) / 0.1) ** 2)) * body
    density += spine * (random.uniform(0.15, 0.5) * (1 - 0.4 * _soft(y, 0.8)) + 0.05 * np.sin(y * 30))
    film = (1 - np.exp(-np.clip(density, 0, None) * random.uniform(0.8, 1.6))) ** random.uniform(0.7, 1.5)
    film = cv2.GaussianBlur(film, (0, 0), 1) * random.uniform(0.6, 1) + random.uniform(0, 0.15)
    return _grey(film[:, ::-1] if seed % 2 else film, random, 5, 255)


def jaw(seed: int) -> np.ndarray:
    """Both rows of teeth in one wide film, between the branches of the jaw, the spine's ghost over their middle."""
    random = np.random.default_rng(seed)
    x, y = _grid()
    across = x / random.uniform(0.85, 1.05)
    bite = random.uniform(-0.4, 0.3) * across**2 + random.uniform(-0.1, 0.3)
    band = np.exp(-(((y - bite) / random.uniform(0.2, 0.5)) ** 2)) * _soft(random.uniform(0.5, 1) - np.abs(across), 0.2)
    teeth = 1 + random.uniform(0.05, 0.5) * np.cos(across * random.uniform(25, 45))
    gap = 1 - random.uniform(0.2, 0.7) * np.exp(-(((y - bite) / 0.05) ** 2))
    chin = np.exp(-(((y - 0.75 + random.uniform(0.2, 0.7) * across**2) / 0.12) ** 2)) * random.uniform(0, 0.7)
    branches = np.exp(-(((np.abs(across) - random.uniform(0.7, 0.95)) / 0.12) ** 2)) * random.uniform(0.1, 0.7)
    ghost = np.exp(-((across / random.uniform(0.04, 0.15)) ** 2)) * random.uniform(0, 0.7)
    corners = _soft(np.abs(across) - y - random.uniform(1.1, 1.7), 0.3) * random.uniform(0, 0.6)
    sinus, palate = (((np.abs(across) - 0.25) / 0.22) ** 2 + ((y - middle) / 0.2) ** 2 for middle in (-0.75, -0.3))
    air = np.exp(-sinus) * random.uniform(0, 0.4) + np.exp(-palate) * random.uniform(0, 0.4)
    film = random.uniform(0.2, 0.5) + random.uniform(0.1, 0.5) * band * teeth * gap
    film += 0.5 * (chin + branches + ghost) + corners - air
    high = int(random.integers(SIDE_PX * 2 // 5, SIDE_PX * 3 // 4))
    wide = cv2.resize(_grey(film, random, 5, 190), (SIDE_PX, high), interpolation=cv2.INTER_AREA)
    above, below = random.integers(0, SIDE_PX // 2, 2).tolist()
    return cv2.copyMakeBorder(wide, above, below, 2, 2, cv2.BORDER_CONSTANT, value=0) if seed % 2 else wide


KINDS: dict[str, Callable[[int], np.ndarray]] = {
    "smooth": smooth, "patches": patches, "slope": slope, "noise": noise, "page": page, "shapes": shapes,
    "limb": limb, "jaw": jaw, "axial slice": axial_slice, "lateral": lateral,
}  # fmt: skip


def _grid() -> tuple[np.ndarray, np.ndarray]:
    line = np.linspace(-1, 1, SIDE_PX, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    return x, y


def _turned(x: np.ndarray, y: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    return np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x


def _soft(distance: np.ndarray, width: float) -> np.ndarray:
    """A step from 0 to 1 that is `width` wide."""
    return np.clip(distance / width + 0.5, 0, 1)


def _grey(film: np.ndarray, random: np.random.Generator, grain: float, scale: float = 1) -> np.ndarray:
    return np.clip(film * scale + random.normal(0, grain, film.shape), 0, 255).astype(np.uint8)
