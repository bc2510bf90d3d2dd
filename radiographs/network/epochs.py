"""Keras epochs over stored rows, watched on tune/select so that the best weights are the ones that stay."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import TrainingDiverged
from radiographs.network import batches, losses, rates, sampling
from radiographs.network.batches import LabelledRows, Mixing
from radiographs.network.fit_settings import Balance
from radiographs.network.losses import balanced_weights
from radiographs.network.rates import Rates
from radiographs.network.sampling import Sampling

if TYPE_CHECKING:
    import keras

__all__ = ["EpochFigures", "FitHistory", "LabelledRows", "Plan", "StageFigures", "balanced_weights", "run"]

LOOK_EVERY = 16  # steps between two looks at the loss


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
class StageFigures:
    """What one stage came to.

    Attributes:
        stage: its name.
        began_with: tune loss of the weights that it began with; infinite where nothing was fitted before.
        tune_loss: the best of its epochs; infinite where none was finished.
        kept: whether its weights were kept.
    """

    stage: str
    began_with: float
    tune_loss: float
    kept: bool


@dataclass(frozen=True)
class FitHistory:
    """The epochs of a fit.

    Attributes:
        epochs: in order, numbered from 1 within a stage.
        best_epoch: place in `epochs`, from 1, of the one whose weights were kept; 0 where none was better than what
            the fit began with.
        stages: in order; those not reached are absent.
        batch: films a step where pixels were read, as it was at the end.
        threads: processor threads of a step; other numbers give slightly other weights.
        notes: what a reader of the fit should know, one sentence each.
    """

    epochs: tuple[EpochFigures, ...]
    best_epoch: int = 0
    stages: tuple[StageFigures, ...] = ()
    batch: int = 0
    threads: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Figures:
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Plan:
    """How one stage is run.

    Attributes:
        stage: its name, in figures and refusals.
        epochs: at most so many.
        batch: rows a step.
        patience: epochs without a lower tune loss before it ends.
        rates: how fast the weights learn.
        seed: of the order of rows, dropout and augmentation.
        balance: what gives the findings the same say.
        by_source: whether sources within a finding come equally often.
        label_smoothing: share of each label spread over all findings.
        mixup: see `Augmentation`.
        beats_start: keeps the weights that it began with unless an epoch has a lower tune loss.
    """

    stage: str
    epochs: int
    batch: int
    patience: int
    rates: Rates
    seed: int
    balance: Balance = "weights"
    by_source: bool = False
    label_smoothing: float = 0.0
    mixup: float = 0.0
    beats_start: bool = False


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
    begin_at(fitted, plan.seed)
    weights = losses.judging_weights(plan.balance, train.labels, answering.output_shape[-1])
    sampled = Sampling(plan.balance == "sampling", plan.by_source, plan.seed)
    _compile(fitted, plan, len(sampling.order(train.labels, train.sources, sampled, 1)))
    # Nothing but the trainable weights changes in fine-tuning; elsewhere batch-norm statistics do too.
    best = Kept(fitted.trainable_weights if plan.beats_start else fitted.weights)
    began_with = _judge(answering, select, weights, plan.batch).loss if plan.beats_start else math.inf
    best_epoch, best_loss = 0, began_with
    history: list[EpochFigures] = []
    try:
        for epoch in range(1, plan.epochs + 1):
            learnt = _learn(fitted, train, sampled, plan, epoch)
            judged = _judge(answering, select, weights, plan.batch)
            require_finite(judged.loss, plan, epoch)
            figures = EpochFigures(plan.stage, epoch, learnt.loss, learnt.accuracy, judged.loss, judged.accuracy)
            history.append(figures)
            if judged.loss < best_loss:
                best_epoch, best_loss = epoch, judged.loss
                best = Kept(best.weights)
            on_epoch(figures)
            if epoch - best_epoch >= plan.patience:
                break
    finally:
        best.restore()
    least = min((figures.tune_loss for figures in history), default=math.inf)
    return FitHistory(tuple(history), best_epoch, (StageFigures(plan.stage, began_with, least, best_epoch > 0),))


class Kept:
    """Weights with the values they had when this was made."""

    def __init__(self, weights: Sequence[Any]) -> None:
        self.weights = weights
        self._values = [np.array(weight.numpy()) for weight in weights]

    def restore(self) -> None:
        for weight, value in zip(self.weights, self._values, strict=True):
            weight.assign(value)


def begin_at(model: keras.Model, seed: int) -> None:
    """Sets every source of chance in a model to what the seed gives, wherever earlier stages have left it."""
    import keras

    keras.utils.set_random_seed(seed)
    states = [variable for variable in model.variables if variable.path.endswith("seed_generator_state")]
    for place, state in enumerate(states):
        state.assign(np.array([seed, place], dtype=state.dtype))


def _compile(model: keras.Model, plan: Plan, films: int) -> None:
    import keras

    steps = plan.epochs * batches.count(films, plan.batch)
    model.compile(
        optimizer=rates.optimizer(plan.rates, model, steps),
        loss=losses.learnt(plan.balance, plan.label_smoothing),
        weighted_metrics=[keras.metrics.CategoricalCrossentropy(from_logits=True, name="cross_entropy")],
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=keras.backend.backend() != "tensorflow",  # there it costs more seconds than it saves
    )


def _learn(model: keras.Model, train: LabelledRows, sampled: Sampling, plan: Plan, epoch: int) -> _Figures:
    """One pass over train in an order of its own, read a batch at a time."""
    weights = losses.learning_weights(plan.balance, train.labels, model.output_shape[-1])
    order = sampling.order(train.labels, train.sources, sampled, epoch)
    shown = batches.of(train, order, weights, plan.batch, Mixing(plan.mixup, (plan.seed, epoch)))
    seen = model.fit(shown, epochs=1, shuffle=False, verbose=0, callbacks=[_looking(plan, epoch)]).history
    require_finite(float(seen["loss"][0]), plan, epoch)
    return _Figures(float(seen["cross_entropy"][0]), float(seen["accuracy"][0]))


def _looking(plan: Plan, epoch: int) -> keras.callbacks.Callback:
    """Ends an epoch soon after its loss has become infinite or undefined, instead of after hours."""
    import keras

    def look(step: int, logs: dict[str, Any]) -> None:
        if step % LOOK_EVERY == 0:
            require_finite(float(logs["loss"]), plan, epoch)

    return keras.callbacks.LambdaCallback(on_train_batch_end=look)


def _judge(model: keras.Model, select: LabelledRows, weights: NDArray[np.float32], batch: int) -> _Figures:
    """The loss that judges (`losses.judged`) and plain accuracy of a model's answers, outside training."""
    films = len(select.labels)
    order = np.arange(films)
    answers = [
        model.predict_on_batch(select.rows[batches.whole(order, batch, number)])
        for number in range(batches.count(films, batch))
    ]
    logits = np.concatenate(answers)[:films].astype(np.float64)
    accuracy = float(np.mean(logits.argmax(axis=1) == select.labels))
    return _Figures(losses.judged(logits, select.labels, weights), accuracy)


def require_finite(loss: float, plan: Plan, epoch: int) -> None:
    """Ends a stage whose loss says nothing any more.

    Raises:
        TrainingDiverged: the loss is infinite or undefined.
    """
    if not math.isfinite(loss):
        raise TrainingDiverged(
            f"{plan.stage}, epoch {epoch}: the loss became {loss}; the last good weights were kept; lower the learning "
            f"rate, now {plan.rates.learning_rate:g}"
        )
