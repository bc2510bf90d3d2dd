"""How well are frontal chest films told from other pictures and from negatives? Fits the chest template, too.

Films of ../shared and phantoms against drawn pictures, crops of photographs, and the films' own negatives, each of
these in four quarter turns. Logistic regression on the edges of `chest_edges`; of a film's two views the one counts
that matches better (three rounds). The figures come from templates that were fitted on the other half of the patients:
- stopped: real films below the limit of `quality`, which go to a person;
- wrongly_righted: real films, as they are and in three quarter turns, that are called negatives;
- righted: share of real negatives that are called so, by source;
- other: share of drawn pictures (other seeds) and photographs below the limit, by kind.
With --write the template is fitted on all of them and written into radiographs/imaging/chest_template.py.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import other_pictures, report
from radiographs.evaluation import intervals
from radiographs.imaging import chest, chest_edges, chest_template, decode, phantoms
from radiographs.imaging.quality import Limits

SHARED = Path(__file__).resolve().parents[2] / "shared"
LIMITS = {"stopped_share": 0.002, "wrongly_righted_share": 0.001, "righted_share": 0.95, "look_ms": 0.6}
SEEDS, UNSEEN = 900, 1_000_000
N_OTHERS, STRENGTH, ROUNDS = 80_000, 0.1, 3
COPY_PX = 160


@dataclass(frozen=True)
class Film:
    """A small copy of a real film."""

    pixels: np.ndarray
    source: str
    patient: str


@dataclass(frozen=True)
class Seen:
    """What a template made of a film and its negative: `wrongly_righted` counts its four quarter turns."""

    source: str
    stopped: bool
    wrongly_righted: int
    righted: bool


@dataclass(frozen=True, eq=False)
class Fit:
    """A template: (8, 8, 8) float32, left-right symmetric, and its intercept."""

    template: np.ndarray
    intercept: float


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; returns 0 when the limits were kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="fit on all films and write the template")
    chosen = parser.parse_args(arguments)
    if not (SHARED / "radiographs" / "metadata.csv").is_file():
        return report.emit("chest", {"skipped": "../shared is not beside this checkout"}, LIMITS, True)
    films, others = _films(), [_drawn(kind, seed) for kind in other_pictures.KINDS for seed in range(SEEDS)]
    others += _photographs()
    if chosen.write:
        _write(_fitted([film.pixels for film in films], others))
    figures = _figures(films, others)
    at_most = ("stopped_share", "wrongly_righted_share", "look_ms")
    kept = (
        all(figures[name] <= LIMITS[name] for name in at_most) and figures["righted_share"] >= LIMITS["righted_share"]
    )
    return report.emit("chest", figures, LIMITS, kept)


def _films() -> list[Film]:
    with (SHARED / "radiographs" / "metadata.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        Film(_small(decode.decode_file(SHARED / "radiographs" / row["path"]).pixels), row["source"],
             row["patient_id"] or row["path"])
        for row in rows
    ]  # fmt: skip


def _small(pixels: np.ndarray) -> np.ndarray:
    scale = COPY_PX / max(pixels.shape)
    return pixels if scale >= 1 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _drawn(kind: str, seed: int) -> np.ndarray:
    return other_pictures.KINDS[kind](seed)


def _photographs(n: int = 120) -> list[np.ndarray]:
    """Grey crops of the photographs that scikit-learn and matplotlib bring with them."""
    import matplotlib.cbook
    from PIL import Image
    from sklearn.datasets import load_sample_images

    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        pictures = [*load_sample_images().images, np.asarray(Image.open(file).convert("RGB"))]
    random, crops = np.random.default_rng(5), []
    for picture in pictures:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        for number in range(n):
            side = int(random.integers(100, min(grey.shape)))
            top, left = (int(random.integers(0, length - side + 1)) for length in grey.shape)
            crop = _small(grey[top : top + side, left : left + side])
            crops.append(np.ascontiguousarray(crop[:, ::-1] if number % 2 else crop))
    return crops


def _phantoms() -> list[np.ndarray]:
    names = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
    return [
        phantoms.draw(name, seed, side_px=(32, 64, 128)[seed % 3], source=source).pixels
        for seed in range(120) for name in names for source in phantoms.SOURCES
    ]  # fmt: skip


def _changed(film: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A film cropped by up to 12 % at each end, otherwise exposed, at times framed."""
    (height, width), cuts = film.shape, random.uniform(0, 0.12, 4)
    film = film[
        int(cuts[0] * height) : height - int(cuts[1] * height), int(cuts[2] * width) : width - int(cuts[3] * width)
    ]
    tones = (film / 255.0) ** random.uniform(0.6, 1.6) * random.uniform(0.5, 1) + random.uniform(0, 0.2)
    film = np.clip(tones * 255, 0, 255).astype(np.uint8)
    if random.random() < 0.15:
        bars = (random.uniform(0, 0.2, 4) * min(film.shape) * (random.random(4) < 0.5)).astype(int).tolist()
        film = cv2.copyMakeBorder(film, *bars, cv2.BORDER_CONSTANT, value=int(random.choice([0, 255])))
    return film


def _edges(pictures: list[np.ndarray]) -> np.ndarray:
    """(n, 2, 8, 8, 8) float32; zeros for an even picture."""
    copies = (cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA) for picture in pictures)
    found = [chest_edges.of_views(chest.without_frame(copy)) for copy in copies]
    return np.stack([np.zeros((2, 8, 8, 8), np.float32) if edges is None else edges for edges in found])


def _fitted(films: list[np.ndarray], others: list[np.ndarray]) -> Fit:
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    wanted = _edges([*films, *(_changed(film, random) for film in films), *_phantoms()])
    unwanted = _edges(others)
    negatives = chest_edges.negative(np.concatenate([unwanted[::2], _edges(films[::4])]))
    unwanted = np.concatenate([unwanted, negatives]).reshape(-1, 8, 8, 8)
    turns = [unwanted]
    for _ in range(3):
        turns.append(chest_edges.turned(turns[-1]))
    unwanted = random.permutation(np.concatenate(turns))[:N_OTHERS]
    chosen = wanted[:, 0]
    for _ in range(ROUNDS):
        rows = np.concatenate([chosen, chest_edges.mirrored(chosen), unwanted]).reshape(-1, 512)
        is_film = np.arange(len(rows)) < 2 * len(chosen)
        model = LogisticRegression(C=STRENGTH, max_iter=200).fit(rows, is_film)
        template = model.coef_[0].reshape(8, 8, 8)
        template = (template + chest_edges.mirrored(template)) / 2
        matches = wanted.reshape(len(wanted), 2, 512) @ template.ravel()
        chosen = wanted[np.arange(len(wanted)), matches.argmax(axis=1)]
    return Fit(template.round(2).astype(np.float32), round(float(model.intercept_[0]), 2))


def _write(fit: Fit) -> None:
    target = Path(chest_template.__file__)
    before, _, rest = target.read_text(encoding="utf-8").partition("INTERCEPT = ")
    after = rest.partition("# fmt: skip\n")[2]
    left = fit.template[:, :, :4].reshape(-1, 8)
    rows = "\n".join("    " + " ".join(f"{value:.2f}," for value in row) for row in left)
    told = f"INTERCEPT = {fit.intercept}\n_HALF = (\n{rows}\n)  # fmt: skip\n"
    target.write_text(before + told + after, encoding="utf-8")


def _figures(films: list[Film], others: list[np.ndarray]) -> dict[str, Any]:
    """Each film and picture held against a template that was fitted without its patient and its seed."""
    patients = sorted({film.patient for film in films})
    half_of = {patient: number % 2 for number, patient in enumerate(patients)}
    seen: list[Seen] = []
    drawn: dict[str, list[chest.ChestLook]] = {kind: [] for kind in other_pictures.KINDS}
    for half in (0, 1):
        fit = _fitted([film.pixels for film in films if half_of[film.patient] != half], others)
        matcher = chest.Matcher.of(fit.template, fit.intercept)
        seen += [_seen(film, matcher) for film in films if half_of[film.patient] == half]
        for kind, looks in drawn.items():
            seeds = range(UNSEEN + 50 * half, UNSEEN + 50 * half + 50)
            looks += [chest.look(_drawn(kind, seed), matcher) for seed in seeds]
    return _counted(seen) | {
        "other_stopped_of_100": {kind: sum(_is_stopped(look) for look in looks) for kind, looks in drawn.items()},
        "other_righted_of_100": {kind: sum(look.inverted for look in looks) for kind, looks in drawn.items()},
        "look_ms": _look_ms(films),
    }


def _seen(film: Film, matcher: chest.Matcher) -> Seen:
    turns = [chest.look(np.ascontiguousarray(np.rot90(film.pixels, turn)), matcher) for turn in range(4)]
    negative = chest.look(255 - film.pixels, matcher)
    return Seen(film.source, _is_stopped(turns[0]), sum(look.inverted for look in turns), negative.inverted)


def _is_stopped(look: chest.ChestLook) -> bool:
    return look.frontal_score < Limits().min_frontal_score


def _counted(seen: list[Seen]) -> dict[str, Any]:
    n = len(seen)
    stopped, wrong = sum(one.stopped for one in seen), sum(one.wrongly_righted for one in seen)
    return {
        "films": n,
        "stopped": stopped,
        "stopped_share": round(stopped / n, 5),
        "wrongly_righted": wrong,
        "wrongly_righted_share": round(wrong / n / 4, 5),
        "righted_share": round(sum(one.righted for one in seen) / n, 4),
        "righted": {
            source: _share([one.righted for one in seen if one.source == source])
            for source in sorted({one.source for one in seen})
        },
    }


def _share(hits: list[bool]) -> str:
    ends = intervals.wilson(sum(hits) / len(hits), len(hits))
    return f"{sum(hits)} of {len(hits)} [{ends.low:.3f}, {ends.high:.3f}]"


def _look_ms(films: list[Film], n: int = 500) -> float:
    """Processor time of one look at a film of 224 px, the best of five rounds."""
    copies = [cv2.resize(film.pixels, (224, 224)) for film in films[:: max(1, len(films) // n)]]
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for copy in copies:
            chest.look(copy)
        rounds.append(time.process_time() - started)
    return round(min(rounds) / len(copies) * 1000, 3)


if __name__ == "__main__":
    raise SystemExit(main())
