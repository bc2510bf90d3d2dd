"""The stages of a fit: which layers learn in each, how fast, for how long."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from radiographs.network.classifier import Classifier
from radiographs.network.epochs import Plan
from radiographs.network.fit_settings import FineTuning, FitSettings
from radiographs.network.rates import Rates

HEAD = "head"
FINE_TUNING = "fine-tuning"
FROM_SCRATCH = "from scratch"
FALLBACK_GROUPS = 6


@dataclass(frozen=True)
class Stage:
    """One stage; `unfrozen` groups at the top of the backbone learn, all of them where it is None."""

    name: str
    unfrozen: int | None

    @property
    def is_head(self) -> bool:
        return self.unfrozen == 0


def of(classifier: Classifier, settings: FitSettings, warm: bool = False) -> tuple[Stage, ...]:
    """The stages that settings ask for, in order.

    Args:
        classifier: what is fitted.
        settings: how.
        warm: the fit starts from a fitted classifier, so that its head needs no stage of its own unless nothing else
            is asked for.
    """
    if classifier.features is None:
        return (Stage(FROM_SCRATCH, None),)
    head = Stage(HEAD, 0)
    tuned = settings.fine_tuning
    if tuned is None or not settings.fine_tunes:
        return (head,)
    tuning = tuple(
        Stage(f"{FINE_TUNING} {step}", step) for step in range(1, min(tuned.groups, len(groups_of(classifier))) + 1)
    )
    return tuning if warm else (head, *tuning)


def groups_of(classifier: Classifier) -> tuple[tuple[Any, ...], ...]:
    """The backbone's layers in groups from input to output: those of its stages, or else as many layers in each."""
    named = getattr(classifier, "layer_groups", ())
    if named:
        return tuple(tuple(group) for group in named)
    layers = classifier.backbone_layers
    size = -(-len(layers) // FALLBACK_GROUPS)
    return tuple(tuple(layers[start : start + size]) for start in range(0, len(layers), size))


def unfreeze(classifier: Classifier, stage: Stage) -> None:
    """Makes the layers of a stage trainable and freezes the rest; the head always learns.

    In fine-tuning batch-norm stays frozen and so in inference mode; from scratch all learns.
    """
    import keras

    groups = groups_of(classifier)
    unfrozen = len(groups) if stage.unfrozen is None else stage.unfrozen
    for place, group in enumerate(reversed(groups)):
        for layer in group:
            fixed = stage.unfrozen is not None and isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = place < unfrozen and not fixed


def plan(
    classifier: Classifier, stage: Stage, settings: FitSettings, *, seed: int, batch: int, on_pixels: bool = False
) -> Plan:
    """How a stage is run; its layers must have been unfrozen."""
    changes = settings.augmentation
    planned = Plan(
        stage.name,
        settings.epochs,
        batch,
        settings.patience,
        Rates(classifier.head.learning_rate),
        seed=seed,
        balance=settings.balance,
        by_source=settings.by_source,
        label_smoothing=float(getattr(classifier.head, "label_smoothing", 0.0)),
        mixup=changes.mixup if on_pixels and changes is not None else 0.0,
    )
    tuned = settings.fine_tuning
    if not stage.unfrozen or tuned is None:
        return planned
    return dataclasses.replace(
        planned,
        epochs=min(tuned.epochs, settings.fine_tune_epochs),
        patience=tuned.patience,
        rates=_fine_rates(classifier, stage.unfrozen, tuned),
        beats_start=True,
    )


def _fine_rates(classifier: Classifier, unfrozen: int, tuned: FineTuning) -> Rates:
    shares = {
        id(variable): tuned.rate_decay**depth
        for depth, group in enumerate(reversed(groups_of(classifier)))
        if depth < unfrozen
        for layer in group
        for variable in layer.trainable_variables
    }
    return Rates(tuned.learning_rate, tuned.warm_up, tuned.weight_decay, shares)
