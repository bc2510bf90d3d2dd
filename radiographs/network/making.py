"""From stored films to an exported graph: the one place that knows in which order a classifier is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.network import checkpoints, classifier, export, training
from radiographs.network.classifier import Classifier
from radiographs.network.export import Parity
from radiographs.network.fit_settings import FitSettings
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
from radiographs.records.cohort import Cohort, Film
from radiographs.store import pixels
from radiographs.store.rows import Rows
from radiographs.store.shards import ShardStore

PARITY_FILMS = 16
FILMS_AT_ONCE = 64


@dataclass(frozen=True)
class Stores:
    """Where the prepared films and, unless trained from scratch, the frozen features of the cohort are read."""

    pixels: ShardStore
    features: ShardStore | None


@dataclass(frozen=True)
class TuneAnswers:
    """What a network says of tune before and after it was fine-tuned.

    Attributes:
        films: those of tune, in order.
        frozen: (n, C) float32 logits at the end of the frozen stage.
        tuned: (n, C) float32 logits at the end.
    """

    films: tuple[Film, ...]
    frozen: NDArray[np.float32]
    tuned: NDArray[np.float32]


@dataclass(frozen=True)
class Fitted:
    """A classifier that was fitted and exported.

    Attributes:
        graph: folder with the exported graph, not sealed yet.
        weights: Keras's weights, for a later fit to start from.
        parity: how far the graph's answers lie from Keras's.
        history: figures of each epoch.
        weights_digest: of the backbone's initial weights.
        tune: answers before and after fine-tuning; None where there was but one stage.
    """

    graph: Path
    weights: Path
    parity: Parity
    history: FitHistory
    weights_digest: str
    tune: TuneAnswers | None = None


@dataclass(frozen=True)
class FitPlaces:
    """Where a fit writes: its graph (a folder), its weights (a file), its stages' ends; and what it starts from."""

    graph: Path
    weights: Path
    checkpoints: Path
    initial: Path | None = None


def fit(
    recipe: Recipe,
    head: HeadSettings,
    cohort: Cohort,
    stores: Stores,
    places: FitPlaces,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
    *,
    settings: FitSettings | None = None,
) -> Fitted:
    """Fits on train, stops early on tune/select, exports with heatmaps and checks parity.

    Args:
        recipe: backbone, weights, preparation and seed.
        head: settings of the head.
        cohort: its train and tune/select are read.
        stores: their prepared films and features.
        places: where is written what.
        on_epoch: called with each epoch's figures.
        settings: how, where a search has chosen otherwise than the recipe.

    Raises:
        TrainingDiverged: the loss became infinite or undefined.
        ParityFailed: the exported graph answers differently.
        WeightsUnavailable, WeightsMismatch: the weights to start from are absent or of another architecture.
    """
    built, data = unfitted(recipe, head, cohort), training_data(recipe, cohort, stores)
    tune = labelled(recipe, cohort, stores, cohort.of("tune"))
    frozen: list[NDArray[np.float32]] = []

    def on_stage(stage: str) -> None:
        if stage == training.HEAD and tune.features is not None and built.head_model is not None:
            frozen.append(np.asarray(built.head_model(tune.features, training=False)))

    history = training.fit(
        built,
        data,
        settings or recipe.fit,
        checkpoints=places.checkpoints,
        initial=places.initial,
        on_epoch=on_epoch,
        on_stage=on_stage,
    )
    checkpoints.save_weights(built, places.weights)
    sample = data.select.pixels[list(range(min(PARITY_FILMS, len(data.select.pixels))))]
    parity = export.export_graph(built, sample, places.graph)
    answers = None
    if frozen and len(history.stages) > 1:
        answers = TuneAnswers(cohort.of("tune"), frozen[0], logits(built, tune.pixels))
    return Fitted(places.graph, places.weights, parity, history, built.weights_digest, answers)


def logits(built: Classifier, films: Rows) -> NDArray[np.float32]:
    """(n, C) float32: what a classifier answers to prepared films (n, side, side) uint8, outside training."""
    starts = range(0, len(films), FILMS_AT_ONCE)
    rows = (np.arange(start, min(start + FILMS_AT_ONCE, len(films))) for start in starts)
    return np.concatenate([np.asarray(built.model(films[each].astype(np.float32), training=False)) for each in rows])


def unfitted(recipe: Recipe, head: HeadSettings, cohort: Cohort) -> Classifier:
    """The classifier that a fit begins with.

    Raises:
        WeightsUnavailable, WeightsMismatch: as `classifier.build`.
    """
    side_px, count = recipe.preparation.side_px, len(cohort.findings)
    return classifier.build(recipe.backbone, side_px, recipe.weights, count, head, recipe.seed)


def training_data(recipe: Recipe, cohort: Cohort, stores: Stores) -> TrainingData:
    """Train and tune/select as a fit reads them."""
    train, select = (labelled(recipe, cohort, stores, cohort.of(*part)) for part in (("train",), ("tune", "select")))
    return TrainingData(train, select)


def labelled(recipe: Recipe, cohort: Cohort, stores: Stores, films: tuple[Film, ...]) -> Labelled:
    """Films of a cohort with their pixels, findings, sources and, unless trained from scratch, features."""
    keys = pixels.keys(films, recipe.preparation)
    return Labelled(
        stores.pixels.reader(keys),
        cohort.labels(films),
        features=None if stores.features is None else _all(stores.features, keys),
        sources=np.array([film.source for film in films]),
    )


def labelled_pixels(recipe: Recipe, cohort: Cohort, stores: Stores, films: tuple[Film, ...]) -> LabelledPixels:
    """Films of a cohort with their pixels and findings alone."""
    return LabelledPixels(stores.pixels.reader(pixels.keys(films, recipe.preparation)), cohort.labels(films))


def labelled_features(recipe: Recipe, cohort: Cohort, store: ShardStore, films: tuple[Film, ...]) -> LabelledFeatures:
    """Films of a cohort with their features and findings alone."""
    return LabelledFeatures(_all(store, pixels.keys(films, recipe.preparation)), cohort.labels(films))


def _all(store: ShardStore, keys: list[str]) -> NDArray[np.float32]:
    reader = store.reader(keys)
    return reader[list(range(len(reader)))]
