"""Real lung masks on their own films and on those of other patients, and the rule that tells them apart fitted anew."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from radiographs.imaging import decode, mask_fit

FOLDS, WRONG_PER_FILM, SIDE_PX = 5, 30, 256
RIGHT = ("own", "coarse", "wider", "narrower")
MOVES = ((0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1))


@dataclass(frozen=True, eq=False)
class Film:
    """A film of at most 256 px a side and its own lung mask, (h, w) uint8 and bool."""

    path: str
    patient: str
    hand: str
    pixels: np.ndarray
    lungs: np.ndarray


@dataclass(frozen=True, eq=False)
class Pair:
    """A film and a mask laid on it: `kind` says which, `film` and `mask_of` are places in the list of films."""

    kind: str
    film: int
    mask_of: int
    profiles: np.ndarray


@dataclass(frozen=True, eq=False)
class Rule:
    """A logistic rule over profiles."""

    weights: np.ndarray
    intercept: float

    def score(self, pairs: list[Pair]) -> np.ndarray:
        """Log-odds of each pair."""
        return np.array([(self.weights * pair.profiles).sum() for pair in pairs]) + self.intercept


def films(shared: Path, every: int = 1) -> list[Film]:
    """All films with a lung mask, or every n-th of them."""
    folder = shared / "radiographs"
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["lung_mask"]][::every]
    return [
        Film(
            row["path"],
            row["patient_id"],
            row["lung_mask_kind"],
            _small(decode.decode_file(folder / row["path"]).pixels),
            _small(decode.decode_file(folder / row["lung_mask"]).pixels) >= 128,
        )
        for row in rows
    ]


def pairs(given: list[Film], seed: int = 5, wrong: int = WRONG_PER_FILM) -> list[Pair]:
    """Each film with its own mask in four forms, with masks of other patients, and with its own moved or turned."""
    random = np.random.default_rng(seed)
    made = []
    for number, film in enumerate(given):
        own = film.lungs
        forms = {"own": own, "coarse": _coarse(own), "wider": _grown(own, 1), "narrower": _grown(own, -1)}
        forms |= {"mirrored": own[:, ::-1], "upside down": own[::-1], "turned": own[::-1, ::-1]}
        laid = [(kind, number, lungs) for kind, lungs in forms.items()]
        laid += [("moved", number, moved(own, down, across)) for down, across in MOVES]
        laid += [("moved by 5 %", number, moved(own, down / 2, across / 2)) for down, across in MOVES]
        others = [place for place, other in enumerate(given) if other.patient != film.patient]
        for other in random.choice(others, wrong, replace=False):
            laid.append(("wrong", int(other), laid_on(given[other].lungs, film.pixels.shape)))
        made += [Pair(kind, number, place, mask_fit.profiles(mask, film.pixels)) for kind, place, mask in laid]
    return made


def fitted(given: list[Pair]) -> Rule:
    """Logistic regression, both classes of the same weight, on standardised profiles with a mild penalty."""
    from sklearn.linear_model import LogisticRegression

    used = [pair for pair in given if pair.kind in (*RIGHT, "wrong", "moved")]
    values = np.array([pair.profiles.ravel() for pair in used], np.float64)
    right = np.array([pair.kind in RIGHT for pair in used])
    middle, spread = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=5000, tol=1e-6)
    model.fit((values - middle) / spread, right)
    weights = model.coef_[0] / spread
    return Rule(weights.reshape(used[0].profiles.shape), float(model.intercept_[0] - weights @ middle))


def held_out_scores(given: list[Film], laid: list[Pair]) -> np.ndarray:
    """Scores of all pairs, each by a rule that saw neither the film's patient nor, in a wrong pair, the mask's."""
    patients = {name: place for place, name in enumerate(dict.fromkeys(film.patient for film in given))}
    folds = np.array([patients[film.patient] * 7919 % 101 % FOLDS for film in given])
    scores = np.zeros(len(laid))
    for fold in range(FOLDS):
        rule = fitted([pair for pair in laid if fold not in (folds[pair.film], folds[pair.mask_of])])
        places = [place for place, pair in enumerate(laid) if folds[pair.film] == fold]
        scores[places] = rule.score([laid[place] for place in places])
    return scores


def moved(lungs: np.ndarray, down: float, across: float) -> np.ndarray:
    """A mask shifted by shares of its height and width; what leaves the film is lost."""
    height, width = lungs.shape
    shift = np.array([[1, 0, across * width], [0, 1, down * height]], np.float32)
    return cv2.warpAffine(lungs.astype(np.uint8), shift, (width, height), flags=cv2.INTER_NEAREST) > 0


def laid_on(lungs: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A mask stretched to the shape of another film."""
    return cv2.resize(lungs.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def _small(pixels: np.ndarray) -> np.ndarray:
    scale = min(1.0, SIDE_PX / max(pixels.shape))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _coarse(lungs: np.ndarray, side_px: int = 48) -> np.ndarray:
    scale = side_px / max(lungs.shape)
    size = (max(1, round(lungs.shape[1] * scale)), max(1, round(lungs.shape[0] * scale)))
    small = cv2.resize(lungs.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128
    return cv2.resize(small.astype(np.uint8) * 255, lungs.shape[::-1], interpolation=cv2.INTER_LINEAR) >= 128


def _grown(lungs: np.ndarray, sign: int) -> np.ndarray:
    radius = max(1, round(0.008 * max(lungs.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return (cv2.dilate if sign > 0 else cv2.erode)(lungs.astype(np.uint8), disc) > 0
