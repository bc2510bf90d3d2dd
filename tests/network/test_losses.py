"""The loss that judges: what is left of cross-entropy when certainty is set right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs.network import losses

EVEN = np.ones(2, np.float32)


def made(seed: int, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, n)
    return random.normal(size=(n, 2)) + np.eye(2)[labels], labels


@given(st.integers(0, 1000), st.floats(0.7, 1.5))
def test_being_surer_or_less_sure_changes_nothing(seed: int, times: float) -> None:
    logits, labels = made(seed)
    assert losses.judged(logits * times, labels, EVEN) == pytest.approx(losses.judged(logits, labels, EVEN), rel=1e-4)


@given(st.integers(0, 1000))
def test_it_is_never_above_the_plain_loss(seed: int) -> None:
    logits, labels = made(seed)
    assert losses.judged(logits * 5, labels, EVEN) <= losses.cross_entropy(logits * 5, labels, EVEN)


def test_more_right_answers_given_too_surely_beat_fewer_given_modestly() -> None:
    labels = np.arange(100) % 2
    right = np.eye(2)[labels] * 2 - 1
    surer = np.where(np.arange(100)[:, None] < 90, right, -right) * 6.0  # 90 right, far too sure
    modest = np.where(np.arange(100)[:, None] < 85, right, -right) * math.log(85 / 15) / 2
    assert losses.cross_entropy(surer, labels, EVEN) > losses.cross_entropy(modest, labels, EVEN)
    assert losses.judged(surer, labels, EVEN) < losses.judged(modest, labels, EVEN)


def test_logits_that_are_not_finite_give_a_loss_that_is_not() -> None:
    assert not math.isfinite(losses.judged(np.array([[np.nan, 0.0]]), np.array([0]), EVEN))
