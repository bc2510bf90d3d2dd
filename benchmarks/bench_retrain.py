"""What does a retrain cost when nothing, or only a little, is new? Flow bodies on a running Prefect server."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import report
from flows import environment
from radiographs import findings, settings
from radiographs.imaging import phantom_batches

FILMS, NEW_SHARE, SIDE_PX = 2000, 0.05, 256
CHOSEN = {
    "RADIOGRAPHS_BACKBONE": "MobileNetV2",
    "RADIOGRAPHS_WEIGHTS": "none",
    "RADIOGRAPHS_SIDE_PX": "224",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
}
LIMITS = {"nothing_new_over_first": 0.05, "new_films_stores_over_first": 0.10}
STORES = ("prepare_films", "extract_features")


def main() -> int:
    """Runs three retrains in one state folder and prints their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(CHOSEN | {"RADIOGRAPHS_HOME": folder})
        environment.prepare(settings.read())
        os.environ["PREFECT_HOME"] = str(Path(folder) / "prefect")
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            figures = _measure(Path(folder))
    ok = all(figures[name] <= limit for name, limit in LIMITS.items())
    return report.emit("retrain", figures, LIMITS, ok)


def _measure(home: Path) -> dict[str, float]:
    from flows.retrain import retrain

    timed = _timed_stores()
    names = findings.read().names
    first_inbox, second_inbox = home / "inbox" / "first", home / "inbox" / "second"
    phantom_batches.write_batch(first_inbox, FILMS, 1, side_px=SIDE_PX, findings=names, spoiled=False)
    phantom_batches.write_batch(
        second_inbox, round(FILMS * NEW_SHARE), 2, side_px=SIDE_PX, findings=names, spoiled=False
    )
    walls: list[float] = []
    stores: list[float] = []
    for inbox in (first_inbox, first_inbox, second_inbox):
        timed.clear()
        started = time.perf_counter()
        retrain(inbox=inbox, trials=2, epochs=10, fine_tune_epochs=1)
        walls.append(time.perf_counter() - started)
        stores.append(sum(timed.values()))
    return {
        "films": FILMS,
        "new_films": round(FILMS * NEW_SHARE),
        "first_s": round(walls[0], 2),
        "nothing_new_s": round(walls[1], 2),
        "nothing_new_over_first": round(walls[1] / walls[0], 4),
        "first_stores_s": round(stores[0], 2),
        "new_films_stores_s": round(stores[2], 2),
        "new_films_stores_over_first": round(stores[2] / stores[0], 4),
    }


def _timed_stores() -> dict[str, float]:
    """Wraps the two tasks that fill the stores, so that their seconds, Prefect's share included, can be added up."""
    from tasks import preparation

    seconds: dict[str, float] = {}
    for name in STORES:
        setattr(preparation, name, _clocked(getattr(preparation, name), name, seconds))
    return seconds


def _clocked(task: Any, name: str, seconds: dict[str, float]) -> Any:
    def called(*arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return task(*arguments)
        finally:
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started

    return called


if __name__ == "__main__":
    raise SystemExit(main())
