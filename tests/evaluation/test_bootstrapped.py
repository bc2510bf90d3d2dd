"""All figures come from one bootstrap, soon enough to be had for every model."""

import time

import numpy as np
from made_scores import card_of, scores_of, truth_of

LIMIT_S = 20


def test_two_thousand_samples_over_four_thousand_films_take_seconds() -> None:
    truth = truth_of(4000)
    groups = [f"patient {number}" for number in np.random.default_rng(0).integers(3000, size=4000)]
    started = time.perf_counter()
    card = card_of(scores_of(truth, 0.4), truth, groups, samples=2000)
    assert time.perf_counter() - started < LIMIT_S
    assert card.samples == 2000 and all(interval is not None for _, interval in card.named())


def test_films_beyond_one_chunk_of_samples_change_nothing_of_the_estimates() -> None:
    truth = truth_of(80)
    few, many = (card_of(scores_of(truth, 0.4), truth, samples=samples) for samples in (20, 300))
    for (name, one), (_, other) in zip(few.named(), many.named(), strict=True):
        assert one is not None and other is not None
        assert one.estimate == other.estimate, name
