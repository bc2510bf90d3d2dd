"""What a search may choose from, and the settings that keras-tuner's values mean."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from radiographs.network import classifier
from radiographs.network.fit_settings import Augmentation, FineTuning
from radiographs.network.heads import HeadSettings

if TYPE_CHECKING:
    import keras_tuner

UNITS = (64, 128, 256, 512)  # of the first hidden layer; each further one has half as many as the one before it
DEPTHS = (0, 1, 2)
STRENGTHS = (0.0, 0.5, 1.0, 1.5)
DECAYS = (0.0, 1e-4, 1e-3, 1e-2)


def of_heads() -> keras_tuner.HyperParameters:
    """Heads on stored features: depth, units, dropout, L2, learning rate, label smoothing; defaults: `HeadSettings()`.

    Units and dropout are chosen only where there is a hidden layer.
    """
    import keras_tuner

    space, default = keras_tuner.HyperParameters(), HeadSettings()
    space.Choice("depth", list(DEPTHS), default=len(default.units))
    with space.conditional_scope("depth", [depth for depth in DEPTHS if depth]):
        space.Choice("units", list(UNITS), default=default.units[0])
        space.Float("dropout", 0.0, 0.5, step=0.1, default=default.dropout)
    _add_fitting(space, default)
    return space


def of_scratch() -> keras_tuner.HyperParameters:
    """LeNet-5, which keeps its own units: dropout, L2, learning rate, label smoothing."""
    import keras_tuner

    space, default = keras_tuner.HyperParameters(), HeadSettings()
    space.Float("dropout", 0.0, 0.5, step=0.1, default=default.dropout)
    _add_fitting(space, default)
    return space


def of_fine_tuning(start: FineTuning, most_groups: int) -> keras_tuner.HyperParameters:
    """How a backbone is unfrozen: groups, rate, decay of rates and weights, strength of the changes of films.

    Args:
        start: its values are the defaults.
        most_groups: so many layer groups may be unfrozen.
    """
    import keras_tuner

    space = keras_tuner.HyperParameters()
    space.Int("groups", 1, most_groups, default=min(start.groups, most_groups))
    space.Float("learning_rate", 5e-6, 5e-4, sampling="log", default=start.learning_rate)
    space.Float("rate_decay", 0.3, 1.0, step=0.1, default=start.rate_decay)
    space.Choice("weight_decay", sorted({*DECAYS, start.weight_decay}), default=start.weight_decay)
    space.Choice("strength", list(STRENGTHS), default=0.0)
    return space


def _add_fitting(space: keras_tuner.HyperParameters, default: HeadSettings) -> None:
    space.Float("l2", 1e-6, 1e-2, sampling="log", default=default.l2)
    space.Float("learning_rate", 1e-4, 1e-2, sampling="log", default=default.learning_rate)
    space.Float("label_smoothing", 0.0, 0.2, step=0.05, default=default.label_smoothing)


def head(values: Mapping[str, Any]) -> HeadSettings:
    """The head that keras-tuner's values mean, in Python's own numbers."""
    units = tuple(int(values["units"]) // 2**place for place in range(int(values["depth"])))
    return _headed(values, units, float(values["dropout"]) if units else 0.0)


def scratch(values: Mapping[str, Any]) -> HeadSettings:
    """The head of LeNet-5 that keras-tuner's values mean."""
    return _headed(values, classifier.LENET_UNITS, float(values["dropout"]))


def _headed(values: Mapping[str, Any], units: tuple[int, ...], dropout: float) -> HeadSettings:
    return HeadSettings(
        units=units,
        dropout=dropout,
        l2=float(values["l2"]),
        learning_rate=float(values["learning_rate"]),
        label_smoothing=float(values["label_smoothing"]),
    )


def fine_tuning(values: Mapping[str, Any], start: FineTuning, epochs: int) -> FineTuning:
    """What keras-tuner's values change in `start`; at most `epochs` in each stage."""
    return dataclasses.replace(
        start,
        groups=int(values["groups"]),
        learning_rate=float(values["learning_rate"]),
        rate_decay=float(values["rate_decay"]),
        weight_decay=float(values["weight_decay"]),
        epochs=epochs,
    )


def changes(values: Mapping[str, Any], at_one: Augmentation) -> Augmentation | None:
    """The changes of films that a strength means; none at all at 0."""
    strength = float(values["strength"])
    return at_one.scaled(strength) if strength else None
