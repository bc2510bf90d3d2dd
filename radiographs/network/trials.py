"""Runs the trials of a search, one after another, and writes each down so that a killed search goes on after it."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiographs.errors import TrainingDiverged
from radiographs.network import oracles
from radiographs.network.oracles import Plan
from radiographs.store.writing import write_whole

if TYPE_CHECKING:
    import keras_tuner


@dataclass(frozen=True)
class Figures:
    """What a trial came to on tune/select, and on the folds of train that it left out; None is not measured."""

    tune_loss: float
    tune_accuracy: float | None
    fold_loss: float | None = None


@dataclass(frozen=True)
class Finished:
    """A trial that came to figures: keras-tuner's values, its epochs at most, and how long it took."""

    values: Mapping[str, Any]
    epochs: int
    figures: Figures
    seconds: float


def run(
    space: keras_tuner.HyperParameters,
    judged: Callable[[Mapping[str, Any], int], Figures],
    plan: Plan,
    folder: Path,
    on_trial: Callable[[Finished], None],
) -> tuple[Finished, ...]:
    """Runs the trials that keras-tuner chooses; the first is that of the space's defaults.

    What a trial came to is kept in a file named by its values, written whole. A search that was killed is begun again:
    keras-tuner chooses as before, and a trial found in the folder is not fitted again, so that it ends as an unbroken
    one and nothing half-written by keras-tuner is ever read.

    Args:
        space: what may be chosen.
        judged: fits with values of the space, for so many epochs at most.
        plan: method, number and seed.
        folder: for this search alone: the same data and settings, whatever the plan.
        on_trial: called with each trial in order, those found finished included.

    Raises:
        TrainingDiverged: every trial did.
    """
    from keras_tuner.errors import FatalError

    folder.mkdir(parents=True, exist_ok=True)
    done: list[Finished] = []

    def finished(trial: Finished) -> None:
        done.append(trial)
        on_trial(trial)

    tuner = _tuner(space, _kept(judged, folder), plan, folder, finished)
    try:
        tuner.search(verbose=0)
    except FatalError as error:
        raise error.__cause__ or error from None
    if not done:
        raise TrainingDiverged(f"{folder}: each of {plan.most_fits} trials diverged; look at the films or the features")
    return tuple(done)


def best_of(finished: tuple[Finished, ...]) -> Finished:
    """The trial with the lowest tune loss, the earliest of several."""
    return min(finished, key=lambda trial: trial.figures.tune_loss)


def _kept(judged: Callable[[Mapping[str, Any], int], Figures], folder: Path) -> Callable[[Mapping[str, Any], int], Any]:
    """The same, made once for the same values: what it came to, divergence too, is read from the folder after that."""

    def found_or_judged(values: Mapping[str, Any], epochs: int) -> Finished:
        facts = {name: _plain(value) for name, value in values.items()}
        name = hashlib.sha256(json.dumps([facts, epochs], sort_keys=True).encode()).hexdigest()[:24]
        path = folder / f"{name}.json"
        known = _read(path)
        if known is None:
            known = _measured(judged, facts, epochs)
            write_whole(path, json.dumps(known, indent=1).encode())
        if "diverged" in known:
            raise TrainingDiverged(known["diverged"])
        return Finished(facts, epochs, Figures(**known["figures"]), known["seconds"])

    return found_or_judged


def _measured(judged: Callable[..., Figures], facts: Mapping[str, Any], epochs: int) -> dict[str, Any]:
    """What is written down of a trial, as JSON takes it."""
    about = {"values": facts, "epochs": epochs}
    started = time.perf_counter()
    try:
        figures = judged(facts, epochs)
        if not math.isfinite(figures.tune_loss):
            raise TrainingDiverged(f"the tune loss became {figures.tune_loss}")
    except TrainingDiverged as error:
        return about | {"diverged": str(error)}
    plain = {name: None if value is None else float(value) for name, value in asdict(figures).items()}
    return about | {"figures": plain, "seconds": time.perf_counter() - started}


def _read(path: Path) -> dict[str, Any] | None:
    """A trial's file; None where there is none or it cannot be read, so that the trial is made again."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(known, dict) and ("diverged" in known or {"figures", "seconds"} <= known.keys())
    return known if whole else None


def _plain(value: Any) -> Any:
    """keras-tuner's values may be NumPy's numbers, and its steps add up to 0.30000000000000004."""
    plain = value.item() if hasattr(value, "item") else value
    return float(f"{plain:.9g}") if isinstance(plain, float) else plain


def _tuner(
    space: keras_tuner.HyperParameters,
    judged: Callable[[Mapping[str, Any], int], Finished],
    plan: Plan,
    folder: Path,
    on_trial: Callable[[Finished], None],
) -> keras_tuner.Tuner:
    """A keras-tuner search whose trial is one call of `judged`."""
    import keras_tuner
    from keras_tuner.errors import FailedTrialError, FatalError

    class Search(keras_tuner.Tuner):
        def run_trial(self, trial: Any, *_: Any, **__: Any) -> dict[str, float]:
            values = trial.hyperparameters.values
            chosen = {name: value for name, value in values.items() if not name.startswith("tuner/")}
            try:
                self._last = judged(chosen, int(values.get("tuner/epochs", plan.epochs)))
            except TrainingDiverged as error:
                raise FailedTrialError(str(error)) from error
            except Exception as error:
                raise FatalError("a trial failed") from error  # keras-tuner would note it and go on
            return {"tune_loss": self._last.figures.tune_loss}

        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            if trial.status == "COMPLETED":
                on_trial(self._last)

    # Its own records are begun anew each time: they are not written whole, so that a kill can leave half of one.
    return Search(oracles.oracle(space, plan), directory=folder, project_name="keras-tuner", overwrite=True)
