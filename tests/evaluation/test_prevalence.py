"""Precision at a prevalence is Bayes' rule, and at the films' own prevalence the precision that was counted."""

from __future__ import annotations

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, card_of, scores_of, truth_of

from radiographs.evaluation import metrics, prevalence
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.prevalence import PrecisionAt
from radiographs.evaluation.scorecard import Scorecard


def at(scores: np.ndarray, truth: np.ndarray, *prevalences: float) -> tuple[PrecisionAt, ...]:
    films = metrics.judge(scores, truth, alone(len(truth)), n_findings=C)
    return prevalence.compute(Bootstrapped.of(films, samples=200, seed=0), FINDINGS.names, prevalences)


def test_at_the_films_own_prevalence_it_is_the_precision_that_was_counted() -> None:
    truth = truth_of(400)
    scores = scores_of(truth, 0.5)
    counted = card_of(scores, truth).finding("COVID").precision
    (first, *_) = at(scores, truth, 0.25)
    assert first.precision is not None and counted is not None
    assert first.precision.estimate == pytest.approx(counted.estimate)


def test_the_rarer_a_finding_the_less_an_answer_is_worth() -> None:
    truth = truth_of(400)
    rare, half, common = (each.precision for each in at(scores_of(truth, 0.5), truth, 0.01, 0.25, 0.6)[:3])
    assert rare is not None and half is not None and common is not None
    assert rare.high < half.low < half.high < common.low
    sensitivity = card_of(scores_of(truth, 0.5), truth).finding("COVID").sensitivity
    specificity = card_of(scores_of(truth, 0.5), truth).finding("COVID").specificity
    assert sensitivity is not None and specificity is not None
    right = 0.01 * sensitivity.estimate
    assert rare.estimate == pytest.approx(right / (right + 0.99 * (1 - specificity.estimate)))


def test_a_classifier_without_a_wrong_answer_is_not_sure_at_a_low_prevalence() -> None:
    truth = truth_of(80)
    (first, *_) = at(np.eye(C)[truth], truth, 0.01)
    assert first.precision is not None
    assert first.precision.estimate == 1 and first.precision.low < 0.3 and first.precision.n == 80


def test_a_finding_without_films_has_none_and_it_survives_the_scorecards_json() -> None:
    truth = np.where(truth_of(80) == 3, 2, truth_of(80))
    card = card_of(scores_of(truth, 0.9), truth, prevalences=(0.05,))
    assert [each.precision is None for each in card.precisions] == [False, False, False, True]
    assert Scorecard.from_json(card.to_json()) == card
    assert card.precision_table()[0] == ("Finding", "n", "at 0.05")
    assert card.precision_table()[-1][2] == "too few"
