"""All figures that are resampled come from one bootstrap, and have a width where no resample moves them."""

import numpy as np
import pytest
from made_scores import C, card_of, scores_of, truth_of

from radiographs.evaluation import intervals


def test_films_beyond_one_chunk_of_samples_change_nothing_of_the_estimates() -> None:
    truth = truth_of(80)
    few, many = (card_of(scores_of(truth, 0.4), truth, samples=samples) for samples in (20, 300))
    for (name, one), (_, other) in zip(few.named(), many.named(), strict=True):
        assert one is not None and other is not None
        assert one.estimate == other.estimate, name


def test_findings_told_apart_wholly_are_as_sure_as_the_fewer_films_allow() -> None:
    """10 films with each finding, 30 without: no resample moves a figure, so Wilson's ends of 10 films bound it."""
    truth = truth_of(40)
    row = card_of(np.eye(C)[truth], truth).finding("COVID")
    low = intervals.wilson(1.0, 10).low
    assert row.sensitivity is not None and row.auroc is not None and row.f1 is not None
    assert (row.sensitivity.low, row.auroc.low, row.f1.low) == pytest.approx((low, low, 2 * low / (1 + low)))


def test_f1_that_no_resample_moves_has_the_ends_of_its_share_of_right_films() -> None:
    """Two patients alike: of 4 films with COVID or said to have it 2 are right, worth 2 independent films."""
    truth, answers = np.array([0, 0, 1, 2, 3] * 2), np.array([0, 1, 1, 2, 3] * 2)
    f1 = card_of(np.eye(C)[answers], truth, ["one"] * 5 + ["two"] * 5).finding("COVID").f1
    ends = intervals.wilson(0.5, 2)
    assert f1 is not None
    expected = (2 / 3, 2 * ends.low / (1 + ends.low), 2 * ends.high / (1 + ends.high))
    assert (f1.estimate, f1.low, f1.high) == pytest.approx(expected)
    assert f1.n == 4
