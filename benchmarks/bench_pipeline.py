"""Does reading films from the store hold up training, and does memory grow with the films?"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from radiographs import findings
from radiographs.imaging import phantoms
from radiographs.store.shards import RowReader, ShardStore

SIDE_PX, FILMS, BATCH, ROUNDS = 224, 512, 32, 5
BACKBONE = "MobileNet(0.25)"  # the fastest of the table: with any other, reading is a smaller part
SMALL_PX, FEW, MANY, DRAWN = 64, 5_000, 50_000, 250
LIMITS = {"share_of_fit_in_memory": 0.95, "memory_growth": 0.10}


def main() -> int:
    """Prints the share of speed and the growth of memory; with two arguments, is the process that is watched."""
    if len(sys.argv) == 3:
        print(json.dumps(_peak_of_fit(Path(sys.argv[1]), int(sys.argv[2]))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = _speed(Path(folder) / "speed") | _memory(Path(folder) / "memory")
    ok = (
        figures["share_of_fit_in_memory"] >= LIMITS["share_of_fit_in_memory"]
        and figures["memory_growth"] <= LIMITS["memory_growth"]
    )
    return report.emit("pipeline", figures, LIMITS, ok)


def _speed(folder: Path) -> dict[str, float]:
    """Films a second of one epoch from the store and of one on arrays, in turns; the medians' ratio."""
    from radiographs.network import batches, classifier
    from radiographs.network.heads import HeadSettings

    store = _stored(folder, FILMS, SIDE_PX)
    labels, weights = np.arange(FILMS) % 4, np.ones(4, np.float32)
    reader = _reader(store, FILMS)
    films, shares = reader[np.arange(FILMS)], np.eye(4, dtype=np.float32)[labels]
    model = classifier.build(BACKBONE, SIDE_PX, "none", 4, HeadSettings(), seed=0).model
    model.compile("adam", "mse", jit_compile=False)
    seconds: dict[str, list[float]] = {"store": [], "memory": []}
    for turn in range(ROUNDS + 1):  # the first one traces
        order = np.random.default_rng(turn).permutation(FILMS)
        shown = batches.of(batches.LabelledRows(reader, labels), order, weights, BATCH, batches.Mixing(0.0, (turn,)))
        stored = _seconds(model, shown, shuffle=False)
        held = _seconds(model, films, shares, sample_weight=weights[labels], batch_size=BATCH)
        if turn:
            seconds["store"].append(stored)
            seconds["memory"].append(held)
    store_s, memory_s = (statistics.median(seconds[name]) for name in ("store", "memory"))
    return {
        "store_films_per_s": round(FILMS / store_s, 1),
        "memory_films_per_s": round(FILMS / memory_s, 1),
        "share_of_fit_in_memory": round(memory_s / store_s, 3),
    }


def _seconds(model: Any, *data: Any, **options: Any) -> float:
    started = time.perf_counter()
    model.fit(*data, epochs=1, verbose=0, **options)
    return time.perf_counter() - started


def _memory(folder: Path) -> dict[str, float]:
    """Most anonymous memory of a fit on few films and of one on ten times as many, each in a process of its own."""
    _stored(folder, MANY, SMALL_PX)
    few, many = (_watched(folder, films) for films in (FEW, MANY))
    return {
        f"peak_mb_{FEW}": round(few / 1e6, 1),
        f"peak_mb_{MANY}": round(many / 1e6, 1),
        "memory_growth": round(many / few - 1, 3),
    }


def _watched(folder: Path, films: int) -> float:
    words = [sys.executable, "-m", "benchmarks.bench_pipeline", str(folder), str(films)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def _peak_of_fit(folder: Path, films: int) -> int:
    """Bytes: fits LeNet-5 from scratch for an epoch while its own anonymous memory is looked at."""
    from radiographs.network import classifier, training
    from radiographs.network.heads import HeadSettings
    from radiographs.network.training import FitSettings, Labelled, TrainingData

    store = ShardStore(folder, (SMALL_PX, SMALL_PX), np.uint8)
    parts = [Labelled(_reader(store, count), np.arange(count) % 4) for count in (films, 500)]
    built = classifier.build("LeNet-5", SMALL_PX, "none", 4, HeadSettings(), seed=0)
    peak, done = 0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, _anonymous_bytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    training.fit(built, TrainingData(*parts), FitSettings(epochs=1, augmentation=None))
    done.set()
    watcher.join()
    return peak


def _anonymous_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def _stored(folder: Path, films: int, side_px: int) -> ShardStore:
    """A store of phantoms: some are drawn, the others are those with other grain."""
    store, names = ShardStore(folder, (side_px, side_px), np.uint8), findings.read().names
    drawn = [phantoms.draw(names[seed % 4], seed, side_px=side_px).pixels for seed in range(min(films, DRAWN))]
    base, random = np.stack(drawn), np.random.default_rng(0)
    for start in range(0, films, store.rows_per_shard):
        numbers = np.arange(start, min(start + store.rows_per_shard, films))
        grain = random.integers(0, 6, (len(numbers), side_px, side_px), np.uint8)
        store.append([str(number) for number in numbers], np.minimum(base[numbers % len(base)], 249) + grain)
    return store


def _reader(store: ShardStore, films: int) -> RowReader:
    return store.reader([str(number) for number in range(films)])


if __name__ == "__main__":
    raise SystemExit(main())
