"""How long does a scorecard take, with all its intervals?"""

from __future__ import annotations

import time

import numpy as np

from benchmarks import report
from radiographs import findings
from radiographs.evaluation import scorecard

FILMS, PATIENTS, SAMPLES = 4000, 3000, 2000
LIMITS = {"scorecard_s": 20.0}


def main() -> int:
    """Scores drawn for 4 000 films of 3 000 patients, six sources and three views; 2 000 bootstrap samples."""
    random, known = np.random.default_rng(0), findings.read()
    truth = np.arange(FILMS) % len(known)
    scores = random.random((FILMS, len(known)))
    scores[np.arange(FILMS), truth] += 0.4
    groups = [f"patient {number}" for number in random.integers(PATIENTS, size=FILMS)]
    parts = {"Source": [f"source {number}" for number in random.integers(6, size=FILMS)], "View": ["PA", "AP"] * 2000}
    started = time.perf_counter()
    card = scorecard.compute(
        scores,
        truth,
        groups,
        findings=known,
        cohort_digest="",
        bundle_digest="",
        seed=0,
        samples=SAMPLES,
        parts=parts,
    )
    taken = time.perf_counter() - started
    figures = {"films": card.n, "samples": card.samples, "scorecard_s": round(taken, 2)}
    return report.emit("scorecard", figures, LIMITS, taken <= LIMITS["scorecard_s"])


if __name__ == "__main__":
    raise SystemExit(main())
