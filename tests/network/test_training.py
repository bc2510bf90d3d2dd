"""Fitting in stages: what learns, what stays fixed, what is kept, and what is refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_net import FAST, QUICK, SIDE, WIDTH, films, least_loss, lenet, small, vectors

from radiographs.errors import TrainingDiverged
from radiographs.network import augmentation, epochs, training
from radiographs.network.augmentation import Augmentation
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings
from radiographs.network.training import EpochFigures, LabelledFeatures, LabelledPixels
from radiographs.store.shards import ShardStore


@pytest.fixture
def headed() -> Classifier:
    return small(n_findings=3)


def loss_of(model: Any, rows: np.ndarray, labels: np.ndarray) -> float:
    logits = model.predict_on_batch(rows).astype(np.float64)
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-np.log(scores[np.arange(len(labels)), labels]).mean())


def test_the_head_learns_and_keeps_the_weights_of_its_best_epoch(headed: Classifier) -> None:
    train, select = vectors(96, 0), vectors(48, 1)
    live: list[EpochFigures] = []
    settings = dataclasses.replace(QUICK, epochs=6, balance="none")
    history = training.fit_head(headed, train, select, settings, on_epoch=live.append)
    assert tuple(live) == history.epochs
    assert [figures.epoch for figures in live] == list(range(1, len(live) + 1))
    best = min(live, key=lambda figures: figures.tune_loss)
    assert history.best_epoch == best.epoch
    assert best.tune_accuracy > 0.8
    assert least_loss(headed.head_model.predict_on_batch(select.values), select.labels) == pytest.approx(
        best.tune_loss, rel=1e-5
    )


def test_training_figures_are_means_over_all_films_of_an_epoch(headed: Classifier) -> None:
    train = vectors(48, 0)
    settings = dataclasses.replace(QUICK, epochs=1, balance="none")
    frozen = dataclasses.replace(headed, head=HeadSettings(units=(16,), dropout=0.1, learning_rate=1e-12))
    start = loss_of(headed.head_model, train.values, train.labels)
    (figures,) = training.fit_head(frozen, train, vectors(8, 1), settings).epochs
    assert figures.loss == pytest.approx(start, rel=0.1)  # dropout is on while fitting


def test_every_figure_is_a_python_number(headed: Classifier) -> None:
    history = training.fit_head(headed, vectors(32, 0), vectors(16, 1), dataclasses.replace(QUICK, epochs=1))
    values = dataclasses.astuple(history.epochs[0])
    assert [type(value) for value in values] == [str, int, float, float, float, float]
    json.dumps(dataclasses.asdict(history))
    json.dumps(dataclasses.asdict(QUICK))


def test_the_same_seed_gives_the_same_weights_and_another_does_not(headed: Classifier) -> None:
    begin = headed.head_model.get_weights()
    fits = []
    for seed in (5, 5, 6):
        fresh = small(n_findings=3)
        fresh.head_model.set_weights(begin)
        training.fit_head(fresh, vectors(64, 0), vectors(32, 1), dataclasses.replace(QUICK, epochs=2, seed=seed))
        fits.append(np.concatenate([weight.ravel() for weight in fresh.head_model.get_weights()]))
    np.testing.assert_array_equal(fits[0], fits[1])
    assert not np.array_equal(fits[0], fits[2])


def test_a_fit_stops_when_tune_no_longer_improves(headed: Classifier) -> None:
    train, select = vectors(64, 0), vectors(32, 1)
    shuffled = LabelledFeatures(select.values, np.roll(select.labels, 1))
    settings = dataclasses.replace(QUICK, epochs=60, patience=2)
    history = training.fit_head(headed, train, shuffled, settings)
    assert len(history.epochs) == history.best_epoch + 2 < 60


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.array([0] * 30 + [1] * 5 + [2] * 65)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(epochs.balanced_weights(labels, 3), expected, rtol=1e-6)
    assert epochs.balanced_weights(labels, 4)[3] == 1


def test_class_weights_lift_a_rare_finding() -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(400) % 20 == 0).astype(np.int64)
    values = random.normal(size=(400, WIDTH)).astype(np.float32)
    values[:, 0] += labels * 1.5
    data = LabelledFeatures(values, labels)
    found = []
    for balance in ("none", "weights"):
        fresh = small(n_findings=2)
        training.fit_head(fresh, data, data, dataclasses.replace(QUICK, epochs=2, balance=balance))
        answers = fresh.head_model.predict_on_batch(values).argmax(axis=1)
        found.append(int(answers.sum()))
    assert found[1] > found[0]


def test_a_loss_that_is_not_finite_stops_the_fit_and_keeps_the_last_good_weights(headed: Classifier) -> None:
    train, select = vectors(64, 0), vectors(32, 1)
    poisoned: list[int] = []

    def poison(figures: EpochFigures) -> None:
        poisoned.append(figures.epoch)
        if figures.epoch == 2:
            kept.extend(headed.head_model.get_weights())
            headed.head_model.layers[-1].kernel.assign(np.full((16, 3), np.nan))

    kept: list[np.ndarray] = []
    with pytest.raises(TrainingDiverged, match=r"head, epoch 3: the loss became nan.*learning rate, now 0.005"):
        training.fit_head(headed, train, select, QUICK, on_epoch=poison)
    assert poisoned == [1, 2]
    for now, then in zip(headed.head_model.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(now, then)


def test_divergence_in_the_first_epoch_leaves_the_weights_it_came_with(headed: Classifier) -> None:
    before = headed.head_model.get_weights()
    train = vectors(32, 0)
    train.values[:] = np.inf
    with pytest.raises(TrainingDiverged, match="head, epoch 1"):
        training.fit_head(headed, train, vectors(16, 1), QUICK)
    for now, then in zip(headed.head_model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_lenet_learns_from_scratch_through_the_store_a_batch_at_a_time(tmp_path: Path) -> None:
    train, select = films(100, 0), films(40, 1)
    asked: list[int] = []

    class Spy:
        def __init__(self, labelled: LabelledPixels, folder: Path) -> None:
            store = ShardStore(folder, (SIDE, SIDE), np.uint8)
            ids = [str(n) for n in range(len(labelled.labels))]
            store.append(ids, labelled.reader[:])
            self._reader = store.reader(ids)

        def __len__(self) -> int:
            return len(self._reader)

        def __getitem__(self, indices: Any) -> np.ndarray:
            asked.append(len(indices))
            return self._reader[indices]

    scratch = lenet()
    history = training.fit_whole(
        scratch,
        LabelledPixels(Spy(train, tmp_path / "train"), train.labels),
        LabelledPixels(Spy(select, tmp_path / "select"), select.labels),
        dataclasses.replace(QUICK, epochs=10),
        stage="from scratch",
    )
    assert history.epochs[history.best_epoch - 1].tune_accuracy > 0.9
    assert history.epochs[0].stage == "from scratch"
    assert max(asked) == 16


def test_fine_tuning_touches_the_top_of_the_backbone_only_and_no_batch_norm() -> None:
    import keras

    built = small()
    start = {id(layer): layer.get_weights() for layer in built.backbone_layers}
    settings = dataclasses.replace(QUICK, fine_tuning=FAST)
    history = training.fit_whole(built, films(64, 0), films(32, 1), settings, stage="fine-tuning")
    assert history.best_epoch > 0
    changed = [
        position
        for position, layer in enumerate(built.backbone_layers)
        if any(not np.array_equal(a, b) for a, b in zip(layer.get_weights(), start[id(layer)], strict=True))
    ]
    assert [type(built.backbone_layers[place]) for place in changed] == [keras.layers.Conv2D]
    assert changed[0] >= len(built.backbone_layers) - 4


def test_fine_tuning_that_does_not_help_leaves_the_frozen_result() -> None:
    built = small()
    train, select = films(64, 0), films(32, 1)
    training.fit_whole(built, train, select, dataclasses.replace(QUICK, fine_tuning=FAST), stage="fine-tuning")
    before = built.model.get_weights()
    opposite = LabelledPixels(train.reader, 1 - train.labels)
    history = training.fit_whole(built, opposite, select, QUICK, stage="fine-tuning")
    assert history.best_epoch == 0
    assert [stage.kept for stage in history.stages] == [False, False]
    for now, then in zip(built.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_changes_of_films_are_in_the_fitted_model_only_and_off_outside_training() -> None:
    built = lenet()
    rows = films(8, 0).reader[:]
    changing = augmentation.before(built.model, SIDE, Augmentation(), seed=0)
    np.testing.assert_allclose(changing.predict_on_batch(rows), built.model.predict_on_batch(rows), atol=1e-6)
    assert np.abs(np.array(changing(rows, training=True)) - np.array(changing(rows, training=True))).max() > 1e-4
    settings = dataclasses.replace(QUICK, epochs=1, augmentation=Augmentation())
    training.fit_whole(built, films(32, 0), films(16, 1), settings, stage="from scratch")
    assert not [layer.name for layer in built.model.layers if "random" in layer.name and layer.name != "radiograph"]


def test_no_change_mirrors_a_film() -> None:
    import keras

    film = np.zeros((1, SIDE, SIDE), np.uint8)
    film[:, :, : SIDE // 4] = 200
    identity = keras.Sequential([keras.Input((SIDE, SIDE)), keras.layers.Identity()])
    changing = augmentation.before(identity, SIDE, Augmentation(), seed=0)
    for _ in range(20):
        changed = np.array(changing(film, training=True))[0]
        assert changed[:, : SIDE // 2].sum() > changed[:, SIDE // 2 :].sum()
        assert changed.min() >= 0
        assert changed.max() <= 255


def test_a_network_without_a_frozen_stage_is_refused_where_one_is_needed() -> None:
    scratch = lenet()
    with pytest.raises(ValueError, match="LeNet-5 has no frozen stage"):
        training.fit_head(scratch, vectors(8, 0), vectors(8, 1), QUICK)
    with pytest.raises(ValueError, match="LeNet-5 has no frozen stage"):
        training.fit_whole(scratch, films(8, 0), films(8, 1), QUICK, stage="fine-tuning")


def test_rows_without_labels_are_refused(headed: Classifier) -> None:
    lame = LabelledFeatures(vectors(8, 0).values, np.zeros(7, np.int64))
    with pytest.raises(ValueError, match="7 labels for 8 rows"):
        training.fit_head(headed, lame, vectors(8, 1), QUICK)


def test_fitting_says_nothing_on_the_terminal(headed: Classifier, capfd: pytest.CaptureFixture[str]) -> None:
    training.fit_head(headed, vectors(20, 0), vectors(9, 1), dataclasses.replace(QUICK, epochs=1))
    captured = capfd.readouterr()
    assert captured.out == ""
