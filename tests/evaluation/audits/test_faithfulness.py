"""A score that hangs on one place: heat that names it is faithful, heat that names another is not."""

from __future__ import annotations

import numpy as np

from radiographs.evaluation.audits import faithfulness
from radiographs.evaluation.audits.faithfulness import SHARES

SIDE, CELLS = 32, 4
SPOT = (slice(8, 16), slice(16, 24))  # the cell (1, 2)


def scores(films: np.ndarray) -> np.ndarray:
    """How bright the spot is, as the score of finding 1."""
    bright = films[:, SPOT[0], SPOT[1]].mean(axis=(1, 2)) / 255
    return np.stack([1 - bright, bright], axis=1).astype(np.float32)


def film() -> np.ndarray:
    drawn = np.full((SIDE, SIDE), 20, np.uint8)
    drawn[SPOT] = 250
    return drawn


def heat(row: int, column: int) -> np.ndarray:
    drawn = np.full((CELLS, CELLS), 0.1, np.float32)
    drawn[row, column] = 1.0
    return drawn


def curves(heatmap: np.ndarray, n: int = 24) -> faithfulness.Curves:
    films = np.stack([film()] * n)
    return faithfulness.curves(films, np.stack([heatmap] * n), np.ones(n, np.int64), scores, seed=3)


def test_heat_on_what_the_answer_hangs_on_beats_chance_both_ways_and_heat_elsewhere_loses() -> None:
    right, wrong = curves(heat(1, 2)), curves(heat(3, 0))
    assert right.deletion_gain.mean() > 0.1 and right.insertion_gain.mean() > 0.1
    assert wrong.deletion_gain.mean() < right.deletion_gain.mean() - 0.1
    assert wrong.insertion_gain.mean() < right.insertion_gain.mean() - 0.1


def test_curves_begin_and_end_with_the_film_and_with_nothing_of_it() -> None:
    drawn = curves(heat(1, 2), 2)
    as_it_is = scores(film()[None])[0, 1]
    assert np.allclose(drawn.deleted[:, 0], as_it_is) and np.allclose(drawn.inserted[:, -1], as_it_is)
    assert np.allclose(drawn.deleted[:, -1], drawn.inserted[:, 0])
    assert np.allclose(drawn.deleted_at_random[:, 0], as_it_is)
    assert drawn.shares.tolist() == list(SHARES)


def test_the_same_seed_draws_the_same_orders_and_each_film_has_its_own() -> None:
    one, again = curves(heat(1, 2)), curves(heat(1, 2))
    np.testing.assert_array_equal(one.deleted_at_random, again.deleted_at_random)
    assert len(np.unique(one.deleted_at_random, axis=0)) > 1
