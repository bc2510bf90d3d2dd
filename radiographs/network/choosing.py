"""What is chosen before a fit: the head, and how the backbone is fine-tuned, on train and tune/select alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from radiographs.network import checkpoints, fine_search, making, stages, training, tuning
from radiographs.network.fine_search import FineSearchResult, FineTrial
from radiographs.network.fit_settings import Augmentation, FineTuning
from radiographs.network.heads import HeadSettings
from radiographs.network.making import FitPlaces, Stores
from radiographs.network.recipe import Recipe
from radiographs.network.training import FitHistory
from radiographs.network.tuning import SearchResult, Trial
from radiographs.records.cohort import Cohort


def most_heads(recipe: Recipe) -> int:
    """The most trials that `search` can come to."""
    fit = tuning.SCRATCH_FIT if recipe.from_scratch else tuning.HEAD_FIT
    return tuning.most_fits(recipe.search.method, recipe.search.trials, fit)


def most_ways(recipe: Recipe) -> int:
    """The most trials that `search_fine_tuning` can come to."""
    shortened = dataclasses.replace(recipe.fit, epochs=_way_to_begin_with(recipe).epochs)
    return tuning.most_fits(recipe.search.method, recipe.search.fine_trials, shortened)


def search(
    recipe: Recipe, cohort: Cohort, stores: Stores, folder: Path, on_trial: Callable[[Trial], None] = lambda trial: None
) -> SearchResult:
    """Chooses the head on train, judged on tune/select; held-out films are not touched.

    Raises:
        TrainingDiverged: every trial did.
        CohortRejected: a finding has fewer groups in train than there are folds.
    """
    train, select = cohort.of("train"), cohort.of("tune", "select")
    count, asked = len(cohort.findings), recipe.search
    if stores.features is None:
        return tuning.search_scratch(
            making.labelled_pixels(recipe, cohort, stores, train),
            making.labelled_pixels(recipe, cohort, stores, select),
            count,
            side_px=recipe.preparation.side_px,
            trials=asked.trials,
            seed=recipe.seed,
            folder=folder,
            on_trial=on_trial,
            method=asked.method,
        )
    return tuning.search_head(
        making.labelled_features(recipe, cohort, stores.features, train),
        making.labelled_features(recipe, cohort, stores.features, select),
        count,
        trials=asked.trials,
        seed=recipe.seed,
        folder=folder,
        on_trial=on_trial,
        method=asked.method,
        folds=asked.folds,
        groups=np.array([film.group_id for film in train]),
    )


def search_fine_tuning(
    recipe: Recipe,
    head: HeadSettings,
    cohort: Cohort,
    stores: Stores,
    places: FitPlaces,
    on_trial: Callable[[FineTrial], None] = lambda trial: None,
) -> FineSearchResult:
    """Chooses how the backbone is fine-tuned on train, judged on tune/select; each trial starts from one fitted head.

    Raises:
        TrainingDiverged: every trial did.
        ValueError: the backbone has no frozen stage.
    """
    data = making.training_data(recipe, cohort, stores)
    built = making.unfitted(recipe, head, cohort)
    most_groups = len(stages.groups_of(built))
    initial = places.initial or places.checkpoints / "frozen.npz"
    if places.initial is None:
        frozen = dataclasses.replace(recipe.fit, fine_tuning=None)
        training.fit(built, data, frozen, checkpoints=places.checkpoints)
        checkpoints.save_weights(built, initial)

    checkpoints.load_weights(built, initial)
    started_from = checkpoints.digest_of(built.model.get_weights())

    def fit_one(way: FineTuning, changes: Augmentation | None) -> FitHistory:
        settings = dataclasses.replace(recipe.fit, fine_tuning=way, augmentation=changes, fine_tune_epochs=way.epochs)
        return training.fit(making.unfitted(recipe, head, cohort), data, settings, initial=initial)

    return fine_search.search(
        fit_one,
        trials_at_most=recipe.search.fine_trials,
        seed=recipe.seed,
        folder=places.checkpoints,
        fixed=[cohort.digest, recipe.digest, dataclasses.asdict(head), started_from],
        most_groups=most_groups,
        method=recipe.search.method,
        start=_way_to_begin_with(recipe),
        augmentation=recipe.fit.augmentation,
        on_trial=on_trial,
    )


def _way_to_begin_with(recipe: Recipe) -> FineTuning:
    start = recipe.fit.fine_tuning or FineTuning()
    return dataclasses.replace(start, epochs=min(start.epochs, recipe.fit.fine_tune_epochs))
