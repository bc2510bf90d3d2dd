"""Every figure is printed with an honest width."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import C, alone, card_of, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals
from radiographs.evaluation.intervals import Ends, Groups, Interval

WIDE = Ends(0.2, 0.9)


@given(n=st.integers(1, 400), share=st.floats(0, 1))
def test_wilson_is_that_of_scipy(n: int, share: float) -> None:
    from scipy.stats import binomtest

    right = round(share * n)
    expected = binomtest(right, n).proportion_ci(method="wilson")
    found = intervals.wilson(right / n, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_grouped_films_are_worth_no_more_than_their_number_and_no_less_than_one(sizes: list[int]) -> None:
    worth, films = intervals.effective_n(np.array(sizes)), sum(sizes)
    assert worth == 0 if films == 0 else 1 - 1e-9 <= worth <= films + 1e-9


@given(n=st.integers(1, 400))
def test_wilson_of_none_begins_at_nought_and_of_all_ends_at_one(n: int) -> None:
    assert intervals.wilson(0.0, n).low == 0 < intervals.wilson(0.0, n).high
    assert intervals.wilson(1.0, n).high == 1 > intervals.wilson(1.0, n).low


def test_equal_groups_are_worth_one_film_each() -> None:
    assert intervals.effective_n(np.full(7, 5)) == pytest.approx(7)


def test_a_resample_draws_as_many_groups_as_there_are() -> None:
    drawn = intervals.draw_groups(13, range(40), seed=3)
    assert (drawn.sum(axis=1) == 13).all()
    assert len(np.unique(drawn, axis=0)) == 40


def test_the_seed_decides_the_resamples() -> None:
    drawn = intervals.draw_groups(13, range(5), seed=3)
    np.testing.assert_array_equal(drawn, intervals.draw_groups(13, range(5), seed=3))
    assert (drawn != intervals.draw_groups(13, range(5), seed=4)).any()


def test_a_longer_bootstrap_begins_with_the_samples_of_a_shorter_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = intervals.bootstrap(lambda drawn: drawn, 6, samples=20, seed=1)
    monkeypatch.setattr(intervals, "SAMPLES_AT_ONCE", 7)
    np.testing.assert_array_equal(intervals.bootstrap(lambda drawn: drawn, 6, samples=16, seed=1), whole[:16])


def test_the_order_of_the_films_does_not_change_their_groups() -> None:
    forward, backward = Groups.of(["b", "a", "c", "a"]), Groups.of(["a", "c", "a", "b"])
    np.testing.assert_array_equal(forward.index, backward.index[::-1])
    assert forward.count == 3


def test_group_resampling_covers_what_film_resampling_misses_when_groups_repeat_films() -> None:
    """95 % intervals of a share of 0.7, films of a group of 5 always alike: counted over 120 made-up cohorts."""
    groups = 40
    covered = {"group": 0, "film": 0}
    for cohort in range(120):
        right = (np.random.default_rng(cohort).random(groups) < 0.7).astype(float)
        for unit, values in (("group", right), ("film", np.repeat(right, 5))):
            resampled = intervals.bootstrap(_mean_of(values), len(values), samples=150, seed=cohort)
            low, high = np.percentile(resampled, intervals.PERCENTILES)
            covered[unit] += int(low <= 0.7 <= high)
    assert covered["group"] >= 0.88 * 120
    assert covered["film"] <= 0.75 * 120


def _mean_of(values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda drawn: drawn @ values[:, None] / len(values)


def test_copies_of_films_in_their_groups_do_not_narrow_any_interval() -> None:
    truth = truth_of(80)
    scores, groups = scores_of(truth, 0.5), alone(80)
    once = dict(card_of(scores, truth, groups).named())
    copied = dict(card_of(np.tile(scores, (5, 1)), np.tile(truth, 5), groups * 5).named())
    for name, interval in once.items():
        assert interval is not None
        assert (copied[name].low, copied[name].high) == pytest.approx((interval.low, interval.high)), name


def test_copies_that_pose_as_groups_of_their_own_would_narrow_them() -> None:
    truth = truth_of(80)
    scores, groups = scores_of(truth, 0.5), alone(80)
    honest = card_of(np.tile(scores, (5, 1)), np.tile(truth, 5), groups * 5).accuracy
    posing = card_of(np.tile(scores, (5, 1)), np.tile(truth, 5)).accuracy
    assert posing.high - posing.low < 0.6 * (honest.high - honest.low)


def test_copies_do_not_narrow_the_interval_of_a_figure_that_no_resample_moves() -> None:
    truth = truth_of(40)
    once = card_of(scores_of(truth, 1.0), truth)
    copied = card_of(np.tile(scores_of(truth, 1.0), (9, 1)), np.tile(truth, 9), alone(40) * 9)
    assert once.accuracy.estimate == copied.accuracy.estimate == 1
    for (name, one), (_, other) in zip(once.named(), copied.named(), strict=True):
        assert other.low == pytest.approx(one.low), name


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), n=st.integers(1, 30), skill=st.sampled_from([-1.0, 0.0, 0.5, 1.0]))
def test_no_interval_is_without_width_however_few_the_films(seed: int, n: int, skill: float) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(C, size=n)
    groups = [f"group {number}" for number in rng.integers(1 + n // 2, size=n)]
    for name, interval in card_of(scores_of(truth, skill, seed), truth, groups, samples=30).named():
        if interval is not None:
            assert interval.low < interval.high, name
            assert interval.low >= 0 and interval.high <= 1 and interval.low <= interval.estimate <= interval.high, name


def test_ends_are_taken_from_the_fallback_when_all_samples_agree() -> None:
    found = intervals.percentile_interval(0.5, np.full(9, 0.5), 4, lambda: WIDE)
    assert found == Interval(0.5, 0.2, 0.9, 4)


def test_ends_are_taken_from_the_samples_when_they_differ() -> None:
    found = intervals.percentile_interval(0.5, np.linspace(0, 1, 1001), 4, lambda: WIDE)
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))


def test_samples_without_the_figure_are_left_out() -> None:
    values = np.concatenate([np.linspace(0.4, 0.6, 101), np.full(50, math.nan)])
    found = intervals.percentile_interval(0.5, values, 4, lambda: WIDE)
    assert (found.low, found.high) == pytest.approx((0.405, 0.595))


@pytest.mark.parametrize(("estimate", "values"), [(math.nan, [0.1, 0.2]), (0.5, [math.nan, math.nan])])
def test_an_undefined_figure_has_no_interval(estimate: float, values: list[float]) -> None:
    assert intervals.percentile_interval(estimate, np.array(values), 4, lambda: WIDE) is None


def test_the_mean_of_independent_figures_is_surer_than_each_and_bounded_by_the_mean_of_their_ends() -> None:
    ends = intervals.mean_ends(np.array([0.5, 0.5]), [Ends(0.3, 0.7), Ends(0.3, 0.7)])
    assert (ends.low, ends.high) == pytest.approx((0.5 - 0.2 / math.sqrt(2), 0.5 + 0.2 / math.sqrt(2)))


@pytest.mark.parametrize(
    "ends", [(0.5, 0.5, 0.5), (math.nan, 0.1, 0.2), (0.5, 0.1, math.inf), (0.5, 0.6, 0.7), (0.5, 0.1, 0.4)]
)
def test_an_interval_that_says_nothing_is_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidScores, match="expected"):
        Interval(*ends, n=3)


@pytest.mark.parametrize(
    ("interval", "signed", "words"),
    [
        (Interval(0.91, 0.86, 0.95, 9), False, "0.91 [0.86, 0.95]"),
        (Interval(0.02, -0.01, 0.05, 9), True, "+0.02 [−0.01, +0.05]"),
        (Interval(0.0, -0.001, 0.2, 9), True, "0.00 [0.00, +0.20]"),
        (Interval(0.9, 0.8999, 0.9001, 9), False, "0.9000 [0.8999, 0.9001]"),
    ],
)
def test_an_interval_in_words_shows_both_ends_apart(interval: Interval, signed: bool, words: str) -> None:
    assert interval.words(signed=signed) == words


def test_a_figure_that_is_missing_says_too_few() -> None:
    assert intervals.in_words(None) == "too few"


@given(st.floats(0, 1), st.floats(1e-6, 0.5), st.integers(1, 10**6))
def test_an_interval_survives_its_dictionary(low: float, width: float, n: int) -> None:
    interval = Interval(low + width / 2, low, low + width, n)
    assert Interval.from_dict(interval.as_dict()) == interval
