"""How long the head takes to be fitted again without each source, on stored features."""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks import report
from radiographs import findings
from radiographs.evaluation import across_sources
from radiographs.evaluation.across_sources import Answers
from radiographs.network import left_out
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.labelled import LabelledFeatures
from radiographs.network.left_out import Asked

FILMS, SOURCES, WIDTH = 5000, 6, 1280
MOST_S = 60.0


def main() -> int:
    random, names = np.random.default_rng(0), findings.read()
    labels = random.integers(len(names), size=FILMS)
    sources = random.integers(SOURCES, size=FILMS)
    values = random.normal(size=(FILMS, WIDTH)).astype(np.float32)
    values[np.arange(FILMS), labels] += 2
    groups = np.array([f"g{row}" for row in range(FILMS)])
    asked = Asked(labels, groups, np.array([f"source {each}" for each in sources]), len(names))
    fitter = left_out.heads_alone(LabelledFeatures(values, labels), len(names), HeadSettings(), FitSettings(seed=0))
    started = time.perf_counter()
    said = left_out.answers(asked, fitter, seed=0)
    fitted_s = time.perf_counter() - started
    answers = Answers(said.unseen, said.seen, labels, groups.tolist(), asked.sources.tolist())
    claims = across_sources.judge(answers, names, seed=0)
    took_s = time.perf_counter() - started
    figures = {"films": FILMS, "sources": SOURCES, "claims": len(claims), "fits_s": round(fitted_s, 1)}
    return report.emit("across", figures | {"s": round(took_s, 1)}, {"s": MOST_S}, took_s <= MOST_S)


if __name__ == "__main__":
    sys.exit(main())
