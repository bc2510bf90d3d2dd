"""The search for how a backbone is fine-tuned: how deep, how fast, how gently, on how much changed films."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from radiographs.network import search_space, trials
from radiographs.network.epochs import FitHistory
from radiographs.network.fit_settings import Augmentation, FineTuning, FitSettings
from radiographs.network.oracles import Method, Plan
from radiographs.network.trials import Figures, Finished

FitOne = Callable[[FineTuning, Augmentation | None], FitHistory]


@dataclass(frozen=True)
class FineTrial:
    """One way of fine-tuning that was tried.

    Attributes:
        settings: how the backbone was unfrozen.
        augmentation: how films were changed; None for not at all.
        tune_loss: of the weights that were kept, on tune/select.
        tune_accuracy: likewise; None where no epoch was better than what the fit began with.
        seconds: its fit took.
    """

    settings: FineTuning
    augmentation: Augmentation | None
    tune_loss: float
    tune_accuracy: float | None
    seconds: float = field(default=0.0, compare=False)

    @property
    def choices(self) -> tuple[tuple[str, float | str], ...]:
        """What was chosen, by name, for records and pictures."""
        names = ("groups", "learning_rate", "rate_decay", "weight_decay", "epochs")
        turned = 0.0 if self.augmentation is None else self.augmentation.rotation_degrees
        return (*((name, getattr(self.settings, name)) for name in names), ("rotation_degrees", turned))

    def of(self, settings: FitSettings) -> FitSettings:
        """The same settings of a fit, fine-tuned in this way."""
        return dataclasses.replace(
            settings,
            fine_tuning=self.settings,
            augmentation=self.augmentation,
            fine_tune_epochs=max(settings.fine_tune_epochs, self.settings.epochs),
        )


@dataclass(frozen=True)
class FineSearchResult:
    """The trials in the order they were made; `best` is the one with the lowest tune loss."""

    best: FineTrial
    trials: tuple[FineTrial, ...]
    method: Method

    @property
    def seconds(self) -> float:
        """What all fits took, those of an earlier start included."""
        return sum(trial.seconds for trial in self.trials)


def search(
    fit_one: FitOne,
    *,
    trials_at_most: int,
    seed: int,
    folder: Path,
    fixed: object,
    most_groups: int,
    method: Method = "random",
    start: FineTuning | None = None,
    augmentation: Augmentation | None = None,
    on_trial: Callable[[FineTrial], None] = lambda trial: None,
) -> FineSearchResult:
    """Tries ways of fine-tuning; the first is `start` on films as they are. Goes on as `tuning.search_head` does.

    Args:
        fit_one: fits a fresh classifier on train, from its frozen stage on, judged on tune/select.
        trials_at_most: how many ways; see `Plan` for Hyperband.
        seed: of the choices.
        folder: the trials are kept in a folder in it.
        fixed: all that `fit_one` does not get from here, as JSON takes it: cohort, recipe, head. It names the search.
        most_groups: so many layer groups may be unfrozen.
        method: how ways are chosen.
        start: gives the values that are not searched; `FineTuning()` unless given.
        augmentation: the changes of films at strength 1; `Augmentation()` unless given.
        on_trial: called with each trial, those found finished included.

    Raises:
        TrainingDiverged: every trial did.
        ValueError: no group may be unfrozen.
    """
    if most_groups < 1:
        raise ValueError(f"expected at least 1 layer group that may be unfrozen, got {most_groups}")
    begin, changed = start or FineTuning(), augmentation or Augmentation()

    def told(done: Finished) -> FineTrial:
        way = search_space.fine_tuning(done.values, begin, done.epochs)
        changes = search_space.changes(done.values, changed)
        return FineTrial(way, changes, done.figures.tune_loss, done.figures.tune_accuracy, done.seconds)

    def judged(values: Mapping[str, Any], epochs: int) -> Figures:
        way = search_space.fine_tuning(values, begin, epochs)
        return figures_of(fit_one(way, search_space.changes(values, changed)))

    named = json.dumps([fixed, asdict(begin) | {"epochs": 0}, asdict(changed), seed], sort_keys=True)
    name = f"fine-tuning-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    space = search_space.of_fine_tuning(begin, most_groups)
    plan = Plan(method, trials_at_most, begin.epochs, seed)
    finished = trials.run(space, judged, plan, folder / name, lambda done: on_trial(told(done)))
    return FineSearchResult(told(trials.best_of(finished)), tuple(map(told, finished)), method)


def figures_of(history: FitHistory) -> Figures:
    """Tune loss and accuracy of the weights that a fit of several stages left.

    Where no epoch was kept, the loss is that of the weights that the fit began with.
    """
    if history.best_epoch:
        kept = history.epochs[history.best_epoch - 1]
        return Figures(float(kept.tune_loss), float(kept.tune_accuracy))
    return Figures(float(history.stages[0].began_with), None)
