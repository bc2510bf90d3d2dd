"""How much faster a bundle answers with all heatmaps than the usual Keras way, and what the heatmaps cost.

In one run, on one film, with random weights (time does not depend on them), 224 px, f32:
- baseline: `model.predict` of the prepared film, then eager GradientTape Grad-CAM of the top finding alone, as the
  Keras tutorial writes it; preparation of the film is left out, which favours it;
- fair baseline: one compiled `tf.function` that returns scores and the GradientTape heatmaps of all findings;
- bundle: `Bundle.answer` of a 512 px film: preparation, scores and the heatmaps of all findings;
- overhead: the one-film graph with heatmaps against the same graph without them, in interleaved pairs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from radiographs import findings
from radiographs.imaging.preprocessing import Preparation, prepare
from radiographs.network import classifier as classifiers
from radiographs.network import export, heatmaps
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle
from radiographs.runtime.engine import Engine
from radiographs.runtime.manifest import Manifest

SIDE_PX, FILM_PX = 224, 512
RATIO_LIMITS = {"MobileNetV2": 40.0, "VGG16": 4.5}
PAIRS_S = 3.0
OVERHEAD_LIMIT = 0.05


def seconds(action: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(actions: dict[str, Callable[[], Any]], rounds: int, warm_up: int = 3) -> dict[str, float]:
    """Median seconds of each, taken in turn so that a busy spell of the machine meets all of them."""
    for _ in range(warm_up):
        for action in actions.values():
            action()
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: statistics.median(times) for name, times in taken.items()}


def tutorial(built: Classifier) -> Callable[[np.ndarray], Any]:
    """`model.predict`, then Grad-CAM of the top finding by an eager GradientTape over the whole network."""
    import keras
    import tensorflow as tf

    inputs = built.maps.inputs[0]
    logits = built.maps.outputs[0]
    for layer in built.tail:
        logits = layer(logits)
    watched = keras.Model(inputs, [built.maps.outputs[0], logits])

    def answer(film: np.ndarray) -> Any:
        top = int(built.model.predict(film, verbose=0)[0].argmax())
        with tf.GradientTape() as tape:
            maps, outputs = watched(film)
            score = outputs[:, top]
        weights = tf.reduce_mean(tape.gradient(score, maps), axis=(0, 1, 2))
        heat = tf.maximum(tf.squeeze(maps[0] @ weights[..., None]), 0)
        return (heat / tf.maximum(tf.reduce_max(heat), 1e-12)).numpy()

    return answer


def compiled(built: Classifier) -> Callable[[np.ndarray], Any]:
    """One tf.function: scores, and Grad-CAM of every finding by GradientTape."""
    import tensorflow as tf

    @tf.function
    def answer(film: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            maps = built.maps(film, training=False)
            tape.watch(maps)
            logits = maps
            for layer in built.tail:
                logits = layer(logits)
            parts = tf.unstack(logits, num=built.n_findings, axis=1)
        gradients = tf.stack([tape.gradient(part, maps) for part in parts], axis=1)
        heat = tf.nn.relu(tf.einsum("bck,bhwk->bchw", tf.reduce_mean(gradients, axis=(2, 3)), maps))
        top = tf.reduce_max(heat, axis=(2, 3), keepdims=True)
        return tf.nn.softmax(logits), tf.math.divide_no_nan(heat, top)

    return lambda film: [part.numpy() for part in answer(tf.constant(film))]


def overhead(with_heatmaps: Engine, without: Engine, film: np.ndarray, pairs: int) -> dict[str, float]:
    """Median over interleaved pairs of (with / without − 1), with the quartiles of the pairs."""
    shares = []
    for turn in range(pairs + 5):
        order = (with_heatmaps, without) if turn % 2 else (without, with_heatmaps)
        taken = {engine: seconds(lambda engine=engine: engine.infer(film)) for engine in order}
        shares.append(taken[with_heatmaps] / taken[without] - 1)
    low, middle, high = statistics.quantiles(shares[5:], n=4)
    return {"overhead": round(middle, 4), "overhead_q1": round(low, 4), "overhead_q3": round(high, 4)}


def bundle_of(built: Classifier, film: np.ndarray, folder: Path) -> Bundle:
    """Exported with its parity check, sealed, loaded."""
    parity = export.export_graph(built, film, folder)
    stated = Manifest(
        findings=findings.read(),
        preparation=Preparation(SIDE_PX),
        backbone=built.backbone,
        weights_digest=built.weights_digest,
        temperature=1.0,
        cohort_digest="",
        parity={"logits": parity.logits_difference, "heatmaps": parity.heatmaps_difference},
    )
    manifest.seal(folder, stated)
    return Bundle.load(folder)


def without_heatmaps(built: Classifier, folder: Path) -> Engine:
    """The same graph, cut to logits and embedding."""
    import keras

    model = heatmaps.explained(built)
    plain = keras.Model(model.inputs, [model.outputs[0], model.outputs[2]])
    export._export(plain, folder / "plain.xml", ("logits", "embedding"))
    return Engine(folder / "plain.xml", films=1)


def measure(backbone: str, rounds: int, pairs: int) -> dict[str, float]:
    """All figures of one backbone."""
    built = classifiers.build(backbone, SIDE_PX, "none", len(findings.read()), HeadSettings(), seed=0)
    pixels = np.random.default_rng(0).integers(0, 256, (FILM_PX, FILM_PX), np.uint8)
    film = prepare(pixels, Preparation(SIDE_PX))[None]
    as_float = film.astype(np.float32)
    with tempfile.TemporaryDirectory() as scratch:
        bundle = bundle_of(built, film, Path(scratch) / "bundle")
        usual, fair = tutorial(built), compiled(built)
        taken = medians({"baseline": lambda: usual(as_float), "fair": lambda: fair(as_float)}, rounds) | medians(
            {"bundle": lambda: bundle.answer(pixels)}, 3 * rounds, warm_up=10
        )
        full, plain = Engine(Path(scratch) / "bundle" / "graph.xml", films=1), without_heatmaps(built, Path(scratch))
        # A quick network is measured over more pairs: its few microseconds drown in the noise of a shared machine.
        cost = overhead(full, plain, film, max(pairs, round(PAIRS_S / taken["bundle"])))
    return {
        **{f"{name}_ms": round(1000 * value, 2) for name, value in taken.items()},
        "ratio": round(taken["baseline"] / taken["bundle"], 1),
        "fair_ratio": round(taken["fair"] / taken["bundle"], 2),
        **cost,
    }


def main() -> int:
    """Measures both backbones and prints the line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=20, help="timed calls of each baseline")
    options.add_argument("--pairs", type=int, default=60, help="least interleaved pairs with and without heatmaps")
    chosen = options.parse_args()
    figures: dict[str, Any] = {name: measure(name, chosen.rounds, chosen.pairs) for name in RATIO_LIMITS}
    ok = all(
        figures[name]["ratio"] >= least and figures[name]["overhead"] <= OVERHEAD_LIMIT
        for name, least in RATIO_LIMITS.items()
    )
    count = len(findings.read())
    explained = {"findings_explained": {"baseline": 1, "fair": count, "bundle": count}}
    setting = {"weights": "random", "side_px": SIDE_PX, "film_px": FILM_PX, "precision": "f32"}
    limits = {"ratio": RATIO_LIMITS, "overhead": OVERHEAD_LIMIT}
    return report.emit("answer", {**figures, **explained, **setting}, limits, ok)


if __name__ == "__main__":
    sys.exit(main())
