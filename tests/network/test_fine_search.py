"""The search for how a backbone is fine-tuned, on a small net that learns from pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import InvalidSettings
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import fine_search, making
from radiographs.network.epochs import EpochFigures, FitHistory, StageFigures
from radiographs.network.fine_search import FineSearchResult, FineTrial
from radiographs.network.fit_settings import Augmentation, FineTuning, FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.making import FitPlaces, Stores
from radiographs.network.recipe import Recipe, SearchSettings
from radiographs.records.cohort import Cohort, Film
from radiographs.store.shards import ShardStore

SIDE = 32


def pretended(way: FineTuning, changes: Augmentation | None) -> FitHistory:
    """A fit that is the better the lower its rate; it finds nothing where films are changed."""
    began = StageFigures("fine-tuning 1", 2.0, 1.0, changes is None)
    epoch = EpochFigures("fine-tuning 1", 1, 1.0, 0.5, way.learning_rate * 100, 0.5)
    return FitHistory((epoch,), 1 if changes is None else 0, (began,))


def search(folder: Path, trials: int = 12, fit_one=pretended) -> FineSearchResult:
    return fine_search.search(
        fit_one, trials_at_most=trials, seed=0, folder=folder, fixed=["cohort", "recipe"], most_groups=3
    )


def test_the_first_way_is_the_one_that_is_set_and_the_best_has_the_lowest_loss(tmp_path: Path) -> None:
    found = search(tmp_path)
    assert found.trials[0].settings == FineTuning() and found.trials[0].augmentation is None
    assert found.best == min(found.trials, key=lambda trial: trial.tune_loss)
    assert found.best.augmentation is None


def test_a_way_that_improves_nothing_counts_with_the_loss_that_it_began_with(tmp_path: Path) -> None:
    changed = [trial for trial in search(tmp_path).trials if trial.augmentation is not None]
    assert changed and {trial.tune_loss for trial in changed} == {2.0}
    assert {trial.tune_accuracy for trial in changed} == {None}


def test_depth_rate_decay_and_strength_are_varied_within_the_groups_that_there_are(tmp_path: Path) -> None:
    tried = search(tmp_path, trials=30).trials
    assert {trial.settings.groups for trial in tried} == {1, 2, 3}
    assert len({trial.settings.learning_rate for trial in tried}) > 20
    assert len({trial.settings.weight_decay for trial in tried}) >= 3
    assert len({trial.augmentation for trial in tried}) == 4


def test_an_interrupted_search_of_ways_goes_on_after_its_last_finished_trial(tmp_path: Path) -> None:
    fitted: list[float] = []

    def broken(way: FineTuning, changes: Augmentation | None) -> FitHistory:
        fitted.append(way.learning_rate)
        if len(fitted) == 3:
            raise KeyboardInterrupt
        return pretended(way, changes)

    with pytest.raises(KeyboardInterrupt):
        search(tmp_path / "broken", 5, broken)
    assert search(tmp_path / "broken", 5, broken) == search(tmp_path / "whole", 5)
    assert len(fitted) == 6


def test_the_chosen_way_replaces_the_one_of_the_fit() -> None:
    way, changes = FineTuning(groups=3, epochs=7), Augmentation().scaled(0.5)
    settings = FineTrial(way, changes, 0.1, None).of(FitSettings(seed=3))
    assert settings == dataclasses.replace(
        FitSettings(seed=3), fine_tuning=way, augmentation=changes, fine_tune_epochs=7
    )


def test_a_search_of_ways_is_refused_where_nothing_is_fine_tuned() -> None:
    asked = SearchSettings(fine_trials=2)
    with pytest.raises(InvalidSettings, match="LeNet-5 is not fine-tuned"):
        Recipe("LeNet-5", "none", Preparation(SIDE), asked)
    with pytest.raises(InvalidSettings, match=r"MobileNet\(0.25\) is not fine-tuned"):
        Recipe("MobileNet(0.25)", "none", Preparation(SIDE), asked, FitSettings(fine_tune_epochs=0))
    assert Recipe("MobileNet(0.25)", "none", Preparation(SIDE), asked).search == asked


def prepared(folder: Path, held_out: int) -> tuple[Cohort, Stores]:
    """Films of two findings in train and tune, told apart by their bright half; held-out films differ by `held_out`."""
    random = np.random.default_rng(5)
    splits = ["train"] * 32 + ["tune"] * 16 + ["held_out"] * 8
    labels = random.integers(0, 2, len(splits))
    pixels = random.integers(0, 120, (len(splits), SIDE, SIDE), dtype=np.uint8)
    for film, label in zip(pixels, labels, strict=True):
        film[:, label * SIDE // 2 : (label + 1) * SIDE // 2] += 60
    labels[48:], pixels[48:] = held_out, held_out * 255
    said = {"patient_id": "", "view_position": "", "sex": "", "age": None}
    files = {"original": "", "lung_mask": "", "lesion_mask": ""}
    films = tuple(
        Film(f"f{n:03d}", "AB"[label], "north", f"g{n}", split, "select" if split == "tune" else "", **said, **files)
        for n, (split, label) in enumerate(zip(splits, labels, strict=True))
    )
    store = ShardStore(folder / "pixels", (SIDE, SIDE), np.uint8)
    store.append([film.id for film in films], pixels)
    features = ShardStore(folder / "features", (256,), np.float32)
    features.append([film.id for film in films], pixels[:, ::2, ::2].reshape(len(films), -1).astype(np.float32) / 255)
    return Cohort("digest", Findings(("A", "B"), "A"), films), Stores(store, features)


def test_ways_of_a_real_backbone_are_tried_from_one_head_and_held_out_films_change_nothing(tmp_path: Path) -> None:
    fit = FitSettings(epochs=1, batch=16, fine_tuning=FineTuning(groups=1, epochs=1), fine_tune_epochs=1)
    recipe = Recipe("MobileNet(0.25)", "none", Preparation(SIDE), SearchSettings(fine_trials=2), fit)
    found = []
    for name, held_out in (("one", 0), ("other", 1)):
        cohort, stores = prepared(tmp_path / name, held_out)
        places = FitPlaces(tmp_path / name / "graph", tmp_path / name / "w.npz", tmp_path / name / "stages")
        found.append(making.search_fine_tuning(recipe, HeadSettings(units=(8,)), cohort, stores, places))
    assert found[0] == found[1]
    assert len({trial.settings for trial in found[0].trials}) == 2
