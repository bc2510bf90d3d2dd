"""The search for a head: which one it takes, that it can be repeated, interrupted and trusted."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import TrainingDiverged
from radiographs.network import training, tuning
from radiographs.network.epochs import EpochFigures, FitHistory
from radiographs.network.heads import HeadSettings
from radiographs.network.training import FitSettings, LabelledFeatures, LabelledPixels
from radiographs.network.tuning import SearchResult, Trial

QUICK = FitSettings(epochs=1, head_batch=32, augmentation=None)


def vectors(count: int, seed: int) -> LabelledFeatures:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, count)
    values = random.normal(size=(count, 12)) + np.eye(3, 12)[labels] * 3
    return LabelledFeatures(values.astype(np.float32), labels)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Puts a made-up fit in the place of the real one: figures that hang on settings and films only."""
    fitted: list[float] = []

    def pretend(model, learning_rate, train, select, settings) -> FitHistory:
        if not np.isfinite(train.values).all():
            raise TrainingDiverged("head, epoch 1: the loss became nan")
        fitted.append(learning_rate)
        loss = np.float64(learning_rate * 100 + abs(train.values.mean()))
        return FitHistory((EpochFigures("head", 1, 1.0, 0.5, loss, np.float64(0.5)),), best_epoch=1)

    monkeypatch.setattr(tuning.training, "fit_head_model", pretend)
    return fitted


def search(folder: Path, train: LabelledFeatures | None = None, **changes) -> SearchResult:
    arguments = {"trials": 2, "seed": 0, "settings": QUICK} | changes
    return tuning.search_head(train or vectors(64, 0), vectors(32, 1), 3, folder=folder, **arguments)


def test_the_best_head_is_the_one_with_the_lowest_tune_loss(tmp_path: Path) -> None:
    seen: list[Trial] = []
    result = search(tmp_path, on_trial=seen.append)
    assert len(result.trials) == 2
    assert seen == list(result.trials)
    assert result.best == min(result.trials, key=lambda trial: trial.tune_loss).settings
    assert len({trial.settings for trial in result.trials}) == 2


def test_the_default_head_is_tried_first(tmp_path: Path, quickly: list[float]) -> None:
    assert search(tmp_path, trials=1).best == HeadSettings()


def test_all_numbers_of_a_trial_are_pythons_own(tmp_path: Path, quickly: list[float]) -> None:
    result = search(tmp_path)
    for trial in result.trials:
        settings = trial.settings
        numbers = (settings.dropout, settings.l2, settings.learning_rate, trial.tune_loss, trial.tune_accuracy)
        assert {type(number) for number in numbers} == {float}
        assert {type(width) for width in settings.units} == {int}
        assert 0 <= trial.tune_accuracy <= 1
    json.dumps(dataclasses.asdict(result))


def test_a_seed_gives_the_same_trials_and_another_gives_others(tmp_path: Path, quickly: list[float]) -> None:
    first, again, other = search(tmp_path / "a"), search(tmp_path / "b"), search(tmp_path / "c", seed=1)
    assert first == again
    assert first.trials[1].settings != other.trials[1].settings


def test_a_search_that_was_killed_goes_on_after_its_last_finished_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quickly: list[float]
) -> None:
    unbroken = search(tmp_path / "unbroken", trials=3)
    fitted: list[int] = []
    fit = training.fit_head_model

    def killed_in_the_second(*arguments, **others):
        fitted.append(1)
        if len(fitted) == 2:
            raise KeyboardInterrupt
        return fit(*arguments, **others)

    monkeypatch.setattr(tuning.training, "fit_head_model", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        search(tmp_path / "broken", trials=3)
    seen: list[Trial] = []
    resumed = search(tmp_path / "broken", trials=3, on_trial=seen.append)
    assert len(fitted) == 4
    assert resumed == unbroken
    assert seen == list(unbroken.trials)


def test_trials_on_other_films_are_never_taken_over(tmp_path: Path, quickly: list[float]) -> None:
    first = search(tmp_path)
    other = search(tmp_path, train=vectors(64, 9))
    assert {trial.tune_loss for trial in first.trials}.isdisjoint({trial.tune_loss for trial in other.trials})


def test_a_trial_that_diverges_is_left_out_and_all_diverging_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quickly: list[float]
) -> None:
    fit, calls = training.fit_head_model, []

    def diverges_first(*arguments, **others):
        calls.append(1)
        if len(calls) == 1:
            raise TrainingDiverged("head, epoch 1: the loss became nan")
        return fit(*arguments, **others)

    monkeypatch.setattr(tuning.training, "fit_head_model", diverges_first)
    assert len(search(tmp_path).trials) == 1
    broken = vectors(64, 0)
    broken.values[:] = np.nan
    with pytest.raises(TrainingDiverged, match="each of 2 trials diverged"):
        search(tmp_path, train=broken)


def test_an_error_in_a_trial_is_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_, **__):
        raise MemoryError("no room")

    monkeypatch.setattr(tuning.training, "fit_head_model", breaks)
    with pytest.raises(MemoryError, match="no room"):
        search(tmp_path)


def test_lenet_is_searched_on_pixels(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 48)
    pixels = (random.integers(0, 60, (48, 32, 32)) + labels[:, None, None] * 120).astype(np.uint8)
    films = LabelledPixels(pixels, labels)
    result = tuning.search_scratch(films, films, 2, side_px=32, trials=2, seed=0, folder=tmp_path, settings=QUICK)
    assert [trial.settings.units for trial in result.trials] == [(120, 84)] * 2
    assert result.trials[0].settings.dropout != result.trials[1].settings.dropout or (
        result.trials[0].settings.learning_rate != result.trials[1].settings.learning_rate
    )


def test_a_search_writes_into_its_folder_only_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    search(tmp_path / "trials", trials=1)
    search(tmp_path / "trials", trials=1)
    assert capfd.readouterr().out == ""
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [path.name.startswith("head-") for path in (tmp_path / "trials").iterdir()] == [True]
