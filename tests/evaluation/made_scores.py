"""Scores, intervals and scorecards made up for the tests of evaluation."""

from __future__ import annotations

import numpy as np

from radiographs import findings
from radiographs.evaluation import scorecard
from radiographs.evaluation.bootstrapped import FindingFigures
from radiographs.evaluation.floors import Seen
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.scorecard import FIGURES, Knowledge, Scorecard

FINDINGS = findings.read()
C = len(FINDINGS)


def truth_of(n: int) -> np.ndarray:
    """Every finding in turn."""
    return np.arange(n) % C


def scores_of(truth: np.ndarray, skill: float, seed: int = 0) -> np.ndarray:
    """Noise, with `skill` added for the true finding: 0 is chance, 1 is always right."""
    scores = np.random.default_rng(seed).random((len(truth), C))
    scores[np.arange(len(truth)), truth] += skill
    return scores


def alone(n: int) -> list[str]:
    """Each film a group of its own."""
    return [f"film {index:05d}" for index in range(n)]


def card_of(scores: np.ndarray, truth: np.ndarray, groups: list[str] | None = None, **options: object) -> Scorecard:
    """A scorecard with few samples."""
    return scorecard.compute(
        scores,
        truth,
        alone(len(truth)) if groups is None else groups,
        findings=FINDINGS,
        cohort_digest="cohort",
        bundle_digest="bundle",
        **({"seed": 1, "samples": 100} | options),
    )


def knowing_nothing(truth: np.ndarray) -> Knowledge:
    """Films of which nothing is written, and whose thumbnails are noise: all floors are at chance."""
    n = len(truth)
    noise = np.random.default_rng(7).random((n, 16)).astype(np.float32)
    seen = Seen(truth, alone(n), np.full((n, 3), ""), np.full((n, 3), np.nan), noise)
    return Knowledge(Seen(truth_of(n), alone(n), seen.categories, seen.numbers, noise[::-1]), seen)


def between(low: float, high: float, n: int = 100) -> Interval:
    """An interval with its estimate in the middle."""
    return Interval((low + high) / 2, low, high, n)


def figures_of(name: str, n: int = 100, **changed: Interval | None) -> FindingFigures:
    """Figures of a finding that any rule lets through, but for those changed."""
    return FindingFigures(name, n, **(dict.fromkeys(FIGURES, between(0.9, 0.95, n)) | changed))
