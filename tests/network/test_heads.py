"""The head that is put on a backbone."""

from __future__ import annotations

import random

import numpy as np
import pytest

from radiographs.network import heads
from radiographs.network.heads import HeadSettings


def weights(seed: int) -> list[np.ndarray]:
    return [np.asarray(value) for value in heads.build(12, 3, HeadSettings(units=(16, 8)), seed).get_weights()]


def test_a_head_s_weights_follow_from_its_seed_whatever_else_draws_random_numbers() -> None:
    random.seed(1)
    one = weights(5)
    random.seed(2)
    for first, second in zip(one, weights(5), strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(one[0], weights(6)[0])


def test_no_two_layers_of_a_head_begin_alike() -> None:
    square = heads.build(12, 3, HeadSettings(units=(12, 12)), 5)
    hidden = [square.get_layer(name).get_weights()[0] for name in ("hidden1", "hidden2")]
    assert not np.array_equal(*hidden)


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": (0,)},
        {"dropout": 1.0},
        {"l2": -1.0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"label_smoothing": 1.0},
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="widths" if "units" in wrong else next(iter(wrong))):
        HeadSettings(**wrong)  # type: ignore[arg-type]
