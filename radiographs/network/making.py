"""From stored films to an exported graph: the one place that knows in which order a classifier is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.network import checkpoints, classifier, export, training, tuning
from radiographs.network.export import Parity
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe
from radiographs.network.training import (
    EpochFigures,
    FitHistory,
    Labelled,
    LabelledFeatures,
    LabelledPixels,
    TrainingData,
)
from radiographs.network.tuning import SearchResult, Trial
from radiographs.records.cohort import Cohort, Film
from radiographs.store import pixels
from radiographs.store.shards import ShardStore

PARITY_FILMS = 16


@dataclass(frozen=True)
class Stores:
    """Where the prepared films and, unless trained from scratch, the frozen features of the cohort are read."""

    pixels: ShardStore
    features: ShardStore | None


@dataclass(frozen=True)
class Fitted:
    """A classifier that was fitted and exported.

    Attributes:
        graph: folder with the exported graph, not sealed yet.
        weights: Keras's weights, for a later fit to start from.
        parity: how far the graph's answers lie from Keras's.
        history: figures of each epoch.
        weights_digest: of the backbone's initial weights.
    """

    graph: Path
    weights: Path
    parity: Parity
    history: FitHistory
    weights_digest: str


@dataclass(frozen=True)
class FitPlaces:
    """Where a fit writes: its graph (a folder), its weights (a file), its stages' ends; and what it starts from."""

    graph: Path
    weights: Path
    checkpoints: Path
    initial: Path | None = None


def search(
    recipe: Recipe, cohort: Cohort, stores: Stores, folder: Path, on_trial: Callable[[Trial], None] = lambda trial: None
) -> SearchResult:
    """Chooses the head on train, judged on tune/select; held-out films are not touched."""
    train, select = cohort.of("train"), cohort.of("tune", "select")
    count = len(cohort.findings)
    if stores.features is None:
        return tuning.search_scratch(
            _pixels(recipe, cohort, stores, train),
            _pixels(recipe, cohort, stores, select),
            count,
            side_px=recipe.preparation.side_px,
            trials=recipe.trials,
            seed=recipe.seed,
            folder=folder,
            on_trial=on_trial,
        )
    return tuning.search_head(
        _features(recipe, cohort, stores.features, train),
        _features(recipe, cohort, stores.features, select),
        count,
        trials=recipe.trials,
        seed=recipe.seed,
        folder=folder,
        on_trial=on_trial,
    )


def fit(
    recipe: Recipe,
    head: HeadSettings,
    cohort: Cohort,
    stores: Stores,
    places: FitPlaces,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> Fitted:
    """Fits on train, stops early on tune/select, exports with heatmaps and checks parity.

    Raises:
        TrainingDiverged: the loss became infinite or undefined.
        ParityFailed: the exported graph answers differently.
        WeightsUnavailable, WeightsMismatch: the weights to start from are absent or of another architecture.
    """
    train, select = cohort.of("train"), cohort.of("tune", "select")
    built = classifier.build(
        recipe.backbone, recipe.preparation.side_px, recipe.weights, len(cohort.findings), head, recipe.seed
    )
    data = TrainingData(_labelled(recipe, cohort, stores, train), _labelled(recipe, cohort, stores, select))
    history = training.fit(
        built, data, recipe.fit, checkpoints=places.checkpoints, initial=places.initial, on_epoch=on_epoch
    )
    checkpoints.save_weights(built, places.weights)
    sample = data.select.pixels[list(range(min(PARITY_FILMS, len(data.select.pixels))))]
    parity = export.export_graph(built, sample, places.graph)
    return Fitted(places.graph, places.weights, parity, history, built.weights_digest)


def _labelled(recipe: Recipe, cohort: Cohort, stores: Stores, films: tuple[Film, ...]) -> Labelled:
    keys = pixels.keys(films, recipe.preparation)
    return Labelled(
        stores.pixels.reader(keys),
        cohort.labels(films),
        features=None if stores.features is None else _all(stores.features, keys),
        sources=np.array([film.source for film in films]),
    )


def _pixels(recipe: Recipe, cohort: Cohort, stores: Stores, films: tuple[Film, ...]) -> LabelledPixels:
    return LabelledPixels(stores.pixels.reader(pixels.keys(films, recipe.preparation)), cohort.labels(films))


def _features(recipe: Recipe, cohort: Cohort, store: ShardStore, films: tuple[Film, ...]) -> LabelledFeatures:
    return LabelledFeatures(_all(store, pixels.keys(films, recipe.preparation)), cohort.labels(films))


def _all(store: ShardStore, keys: list[str]) -> NDArray[np.float32]:
    reader = store.reader(keys)
    return reader[list(range(len(reader)))]
