"""The search for a head: which one it takes, that it can be repeated, interrupted and trusted."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import CohortRejected, TrainingDiverged
from radiographs.network import losses, training, tuning
from radiographs.network.epochs import EpochFigures, FitHistory
from radiographs.network.heads import HeadSettings
from radiographs.network.oracles import Plan
from radiographs.network.training import FitSettings, LabelledFeatures, LabelledPixels
from radiographs.network.tuning import SearchResult, Trial
from tests.network import killed_search

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

    def pretend(model, learning_rate, train, select, settings, *, label_smoothing) -> FitHistory:
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
        assert {type(width) for width in settings.units} <= {int}
        assert 0 <= trial.tune_accuracy <= 1
    json.dumps(dataclasses.asdict(result))


def test_a_seed_gives_the_same_trials_and_another_gives_others(tmp_path: Path, quickly: list[float]) -> None:
    first, again, other = search(tmp_path / "a"), search(tmp_path / "b"), search(tmp_path / "c", seed=1)
    assert first == again
    assert first.trials[1].settings != other.trials[1].settings


@pytest.mark.parametrize("method", tuning.METHODS)
def test_a_search_that_was_interrupted_goes_on_after_its_last_finished_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quickly: list[float], method: tuning.Method
) -> None:
    asked = {"trials": 5, "method": method, "settings": dataclasses.replace(QUICK, epochs=3)}
    unbroken = search(tmp_path / "unbroken", **asked)
    fitted: list[int] = []
    fit = training.fit_head_model

    def killed_in_the_second(*arguments, **others):
        fitted.append(1)
        if len(fitted) == 4:
            raise KeyboardInterrupt
        return fit(*arguments, **others)

    monkeypatch.setattr(tuning.training, "fit_head_model", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        search(tmp_path / "broken", **asked)
    seen: list[Trial] = []
    resumed = search(tmp_path / "broken", on_trial=seen.append, **asked)
    assert len(fitted) == len(unbroken.trials) + 1  # the one that was interrupted twice
    assert resumed == unbroken
    assert seen == list(unbroken.trials)


def test_trials_on_other_films_are_never_taken_over(tmp_path: Path, quickly: list[float]) -> None:
    first = search(tmp_path)
    moved, renamed = vectors(64, 0), vectors(64, 0)
    moved.values[:] += 1
    renamed.labels[:] = 2 - renamed.labels
    search(tmp_path, train=moved)
    search(tmp_path, train=renamed)
    assert len(quickly) == 3 * len(first.trials)


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


def test_a_search_killed_in_the_middle_of_a_trial_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    """A process of its own, killed without notice; then what it left is taken up here."""
    command = [sys.executable, "-m", "tests.network.killed_search", str(tmp_path / "broken")]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    kept = sorted(path.name for path in next((tmp_path / "broken").iterdir()).glob("*.json"))
    assert len(kept) == killed_search.KILLED_IN - 1
    assert killed_search.search(tmp_path / "broken") == killed_search.search(tmp_path / "unbroken")


def test_a_trial_whose_record_is_spoilt_is_made_again(tmp_path: Path, quickly: list[float]) -> None:
    first = search(tmp_path)
    for place, record in enumerate(sorted(next(tmp_path.iterdir()).glob("*.json"))):
        record.write_text("" if place else json.dumps({"values": {}}))
    assert search(tmp_path) == first
    assert len(quickly) == 2 * len(first.trials)


def test_a_longer_search_takes_up_the_trials_of_a_shorter_one(tmp_path: Path, quickly: list[float]) -> None:
    shorter = search(tmp_path, trials=2)
    longer = search(tmp_path, trials=4)
    assert longer.trials[:2] == shorter.trials
    assert len(quickly) == 4


@pytest.mark.parametrize("method", tuning.METHODS)
def test_each_method_begins_with_the_default_and_never_tries_the_same_twice(
    tmp_path: Path, quickly: list[float], method: tuning.Method
) -> None:
    found = search(tmp_path, trials=8, method=method, settings=dataclasses.replace(QUICK, epochs=3))
    assert found.trials[0].settings == HeadSettings()
    assert found.method == method
    assert len({(trial.settings, trial.epochs) for trial in found.trials}) == len(found.trials)
    assert len(found.trials) == Plan(method, 8, 3, 0).most_fits == tuning.most_fits(
        method, 8, dataclasses.replace(QUICK, epochs=3)
    )  # fmt: skip


def test_bayesian_search_draws_three_heads_and_then_looks_at_what_came_of_them(
    tmp_path: Path, quickly: list[float]
) -> None:
    drawn = search(tmp_path / "drawn", trials=4)
    learnt = search(tmp_path / "learnt", trials=4, method="bayesian")
    assert learnt.trials[:3] == drawn.trials[:3]
    assert learnt.trials[3] != drawn.trials[3]


@pytest.mark.long
def test_bayesian_search_looks_where_the_loss_is_low(tmp_path: Path, quickly: list[float]) -> None:
    drawn = search(tmp_path / "drawn", trials=12)
    learnt = search(tmp_path / "learnt", trials=12, method="bayesian")
    late = [float(np.median([trial.tune_loss for trial in found.trials[4:]])) for found in (drawn, learnt)]
    assert late[1] < late[0]


def test_hyperband_gives_more_epochs_to_the_better_ones(tmp_path: Path, quickly: list[float]) -> None:
    found = search(tmp_path, trials=4, method="hyperband", settings=dataclasses.replace(QUICK, epochs=9))
    by_settings: dict[HeadSettings, set[int]] = {}
    for trial in found.trials:
        by_settings.setdefault(trial.settings, set()).add(trial.epochs)
    began = {trial.settings: trial.tune_loss for trial in found.trials if trial.epochs == 1}
    went_on = {settings for settings in began if len(by_settings[settings]) > 1}
    assert {trial.epochs for trial in found.trials} == {1, 3, 9}
    assert went_on == set(sorted(began, key=lambda settings: began[settings])[: len(went_on)]) != set(began)


def test_hyperband_stays_near_the_epochs_that_were_asked_for() -> None:
    for trials in (5, 10, 40):
        fits = Plan("hyperband", trials, 20, 0).most_fits
        assert trials < fits < 4 * trials
    assert Plan("hyperband", 7, 1, 0).most_fits == 7


def test_every_setting_is_varied(tmp_path: Path, quickly: list[float]) -> None:
    found = search(tmp_path, trials=40)
    tried = [trial.settings for trial in found.trials]
    assert {len(head.units) for head in tried} == {0, 1, 2}
    assert {head.units[0] for head in tried if head.units} == {64, 128, 256, 512}
    assert all(head.units[1] == head.units[0] // 2 for head in tried if len(head.units) == 2)
    assert all(head.dropout == 0 for head in tried if not head.units)
    for name in ("dropout", "l2", "learning_rate", "label_smoothing"):
        assert len({getattr(head, name) for head in tried}) >= 5, name
    assert {head.dropout for head in tried} <= {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}  # no 0.30000000000000004


def test_label_smoothing_reaches_the_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit, seen = training.fit_head_model, []

    def watched(*arguments, **others):
        seen.append(others["label_smoothing"])
        return fit(*arguments, **others)

    monkeypatch.setattr(tuning.training, "fit_head_model", watched)
    found = search(tmp_path, trials=4)
    assert seen == [trial.settings.label_smoothing for trial in found.trials]
    assert len(set(seen)) > 1


@pytest.mark.parametrize(
    "wrong", [{"label_smoothing": 1.0}, {"label_smoothing": -0.1}, {"l2": -1.0}, {"learning_rate": 0.0}]
)
def test_a_head_that_cannot_work_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        HeadSettings(**wrong)


def test_a_method_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="random, bayesian, hyperband, got 'grid'"):
        search(tmp_path, method="grid")


def test_in_folds_no_group_is_both_fitted_and_left_out_and_tune_select_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, select = vectors(90, 0), vectors(32, 1)
    groups = np.array([f"g{row // 3}" for row in range(90)])
    fits: list[tuple[set[str], set[str], float]] = []
    fit = training.fit_head_model
    where = {tuple(row): group for row, group in zip(train.values.tolist(), groups, strict=True)}

    def seen(model, learning_rate, shown, watched, settings, **others):
        history = fit(model, learning_rate, shown, watched, settings, **others)
        weights = losses.judging_weights(settings.balance, shown.labels, 3)
        loss = losses.judged(np.asarray(model(select.values)), select.labels, weights)
        sides = [{where[tuple(row)] for row in part.values.tolist()} for part in (shown, watched)]
        fits.append((*sides, loss))
        return history

    monkeypatch.setattr(tuning.training, "fit_head_model", seen)
    found = search(tmp_path, train=train, trials=1, folds=3, groups=groups)
    assert len(fits) == found.folds == 3
    assert all(not fitted & left_out for fitted, left_out, _ in fits)
    assert sorted(group for _, left_out, _ in fits for group in left_out) == sorted(set(groups))
    assert found.trials[0].tune_loss == pytest.approx(np.mean([loss for _, _, loss in fits]), rel=1e-6)
    assert found.trials[0].fold_loss is not None and found.trials[0].fold_loss != found.trials[0].tune_loss


def test_folds_without_groups_or_with_too_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a group for each of 64 films to part 3 folds, got none"):
        search(tmp_path, folds=3)
    few = np.where(vectors(64, 0).labels == 1, "one", [f"g{row}" for row in range(64)])
    with pytest.raises(CohortRejected, match="finding 1 has 1 groups in train"):
        search(tmp_path, folds=3, groups=few)
