"""Keras epochs over stored rows, watched on tune/select so that the best weights are the ones that stay."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import TrainingDiverged
from radiographs.store.shards import Rows

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class EpochFigures:
    """Figures of an epoch, on train while fitting and on tune/select after it; a loss is cross-entropy without L2."""

    stage: str
    epoch: int
    loss: float
    accuracy: float
    tune_loss: float
    tune_accuracy: float


@dataclass(frozen=True)
class _Figures:
    loss: float
    accuracy: float


@dataclass(frozen=True)
class FitHistory:
    """The epochs of a fit.

    Attributes:
        epochs: in order, numbered from 1 within a stage.
        best_epoch: the one whose weights were kept; 0 where none was better than what the stage began with.
    """

    epochs: tuple[EpochFigures, ...]
    best_epoch: int = 0


@dataclass(frozen=True)
class LabelledRows:
    """Rows to learn from: `rows[indices]` gives (n, …); labels (n,) int64, positions in the findings."""

    rows: Rows
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.labels) or not len(self.labels):
            raise ValueError(
                f"expected as many labels as rows and one at least, got {len(self.labels)} labels for "
                f"{len(self.rows)} rows"
            )


@dataclass(frozen=True)
class Plan:
    """How one stage is run; `beats_start` keeps the weights it began with unless an epoch has a lower tune loss."""

    stage: str
    epochs: int
    batch: int
    patience: int
    learning_rate: float
    seed: int
    class_weights: bool
    beats_start: bool = False


def balanced_weights(labels: NDArray[np.int64], n_findings: int) -> NDArray[np.float32]:
    """Weights (n_findings,) float32 that give every finding the same say: n / (findings present × films of it).

    A finding without films gets weight 1. The formula is scikit-learn's `class_weight="balanced"`.
    """
    counts = np.bincount(labels, minlength=n_findings)
    present = np.count_nonzero(counts)
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 1.0).astype(np.float32)


def run(
    fitted: keras.Model,
    answering: keras.Model,
    train: LabelledRows,
    select: LabelledRows,
    plan: Plan,
    on_epoch: Callable[[EpochFigures], None],
) -> FitHistory:
    """Fits the trainable weights of a model, in place, and leaves those of the best epoch on tune/select.

    Args:
        fitted: rows to logits (B, C); may change its films while training.
        answering: the same weights without such changes, for tune/select; may be `fitted` itself.
        train: what the weights are fitted on.
        select: what stops the fit and chooses the epoch; weighted as train is, so that the two losses compare.
        plan: the stage's settings.
        on_epoch: called after each epoch.

    Raises:
        TrainingDiverged: a loss became infinite or undefined; the last good weights are kept.
    """
    import keras

    keras.utils.set_random_seed(plan.seed)
    n_findings = answering.output_shape[-1]
    weights = balanced_weights(train.labels, n_findings) if plan.class_weights else np.ones(n_findings, np.float32)
    _compile(fitted, plan.learning_rate)
    # Nothing but the trainable weights changes in fine-tuning; elsewhere batch-norm statistics do too.
    best = _Kept(fitted.trainable_weights if plan.beats_start else fitted.weights)
    best_epoch, best_loss = 0, math.inf
    if plan.beats_start:
        best_loss = _judge(answering, select, weights, plan.batch).loss
    history: list[EpochFigures] = []
    try:
        for epoch in range(1, plan.epochs + 1):
            learnt = _learn(fitted, train, weights, plan, epoch)
            judged = _judge(answering, select, weights, plan.batch)
            _require_finite(judged.loss, plan, epoch)
            figures = EpochFigures(plan.stage, epoch, learnt.loss, learnt.accuracy, judged.loss, judged.accuracy)
            history.append(figures)
            if judged.loss < best_loss:
                best_epoch, best_loss = epoch, judged.loss
                best = _Kept(best.weights)
            on_epoch(figures)
            if epoch - best_epoch >= plan.patience:
                break
    finally:
        best.restore()
    return FitHistory(tuple(history), best_epoch)


class _Kept:
    """Weights with the values they had when this was made."""

    def __init__(self, weights: Sequence[Any]) -> None:
        self.weights = weights
        self._values = [np.array(weight.numpy()) for weight in weights]

    def restore(self) -> None:
        for weight, value in zip(self.weights, self._values, strict=True):
            weight.assign(value)


def _compile(model: keras.Model, learning_rate: float) -> None:
    import keras

    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="cross_entropy")],
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        jit_compile=False,  # compiling costs more seconds here than it saves
    )


def _learn(model: keras.Model, train: LabelledRows, weights: NDArray[np.float32], plan: Plan, epoch: int) -> _Figures:
    """One pass over train in an order of its own, read a batch at a time."""
    order = np.random.default_rng([plan.seed, epoch]).permutation(len(train.labels))
    losses, accuracies, shares = [], [], []
    for picked in _whole_batches(order, plan.batch):
        labels = train.labels[picked]
        logs = model.train_on_batch(train.rows[picked], labels, weights[labels], return_dict=True)
        _require_finite(float(logs["loss"]), plan, epoch)
        losses.append(float(logs["cross_entropy"]))
        accuracies.append(float(logs["accuracy"]))
        shares.append(float(weights[labels].sum()))
    return _Figures(float(np.average(losses, weights=shares)), float(np.mean(accuracies)))


def _judge(model: keras.Model, select: LabelledRows, weights: NDArray[np.float32], batch: int) -> _Figures:
    """Weighted cross-entropy and plain accuracy of a model's answers, outside training."""
    count = len(select.labels)
    answers = [model.predict_on_batch(select.rows[picked]) for picked in _whole_batches(np.arange(count), batch)]
    logits = np.concatenate(answers)[:count].astype(np.float64)
    highest = logits.max(axis=1, keepdims=True)
    log_scores = logits - highest - np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    loss = -np.average(log_scores[np.arange(count), select.labels], weights=weights[select.labels])
    return _Figures(float(loss), float(np.mean(logits.argmax(axis=1) == select.labels)))


def _whole_batches(order: NDArray[np.int64], batch: int) -> Iterator[NDArray[np.int64]]:
    """Batches of one size, since another would be traced anew; the order starts over to fill the last one."""
    for start in range(0, len(order), batch):
        yield np.take(order, range(start, start + batch), mode="wrap")


def _require_finite(loss: float, plan: Plan, epoch: int) -> None:
    if not math.isfinite(loss):
        raise TrainingDiverged(
            f"{plan.stage}, epoch {epoch}: the loss became {loss}; the last good weights were kept; lower the learning "
            f"rate, now {plan.learning_rate:g}"
        )
