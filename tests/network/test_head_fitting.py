"""The compiled loop fits a head as Keras's own epochs do, only sooner."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from small_net import least_loss

from radiographs.errors import TrainingDiverged
from radiographs.network import epochs, head_fitting, heads
from radiographs.network.batches import LabelledRows
from radiographs.network.epochs import EpochFigures, FitHistory, Plan
from radiographs.network.heads import HeadSettings
from radiographs.network.rates import Rates

WIDTH = 12
PLAN = Plan("head", epochs=4, batch=16, patience=4, rates=Rates(5e-3), seed=3)


def vectors(count: int, seed: int) -> LabelledRows:
    """Noise about one centre for each of three findings, the last one rare, from two sources."""
    random = np.random.default_rng(seed)
    labels = random.choice(3, count, p=[0.5, 0.4, 0.1])
    values = random.normal(size=(count, WIDTH)) + np.eye(3, WIDTH)[labels] * 2
    return LabelledRows(values.astype(np.float32), labels, np.where(random.random(count) < 0.7, "here", "there"))


def head_of(dropout: float = 0.0, seed: int = 1) -> Any:
    return heads.build(WIDTH, 3, HeadSettings(units=(8,), dropout=dropout, l2=1e-3), seed)


def fitted(plan: Plan, *, dropout: float = 0.0, **parts: LabelledRows) -> tuple[FitHistory, list[np.ndarray]]:
    head = head_of(dropout)
    history = head_fitting.run(head, parts.get("train", vectors(70, 0)), parts.get("select", vectors(40, 1)), plan)
    return history, head.get_weights()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"balance": "none"},
        {"balance": "focal"},
        {"balance": "sampling", "by_source": True},
        {"label_smoothing": 0.1},
        {"rates": Rates(5e-3, warm_up=0.2, weight_decay=0.01)},
        {"beats_start": True},
    ],
    ids=str,
)
def test_weights_and_figures_are_those_of_keras_own_epochs(changes: dict[str, Any]) -> None:
    plan = dataclasses.replace(PLAN, **changes)
    history, weights = fitted(plan)
    reference = head_of()
    expected = epochs.run(reference, reference, vectors(70, 0), vectors(40, 1), plan, lambda figures: None)
    assert history.best_epoch == expected.best_epoch > 0
    assert history.stages[0].kept
    for got, wanted in zip(history.epochs, expected.epochs, strict=True):
        assert dataclasses.astuple(got)[2:] == pytest.approx(dataclasses.astuple(wanted)[2:], rel=1e-4)
    for got, wanted in zip(weights, reference.get_weights(), strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-5)


def test_the_same_seed_gives_the_same_weights_bit_for_bit_and_another_does_not() -> None:
    _, first = fitted(PLAN, dropout=0.4)
    _, second = fitted(PLAN, dropout=0.4)
    _, other = fitted(dataclasses.replace(PLAN, seed=4), dropout=0.4)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert any(not np.array_equal(one, two) for one, two in zip(first, other, strict=True))


def test_dropout_is_another_in_each_step_and_off_on_tune() -> None:
    one = LabelledRows(np.ones((64, WIDTH), np.float32), np.ones(64, np.int64))  # all alike: only chance may differ
    plan = dataclasses.replace(PLAN, epochs=2, rates=Rates(1e-12), balance="none")
    losses = [
        [figures.loss for figures in fitted(dataclasses.replace(plan, batch=size), dropout=0.5, train=one)[0].epochs]
        for size in (16, 64)
    ]
    assert len({round(loss, 6) for loss in [*losses[0], *losses[1]]}) == 4
    head = head_of(0.5)
    history = head_fitting.run(head, one, one, dataclasses.replace(plan, epochs=1))
    logits = head.predict_on_batch(one.rows[:1])
    assert history.epochs[0].tune_loss == pytest.approx(least_loss(logits, np.ones(1, np.int64)), rel=1e-3)


def test_the_best_epoch_on_tune_stays_and_the_fit_stops_after_its_patience() -> None:
    select = vectors(40, 1)
    opposite = LabelledRows(select.rows, np.roll(select.labels, 7))
    head, seen = head_of(), []
    plan = dataclasses.replace(PLAN, epochs=60, patience=3, balance="none")
    history = head_fitting.run(head, vectors(70, 0), opposite, plan, seen.append)
    assert tuple(seen) == history.epochs
    assert len(history.epochs) == history.best_epoch + 3 < 60
    loss = least_loss(head.predict_on_batch(opposite.rows), opposite.labels)
    assert loss == pytest.approx(history.epochs[history.best_epoch - 1].tune_loss, rel=1e-5)


def test_a_loss_that_is_not_finite_stops_the_fit_and_keeps_the_last_good_weights() -> None:
    head, train = head_of(), vectors(70, 0)
    kept: list[np.ndarray] = []

    def remember(figures: EpochFigures) -> None:
        kept[:] = head.get_weights()

    train.rows[3, 5] = np.nan
    before = head.get_weights()
    with pytest.raises(TrainingDiverged, match=r"head, epoch 1: the loss became nan.*learning rate, now 0.005"):
        head_fitting.run(head, train, vectors(40, 1), PLAN, remember)
    assert kept == []
    for now, then in zip(head.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_divergence_after_a_good_epoch_keeps_that_epoch() -> None:
    head = head_of()
    kept: list[np.ndarray] = []

    def spoil(figures: EpochFigures) -> None:
        kept[:] = head.get_weights()
        head.layers[-1].kernel.assign(head.layers[-1].kernel * np.nan)

    with pytest.raises(TrainingDiverged, match="head, epoch 2: the loss became nan"):
        head_fitting.run(head, vectors(70, 0), vectors(40, 1), PLAN, spoil)
    for now, then in zip(head.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_fit_that_must_beat_its_start_and_does_not_changes_nothing() -> None:
    head, select = head_of(), vectors(40, 1)
    head_fitting.run(head, vectors(70, 0), select, dataclasses.replace(PLAN, epochs=20))
    before = head.get_weights()
    wrong = LabelledRows(vectors(70, 0).rows, 2 - vectors(70, 0).labels)
    plan = dataclasses.replace(PLAN, beats_start=True, patience=2, balance="none", rates=Rates(0.3))
    history = head_fitting.run(head, wrong, select, plan)
    assert (history.best_epoch, history.stages[0].kept, len(history.epochs)) == (0, False, 2)
    for now, then in zip(head.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_what_the_loop_cannot_do_goes_to_keras_own_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Plan] = []
    monkeypatch.setattr(epochs, "run", lambda *given: asked.append(given[4]) or FitHistory(()))
    mixed = dataclasses.replace(PLAN, mixup=0.2)
    assert fitted(mixed)[0] == FitHistory(())
    assert asked == [mixed]


def test_every_figure_is_a_python_number() -> None:
    history, _ = fitted(dataclasses.replace(PLAN, epochs=1))
    assert [type(value) for value in dataclasses.astuple(history.epochs[0])] == [str, int, float, float, float, float]
