"""Fits a head on stored features many steps at a time, in one compiled loop over arrays in memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiographs.network import batches, epochs, losses, rates, sampling
from radiographs.network.batches import LabelledRows
from radiographs.network.epochs import EpochFigures, FitHistory, Plan, StageFigures
from radiographs.network.sampling import Sampling

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class _Learnt:
    """Means over the films of an epoch."""

    loss: float
    cross_entropy: float
    accuracy: float


@dataclass(frozen=True)
class _Judged:
    loss: float
    accuracy: float


def run(
    head: keras.Model,
    train: LabelledRows,
    select: LabelledRows,
    plan: Plan,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits a head, in place, and leaves the weights of its best epoch on tune/select.

    It does what `epochs.run(head, head, …)` does, step for step, without returning to Python between steps: without
    dropout the weights agree but for rounding. What has no place in such a loop, mixup and backends other than
    TensorFlow, goes to `epochs.run`. The same seed and number of threads give the same weights.

    Args:
        head: pooled (B, d) float32 to logits (B, C).
        train: features and labels that the weights are fitted on; all of them are taken into memory.
        select: what stops the fit and chooses the epoch; weighted as train is.
        plan: the stage's settings.
        on_epoch: called after each epoch.

    Raises:
        TrainingDiverged: a loss became infinite or undefined; the last good weights are kept.
    """
    import keras

    if keras.backend.backend() != "tensorflow" or plan.mixup:
        return epochs.run(head, head, train, select, plan, on_epoch)
    epochs.begin_at(head, plan.seed)
    loop = _Loop(head, train, select, plan)
    best = epochs.Kept(head.weights)
    began_with = loop.judge().loss if plan.beats_start else math.inf
    best_epoch, best_loss = 0, began_with
    history: list[EpochFigures] = []
    try:
        for epoch in range(1, plan.epochs + 1):
            learnt = loop.learn(epoch)
            epochs.require_finite(learnt.loss, plan, epoch)
            judged = loop.judge()
            epochs.require_finite(judged.loss, plan, epoch)
            history.append(
                EpochFigures(plan.stage, epoch, learnt.cross_entropy, learnt.accuracy, judged.loss, judged.accuracy)
            )
            if judged.loss < best_loss:
                best_epoch, best_loss = epoch, judged.loss
                best = epochs.Kept(head.weights)
            on_epoch(history[-1])
            if epoch - best_epoch >= plan.patience:
                break
    finally:
        best.restore()
    least = min((figures.tune_loss for figures in history), default=math.inf)
    return FitHistory(tuple(history), best_epoch, (StageFigures(plan.stage, began_with, least, best_epoch > 0),))


class _Loop:
    """A head's compiled epoch and its compiled answers, with all that they read held as TensorFlow tensors."""

    def __init__(self, head: keras.Model, train: LabelledRows, select: LabelledRows, plan: Plan) -> None:
        import tensorflow as tf

        n_findings = head.output_shape[-1]
        self._head, self._train, self._select, self._plan = head, train, select, plan
        self._values, self._watched = tf.constant(_whole(train)), tf.constant(_whole(select))
        self._shares = tf.constant(np.eye(n_findings, dtype=np.float32)[train.labels])
        learning = losses.learning_weights(plan.balance, train.labels, n_findings)
        self._weights = tf.constant(learning[train.labels])
        self._judging = losses.judging_weights(plan.balance, train.labels, n_findings)
        self._sampled = Sampling(plan.balance == "sampling", plan.by_source, plan.seed)
        steps = plan.epochs * batches.count(len(self._order(1)), plan.batch)
        self._optimizer = rates.optimizer(plan.rates, head, steps)
        self._optimizer.build(head.trainable_variables)
        self._loss = losses.learnt(plan.balance, plan.label_smoothing)
        self._epoch = tf.function(self._steps, autograph=False, jit_compile=False)
        self._answers = tf.function(lambda films: head(films, training=False), autograph=False, jit_compile=False)

    def learn(self, epoch: int) -> _Learnt:
        """One pass over train, in the order and the batches of `epochs.run`."""
        order, size = self._order(epoch), self._plan.batch
        rows = np.stack([batches.whole(order, size, number) for number in range(batches.count(len(order), size))])
        loss, entropy, weight, right = (float(total) for total in self._epoch(rows))
        return _Learnt(loss / len(rows), entropy / weight, right / rows.size)

    def judge(self) -> _Judged:
        """The loss that judges (`losses.judged`) and plain accuracy on tune/select, outside training."""
        logits, labels = self._answers(self._watched).numpy(), self._select.labels
        accuracy = float(np.mean(logits.argmax(axis=1) == labels))
        return _Judged(losses.judged(logits, labels, self._judging), accuracy)

    def _order(self, epoch: int) -> NDArray[np.int64]:
        return sampling.order(self._train.labels, self._train.sources, self._sampled, epoch)

    def _steps(self, rows: Any) -> Any:
        """All steps of an epoch: sums of loss, weighted cross-entropy, weights and right answers.

        Args:
            rows: (steps, batch) int64, positions in train.
        """
        import tensorflow as tf

        def step(number: Any, *sums: Any) -> tuple[Any, ...]:
            parts = self._step(tf.gather(rows, number))
            return (number + 1, *(total + part for total, part in zip(sums, parts, strict=True)))

        begin = (tf.constant(0), *(tf.constant(0.0) for _ in range(4)))
        left = tf.shape(rows)[0]
        return tf.while_loop(lambda number, *_: number < left, step, begin, parallel_iterations=1)[1:]

    def _step(self, picked: Any) -> tuple[Any, ...]:
        import tensorflow as tf

        shares, weights = tf.gather(self._shares, picked), tf.gather(self._weights, picked)
        variables = self._head.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._head(tf.gather(self._values, picked), training=True)
            loss = tf.add_n([self._loss(shares, logits, sample_weight=weights), *self._head.losses])
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        entropy = tf.nn.softmax_cross_entropy_with_logits(shares, logits)
        right = tf.equal(tf.argmax(logits, axis=1), tf.argmax(shares, axis=1))
        return loss, tf.reduce_sum(entropy * weights), tf.reduce_sum(weights), tf.reduce_sum(tf.cast(right, tf.float32))


def _whole(labelled: LabelledRows) -> NDArray[np.float32]:
    return np.asarray(labelled.rows[np.arange(len(labelled.labels))], np.float32)
