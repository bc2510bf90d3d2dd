"""Which way of fitting learns more from the same films? Ways are compared on tune by a paired test.

Reads the films that RADIOGRAPHS_HOME holds, with the settings in force; held-out films are not touched. Words on the
command line choose among the ways; without any, all are tried.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from radiographs import findings, settings
from radiographs.evaluation import metrics, stage_gain
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import checkpoints, extraction, making, training
from radiographs.network.epochs import FitHistory
from radiographs.network.fit_settings import Augmentation, FineTuning, FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.making import Stores
from radiographs.network.recipe import Recipe
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort
from radiographs.runtime.bundle import calibrated
from radiographs.store import features, pixels

FROZEN = "frozen"
PLAIN = FitSettings()
NO_CHANGE = Augmentation(rotation_degrees=0, shift=0, zoom=0, contrast=0)
WAYS: dict[str, FitSettings] = {
    FROZEN: dataclasses.replace(PLAIN, fine_tuning=None),
    "fine-tuned": PLAIN,
    "one group": dataclasses.replace(PLAIN, fine_tuning=FineTuning(groups=1)),
    "sampling": dataclasses.replace(PLAIN, balance="sampling"),
    "focal": dataclasses.replace(PLAIN, balance="focal"),
    "no balance": dataclasses.replace(PLAIN, balance="none"),
    "by source": dataclasses.replace(PLAIN, by_source=True),
    "changed films": dataclasses.replace(PLAIN, augmentation=Augmentation().scaled(0.5)),
    "cutout": dataclasses.replace(PLAIN, augmentation=dataclasses.replace(NO_CHANGE, cutout=0.2)),
    "mixup": dataclasses.replace(PLAIN, augmentation=dataclasses.replace(NO_CHANGE, mixup=0.2)),
}
WARM = "warm start"  # from a network fitted on the first 70 % of the groups of train, as a champion of last month
OLD_SHARE = 0.7


@dataclasses.dataclass(frozen=True)
class Films:
    """The cohort, what it is read from, and where a fit's weights are kept for the next."""

    cohort: Cohort
    recipe: Recipe
    stores: Stores
    folder: Path


def main(words: list[str]) -> int:
    """Prints one line a way and the JSON line."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    chosen = settings.read()
    places = Places(chosen.home)
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        if not catalogue.counts():
            return report.emit("fine_tuning", {"skipped": "RADIOGRAPHS_HOME holds no admitted films"}, {}, True)
        folder = cohorts.snapshot(catalogue, findings.read(chosen.findings_file), places.cohorts)
    with tempfile.TemporaryDirectory() as scratch:
        preparation = Preparation(chosen.side_px, chosen.fit, chosen.marks, chosen.contrast, border=chosen.border)
        recipe = Recipe(chosen.backbone, chosen.weights, preparation, seed=chosen.seed)
        films = _ready(cohorts.load(folder), recipe, places, Path(scratch))
        answers: dict[str, np.ndarray] = {}
        figures = {way: _figures(way, films, answers) for way in _ways(words)}
    return report.emit("fine_tuning", {"backbone": recipe.backbone, "seed": recipe.seed, **figures}, {}, True)


def _ways(words: list[str]) -> list[str]:
    known = [*WAYS, WARM]
    unknown = [word for word in words if word not in known]
    if unknown:
        raise SystemExit(f"expected ways among {', '.join(known)}, got {', '.join(unknown)}")
    return [FROZEN, *(way for way in known if way != FROZEN and (not words or way in words))]


def _ready(cohort: Cohort, recipe: Recipe, places: Places, folder: Path) -> Films:
    """Fills both stores with what is missing."""
    pixels.prepare_missing(cohort.films, places.originals, recipe.preparation, places.pixels)
    prepared = pixels.open_store(places.pixels, recipe.preparation)
    extractor = extraction.ready_extractor(recipe, places.graphs)
    keys = pixels.keys(cohort.films, recipe.preparation)
    about = recipe.feature_facts
    features.extract_missing(
        keys, prepared, extractor, places.features, key=recipe.feature_key, dim=extractor.dim, about=about
    )
    return Films(cohort, recipe, Stores(prepared, features.open_found(places.features, recipe.feature_key)), folder)


def _figures(way: str, films: Films, answers: dict[str, np.ndarray]) -> dict[str, Any]:
    started = time.perf_counter()
    history, answer = _warm(films) if way == WARM else _fitted(films.cohort, WAYS[way], films)
    seconds = time.perf_counter() - started
    tune = films.cohort.of("tune")
    prepared = making.labelled(films.recipe, films.cohort, films.stores, tune).pixels[:]
    answers[way] = calibrated(answer(prepared), 1.0)
    truth, groups = films.cohort.labels(tune), [film.group_id for film in tune]
    count = len(films.cohort.findings)
    judged = metrics.judge(answers[way], truth, groups, n_findings=count)
    against = stage_gain.of(
        answers[way],
        answers[FROZEN],
        truth,
        groups,
        findings=films.cohort.findings,
        seed=films.recipe.seed,
        where="tune",
    )
    figures = {
        "n": len(tune),
        "n_groups": against.n_groups,
        "balanced_accuracy": round(_balanced(judged), 4),
        "by_half": {half: round(_balanced_half(judged, tune, half), 4) for half in ("select", "calibrate")},
        "accuracy": round(float((judged.answers == judged.truth).mean()), 4),
        "against_frozen": [gain.words for gain in against.gains],
        "kept_epoch": history.best_epoch,
        "seconds": round(seconds, 1),
    }
    print(way, figures, flush=True)
    return figures


def _balanced(judged: metrics.JudgedFilms) -> float:
    right = judged.answers == judged.truth
    return float(np.mean([right[judged.truth == finding].mean() for finding in range(judged.n_findings)]))


def _balanced_half(judged: metrics.JudgedFilms, tune: tuple[cohorts.Film, ...], half: str) -> float:
    rows = np.array([film.tune_half == half for film in tune])
    part = metrics.judge(
        judged.scores[rows],
        judged.truth[rows],
        [film.group_id for film in tune if film.tune_half == half],
        n_findings=judged.n_findings,
    )
    return _balanced(part)


def _fitted(
    cohort: Cohort, way: FitSettings, films: Films, initial: Path | None = None, keep: Path | None = None
) -> tuple[FitHistory, Callable[[np.ndarray], np.ndarray]]:
    """A network fitted in one way, and what gives its logits for prepared films."""
    built = making.unfitted(films.recipe, HeadSettings(), cohort)
    data = making.training_data(films.recipe, cohort, films.stores)
    history = training.fit(built, data, dataclasses.replace(way, seed=films.recipe.seed), initial=initial)
    if keep is not None:
        checkpoints.save_weights(built, keep)

    return history, lambda rows: making.logits(built, rows)


def _warm(films: Films) -> tuple[FitHistory, Callable[[np.ndarray], np.ndarray]]:
    """On all of train, from weights fitted on the groups of train that came first by name."""
    names = sorted({film.group_id for film in films.cohort.of("train")})
    old = set(names[: int(OLD_SHARE * len(names))])
    kept = tuple(film for film in films.cohort.films if film.split != "train" or film.group_id in old)
    champion = films.folder / "champion.npz"
    _fitted(dataclasses.replace(films.cohort, films=kept), PLAIN, films, keep=champion)
    return _fitted(films.cohort, PLAIN, films, initial=champion)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
