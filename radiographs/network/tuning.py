"""The search for a head's settings with keras-tuner, fitted on train and judged on tune/select."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiographs.network import classifier, grouped_folds, search_space, training, trials
from radiographs.network.backbones import SCRATCH
from radiographs.network.batches import LabelledRows
from radiographs.network.head_trials import HeadTrials, best_epoch
from radiographs.network.heads import HeadSettings
from radiographs.network.oracles import METHODS, Method, Plan
from radiographs.network.training import FitSettings, LabelledFeatures, LabelledPixels
from radiographs.network.trials import Figures, Finished

__all__ = ["METHODS", "Method", "SearchResult", "Trial", "most_fits", "search_head", "search_scratch"]

HEAD_FIT = FitSettings(epochs=20, patience=4)
SCRATCH_FIT = FitSettings(epochs=6, patience=3, augmentation=None)
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Trial:
    """One head that was tried.

    Attributes:
        settings: the head.
        tune_loss: of its best epoch, on tune/select; the mean over the folds where there are any.
        tune_accuracy: likewise.
        fold_loss: mean loss on the folds of train that were left out, which chose the epochs; None without folds.
        epochs: it had so many at most.
        seconds: its fits took, whenever they were made.
    """

    settings: HeadSettings
    tune_loss: float
    tune_accuracy: float
    fold_loss: float | None = None
    epochs: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def choices(self) -> tuple[tuple[str, float | str], ...]:
        """What was chosen, by name, for records and pictures."""
        units = "-".join(map(str, self.settings.units)) or "none"
        rest = ("dropout", "l2", "learning_rate", "label_smoothing")
        return (("units", units), *((name, getattr(self.settings, name)) for name in rest), ("epochs", self.epochs))


@dataclass(frozen=True)
class SearchResult:
    """The trials in the order they were made, and the settings of the one with the lowest tune loss.

    Attributes:
        best: of the trial with the lowest tune loss.
        trials: those that did not diverge.
        method: how they were chosen.
        folds: in which each was fitted; 1 for all of train at once.
    """

    best: HeadSettings
    trials: tuple[Trial, ...]
    method: Method = "random"
    folds: int = 1

    @property
    def seconds(self) -> float:
        """What all fits took, those of an earlier start included."""
        return sum(trial.seconds for trial in self.trials)


def most_fits(method: Method, trials: int, settings: FitSettings = HEAD_FIT) -> int:
    """The most trials that a search can come to: Hyperband makes many short ones in the time of `trials` whole ones."""
    return Plan(method, trials, settings.epochs, seed=0).most_fits


def search_head(
    train: LabelledFeatures,
    select: LabelledFeatures,
    n_findings: int,
    *,
    trials: int,
    seed: int,
    folder: Path,
    on_trial: Callable[[Trial], None] = lambda trial: None,
    settings: FitSettings = HEAD_FIT,
    method: Method = "random",
    folds: int = 1,
    groups: NDArray[np.str_] | None = None,
) -> SearchResult:
    """Tries heads on stored features: depth, units, dropout, L2, learning rate and label smoothing.

    The first trial is the default head. A search that was killed goes on after its last finished trial and ends as an
    unbroken one. In folds, a head is fitted once for each, without it; the fold that is left out ends the fit and
    chooses its epoch, and tune/select judges what came of it, so that it judges no epoch that it chose itself.

    Args:
        train: what each head is fitted on.
        select: tune/select, which chooses.
        n_findings: number of logits.
        trials: how many heads at most; see `Plan` for Hyperband.
        seed: of the choices, of the folds and of each fit.
        folder: the trials are kept in a folder in it, named by data, settings and seed.
        on_trial: called with each trial, those found finished included.
        settings: how each head is fitted.
        method: how heads are chosen.
        folds: 1 fits each head on all of train, and tune/select ends its fit.
        groups: (n,) names of the groups of train, which no fold parts.

    Raises:
        TrainingDiverged: every trial did.
        CohortRejected: a finding has fewer groups in train than there are folds.
        ValueError: folds without groups, or not one for each film.
    """
    if folds < 1 or (folds > 1 and (groups is None or len(groups) != len(train.labels))):
        given = "none" if groups is None else f"{len(groups)}"
        raise ValueError(f"expected a group for each of {len(train.labels)} films to part {folds} folds, got {given}")
    plan = Plan(method, trials, settings.epochs, seed)
    fits = HeadTrials(train, select, n_findings, settings, seed)
    parted = [] if groups is None or folds == 1 else list(grouped_folds.parted(train.labels, groups, folds, seed))

    def judged(values: Mapping[str, Any], epochs: int) -> Figures:
        head = search_space.head(values)
        return fits.in_folds(head, epochs, parted) if parted else fits.on_all(head, epochs)

    rows, watched = LabelledRows(train.values, train.labels), LabelledRows(select.values, select.labels)
    left_out = [fold.left_out.tolist() for fold in parted]
    name = _name("head", rows, watched, [n_findings, seed, left_out, _fit_facts(settings)])
    return _result(search_space.of_heads(), judged, search_space.head, plan, folder / name, on_trial, max(1, folds))


def search_scratch(
    train: LabelledPixels,
    select: LabelledPixels,
    n_findings: int,
    *,
    side_px: int,
    trials: int,
    seed: int,
    folder: Path,
    on_trial: Callable[[Trial], None] = lambda trial: None,
    settings: FitSettings = SCRATCH_FIT,
    method: Method = "random",
) -> SearchResult:
    """Tries LeNet-5, which keeps its own units, in short fits on pixels, all of train at once.

    Arguments, result and refusals are those of `search_head`; `side_px` is the side of the films.
    """

    def judged(values: Mapping[str, Any], epochs: int) -> Figures:
        built = classifier.build(SCRATCH, side_px, "none", n_findings, search_space.scratch(values), seed)
        shorter = dataclasses.replace(settings, epochs=epochs)
        return best_epoch(training.fit_whole(built, train, select, shorter, stage="from scratch"))

    plan = Plan(method, trials, settings.epochs, seed)
    rows, watched = LabelledRows(train.reader, train.labels), LabelledRows(select.reader, select.labels)
    name = _name("scratch", rows, watched, [n_findings, side_px, seed, _fit_facts(settings)])
    return _result(search_space.of_scratch(), judged, search_space.scratch, plan, folder / name, on_trial, 1)


def _result(
    space: Any,
    judged: Callable[[Mapping[str, Any], int], Figures],
    settings: Callable[[Mapping[str, Any]], HeadSettings],
    plan: Plan,
    folder: Path,
    on_trial: Callable[[Trial], None],
    folds: int,
) -> SearchResult:
    def told(done: Finished) -> Trial:
        figures = dataclasses.asdict(done.figures)
        return Trial(settings(done.values), **figures, epochs=done.epochs, seconds=done.seconds)

    finished = trials.run(space, judged, plan, folder, lambda done: on_trial(told(done)))
    best = trials.best_of(finished)
    return SearchResult(settings(best.values), tuple(map(told, finished)), plan.method, folds)


def _fit_facts(settings: FitSettings) -> dict[str, Any]:
    """All of a fit's settings but its epochs, which are told of each trial."""
    facts = dataclasses.asdict(settings)
    del facts["epochs"]
    return facts


def _name(kind: str, train: LabelledRows, select: LabelledRows, settings: list[Any]) -> str:
    """Names a search by every film and setting that its trials depend on, so that no other ever takes them up."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for labelled in (train, select):
        digest.update(np.ascontiguousarray(labelled.labels).tobytes())
        for start in range(0, len(labelled.labels), ROWS_AT_ONCE):
            digest.update(np.ascontiguousarray(labelled.rows[start : start + ROWS_AT_ONCE]).tobytes())
    return f"{kind}-{digest.hexdigest()[:16]}"
