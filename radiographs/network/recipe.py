"""From stored films to an exported graph: the one place that knows in which order a classifier is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from radiographs.imaging.preprocessing import Preparation
from radiographs.network import backbones, classifier, export, training, tuning
from radiographs.network.backbones import SCRATCH
from radiographs.network.export import Parity
from radiographs.network.heads import HeadSettings
from radiographs.network.training import EpochFigures, FitHistory, FitSettings, LabelledFeatures, LabelledPixels
from radiographs.network.tuning import SearchResult, Trial
from radiographs.records.cohort import Cohort, Film
from radiographs.runtime.extractor import FeatureExtractor
from radiographs.store.shards import ShardStore

PARITY_FILMS = 16


@dataclass(frozen=True)
class Recipe:
    """Everything that, with a cohort, determines a classifier."""

    backbone: str = "MobileNetV2"
    weights: str = "imagenet"
    preparation: Preparation = field(default_factory=Preparation)
    trials: int = 4
    fit: FitSettings = field(default_factory=FitSettings)
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses early what `classifier.build` would refuse after hours of admission.

        Raises:
            UnknownBackbone: no such backbone, or the side is too small for it.
            WeightsUnavailable: the weights file is absent.
        """
        backbones.require_side(self.backbone, self.preparation.side_px)
        if self.weights not in ("imagenet", "none"):
            backbones.require_file(self.weights)

    @property
    def from_scratch(self) -> bool:
        """Whether the backbone has no frozen stage (LeNet-5)."""
        return self.backbone == SCRATCH

    @property
    def weights_identity(self) -> str:
        """What the frozen weights are, known without building them: the file's digest, or the seed, or Keras's own."""
        if self.weights == "none":
            return f"none-{self.seed}"
        if self.weights == "imagenet":
            return "imagenet"
        return hashlib.sha256(backbones.require_file(self.weights).read_bytes()).hexdigest()

    @property
    def feature_key(self) -> str:
        """Names the frozen features: preparation, backbone and weights, and nothing that comes after them."""
        return _digest(self.feature_facts)

    @property
    def feature_facts(self) -> dict[str, str]:
        """All that a film's features depend on beside the film."""
        return {"preparation": self.preparation.digest, "backbone": self.backbone, "weights": self.weights_identity}

    @property
    def epochs(self) -> int:
        """The most epochs that a fit can take, over all its stages."""
        return self.fit.epochs + (0 if self.from_scratch else self.fit.fine_tune_epochs)

    @property
    def digest(self) -> str:
        """Names the whole recipe; a weights file counts by its content, not by where it lies."""
        content = asdict(self) | {"weights": self.weights_identity}
        return _digest(content)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


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


def ready_extractor(recipe: Recipe, graphs: Path, *, threads: int = 0) -> FeatureExtractor:
    """The compiled frozen backbone; exported once, then found again without Keras."""
    folder = graphs / recipe.feature_key
    graph = folder / "features.xml"
    if not graph.is_file():
        untrained = classifier.build(
            recipe.backbone, recipe.preparation.side_px, recipe.weights, 2, HeadSettings(), recipe.seed
        )
        export.export_features(untrained, folder)
    return FeatureExtractor(graph, threads=threads)


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
