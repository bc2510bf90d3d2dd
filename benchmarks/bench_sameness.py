"""How long near-duplicates take to find among many films, in all eight orientations, each pair confirmed.

In one run, on drawn thumbnails that are as alike as real chests are (beside each figure that of 5 035 real films):
- search: all films against each other, as when they arrive at once; processor_s is the sum over the cores;
- weekly: 100 new films against all others, whose thumbnails lie in an SQLite file and are fetched by name, as in the
  catalogue; hashes and sketches are read from it within the time;
- of_two_films: twins that were not drawn as copies of one film;
- found: share of the planted copies (cut by up to 3 %, brighter, noisier, in one of the eight orientations);
- rates: pairs within 12 bits and pairs whose thumbnails are looked at, by pair of films;
- memory: the largest growth during the search, beyond the films' hashes and thumbnails.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from benchmarks import report
from radiographs.records import candidates, grouping, sketches
from radiographs.records.candidates import Compact
from radiographs.records.grouping import Index
from radiographs.records.orientations import ORIENTATIONS

LIMITS = {"search_s": 120.0, "weekly_s": 2.0, "found": 0.97, "of_two_films": 0, "memory_mb": 300.0}
REAL_RATES = {"as_is": 6.0e-3, "eight": 7.8e-3, "looked_at": 4.9e-4}  # 12.7 million pairs of real films
SIDE = sketches.THUMBNAIL_PX
WEEK = 100
COPIED_SHARE = 0.01
UNUSUAL = (0.62, 0.37)  # median and spread of how much a chest differs from the mean
FINE = 0.3  # the same of its fine structure
_CHUNK = 1000
# Means and deviations (in 1/100 of a thumbnail's length) of the lowest cosine coefficients of real thumbnails.
MEANS = """
  0  -1 -45   3  -3  -3 -23   0
-31   0  18   0  11   1  -1   1
  4   2 -13  -4 -11   2   7   0
 -9  -2 -10   2   4   0   5  -1
 -5   0  -5   1   3   0   0   0
 -6   1  -3  -1   2   0   0   0
 -4   0   0   1   3   0   0   0
 -2   0  -1   0   1   0   0   0
"""
DEVIATIONS = """
  0  15  25   7  18  11  10   7
 25   9  14   6  10   6   6   4
 15   7  15   5  10   7   6   4
 10   4   8   5   8   4   5   4
 10   4   6   4   5   2   3   3
  6   3   4   3   4   2   3   2
  6   3   4   2   3   2   2   2
  5   2   3   2   2   2   2   1
"""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Films drawn for the search.

    Attributes:
        phashes: (n,) uint64.
        thumbnails: (n, 64, 64) uint8, on the disk.
        copied: by copy, the position of its original.
    """

    phashes: np.ndarray
    thumbnails: np.ndarray
    copied: dict[int, int]

    def root(self, at: int) -> int:
        """The film that this one is a copy of, if of a copy, then of what that was made of."""
        while at in self.copied:
            at = self.copied[at]
        return at

    def index(self, start: int, stop: int) -> Index:
        """Some of the films, named by their positions."""
        part = self.thumbnails[start:stop]
        return Index([str(at) for at in range(start, stop)], self.phashes[start:stop], lambda at: part[at])


def main() -> int:
    """Draws, searches and prints the line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--films", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-sameness-") as folder:
        drawn = draw(Path(folder), chosen.films + WEEK, chosen.seed)
        figures = {"films": chosen.films, "cores": psutil.cpu_count(), **measure(drawn, Path(folder))}
    ok = all(figures[name] >= limit if name == "found" else figures[name] <= limit for name, limit in LIMITS.items())
    return report.emit("sameness", figures, LIMITS, ok)


def draw(folder: Path, n: int, seed: int) -> Drawn:
    """Thumbnails with the statistics of real ones; some are copies of earlier ones."""
    thumbnails = np.lib.format.open_memmap(folder / "films.npy", "w+", np.uint8, (n, SIDE, SIDE))
    copied: dict[int, int] = {}
    starts, random = range(0, n, _CHUNK), np.random.default_rng(seed)
    for start in starts:
        part = thumbnails[start : start + _CHUNK]
        part[:] = _chests(len(part), random)
        for at in np.flatnonzero(random.random(len(part)) < COPIED_SHARE) + start:
            if at:
                copied[int(at)] = int(random.integers(at))
                thumbnails[at] = _copy(thumbnails[copied[int(at)]], random)
    with ThreadPoolExecutor() as pool:
        hashes = np.concatenate(list(pool.map(lambda at: _hashes(thumbnails[at : at + _CHUNK]), starts)))
    return Drawn(hashes, thumbnails, copied)


def _chests(n: int, random: np.random.Generator) -> np.ndarray:
    """(n, 64, 64) uint8; usual chests differ little from the mean, a few differ much."""
    order = np.hypot(*np.mgrid[:SIDE, :SIDE]).clip(1)
    means, deviations = np.zeros((SIDE, SIDE), np.float32), (1.2 * order**-1.65).astype(np.float32)
    low = slice(0, 8), slice(0, 8)
    means[low] = np.array(MEANS.split(), float).reshape(8, 8) / 100
    deviations[low] = np.array(DEVIATIONS.split(), float).reshape(8, 8) / 100
    unusual = np.full((n, SIDE, SIDE), FINE, np.float32)
    unusual[:, :8, :8] = UNUSUAL[0] * np.exp(UNUSUAL[1] * random.standard_normal((n, 1, 1), np.float32))
    coefficients = means + unusual * deviations * random.standard_normal((n, SIDE, SIDE), np.float32)
    images = np.stack([cv2.idct(one) for one in coefficients])
    return np.clip(128 + images * SIDE * 55, 0, 255).astype(np.uint8)


def _copy(film: np.ndarray, random: np.random.Generator) -> np.ndarray:
    turned = ORIENTATIONS[random.integers(len(ORIENTATIONS))].images(film)
    left, top, right, bottom = random.integers(0, 2, 4)
    cut = np.ascontiguousarray(turned[top : SIDE - bottom, left : SIDE - right])
    cut = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_LANCZOS4)
    changed = cut * random.uniform(0.8, 1.1) + random.uniform(0, 20) + random.normal(0, 0.25, cut.shape)
    return np.clip(changed, 0, 255).astype(np.uint8)


def _hashes(thumbnails: np.ndarray) -> np.ndarray:
    return np.array([grouping.likeness(one).phash for one in thumbnails], np.uint64)


def measure(drawn: Drawn, folder: Path) -> dict[str, Any]:
    """All figures."""
    n = len(drawn.phashes) - WEEK
    nobody = drawn.index(0, 0)
    with growth() as grown:
        start, worked = time.perf_counter(), time.process_time()
        found = grouping.twins(drawn.index(0, n), nobody)
        search_s, processor_s = time.perf_counter() - start, time.process_time() - worked
    pairs = {(int(twin.other_id), int(twin.id)) for twin in found}
    planted = {(copy, original) for copy, original in drawn.copied.items() if copy < n}
    path = stored(drawn, n, folder / "films.db")
    weekly = [_weekly_s(drawn, n, path) for _ in range(3)]
    return {
        "search_s": round(search_s, 1),
        "search_processor_s": round(processor_s, 1),
        "weekly_s": round(sorted(weekly)[1], 2),
        "twins": len(found),
        "found": round(len(planted & pairs) / len(planted), 4),
        "of_two_films": sum(drawn.root(one) != drawn.root(other) for one, other in pairs),
        "memory_mb": round(grown() / 1e6, 1),
        "rates": rates(drawn, min(n, 4000)),
        "rates_of_real_films": REAL_RATES,
    }


def rates(drawn: Drawn, n: int) -> dict[str, float]:
    """Share of the pairs of the first films that are near by hash as they are, in any orientation, and looked at."""
    compact = Compact(drawn.phashes[:n], sketches.of(drawn.thumbnails[:n]))
    turned = sketches.hashes(compact.sketches)
    turned[:, 0] = compact.phashes
    near = np.zeros(len(ORIENTATIONS), int)
    for at in range(n - 1):
        distances = np.bitwise_count(turned[at, :, None] ^ compact.phashes[None, at + 1 :])
        near += (distances <= candidates.MAX_DISTANCE).sum(axis=1)
    tiles = candidates.tiles(compact, sought=n)
    with ThreadPoolExecutor() as pool:
        blocks = (range(at, min(at + 256, n)) for at in range(0, n, 256))
        looked_at = sum(len(candidates.among(compact, tiles, block, pool, within=True).left) for block in blocks)
    pairs = n * (n - 1) / 2
    counts = {"as_is": near[0], "eight": near.sum(), "looked_at": looked_at}
    return {name: float(f"{count / pairs:.1e}") for name, count in counts.items()}


def stored(drawn: Drawn, n: int, path: Path) -> Path:
    """The first n films in a table like the catalogue's."""
    small = np.concatenate([sketches.of(drawn.thumbnails[at : min(at + _CHUNK, n)]) for at in range(0, n, _CHUNK)])
    signed = drawn.phashes.view(np.int64)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE films (id TEXT PRIMARY KEY, phash INTEGER, sketch BLOB, thumbnail BLOB)")
        rows = ((str(at), int(signed[at]), small[at].tobytes(), drawn.thumbnails[at].tobytes()) for at in range(n))
        database.executemany("INSERT INTO films VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


def _weekly_s(drawn: Drawn, n: int, path: Path) -> float:
    start, database = time.perf_counter(), sqlite3.connect(path)
    rows = database.execute("SELECT id, phash, sketch FROM films ORDER BY rowid").fetchall()
    ids = [row[0] for row in rows]

    def thumbnails(at: np.ndarray) -> np.ndarray:
        images: dict[str, np.ndarray] = {}
        for first in range(0, len(at), 500):
            names = [ids[k] for k in at[first : first + 500]]
            asked = f"SELECT id, thumbnail FROM films WHERE id IN ({', '.join('?' * len(names))})"  # noqa: S608
            images.update((name, np.frombuffer(image, np.uint8)) for name, image in database.execute(asked, names))
        return np.stack([images[ids[k]].reshape(SIDE, SIDE) for k in at])

    small = np.frombuffer(b"".join(row[2] for row in rows), np.float16).reshape(-1, sketches.SIDE, sketches.SIDE)
    phashes = np.array([row[1] for row in rows], np.int64).view(np.uint64)
    grouping.twins(drawn.index(n, n + WEEK), Index(ids, phashes, thumbnails, small))
    database.close()
    return time.perf_counter() - start


@contextmanager
def growth() -> Iterator[Callable[[], float]]:
    """Bytes by which the process grew at most, files mapped into it not counted; sampled every 20 ms."""
    process, done = psutil.Process(), threading.Event()

    def now() -> int:
        facts = process.memory_info()
        return int(facts.rss - facts.shared)

    most = [before := now()]

    def watch() -> None:
        while not done.wait(0.02):
            most[0] = max(most[0], now())

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield lambda: most[0] - before
    finally:
        done.set()


if __name__ == "__main__":
    sys.exit(main())
