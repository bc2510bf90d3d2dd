"""The one entry of fitting: its stages, where a killed fit goes on, what memory and a champion's weights do to it."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_net import HEAD, QUICK, films, least_loss, lenet, small

from radiographs.errors import TrainingDiverged, WeightsMismatch, WeightsUnavailable
from radiographs.network import checkpoints, losses, training
from radiographs.network.classifier import Classifier
from radiographs.network.training import EpochFigures, FineTuning, FitHistory, FitSettings, Labelled, TrainingData

STAGES = ["head", "fine-tuning 1", "fine-tuning 2"]
TUNING = FineTuning(groups=2, epochs=2, learning_rate=1e-2)
SETTINGS = dataclasses.replace(QUICK, epochs=2, fine_tuning=TUNING, augmentation=training.Augmentation(cutout=0.2))


def data(built: Classifier | None = None, n_train: int = 64) -> TrainingData:
    """Films of two findings from two sources, with features where a classifier is given."""
    parts = []
    for count, seed in ((n_train, 0), (32, 1)):
        some = films(count, seed)
        features = None if built is None else built.features.predict_on_batch(some.reader[:])
        parts.append(Labelled(some.reader, some.labels, features, np.array(["a", "b"])[some.labels * 0]))
    return TrainingData(*parts)


def fitted(settings: FitSettings = SETTINGS, folder: Path | None = None, **options: Any) -> tuple[Classifier, Any]:
    built = small()
    return built, training.fit(built, data(built), settings, checkpoints=folder, **options)


def assert_same(one: Classifier, other: Classifier) -> None:
    for a, b in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def unbroken() -> tuple[Classifier, Any]:
    return fitted()


class Killed(BaseException):
    pass


def killing(stage: str) -> Any:
    def kill(figures: EpochFigures) -> None:
        if figures.stage == stage:
            raise Killed

    return kill


def test_stages_come_in_order_each_begins_with_what_the_one_before_came_to(unbroken: tuple[Classifier, Any]) -> None:
    history = unbroken[1]
    assert [stage.stage for stage in history.stages] == STAGES
    assert [figures.stage for figures in history.epochs] == [name for name in STAGES for _ in range(2)]
    best = min(figures.tune_loss for figures in history.epochs)
    assert history.epochs[history.best_epoch - 1].tune_loss == best
    for before, after in zip(history.stages[1:], history.stages[2:], strict=False):
        assert after.began_with == pytest.approx(min(before.began_with, before.tune_loss), rel=1e-5)
        assert before.kept == (before.tune_loss < before.began_with)
    assert (history.batch, history.notes) == (16, ())
    assert history.threads >= 1


def test_the_head_is_fitted_on_films_where_no_features_are_stored() -> None:
    built = small()
    start = built.features.predict_on_batch(data().train.pixels[:])
    history = training.fit(built, data(), dataclasses.replace(SETTINGS, fine_tuning=None))
    assert [stage.stage for stage in history.stages] == ["head"]
    np.testing.assert_array_equal(built.features.predict_on_batch(data().train.pixels[:]), start)


def test_a_network_without_a_frozen_stage_has_one_stage() -> None:
    history = training.fit(lenet(), data(), SETTINGS)
    assert [stage.stage for stage in history.stages] == ["from scratch"]


def test_a_fit_broken_off_in_every_stage_goes_on_there_and_ends_as_an_unbroken_one(
    unbroken: tuple[Classifier, Any], tmp_path: Path
) -> None:
    whole, expected = unbroken
    for done, stage in enumerate(STAGES):
        with pytest.raises(Killed):
            fitted(folder=tmp_path, on_epoch=killing(stage))
        assert len(list(tmp_path.rglob("stage-*.npz"))) == done
    seen: list[EpochFigures] = []
    again, history = fitted(folder=tmp_path, on_epoch=seen.append)
    assert_same(whole, again)
    assert history == expected
    assert tuple(seen) == history.epochs


def test_a_finished_fit_is_taken_up_whole_a_spoilt_boundary_is_fitted_again(
    unbroken: tuple[Classifier, Any], tmp_path: Path
) -> None:
    fitted(folder=tmp_path)
    again, history = fitted(folder=tmp_path, on_epoch=lambda figures: None)
    assert history == unbroken[1]
    assert_same(unbroken[0], again)
    (last,) = tmp_path.rglob("stage-3.npz")
    last.write_bytes(last.read_bytes()[:500])
    assert_same(unbroken[0], fitted(folder=tmp_path)[0])


def test_other_settings_weights_or_films_have_boundaries_of_their_own() -> None:
    films_of = [data().train.films, data(n_train=48).train.films]
    names = [
        checkpoints.name_of([SETTINGS, 2], films_of[0]),
        checkpoints.name_of([dataclasses.replace(SETTINGS, seed=1), 2], films_of[0]),
        checkpoints.name_of([SETTINGS, 3], films_of[0]),
        checkpoints.name_of([SETTINGS, 2], films_of[1]),
    ]
    assert len(set(names)) == 4
    assert checkpoints.name_of([SETTINGS, 2], data().train.films) == names[0]


CHILD = """
import os, signal, sys
sys.path[:0] = [{here!r}, {root!r}]
from pathlib import Path
import test_fit
def kill(figures):
    if figures.stage == "fine-tuning 2":
        os.kill(os.getpid(), signal.SIGKILL)
test_fit.fitted(folder=Path({folder!r}), on_epoch=kill)
"""


def test_a_process_killed_in_its_last_stage_is_gone_on_with_by_another(
    unbroken: tuple[Classifier, Any], tmp_path: Path
) -> None:
    here = Path(__file__).resolve().parent
    script = CHILD.format(here=str(here), root=str(here.parents[1]), folder=str(tmp_path))
    child = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, timeout=200)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()[-2000:]
    assert sorted(path.name for path in tmp_path.rglob("*.npz")) == ["stage-1.npz", "stage-2.npz"]
    began: list[EpochFigures] = []
    again, history = fitted(folder=tmp_path, on_epoch=began.append)
    assert history == unbroken[1]
    assert_same(unbroken[0], again)


class Crowded:
    """Films that a machine can hold eight of at a time."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, indices: Any) -> np.ndarray:
        if len(np.atleast_1d(indices)) == 16:
            raise MemoryError("16 films are too many")
        return self._rows[indices]


def test_out_of_memory_halves_the_batch_says_so_and_ends_as_the_smaller_batch_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = dataclasses.replace(SETTINGS, fine_tuning=None)
    crowded, roomy = small(), small()
    narrow = TrainingData(
        dataclasses.replace(data().train, pixels=Crowded(data().train.pixels)),
        dataclasses.replace(data().select, pixels=Crowded(data().select.pixels)),
    )
    with caplog.at_level(logging.WARNING):
        history = training.fit(crowded, narrow, settings)
    assert history.batch == 8
    assert history.notes == ("head: out of memory: batch halved to 8",)
    assert "batch halved to 8" in caplog.text
    training.fit(roomy, data(), dataclasses.replace(settings, batch=8))
    assert_same(crowded, roomy)


def test_an_error_that_is_not_about_memory_is_not_tried_again() -> None:
    with pytest.raises(RuntimeError, match="of another kind"):
        fitted(on_epoch=lambda figures: (_ for _ in ()).throw(RuntimeError("of another kind")))


def test_a_warm_start_begins_with_the_champions_answers_and_needs_no_head_stage(
    unbroken: tuple[Classifier, Any], tmp_path: Path
) -> None:
    champion = unbroken[0]
    checkpoints.save_weights(champion, tmp_path / "weights.npz")
    warm = small()
    history = training.fit(warm, data(warm), SETTINGS, initial=tmp_path / "weights.npz")
    assert [stage.stage for stage in history.stages] == STAGES[1:]
    select = data().select
    weights = training.epochs.balanced_weights(data().train.labels, 2)[select.labels]
    own = least_loss(champion.model.predict_on_batch(select.pixels[:]), select.labels, weights)
    assert history.stages[0].began_with == pytest.approx(own, rel=1e-4)


def test_the_head_of_saved_weights_is_told_and_weights_that_do_not_tell_it_are_refused(tmp_path: Path) -> None:
    built = small()
    checkpoints.save_weights(built, tmp_path / "weights.npz")
    assert checkpoints.head_of(tmp_path / "weights.npz") == built.head
    checkpoints.save_boundary(tmp_path, 1, built, FitHistory((), 0))
    with pytest.raises(WeightsMismatch, match=r"stage-1\.npz does not tell which head"):
        checkpoints.head_of(tmp_path / "stage-1.npz")
    with pytest.raises(WeightsUnavailable, match="absent"):
        checkpoints.head_of(tmp_path / "absent.npz")


def test_weights_of_another_network_or_none_are_no_warm_start(tmp_path: Path) -> None:
    checkpoints.save_weights(small(n_findings=3), tmp_path / "weights.npz")
    with pytest.raises(WeightsMismatch, match="expected weights with findings 2, got 3"):
        training.fit(small(), data(), SETTINGS, initial=tmp_path / "weights.npz")
    with pytest.raises(WeightsUnavailable, match="absent"):
        training.fit(small(), data(), SETTINGS, initial=tmp_path / "absent.npz")
    (tmp_path / "text.npz").write_text("no weights")
    with pytest.raises(WeightsMismatch, match="no weights that can be read"):
        training.fit(small(), data(), SETTINGS, initial=tmp_path / "text.npz")


def test_divergence_in_fine_tuning_says_where_and_keeps_the_head_that_was_good() -> None:
    built, kept = small(), []
    films_and_features = data(built)

    def poison(figures: EpochFigures) -> None:
        if figures.stage == "head":
            kept[:] = built.model.get_weights()
            return
        raise AssertionError("no epoch of fine-tuning can end")

    wild = dataclasses.replace(SETTINGS, epochs=1, fine_tuning=dataclasses.replace(TUNING, learning_rate=1e38))
    with pytest.raises(TrainingDiverged, match="fine-tuning 1, epoch 1: the loss became"):
        training.fit(built, films_and_features, wild, on_epoch=poison)
    for now, then in zip(built.model.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(now, then)


def test_mixed_precision_leaves_float32_weights_and_answers() -> None:
    rows, frozen = data().select.pixels[:], dataclasses.replace(SETTINGS, fine_tuning=None)
    narrow, wide = small(), small()
    training.fit(narrow, data(), dataclasses.replace(frozen, mixed_precision=True))
    training.fit(wide, data(), frozen)
    assert {weight.dtype for weight in narrow.model.weights} == {"float32"}
    assert {layer.compute_dtype for layer in narrow.backbone_layers} == {"float32"}
    answers = [built.model.predict_on_batch(rows) for built in (narrow, wide)]
    assert answers[0].dtype == np.float32
    np.testing.assert_allclose(answers[0], answers[1], atol=0.05)
    assert not np.array_equal(answers[0], answers[1])


def test_sources_are_balanced_only_where_they_are_given() -> None:
    built = small()
    bare = dataclasses.replace(data().train, sources=None)
    with pytest.raises(ValueError, match="a source for every film"):
        training.fit(built, TrainingData(bare, data().select), dataclasses.replace(SETTINGS, by_source=True))


@pytest.mark.parametrize("balance", ["sampling", "focal"])
def test_every_way_of_balancing_fits(balance: Any) -> None:
    changes = training.Augmentation(mixup=0.2)
    settings = dataclasses.replace(SETTINGS, balance=balance, by_source=True, augmentation=changes, fine_tuning=None)
    history = training.fit(small(), data(), settings)
    assert all(np.isfinite(figures.loss) for figures in history.epochs)


def test_labels_are_smoothed_in_every_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, learnt = [], losses.learnt

    def watched(balance: str, smoothing: float):
        seen.append(smoothing)
        return learnt(balance, smoothing)

    monkeypatch.setattr(losses, "learnt", watched)
    built = small(head=dataclasses.replace(HEAD, label_smoothing=0.15))
    history = training.fit(built, data(built), dataclasses.replace(SETTINGS, epochs=1, fine_tune_epochs=1))
    assert len(history.stages) == 3
    assert seen == [0.15] * 3
