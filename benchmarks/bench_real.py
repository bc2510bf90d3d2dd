"""How long does the loop take on the real films, and how much memory? The two commands of the README, watched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import report

SHARED = Path(__file__).resolve().parents[2] / "shared"
WEIGHTS = SHARED / "weights" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
LIMITS = {"minutes": 25.0, "peak_anonymous_gb": 3.0}


def main() -> int:
    """Admits and retrains in a fresh state folder (or in RADIOGRAPHS_HOME), and prints the figures."""
    films = SHARED / "radiographs"
    if not WEIGHTS.is_file():
        return report.emit("real", {"skipped": "../shared is not beside this checkout"}, LIMITS, True)
    with tempfile.TemporaryDirectory() as folder:
        home = os.environ.get("RADIOGRAPHS_HOME", folder)
        admit = ["admit", str(films), "--metadata", str(films / "metadata.csv")]
        retrain = ["retrain", "--backbone", "MobileNetV2", "--weights", str(WEIGHTS)]
        seconds, peaks = zip(*(_watched(words, home) for words in (admit, retrain)), strict=True)
    minutes, peak = sum(seconds) / 60, max(peaks) / 1e9
    figures = {
        "admit_s": round(seconds[0], 1),
        "retrain_s": round(seconds[1], 1),
        "minutes": round(minutes, 2),
        "peak_anonymous_gb": round(peak, 2),
    }
    return report.emit("real", figures, LIMITS, minutes <= LIMITS["minutes"] and peak <= LIMITS["peak_anonymous_gb"])


def _watched(words: list[str], home: str) -> tuple[float, int]:
    """Seconds of one command, and the most anonymous bytes that it and its children held at once."""
    started, peak = time.perf_counter(), 0
    command = subprocess.Popen([sys.executable, "-m", "flows", *words], env=os.environ | {"RADIOGRAPHS_HOME": home})
    while command.poll() is None:
        peak = max(peak, _anonymous_bytes(command.pid))
        time.sleep(0.25)
    if command.returncode:
        raise SystemExit(f"`radiographs {' '.join(words)}` ended with {command.returncode}")
    return time.perf_counter() - started, peak


def _anonymous_bytes(pid: int) -> int:
    """Anonymous memory of a process and its descendants: no mapped files, and pages shared by a fork once."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            lines = Path(f"/proc/{member.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon"))
    return total


if __name__ == "__main__":
    raise SystemExit(main())
