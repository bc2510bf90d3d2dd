"""A difference is called one only where chance does not explain it."""

import numpy as np
import pytest
from made_scores import C, alone, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import metrics, paired
from radiographs.evaluation.metrics import JudgedFilms

TRUTH = truth_of(200)


def judged(skill: float, seed: int, groups: list[str] | None = None) -> JudgedFilms:
    return metrics.judge(scores_of(TRUTH, skill, seed), TRUTH, groups or alone(200), n_findings=C)


def test_the_same_answers_have_a_p_of_one() -> None:
    assert paired.sign_flip_p(judged(0.5, 0), judged(0.5, 0), seed=0) == 1.0


def test_a_clear_difference_has_a_small_p_and_its_direction_does_not_matter() -> None:
    one, other = judged(0.9, 0), judged(0.1, 1)
    assert paired.sign_flip_p(one, other, seed=0) == paired.sign_flip_p(other, one, seed=0) == 1 / 10_000


def test_under_the_null_five_in_a_hundred_are_below_five_in_a_hundred() -> None:
    ps = [paired.sign_flip_p(judged(0.4, seed), judged(0.4, seed + 500), seed=0, flips=399) for seed in range(200)]
    assert 0.01 <= np.mean(np.array(ps) <= 0.05) <= 0.10
    assert abs(np.mean(ps) - 0.5) < 0.08


def test_films_of_a_group_count_as_one_so_that_p_grows_with_their_size() -> None:
    grouped = [f"group {index // 40}" for index in range(200)]
    alone_p, grouped_p = (
        paired.sign_flip_p(judged(0.6, 0, names), judged(0.2, 1, names), seed=0) for names in (alone(200), grouped)
    )
    assert alone_p < 0.01 < grouped_p
    assert grouped_p >= 2 / 2**5  # five signs: two of 32 draws reach the observed difference at least


def test_p_is_that_of_all_sign_patterns_where_these_can_be_counted() -> None:
    truth = np.array([0, 1, 0, 1])
    right, wrong = np.eye(2)[truth], np.eye(2)[1 - truth]
    mixed = np.where(np.arange(4)[:, None] < 3, right, wrong)
    one, other = (metrics.judge(scores, truth, alone(4), n_findings=2) for scores in (mixed, wrong))
    # Three parts of 1/4 each: |sum| reaches 3/4 in 2 of 8 patterns.
    assert paired.sign_flip_p(one, other, seed=0) == pytest.approx(0.25, abs=0.02)


def test_of_accuracies_alone_it_is_the_exact_test_of_mcnemar() -> None:
    from scipy.stats import binomtest

    truth = np.repeat([0, 1], [90, 10])
    one, other = truth.copy(), truth.copy()
    other[:14], one[95:], other[95:] = 1, 0, 1
    other[14:20] = 0
    one[14:20] = 1
    first, second = (metrics.judge(np.eye(2)[each], truth, alone(100), n_findings=2) for each in (one, other))
    gained = int(((one == truth) & (other != truth)).sum())
    lost = int(((one != truth) & (other == truth)).sum())
    expected = binomtest(gained, gained + lost).pvalue
    assert (gained, lost) == (14, 11)
    assert paired.sign_flip_p(first, second, seed=0, balanced=False) == pytest.approx(expected, abs=0.02)
    assert paired.sign_flip_p(first, second, seed=0) < expected, "the rare finding weighs more when balanced"


def test_other_films_are_refused() -> None:
    with pytest.raises(InvalidScores, match="same films"):
        paired.sign_flip_p(judged(0.5, 0), judged(0.5, 0, [f"other {i // 2}" for i in range(200)]), seed=0)


def test_holm_corrects_step_down_and_keeps_the_order() -> None:
    assert paired.holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert paired.holm([0.5, 0.9]) == (1.0, 1.0)
    assert paired.holm([]) == ()
