"""From stored films to an exported graph: the one place that knows in which order a classifier is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from radiographs.network import classifier, export, training, tuning
from radiographs.network.export import Parity
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe
from radiographs.network.training import EpochFigures, FitHistory, LabelledFeatures, LabelledPixels
from radiographs.network.tuning import SearchResult, Trial
from radiographs.records.cohort import Cohort, Film
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
        parity: how far the graph's answers lie from Keras's.
        history: figures of each epoch.
        weights_digest: of the backbone's initial weights.
    """

    graph: Path
    parity: Parity
    history: FitHistory
    weights_digest: str


def search(
    recipe: Recipe, cohort: Cohort, stores: Stores, folder: Path, on_trial: Callable[[Trial], None] = lambda trial: None
) -> SearchResult:
    """Chooses the head on train, judged on tune/select; held-out films are not touched."""
    train, select = cohort.of("train"), cohort.of("tune", "select")
    count = len(cohort.findings)
    if stores.features is None:
        return tuning.search_scratch(
            _pixels(stores, cohort, train),
            _pixels(stores, cohort, select),
            count,
            side_px=recipe.preparation.side_px,
            trials=recipe.trials,
            seed=recipe.seed,
            folder=folder,
            on_trial=on_trial,
        )
    return tuning.search_head(
        _features(stores.features, cohort, train),
        _features(stores.features, cohort, select),
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
    folder: Path,
    on_epoch: Callable[[EpochFigures], None] = lambda figures: None,
) -> Fitted:
    """Fits on train, stops early on tune/select, exports with heatmaps and checks parity.

    Raises:
        TrainingDiverged: the loss became infinite or undefined.
        ParityFailed: the exported graph answers differently.
    """
    train, select = cohort.of("train"), cohort.of("tune", "select")
    built = classifier.build(
        recipe.backbone, recipe.preparation.side_px, recipe.weights, len(cohort.findings), head, recipe.seed
    )
    films, watched = _pixels(stores, cohort, train), _pixels(stores, cohort, select)
    if stores.features is None:
        epochs = training.fit_whole(built, films, watched, recipe.fit, stage="from scratch", on_epoch=on_epoch).epochs
    else:
        frozen = training.fit_head(
            built,
            _features(stores.features, cohort, train),
            _features(stores.features, cohort, select),
            recipe.fit,
            on_epoch=on_epoch,
        )
        epochs = frozen.epochs
        if recipe.fit.fine_tune_epochs:
            tuned = training.fit_whole(built, films, watched, recipe.fit, stage="fine-tuning", on_epoch=on_epoch)
            epochs = (*epochs, *tuned.epochs)
    sample = watched.reader[list(range(min(PARITY_FILMS, len(watched.reader))))]
    parity = export.export_graph(built, sample, folder)
    return Fitted(folder, parity, FitHistory(epochs), built.weights_digest)


def _pixels(stores: Stores, cohort: Cohort, films: tuple[Film, ...]) -> LabelledPixels:
    return LabelledPixels(stores.pixels.reader([film.id for film in films]), cohort.labels(films))


def _features(store: ShardStore, cohort: Cohort, films: tuple[Film, ...]) -> LabelledFeatures:
    reader = store.reader([film.id for film in films])
    return LabelledFeatures(reader[list(range(len(reader)))], cohort.labels(films))
