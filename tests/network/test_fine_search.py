"""The search for how a backbone is fine-tuned, on a small net that learns from pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import InvalidSettings
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import checkpoints, choosing, fine_search, making
from radiographs.network.epochs import EpochFigures, FitHistory, StageFigures
from radiographs.network.fine_search import FineSearchResult, FineTrial
from radiographs.network.fit_settings import Augmentation, FineTuning, FitSettings
from radiographs.network.making import FitPlaces, Fitted, Stores
from radiographs.network.recipe import Recipe, SearchSettings
from radiographs.network.tuning import SearchResult
from radiographs.records.cohort import Cohort, Film
from radiographs.store.shards import ShardStore
from tests.network import small_net


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
        Recipe("LeNet-5", "none", Preparation(small_net.SIDE), asked)
    with pytest.raises(InvalidSettings, match=r"MobileNet\(0.25\) is not fine-tuned"):
        Recipe("MobileNet(0.25)", "none", Preparation(small_net.SIDE), asked, FitSettings(fine_tune_epochs=0))
    assert Recipe("MobileNet(0.25)", "none", Preparation(small_net.SIDE), asked).search == asked


def prepared(folder: Path, held_out: int) -> tuple[Cohort, Stores]:
    """Films of two findings in train and tune, told apart by their bright half; held-out films differ by `held_out`."""
    splits = ["train"] * 32 + ["tune"] * 16 + ["held_out"] * 8
    shown = small_net.films(len(splits), 5)
    pixels, labels = np.array(shown.reader), np.array(shown.labels)
    labels[48:], pixels[48:] = held_out, held_out * 255
    said = {"patient_id": "", "view_position": "", "sex": "", "age": None}
    files = {"original": "", "lung_mask": "", "lesion_mask": ""}
    films = tuple(
        Film(f"f{n:03d}", "AB"[label], "north", f"g{n}", split, "select" if split == "tune" else "", **said, **files)
        for n, (split, label) in enumerate(zip(splits, labels, strict=True))
    )
    names = [film.id for film in films]
    store = ShardStore(folder / "pixels", (small_net.SIDE, small_net.SIDE), np.uint8)
    store.append(names, pixels)
    features = ShardStore(folder / "features", (small_net.WIDTH,), np.float32)
    features.append(names, np.asarray(small_net.small().features(pixels.astype(np.float32))))
    return Cohort("digest", Findings(("A", "B"), "A"), films), Stores(store, features)


def made(folder: Path, held_out: int) -> tuple[SearchResult, FineSearchResult, Fitted, str]:
    """Both searches and the fit, as a retrain makes them, and the digest of the weights."""
    way = FineTuning(groups=1, epochs=1, learning_rate=1e-3)
    fit = FitSettings(epochs=2, batch=16, head_batch=16, fine_tuning=way, fine_tune_epochs=1)
    asked = SearchSettings(trials=2, folds=2, fine_trials=2)
    recipe = Recipe("MobileNet(0.25)", "none", Preparation(small_net.SIDE), asked, fit)
    cohort, stores = prepared(folder, held_out)
    places = FitPlaces(folder / "graph", folder / "weights.npz", folder / "stages")
    heads = choosing.search(recipe, cohort, stores, folder / "search")
    ways = choosing.search_fine_tuning(recipe, heads.best, cohort, stores, places)
    fitted = making.fit(recipe, heads.best, cohort, stores, places, settings=ways.best.of(recipe.fit))
    kept = small_net.small(head=heads.best)
    checkpoints.load_weights(kept, places.weights)
    return heads, ways, fitted, checkpoints.digest_of(kept.model.get_weights())


def test_changing_the_pixels_and_findings_of_held_out_films_changes_neither_searches_nor_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making.classifier, "build", lambda *given: small_net.small(head=given[4]))
    heads, ways, fitted, weights = made(tmp_path / "one", 0)
    others = made(tmp_path / "other", 1)
    assert (heads, ways, fitted.history, weights) == (others[0], others[1], others[2].history, others[3])
    assert len({trial.settings for trial in heads.trials}) == len({trial.settings for trial in ways.trials}) == 2
    assert [stage.stage for stage in fitted.history.stages][:2] == ["head", "fine-tuning 1"]
    assert (tmp_path / "one" / "graph" / "graph.bin").read_bytes() == (
        tmp_path / "other" / "graph" / "graph.bin"
    ).read_bytes()
