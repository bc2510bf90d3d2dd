"""How fast weights learn: over a stage, and the deeper layers slower."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from radiographs.network import losses, rates
from radiographs.network.rates import Rates


def two_layers() -> Any:
    import keras

    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])


def after_one_step(given: Rates, model: Any) -> list[np.ndarray]:
    before = [weight.numpy() for weight in model.trainable_weights]
    model.compile(rates.optimizer(given, model, steps=10), "mse", jit_compile=False)
    model.train_on_batch(np.ones((4, 3)), np.full((4, 2), 50.0))
    return [weight.numpy() - old for weight, old in zip(model.trainable_weights, before, strict=True)]


def test_a_deeper_layer_learns_at_its_share_of_the_rate() -> None:
    model = two_layers()
    shares = {id(variable): 0.25 for variable in model.layers[0].trainable_variables}
    moved = after_one_step(Rates(1e-2, shares=shares), model)
    for change in moved[:2]:
        np.testing.assert_allclose(np.abs(change), 0.25e-2, rtol=1e-3)  # Adam's first step is the rate
    for change in moved[2:]:
        np.testing.assert_allclose(np.abs(change), 1e-2, rtol=1e-3)


def test_weights_decay_by_their_share_of_the_rate() -> None:
    plain, decayed = two_layers(), two_layers()
    shares = [{id(variable): 0.5 for variable in model.layers[0].trainable_variables} for model in (plain, decayed)]
    without = after_one_step(Rates(1e-2, shares=shares[0]), plain)
    withal = after_one_step(Rates(1e-2, weight_decay=0.1, shares=shares[1]), decayed)
    kernel = two_layers().layers[0].kernel.numpy()
    np.testing.assert_allclose(withal[0] - without[0], -kernel * 1e-2 * 0.1 * 0.5, atol=1e-6)


def test_the_rate_rises_in_a_line_and_falls_along_half_a_cosine() -> None:
    schedule = rates.optimizer(Rates(1.0, warm_up=0.2), two_layers(), steps=100)._learning_rate
    values = [float(schedule(step)) for step in range(101)]
    np.testing.assert_allclose(values[:21], np.linspace(0, 1, 21), atol=1e-6)
    expected = 0.5 * (1 + np.cos(np.pi * np.arange(81) / 80))
    np.testing.assert_allclose(values[20:], expected, atol=1e-6)


def test_a_constant_rate_stays() -> None:
    assert float(rates.optimizer(Rates(0.3), two_layers(), 10).learning_rate) == pytest.approx(0.3)


def test_focal_loss_is_the_formula_of_its_authors() -> None:
    logits = np.array([[2.0, -1.0, 0.5], [0.1, 0.2, 0.3]], np.float32)
    shares = np.eye(3, dtype=np.float32)[[0, 2]]
    scores = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True))[[0, 1], [0, 2]]
    expected = np.mean(-((1 - scores) ** 2) * np.log(scores))
    assert float(losses.learnt("focal", 0.0)(shares, logits)) == pytest.approx(expected, rel=1e-5)


def test_smoothed_labels_keep_a_share_for_every_finding() -> None:
    logits, shares = np.array([[3.0, 0.0]], np.float32), np.array([[1.0, 0.0]], np.float32)
    log_scores = logits - np.log(np.exp(logits).sum())
    expected = -(0.95 * log_scores[0, 0] + 0.05 * log_scores[0, 1])
    assert float(losses.learnt("weights", 0.1)(shares, logits)) == pytest.approx(expected, rel=1e-5)


def test_the_tune_loss_is_weighted_alike_for_every_way_of_balancing() -> None:
    labels = np.repeat([0, 1], [30, 10])
    balanced = losses.balanced_weights(labels, 2)
    for balance in ("weights", "sampling", "focal"):
        np.testing.assert_array_equal(losses.judging_weights(balance, labels, 2), balanced)
    np.testing.assert_array_equal(losses.judging_weights("none", labels, 2), [1, 1])
    np.testing.assert_array_equal(losses.learning_weights("sampling", labels, 2), [1, 1])
