"""How a search chooses its next trial: at random, by what it has seen, or by letting the promising go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import keras_tuner

Method = Literal["random", "bayesian", "hyperband"]
METHODS: tuple[Method, ...] = ("random", "bayesian", "hyperband")
FACTOR = 3  # Hyperband keeps one in so many


@dataclass(frozen=True)
class Plan:
    """How a search goes about.

    Attributes:
        method: how the next trial is chosen. "hyperband" (Li et al. 2018, arXiv 1603.06560) begins many trials with few
            epochs and gives the best more; a trial that goes on is fitted anew, so that it needs no saved weights.
        trials: how many at most. For Hyperband it is a budget: the epochs of so many whole trials, in whole brackets
            and at least one.
        epochs: of a whole trial, at most.
        seed: of the choices.
    """

    method: Method
    trials: int
    epochs: int
    seed: int

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"expected a method among {', '.join(METHODS)}, got {self.method!r}")
        if self.trials < 1:
            raise ValueError(f"expected at least 1 trial, got {self.trials}")

    @property
    def most_fits(self) -> int:
        """The most trials that this plan can come to, those of few epochs included."""
        return self.trials if self.method != "hyperband" else _in_brackets(self.trials, self.epochs)


def oracle(space: keras_tuner.HyperParameters, plan: Plan) -> keras_tuner.Oracle:
    """What keras-tuner asks for values; it begins with the space's defaults."""
    import keras_tuner

    shared: dict[str, Any] = {
        "objective": keras_tuner.Objective("tune_loss", "min"),
        "hyperparameters": space,
        "seed": plan.seed + 1,  # it takes 0 for none
        "max_consecutive_failed_trials": plan.most_fits + 1,
    }
    if plan.method == "hyperband":
        banded = _default_first(keras_tuner.oracles.HyperbandOracle)(
            max_epochs=plan.epochs, factor=FACTOR, hyperband_iterations=plan.trials, **shared
        )
        banded.max_trials = plan.most_fits
        return banded
    if plan.method == "bayesian":
        drawn = max(3, plan.trials // 3)  # at random, before there is anything to learn from
        return _default_first(keras_tuner.oracles.BayesianOptimizationOracle)(
            max_trials=plan.trials, num_initial_points=drawn, **shared
        )
    return _default_first(keras_tuner.oracles.RandomSearchOracle)(max_trials=plan.trials, **shared)


def _default_first(oracle: type[Any]) -> type[Any]:
    """The same, with the space's defaults in the place of the first values that it draws."""
    import keras_tuner

    class DefaultFirst(oracle):  # type: ignore[misc]
        def _random_values(self) -> dict[str, Any] | None:
            if self.start_order:
                return super()._random_values()
            values = keras_tuner.HyperParameters()
            for entry in self.hyperparameters.space:
                values.merge([entry])
                if values.is_active(entry):
                    values.values[entry.name] = entry.default
            return values.values

    return DefaultFirst


def _in_brackets(trials: int, epochs: int) -> int:
    """How many trials Hyperband begins in the whole brackets that `trials` times `epochs` epochs pay, one at least.

    A bracket's size and epochs are those of keras-tuner's HyperbandOracle.
    """
    import keras_tuner

    banded = keras_tuner.oracles.HyperbandOracle(max_epochs=epochs, factor=FACTOR)
    counted, paid = 0, 0
    bracket = last = banded._get_num_brackets() - 1
    while True:
        rounds = [(banded._get_size(bracket, step), banded._get_epochs(bracket, step)) for step in range(bracket + 1)]
        paid += sum(size * length for size, length in rounds)
        if counted and paid > trials * epochs:
            return counted
        counted += sum(size for size, _ in rounds)
        bracket = bracket - 1 if bracket else last
