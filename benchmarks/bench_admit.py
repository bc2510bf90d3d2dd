"""What admission costs beside a bare decode-and-resize loop, where the time goes, and whether memory stays flat.

In one run, on phantoms written as PNG:
- bare loop: this project's decoder and an area resize to 224 px, in as many processes as there are cores, which are
  started before the clock;
- admission: read the table, inspect (digest, decode, right, mask, measure, keep without identity), hold against the
  suites with Data Docs, enrol; films a second of both, at 224 px and at 512 px, taken in turn. The films bring no lung
  or lesion masks, as most that arrive; the limits are about these;
- with masks: the same films with a lung mask each and mostly a lesion mask, beside a bare loop that decodes every file
  admitted, films and masks; `ratio_…_masks`, without a limit;
- stages: seconds of one thread for each step over the same films;
- validation: 21 165 inspected rows held against the suites, pages written;
- memory: the peak above what the process had after its imports, at 2 000 and at 20 000 films, each in a fresh process.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from benchmarks import report
from radiographs import findings
from radiographs.imaging import decode, marks, phantom_batches, preprocessing, quality, reading
from radiographs.imaging.preprocessing import Preparation
from radiographs.records import admission, batchfile, grouping, identity, intake
from radiographs.records import originals as kept
from radiographs.records.admission import InspectedBatch, Workplace
from radiographs.records.catalogue import Catalogue

FINDINGS = findings.read()
KEY = b"k" * 32
SIDE_PX = 224
LIMITS = {
    "ratio_224": 0.3,
    "ratio_512": 0.15,
    "validation_s": 3.0,
    "memory_mb_20000": 600.0,
}
VALIDATED_ROWS = 21_165


def main() -> int:
    """Runs all questions and prints one JSON line; exit status 1 where a limit is missed."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--films", type=int, default=3000, help="phantoms at 224 px; a third as many at 512 px")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--many", type=int, default=20_000, help="films of the memory question")
    chosen = words.parse_args()
    _quieten()
    with tempfile.TemporaryDirectory(prefix="bench-admit-") as folder:
        figures = _figures(Path(folder), chosen.films, chosen.rounds, chosen.many)
    kept_limits = (
        figures["ratio_224"] >= LIMITS["ratio_224"]
        and figures["ratio_512"] >= LIMITS["ratio_512"]
        and figures["validation_s"] <= LIMITS["validation_s"]
        and figures["memory_mb"][-1] <= LIMITS["memory_mb_20000"]
    )
    return report.emit("admit", figures, LIMITS, kept_limits)


def _quieten() -> None:
    from flows import environment

    os.environ.update(environment.QUIET)


def _figures(folder: Path, n_films: int, rounds: int, many: int) -> dict[str, Any]:
    small, small_masked = _both(folder / "224", n_films, 224)
    large, large_masked = _both(folder / "512", n_films // 3, 512)
    figures: dict[str, Any] = {"cores": os.cpu_count(), "films": [n_films, n_films // 3], "rounds": rounds}
    for side, batch, masked in ((224, small, small_masked), (512, large, large_masked)):
        bare, admitted = _in_turn(batch, folder / f"homes{side}", rounds)
        figures[f"bare_per_s_{side}"], figures[f"admitted_per_s_{side}"] = round(bare, 1), round(admitted, 1)
        figures[f"ratio_{side}"] = round(admitted / bare, 3)
        bare, admitted = _in_turn(masked, folder / f"homes{side}-masked", 1)
        figures[f"ratio_{side}_masks"] = round(admitted / bare, 3)
        figures[f"stages_ms_{side}"] = _stages(batch, folder / f"stages{side}")
    figures["validation_s"] = round(_validation_s(small, folder / "validated"), 2)
    figures["memory_films"] = [many // 10, many]
    figures["memory_mb"] = [round(_memory_mb(folder / f"many{n}", n), 1) for n in (many // 10, many)]
    return figures


def _written(folder: Path, n: int, side_px: int) -> Path:
    phantom_batches.write_batch(folder, n, 7, side_px=side_px, findings=FINDINGS.names, spoiled=False)
    return folder


def _both(folder: Path, n: int, side_px: int) -> tuple[Path, Path]:
    """One batch without masks and one with, of the same films."""
    masked, bare = _written(folder / "masked", n, side_px), folder / "bare"
    with (masked / "metadata.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        (bare / row["path"]).parent.mkdir(parents=True, exist_ok=True)
        os.link(masked / row["path"], bare / row["path"])
    with (bare / "metadata.csv").open("w", newline="", encoding="utf-8") as table:
        columns = [name for name in rows[0] if "mask" not in name]
        writer = csv.DictWriter(table, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return bare, masked


def _in_turn(batch: Path, homes: Path, rounds: int) -> tuple[float, float]:
    """Median films a second of the bare loop, which decodes masks too, and of admission, each round taking both."""
    rows = [row for row in intake.read_batch(batch, FINDINGS) if row.path is not None]
    paths = [path for row in rows for path in (row.path, row.lung_mask, row.lesion_mask) if path is not None]
    rates: list[tuple[float, float]] = []
    _admit(batch, homes / "warm")
    for number in range(rounds):
        bare = len(rows) / _seconds(lambda: _bare_loop(paths))
        admitted = len(rows) / _seconds(partial(_admit, batch, homes / str(number)))
        rates.append((bare, admitted))
    return statistics.median(rate[0] for rate in rates), statistics.median(rate[1] for rate in rates)


def _bare_loop(paths: list[Path]) -> None:
    list(_crew().map(_bare, paths, chunksize=16))


@cache
def _crew() -> ProcessPoolExecutor:
    pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    list(pool.map(_warm, range(4 * (os.cpu_count() or 1))))
    return pool


def _warm(_number: int) -> None:
    cv2.setNumThreads(1)
    time.sleep(0.2)  # so that every worker takes one


def _bare(path: Path) -> int:
    pixels = decode.decode_file(path).pixels
    return len(cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA))


def _admit(batch: Path, home: Path) -> None:
    from tasks import validation

    place = Workplace(home / "originals", home / "batches", KEY)
    with Catalogue.open(f"sqlite:///{home / 'catalogue.db'}") as catalogue:
        inspected = admission.inspect(intake.read_batch(batch, FINDINGS), catalogue, place)
        validated = validation.validate(inspected, FINDINGS, quality.Limits(), home / "docs")
        done = admission.enrol(catalogue, inspected, validated.failures, quarantine=home / "q", tolerated_share=1.0)
    if done.admitted + done.excluded < inspected.n_rows * 0.98:
        raise RuntimeError(f"only {done.admitted} of {inspected.n_rows} phantoms were admitted: {done.reasons[:3]}")


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _stages(batch: Path, home: Path) -> dict[str, float]:
    """Milliseconds a film of each step, one thread, in the order of admission."""
    rows = [row for row in intake.read_batch(batch, FINDINGS) if row.path is not None][:300]
    taken: dict[str, float] = {}
    names = identity.Pseudonyms(KEY, "bench")

    @contextmanager
    def clocked(step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        taken[step] = taken.get(step, 0.0) + time.perf_counter() - start

    for row in rows:
        path = Path(str(row.path))
        with clocked("digest"):
            identity.file_digest(KEY, path)
        with clocked("decode"):
            data = path.read_bytes()
            film = decode.decode_bytes(data, "film")
        with clocked("right, mask, measure"):
            read = reading.read(film)
        with clocked("of which burnt-in text"):
            marks.find(film.pixels)
        with clocked("keep without identity"):
            kept.keep_film(home, read, data, names)
        with clocked("likeness"):
            grouping.likeness(read.pixels)
        with clocked("(prepare for a network)"):
            preprocessing.prepare(read.pixels, Preparation(SIDE_PX))
    return {step: round(1000 * seconds / len(rows), 3) for step, seconds in taken.items()}


def _validation_s(batch: Path, home: Path) -> float:
    """Seconds to hold 21 165 rows against the suites with their pages, libraries imported before."""
    from tasks import validation

    place = Workplace(home / "originals", home / "batches", KEY)
    with Catalogue.open(f"sqlite:///{home / 'catalogue.db'}") as catalogue:
        inspected = admission.inspect(intake.read_batch(batch, FINDINGS), catalogue, place)
    content = batchfile.read(inspected.folder)
    lines = [content.lines[k % len(content.lines)] for k in range(VALIDATED_ROWS)]
    lines = [replace(line, row=k, name=f"{k}.png") for k, line in enumerate(lines)]
    thumbnails = np.zeros((len(lines), 1, 1), np.uint8)
    draft = batchfile.begin(home / "batches")
    many = batchfile.finish(draft, replace(content, lines=tuple(lines), thumbnails=thumbnails), len(lines))
    validation.validate(inspected, FINDINGS, quality.Limits(), home / "docs")
    return _seconds(lambda: _validated(many, home))


def _validated(many: InspectedBatch, home: Path) -> None:
    from tasks import validation

    done = validation.validate(many, FINDINGS, quality.Limits(), home / "docs")
    if done.n_rows != VALIDATED_ROWS:
        raise RuntimeError(f"{done.n_rows} rows were validated")


def _memory_mb(folder: Path, n: int) -> float:
    """Peak megabytes of anonymous memory that an admission of n small films takes above its imports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_measured_admission, args=(folder, n, theirs))
    child.start()
    theirs.close()
    result = json.loads(ours.recv())
    child.join()
    return float(result["mb"])


def _measured_admission(folder: Path, n: int, answer: Any) -> None:
    _quieten()
    _smooth_films(folder / "in", n)
    _admit(_written(folder / "warm", 8, 64), folder / "warm-home")
    peak = [0.0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(peak, done))
    before = _anonymous_mb()
    watcher.start()
    _admit(folder / "in", folder / "home")
    done.set()
    watcher.join()
    answer.send(json.dumps({"mb": peak[0] - before}))


def _watch(peak: list[float], done: threading.Event) -> None:
    while not done.wait(0.05):
        peak[0] = max(peak[0], _anonymous_mb())


def _anonymous_mb() -> float:
    facts = psutil.Process().memory_info()
    return float(facts.rss - facts.shared) / 2**20


def _smooth_films(folder: Path, n: int) -> None:
    """Writes n films of 224 px that are nobody's near-duplicates, fast: one phantom, bent by random low frequencies."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(3)
    base = cv2.imread(str(next(_written(folder.parent / "base", 1, SIDE_PX).rglob("*.png"))), cv2.IMREAD_GRAYSCALE)
    lines = ["path,finding,source,patient_id"]
    for k in range(n):
        bend = cv2.resize(
            random.normal(0, 40, (7, 7)).astype(np.float32), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC
        )
        cv2.imwrite(
            str(folder / f"{k}.png"), np.clip(base + bend, 0, 255).astype(np.uint8), phantom_batches.FASTEST_PNG
        )
        lines.append(f"{k}.png,{FINDINGS.names[k % 4]},bench,p{k:06d}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
