"""How fast each weight learns: a rate that rises and falls over a stage, smaller the deeper the layer lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Rates:
    """How fast the weights learn.

    Attributes:
        learning_rate: the highest rate.
        warm_up: share of the steps over which the rate rises from 0; None keeps it constant throughout.
        weight_decay: see `FineTuning`.
        shares: by the id of a trainable variable, the share of the rate at which it learns; 1 for the others.
    """

    learning_rate: float
    warm_up: float | None = None
    weight_decay: float = 0.0
    shares: Mapping[int, float] = field(default_factory=dict)


def optimizer(rates: Rates, model: keras.Model, steps: int) -> keras.optimizers.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), or Adam where no weight decays, with a share of the rate for each weight.

    Args:
        rates: the rates.
        model: whose trainable weights are fitted.
        steps: how many steps the whole stage can take.
    """
    import keras

    rate = rates.learning_rate if rates.warm_up is None else _rising_and_falling(rates, rates.warm_up, steps)
    if not rates.shares and not rates.weight_decay:
        return keras.optimizers.Adam(rate)
    shares = [rates.shares.get(id(variable), 1.0) for variable in model.trainable_variables]
    return _optimizer_class()(shares, rate, rates.weight_decay)


def _rising_and_falling(rates: Rates, warm_up: float, steps: int) -> Any:
    """From 0 up to the rate in a straight line, then down to 0 along half a cosine (arXiv 1608.03983, eq. 5)."""
    import keras

    rising = round(warm_up * steps)
    falling = max(1, steps - rising)
    if not rising:
        return keras.optimizers.schedules.CosineDecay(rates.learning_rate, falling)
    return keras.optimizers.schedules.CosineDecay(0.0, falling, warmup_target=rates.learning_rate, warmup_steps=rising)


@cache
def _optimizer_class() -> Any:
    import keras
    from keras import ops

    class Discriminative(keras.optimizers.AdamW):
        """AdamW in which variable i of those that are fitted learns, and decays, at `shares[i]` of the rate."""

        def __init__(self, shares: list[float], learning_rate: Any, weight_decay: float) -> None:
            super().__init__(learning_rate=learning_rate, weight_decay=weight_decay)
            self._shares = shares

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            share = self._shares[self._get_variable_index(variable)]
            super().update_step(gradient, variable, ops.multiply(learning_rate, share))

        def _apply_weight_decay(self, variables: Any) -> None:
            for variable in variables:
                share = self._shares[self._get_variable_index(variable)]
                step = ops.cast(self.learning_rate * self.weight_decay * share, variable.dtype)
                variable.assign(variable - variable * step)

    return Discriminative
