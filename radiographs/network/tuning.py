"""The search for a head's settings with keras-tuner, judged on tune/select."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from radiographs.errors import TrainingDiverged
from radiographs.network import classifier, heads, training
from radiographs.network.backbones import SCRATCH
from radiographs.network.epochs import FitHistory, LabelledRows
from radiographs.network.heads import HeadSettings
from radiographs.network.training import FitSettings, LabelledFeatures, LabelledPixels

HEAD_FIT = FitSettings(epochs=20, patience=4)
SCRATCH_FIT = FitSettings(epochs=6, patience=3, augmentation=None)
UNITS = ("64", "128", "256", "256-64")  # keras-tuner chooses among words and numbers only


@dataclass(frozen=True)
class Trial:
    """One head that was tried; the figures are of its best epoch on tune/select."""

    settings: HeadSettings
    tune_loss: float
    tune_accuracy: float


@dataclass(frozen=True)
class SearchResult:
    """The trials in the order they were made, and the settings of the one with the lowest tune loss."""

    best: HeadSettings
    trials: tuple[Trial, ...]


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
) -> SearchResult:
    """Tries heads on stored features: units, dropout, L2 and learning rate.

    The first trial is the default head. A search that was killed goes on after its last finished trial.

    Args:
        train: what each head is fitted on.
        select: tune/select, which chooses.
        n_findings: number of logits.
        trials: how many heads at most.
        seed: of the choices and of each fit.
        folder: keras-tuner's records go to a folder in it, named by data, settings and seed.
        on_trial: called with each trial, those found finished included.
        settings: how each head is fitted.

    Raises:
        TrainingDiverged: every trial did.
    """

    def fitted(head: HeadSettings) -> FitHistory:
        import keras

        keras.utils.set_random_seed(seed)
        model = heads.build(train.values.shape[1], n_findings, head, seed)
        return training.fit_head_model(model, head.learning_rate, train, select, settings)

    rows, watched = LabelledRows(train.values, train.labels), LabelledRows(select.values, select.labels)
    name = _name("head", rows, watched, [n_findings, trials, seed, dataclasses.asdict(settings)])
    return _search(fitted, UNITS, trials, seed, folder / name, on_trial)


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
) -> SearchResult:
    """Tries LeNet-5, which keeps its own units, in short fits on pixels: dropout, L2 and learning rate.

    Arguments, result and refusals are those of `search_head`; `side_px` is the side of the films.
    """

    def fitted(head: HeadSettings) -> FitHistory:
        built = classifier.build(SCRATCH, side_px, "none", n_findings, head, seed)
        return training.fit_whole(built, train, select, settings, stage="from scratch")

    rows, watched = LabelledRows(train.reader, train.labels), LabelledRows(select.reader, select.labels)
    name = _name("scratch", rows, watched, [n_findings, side_px, trials, seed, dataclasses.asdict(settings)])
    return _search(fitted, (), trials, seed, folder / name, on_trial)


def _name(kind: str, train: LabelledRows, select: LabelledRows, settings: list[Any]) -> str:
    """Names a search, so that no other films, settings or seed ever take up its trials."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for labelled in (train, select):
        some = np.linspace(0, len(labelled.labels) - 1, num=64).astype(np.int64)
        digest.update(np.ascontiguousarray(labelled.labels).tobytes())
        digest.update(np.ascontiguousarray(labelled.rows[some]).tobytes())
    return f"{kind}-{digest.hexdigest()[:16]}"


def _space(units: tuple[str, ...]) -> Any:
    """What keras-tuner may choose from; its defaults are the default head."""
    import keras_tuner

    space, default = keras_tuner.HyperParameters(), HeadSettings()
    if units:
        space.Choice("units", list(units), default="-".join(map(str, default.units)))
    space.Float("dropout", 0.1, 0.5, step=0.1, default=default.dropout)
    space.Float("l2", 1e-6, 1e-3, sampling="log", default=default.l2)
    space.Float("learning_rate", 3e-4, 3e-3, sampling="log", default=default.learning_rate)
    return space


def _settings(values: dict[str, Any]) -> HeadSettings:
    """The head that keras-tuner's values mean, in Python's own numbers."""
    units = tuple(int(width) for width in values["units"].split("-")) if "units" in values else classifier.LENET_UNITS
    return HeadSettings(units, float(values["dropout"]), float(values["l2"]), float(values["learning_rate"]))


def _finished(tried: Iterable[Any]) -> tuple[Trial, ...]:
    """The trials of keras-tuner that came to figures, in the order they were made."""
    return tuple(
        Trial(
            _settings(trial.hyperparameters.values),
            float(trial.metrics.get_best_value("tune_loss")),
            float(trial.metrics.get_best_value("tune_accuracy")),
        )
        for trial in sorted(tried, key=lambda trial: trial.trial_id)
        if trial.status == "COMPLETED"
    )


def _search(
    fitted: Callable[[HeadSettings], FitHistory],
    units: tuple[str, ...],
    trials: int,
    seed: int,
    folder: Path,
    on_trial: Callable[[Trial], None],
) -> SearchResult:
    from keras_tuner.errors import FatalError

    tuner = _tuner(fitted, units, trials, seed, folder, on_trial)
    for trial in _finished(tuner.oracle.trials.values()):
        on_trial(trial)
    try:
        tuner.search(verbose=0)
    except FatalError as error:
        raise error.__cause__ or error from None
    done = _finished(tuner.oracle.trials.values())
    if not done:
        raise TrainingDiverged(f"{folder}: each of {trials} trials diverged; look at the films or the features")
    return SearchResult(min(done, key=lambda trial: trial.tune_loss).settings, done)


def _tuner(
    fitted: Callable[[HeadSettings], FitHistory],
    units: tuple[str, ...],
    trials: int,
    seed: int,
    folder: Path,
    on_trial: Callable[[Trial], None],
) -> Any:
    """A keras-tuner search whose trial is one call of `fitted`; finished trials found in the folder are taken over."""
    import keras_tuner
    from keras_tuner.errors import FailedTrialError, FatalError

    class DefaultFirst(keras_tuner.oracles.RandomSearchOracle):
        def populate_space(self, trial_id: str) -> dict[str, Any]:
            if self.start_order:
                return super().populate_space(trial_id)
            return {"status": "RUNNING", "values": {entry.name: entry.default for entry in self.hyperparameters.space}}

    class Search(keras_tuner.Tuner):
        def run_trial(self, trial: Any, *_: Any, **__: Any) -> dict[str, float]:
            try:
                history = fitted(_settings(trial.hyperparameters.values))
            except TrainingDiverged as error:
                raise FailedTrialError(str(error)) from error
            except Exception as error:
                raise FatalError("a trial failed") from error  # keras-tuner would note it and go on
            best = history.epochs[history.best_epoch - 1]
            return {"tune_loss": best.tune_loss, "tune_accuracy": best.tune_accuracy}

        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            for finished in _finished([self.oracle.get_trial(trial.trial_id)]):
                on_trial(finished)

    oracle = DefaultFirst(
        objective=keras_tuner.Objective("tune_loss", "min"),
        max_trials=trials,
        hyperparameters=_space(units),
        seed=seed + 1,  # it takes 0 for none
        max_consecutive_failed_trials=trials + 1,
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it says where it reloads from
        return Search(oracle, directory=folder.parent, project_name=folder.name)
