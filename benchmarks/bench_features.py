"""What does the feature store save? Heads on stored features against Keras `fit` through the frozen backbone."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report

SIDE_PX, EPOCHS, FINDINGS = 224, 10, 4
TRAIN, SELECT = 800, 200
TRIAL_FILMS, TRIAL_EPOCHS, TRIAL_BATCH, TRIAL_WIDTH = 4000, 20, 256, 1280
ROUNDS, ROUND_FILMS = 7, 384
LIMITS = {
    "end_to_end_over_store": 8.0,
    "end_to_end_over_further_head": 100.0,
    "trial_s": TRIAL_FILMS / 1000 + 2.0,
    "extraction_share": 0.9,
}


@dataclass(frozen=True)
class Films:
    """Prepared films (n, side, side) uint8 and labels (n,): train first, then tune/select."""

    ids: list[str]
    pixels: np.ndarray
    labels: np.ndarray


def main() -> int:
    """Times both ways on MobileNetV2 at 224 px, one head trial, and extraction against the bare engine."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    keras.utils.set_random_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(Path(folder))
    ok = (
        figures["end_to_end_over_store"] >= LIMITS["end_to_end_over_store"]
        and figures["end_to_end_over_further_head"] >= LIMITS["end_to_end_over_further_head"]
        and figures["trial_s"] <= LIMITS["trial_s"]
        and figures["extraction_share"] >= LIMITS["extraction_share"]
    )
    return report.emit("features", figures, LIMITS, ok)


def _measure(home: Path) -> dict[str, Any]:
    from radiographs.network.recipe import Recipe

    films, recipe = _films(), Recipe(backbone="MobileNetV2", weights="none")
    store = _stored(home, films)
    exported_s = _seconds(lambda: _extractor(home, recipe))
    extracted_s = _seconds(lambda: _extract(home, recipe, store, films.ids))
    share = _extraction(home, recipe, store, films)
    trial_s = statistics.median(_trial() for _ in range(3))
    first_s, further_s = (_seconds(lambda: _fit_head(home, recipe, films)) for _ in range(2))
    store_s = exported_s + extracted_s + first_s
    end_to_end_s = _seconds(lambda: _fit_end_to_end(recipe, films))
    return {
        "films": TRAIN + SELECT,
        "epochs": EPOCHS,
        "end_to_end_s": round(end_to_end_s, 1),
        "graph_s": round(exported_s, 2),
        "extraction_s": round(extracted_s, 2),
        "first_head_s": round(first_s, 2),
        "further_head_s": round(further_s, 2),
        "end_to_end_over_store": round(end_to_end_s / store_s, 1),
        "end_to_end_over_further_head": round(end_to_end_s / further_s, 1),
        "trial_films": TRIAL_FILMS,
        "trial_s": round(trial_s, 2),
        **share,
    }


def _films() -> Films:
    """Noise: what is on a film has no say in how long it takes."""
    random = np.random.default_rng(0)
    count = TRAIN + SELECT
    pixels = random.integers(0, 256, (count, SIDE_PX, SIDE_PX), np.uint8)
    return Films([f"film-{n:05d}" for n in range(count)], pixels, random.integers(0, FINDINGS, count))


def _stored(home: Path, films: Films) -> Any:
    from radiographs.store.shards import ShardStore

    store = ShardStore(home / "pixels", (SIDE_PX, SIDE_PX), np.uint8)
    store.append(films.ids, films.pixels)
    return store


def _extractor(home: Path, recipe: Any) -> Any:
    from radiographs.network import extraction

    return extraction.ready_extractor(recipe, home / "graphs")


def _extract(home: Path, recipe: Any, store: Any, ids: list[str], *, extractor: Any = None, key: str = "") -> None:
    from radiographs.store import features

    ready = extractor or _extractor(home, recipe)
    features.extract_missing(ids, store, ready, home, key=key or recipe.feature_key, dim=ready.dim)


def _fit_head(home: Path, recipe: Any, films: Films) -> None:
    """One head of the search: its features read from the store, fitted, judged on tune/select after each epoch."""
    from radiographs.network import heads
    from radiographs.network.heads import HeadSettings
    from radiographs.store import features

    values = features.open_found(home, recipe.feature_key).reader(films.ids)[:]
    head = heads.build(values.shape[1], FINDINGS, HeadSettings(), seed=0)
    _run(head, values, films.labels, (TRAIN, EPOCHS, 128))


def _trial() -> float:
    """Seconds of one trial on a fold: head built, traced, fitted and judged."""
    from radiographs.network import heads
    from radiographs.network.heads import HeadSettings

    random = np.random.default_rng(1)
    judged = TRIAL_FILMS // 4
    values = random.normal(size=(TRIAL_FILMS + judged, TRIAL_WIDTH)).astype(np.float32)
    labels = random.integers(0, FINDINGS, len(values))

    def one() -> None:
        head = heads.build(TRIAL_WIDTH, FINDINGS, HeadSettings(), seed=0)
        _run(head, values, labels, (TRIAL_FILMS, TRIAL_EPOCHS, TRIAL_BATCH))

    return _seconds(one)


def _run(head: Any, values: np.ndarray, labels: np.ndarray, sizes: tuple[int, int, int]) -> None:
    """Fits a head with patience for all epochs; sizes are films of train, epochs and films a step."""
    from radiographs.network import head_fitting
    from radiographs.network.batches import LabelledRows
    from radiographs.network.epochs import Plan
    from radiographs.network.rates import Rates

    train, epochs, batch = sizes
    plan = Plan("head", epochs, batch, patience=epochs, rates=Rates(1e-3), seed=0)
    shown, watched = LabelledRows(values[:train], labels[:train]), LabelledRows(values[train:], labels[train:])
    done = head_fitting.run(head, shown, watched, plan)
    assert len(done.epochs) == epochs


def _fit_end_to_end(recipe: Any, films: Films) -> None:
    """What everybody does: the whole network in Keras `fit`, backbone frozen, films in memory."""
    import keras

    from radiographs.network import classifier
    from radiographs.network.heads import HeadSettings

    built = classifier.build(recipe.backbone, SIDE_PX, recipe.weights, FINDINGS, HeadSettings(), 0)
    for layer in built.backbone_layers:
        layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    built.model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"], jit_compile=False)
    tune = (films.pixels[TRAIN:], films.labels[TRAIN:])
    built.model.fit(
        films.pixels[:TRAIN], films.labels[:TRAIN], batch_size=32, epochs=EPOCHS, validation_data=tune, verbose=0
    )


def _extraction(home: Path, recipe: Any, store: Any, films: Films) -> dict[str, float]:
    """Films a second from store to store as a share of the bare engine's on data in memory, measured in turns."""
    ready = _extractor(home, recipe)
    bare = _bare_engine(home, recipe)
    ids, pixels = films.ids[:ROUND_FILMS], films.pixels[:ROUND_FILMS]
    _extract(home, recipe, store, ids, extractor=ready, key="warm")
    bare(pixels)
    walls: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        passed = _seconds(lambda key=f"round{number}": _extract(home, recipe, store, ids, extractor=ready, key=key))
        walls.append((_seconds(lambda: bare(pixels)), passed))
    return {
        "engine_films_per_s": round(ROUND_FILMS / min(engine for engine, _ in walls), 1),
        "extraction_films_per_s": round(ROUND_FILMS / min(passed for _, passed in walls), 1),
        "extraction_share": round(statistics.median(engine / passed for engine, passed in walls), 3),
    }


def _bare_engine(home: Path, recipe: Any) -> Callable[[np.ndarray], None]:
    """OpenVINO alone, compiled as it is for extraction; its answers are looked at by nobody."""
    import openvino

    from radiographs.network import export, extraction

    graph = home / "graphs" / recipe.feature_key / export.FEATURES
    requests = openvino.AsyncInferQueue(extraction.compiled_for_many(graph), 0)

    def through(pixels: np.ndarray) -> None:
        for place in range(len(pixels)):
            requests.start_async({0: pixels[place : place + 1]})
        requests.wait_all()

    return through


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
