"""A threshold keeps what was asked for where it was chosen, gives away no specificity, and is proven elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import C, alone, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import metrics, operating_points
from radiographs.runtime.thresholds import EVERY, OperatingPoint


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(C, 60), target=st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]))
def test_no_higher_threshold_keeps_the_target(seed: int, n: int, target: float) -> None:
    truth = truth_of(n)
    scores = scores_of(truth, 0.3, seed).round(1)  # with ties
    point = operating_points.choose(scores, truth, 1, name="one", target=target)
    own = scores[truth == 1, 1]
    assert (own >= point.threshold).mean() >= target - 1e-9
    higher = [value for value in own if value > point.threshold]
    assert all((own >= value).mean() < target for value in higher)
    assert point.n == len(own)


def test_nineteen_of_twenty_are_enough_for_095() -> None:
    scores = np.tile(np.linspace(0.05, 1, 20)[:, None], (1, C))
    assert operating_points.choose(scores, np.zeros(20, int), 0, name="one", target=0.95).threshold == scores[1, 0]


def test_the_figures_are_those_of_other_films_at_the_threshold() -> None:
    truth = truth_of(400)
    scores = scores_of(truth, 0.5)
    points = [
        operating_points.choose(scores, truth, place, name=str(place), target=0.95 if place == 0 else 0.6)
        for place in range(C)
    ]
    other = scores_of(truth, 0.5, seed=9)
    proven = operating_points.prove(metrics.judge(other, truth, alone(400), n_findings=C), points)
    first = proven[0]
    assert first.sensitivity is not None and first.specificity is not None
    assert first.sensitivity.estimate == (other[truth == 0, 0] >= points[0].threshold).mean()
    assert first.specificity.estimate == (other[truth != 0, 0] < points[0].threshold).mean()
    assert (first.sensitivity.n, first.specificity.n) == (100, 300)
    assert first.specificity.estimate < proven[1].specificity.estimate, "a lower target costs less"


@pytest.mark.parametrize(("wrong", "met"), [(0, True), (4, None), (60, False)])
def test_a_target_is_met_missed_or_neither(wrong: int, met: bool | None) -> None:
    truth = np.zeros(100, int)
    scores = np.where(np.arange(100)[:, None] < wrong, 0.1, 0.9) * np.ones((1, C))
    (proven,) = operating_points.prove(
        metrics.judge(scores, truth, alone(100), n_findings=C), [OperatingPoint("one", 0.95, 0.5, 50)]
    )
    assert proven.met is met
    assert proven.specificity is None, "no film lacks the finding"


def test_a_finding_without_films_is_never_missed_and_a_target_of_nought_is_refused() -> None:
    nobody = operating_points.choose(np.ones((4, C)), np.ones(4, int), 0, name="COVID", target=0.9)
    assert (nobody.threshold, nobody.n) == (EVERY, 0)
    for target in (0.0, 1.01):
        with pytest.raises(InvalidScores, match="target"):
            operating_points.choose(np.ones((4, C)), np.ones(4, int), 1, name="one", target=target)
