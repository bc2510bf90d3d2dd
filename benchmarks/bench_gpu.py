"""What does a GPU make of fine-tuning VGG16? Films a second in bfloat16, and the share of what its matrices reach."""

from __future__ import annotations

import time

import numpy as np

from benchmarks import report

SIDE_PX, FILMS, BATCH = 224, 4096, 64
MATRIX, PRODUCTS = 8192, 20
FLOP_A_FILM = 3 * 30.7e9  # forward 15.35 G multiply-adds at 224 px without the top; backward twice as many
LIMITS = {"films_per_s": 1000}


def main() -> int:
    """Prints the figures, or that there is no GPU."""
    if not _gpus():
        return report.emit("gpu", {"skipped": "Keras sees no GPU here"}, LIMITS, True)
    rate = _matrix_flop_per_s()
    films_per_s = _films_per_s()
    figures = {
        "films_per_s": round(films_per_s, 1),
        "matrix_tflop_per_s": round(rate / 1e12, 1),
        "share_of_matrix_rate": round(films_per_s * FLOP_A_FILM / rate, 3),
    }
    return report.emit("gpu", figures, LIMITS, films_per_s >= LIMITS["films_per_s"])


def _gpus() -> list[str]:
    import keras

    return list(keras.distribution.list_devices("gpu"))


def _matrix_flop_per_s() -> float:
    """Floating-point operations a second of large bfloat16 products, one after another."""
    import keras

    square = keras.random.normal((MATRIX, MATRIX), dtype="bfloat16", seed=0)
    keras.ops.convert_to_numpy(keras.ops.matmul(square, square))
    started, product = time.perf_counter(), square
    for _ in range(PRODUCTS):
        product = keras.ops.matmul(product, square)
    keras.ops.convert_to_numpy(keras.ops.sum(product))
    return PRODUCTS * 2 * MATRIX**3 / (time.perf_counter() - started)


def _films_per_s() -> float:
    """Films a second in the second of two epochs with every group unfrozen; the first one compiles."""
    from radiographs.network import classifier, epochs, stages
    from radiographs.network.batches import LabelledRows
    from radiographs.network.fit_settings import FineTuning, FitSettings
    from radiographs.network.heads import HeadSettings
    from radiographs.network.precision import mixed
    from radiographs.network.stages import Stage

    built = classifier.build("VGG16", SIDE_PX, "none", 4, HeadSettings(), seed=0)
    groups = len(stages.groups_of(built))
    settings = FitSettings(batch=BATCH, fine_tuning=FineTuning(groups=groups, epochs=2, patience=2), augmentation=None)
    stage = Stage("fine-tuning", groups)
    stages.unfreeze(built, stage)
    plan = stages.plan(built, stage, settings, seed=0, batch=BATCH, on_pixels=True)
    films = np.random.default_rng(0).integers(0, 256, (FILMS, SIDE_PX, SIDE_PX), np.uint8)
    train, few = LabelledRows(films, np.arange(FILMS) % 4), LabelledRows(films[:BATCH], np.arange(BATCH) % 4)
    ends: list[float] = []
    with mixed(built.model, True):
        epochs.run(built.model, built.model, train, few, plan, lambda figures: ends.append(time.perf_counter()))
    return FILMS / (ends[1] - ends[0])


if __name__ == "__main__":
    raise SystemExit(main())
