"""Fitting a classifier in stages: the head on stored features, then the top of the backbone, or all from scratch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from radiographs.network import augmentation, epochs
from radiographs.network.augmentation import Augmentation
from radiographs.network.classifier import Classifier
from radiographs.network.epochs import EpochFigures, FitHistory, LabelledRows, Plan
from radiographs.store.shards import Rows

if TYPE_CHECKING:
    import keras

HEAD = "head"
FINE_TUNING = "fine-tuning"
FROM_SCRATCH = "from scratch"


@dataclass(frozen=True)
class FitSettings:
    """How a classifier is fitted; the head's own learning rate is in its `HeadSettings`.

    Attributes:
        epochs: at most so many for the head, or from scratch.
        batch: films a step where pixels are read.
        head_batch: films a step on stored features.
        patience: epochs without a lower tune loss before the head's fit, or one from scratch, ends.
        fine_tune_layers: so many layers at the top of the backbone are unfrozen.
        fine_tune_epochs: at most so many; 0 leaves the backbone frozen.
        fine_tune_learning_rate: of the unfrozen layers and the head with them.
        fine_tune_patience: epochs without a lower tune loss than the best so far, the frozen stage's included.
        seed: of shuffling, dropout and augmentation.
        class_weights: every finding has the same say, however many films it has.
        augmentation: changes of films where pixels are read; None for none.
    """

    epochs: int = 30
    batch: int = 32
    head_batch: int = 128
    patience: int = 5
    fine_tune_layers: int = 30
    fine_tune_epochs: int = 4
    fine_tune_learning_rate: float = 1e-5
    fine_tune_patience: int = 2
    seed: int = 0
    class_weights: bool = True
    augmentation: Augmentation | None = field(default_factory=Augmentation)


@dataclass(frozen=True)
class LabelledFeatures:
    """Pooled features (n, d) float32 and labels (n,) int64."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class LabelledPixels:
    """A reader of prepared films (n, side, side) uint8 and labels (n,) int64."""

    reader: Rows
    labels: NDArray[np.int64]


def fit_head(
    classifier: Classifier,
    train: LabelledFeatures,
    select: LabelledFeatures,
    settings: FitSettings,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits the head on stored features, in place, and leaves the best epoch's weights.

    Raises:
        ValueError: the backbone has no frozen stage.
        TrainingDiverged: the loss became infinite or undefined.
    """
    if classifier.head_model is None:
        raise ValueError(f"{classifier.backbone} has no frozen stage: fit it whole")
    return fit_head_model(classifier.head_model, classifier.head.learning_rate, train, select, settings, on_epoch)


def fit_head_model(
    head_model: keras.Model,
    learning_rate: float,
    train: LabelledFeatures,
    select: LabelledFeatures,
    settings: FitSettings,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits a head that stands alone: pooled (B, d) float32 to logits; otherwise as `fit_head`."""
    plan = Plan(
        HEAD,
        settings.epochs,
        settings.head_batch,
        settings.patience,
        learning_rate,
        settings.seed,
        settings.class_weights,
    )
    rows, watched = LabelledRows(train.values, train.labels), LabelledRows(select.values, select.labels)
    return epochs.run(head_model, head_model, rows, watched, plan, on_epoch)


def fit_whole(
    classifier: Classifier,
    train: LabelledPixels,
    select: LabelledPixels,
    settings: FitSettings,
    *,
    stage: Literal["fine-tuning", "from scratch"],
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> FitHistory:
    """Fits on pixels, in place: everything from scratch, or the top of the backbone and the head after `fit_head`.

    In fine-tuning batch-norm layers stay in inference mode with fixed weights, and if no epoch has a lower loss on
    tune/select than the classifier came with, it keeps the weights that it came with.

    Raises:
        TrainingDiverged: the loss became infinite or undefined; the last good weights are kept.
    """
    if stage == FINE_TUNING:
        unfreeze_top(classifier, settings.fine_tune_layers)
    else:
        for layer in classifier.backbone_layers:
            layer.trainable = True
    fitted = classifier.model
    if settings.augmentation is not None:
        fitted = augmentation.before(fitted, classifier.side_px, settings.augmentation, settings.seed)
    plan = _plan_of(stage, classifier, settings)
    rows, watched = LabelledRows(train.reader, train.labels), LabelledRows(select.reader, select.labels)
    return epochs.run(fitted, classifier.model, rows, watched, plan, on_epoch)


def _plan_of(stage: str, classifier: Classifier, settings: FitSettings) -> Plan:
    tuned = stage == FINE_TUNING
    return Plan(
        stage,
        epochs=settings.fine_tune_epochs if tuned else settings.epochs,
        batch=settings.batch,
        patience=settings.fine_tune_patience if tuned else settings.patience,
        learning_rate=settings.fine_tune_learning_rate if tuned else classifier.head.learning_rate,
        seed=settings.seed,
        class_weights=settings.class_weights,
        beats_start=tuned,
    )


def unfreeze_top(classifier: Classifier, n_layers: int) -> None:
    """Makes the last layers of the backbone trainable, batch-norm excepted, and freezes the rest; the head always is.

    Raises:
        ValueError: the backbone has no frozen stage.
    """
    import keras

    if classifier.features is None:
        raise ValueError(f"{classifier.backbone} has no frozen stage: there is nothing to unfreeze")
    top = len(classifier.backbone_layers) - n_layers
    for position, layer in enumerate(classifier.backbone_layers):
        layer.trainable = position >= top and not isinstance(layer, keras.layers.BatchNormalization)
