"""Sets hold the true finding as often as was asked for, each finding by itself, and are no larger than needed."""

from __future__ import annotations

import numpy as np
import pytest
from made_scores import C, alone, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import abstention, conformal, metrics
from radiographs.runtime.thresholds import EVERY

NAMES = ("a", "b", "c", "d")


def skewed(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One finding is rare and hard."""
    random = np.random.default_rng(seed)
    truth = random.choice(C, n, p=[0.45, 0.3, 0.2, 0.05])
    scores = random.random((n, C))
    scores[np.arange(n), truth] += np.where(truth == 3, 0.1, 0.6)
    return scores / scores.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_each_finding_is_covered_as_asked_over_many_draws(coverage: float) -> None:
    """The rare and hard finding too: one threshold for all would leave it out."""
    covered: list[list[float]] = [[] for _ in range(C)]
    for seed in range(60):
        thresholds = conformal.fit(*skewed(400, seed), coverage=coverage)
        scores, truth = skewed(2000, seed + 1000)
        held = thresholds.sets(scores)[np.arange(2000), truth]
        for finding in range(C):
            covered[finding].append(held[truth == finding].mean())
    for finding in range(C):
        assert coverage - 0.015 < np.mean(covered[finding]) < coverage + (0.06 if finding == 3 else 0.03)


def test_too_few_films_of_a_finding_put_it_into_every_set_and_one_more_does_not() -> None:
    scores = scores_of(np.zeros(10, int), 0.5)
    few = conformal.fit(scores[:8], np.zeros(8, int), coverage=0.9)
    enough = conformal.fit(scores[:9], np.zeros(9, int), coverage=0.9)
    assert few.scores[0] == EVERY and enough.scores[0] == scores[:9, 0].min()
    assert few.scores[1:] == (EVERY,) * (C - 1)
    assert few.sets(np.zeros((1, C))).all()


def test_coverage_is_measured_by_finding_and_by_source() -> None:
    scores, truth = skewed(1200, 0)
    films = metrics.judge(scores, truth, alone(1200), n_findings=C)
    thresholds = conformal.fit(*skewed(1200, 1), coverage=0.9)
    sources = ["north"] * 1195 + ["south"] * 5
    rows = {row.name: row for row in conformal.measure(films, thresholds, NAMES, sources, seed=0)}
    assert set(rows) == {"all films", *NAMES, "source north", "source south"}
    held = thresholds.sets(scores)
    everywhere = rows["all films"]
    assert everywhere.share is not None and everywhere.share.low < 0.9 < everywhere.share.high
    assert everywhere.size.estimate == held.sum() / 1200
    assert everywhere.single.estimate == (held.sum(axis=1) == 1).mean()
    assert sum(rows[name].n for name in NAMES) == 1200
    assert rows["source south"].n == 5 and rows["source south"].share is None


@pytest.mark.parametrize("coverage", [0.0, 1.0, 1.5])
def test_a_coverage_that_cannot_be_is_refused(coverage: float) -> None:
    with pytest.raises(InvalidScores, match="coverage"):
        conformal.fit(np.ones((4, C)), np.zeros(4, int), coverage=coverage)


def test_who_answers_only_the_surest_films_errs_less() -> None:
    truth = truth_of(800)
    scores = scores_of(truth, 0.4)
    films = metrics.judge(scores, truth, alone(800), n_findings=C)
    rows = abstention.curve(films)
    risks = [row.risk.estimate for row in rows if row.risk is not None]
    assert risks == sorted(risks, reverse=True) and risks[-1] < risks[0] / 2
    assert rows[0].coverage == 1 and risks[0] == (films.answers != truth).mean()
    half = scores.max(axis=1) >= rows[-1].threshold
    assert rows[-1].coverage == half.mean() == 0.5
    assert risks[-1] == (films.answers != truth)[half].mean()
