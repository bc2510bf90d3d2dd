"""Fits a contender once a fold and lets it answer the films that it has not seen; then measures what it costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiographs.evaluation.contest_result import ContestResult, Cost
from radiographs.network import classifier, export, heads, training
from radiographs.network.classifier import Classifier
from radiographs.network.contest import Contender, Protocol
from radiographs.network.making import Stores
from radiographs.network.training import LabelledFeatures, LabelledPixels
from radiographs.records.drawing import Parts, Sample
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle, calibrated
from radiographs.runtime.manifest import Manifest
from radiographs.store import pixels
from radiographs.store.shards import RowReader

PARITY_FILMS = 4
ANSWERED_AT_ONCE = 128


@dataclass(frozen=True)
class _Fold:
    """What a fold's network says, (judged, C) float32 logits, with the network's weights and its best epoch."""

    logits: NDArray[np.float32]
    weights: list[Any]
    best_epoch: int


def run(
    contender: Contender,
    protocol: Protocol,
    sample: Sample,
    stores: Stores,
    *,
    threads: int = 0,
    on_fold: Callable[[], None] = lambda: None,
) -> ContestResult:
    """Answers every film of a sample out of fold, and measures the compiled network of the last fold.

    Args:
        contender: the network; frozen, or from scratch where its backbone has no frozen stage.
        protocol: head and fit.
        sample: the films with their folds.
        stores: their prepared pixels, and their features unless the backbone has no frozen stage.
        threads: of the compiled network; 0 takes all cores.
        on_fold: called after each fold.

    Raises:
        TrainingDiverged: a loss became infinite or undefined.
        ParityFailed: the compiled network answers differently from Keras.
    """
    contest = _Contest(contender, protocol, sample, stores, pixels.keys(sample.films, contender.recipe.preparation))
    logits = np.empty((len(sample.films), len(sample.findings)), np.float32)
    folds: list[_Fold] = []
    started = time.perf_counter()
    for number in range(sample.n_folds):
        parts = sample.parts(number, contender.films)
        folds.append(contest.from_scratch(parts) if stores.features is None else contest.frozen(parts))
        logits[parts.judged] = folds[-1].logits
        on_fold()
    cost = contest.cost(folds[-1], time.perf_counter() - started, threads)
    return ContestResult(calibrated(logits, 1.0), tuple(fold.best_epoch for fold in folds), cost)


@dataclass(frozen=True)
class _Contest:
    """A contender with its films, which are called `keys` in the stores."""

    contender: Contender
    protocol: Protocol
    sample: Sample
    stores: Stores
    keys: list[str]

    def frozen(self, parts: Parts) -> _Fold:
        """Fits a head on stored features."""
        import keras

        if self.stores.features is None:
            raise ValueError(f"expected features of {self.contender.name}")
        shown, watched, judged = (
            self.stores.features.reader([self.keys[row] for row in rows])[np.arange(len(rows))]
            for rows in (parts.train, parts.watched, parts.judged)
        )
        keras.utils.clear_session()
        head = heads.build(shown.shape[1], len(self.sample.findings), self.protocol.head, self.protocol.seed)
        labels = self.sample.labels
        done = training.fit_head_model(
            head,
            self.protocol.head.learning_rate,
            LabelledFeatures(shown, labels[parts.train]),
            LabelledFeatures(watched, labels[parts.watched]),
            self.contender.recipe.fit,
        )
        return _Fold(np.asarray(head(judged, training=False)), head.get_weights(), done.best_epoch)

    def from_scratch(self, parts: Parts) -> _Fold:
        """Fits a whole network on films."""
        import keras

        keras.utils.clear_session()
        built, labels = self._built(), self.sample.labels
        shown, watched, judged = (self._films(rows) for rows in (parts.train, parts.watched, parts.judged))
        done = training.fit_whole(
            built,
            LabelledPixels(shown, labels[parts.train]),
            LabelledPixels(watched, labels[parts.watched]),
            self.contender.recipe.fit,
            stage="from scratch",
        )
        places = np.arange(len(parts.judged))
        batches = [places[at : at + ANSWERED_AT_ONCE] for at in range(0, len(places), ANSWERED_AT_ONCE)]
        said = [np.asarray(built.model(judged[batch].astype(np.float32), training=False)) for batch in batches]
        return _Fold(np.concatenate(said), built.model.get_weights(), done.best_epoch)

    def cost(self, fold: _Fold, fit_s: float, threads: int) -> Cost:
        """Exports the network of a fold with its heatmaps, parity-checked, and times it on one film at a time."""
        built, recipe = self._built(), self.contender.recipe
        (built.model if built.head_model is None else built.head_model).set_weights(fold.weights)
        films = self._films(np.arange(PARITY_FILMS))[np.arange(PARITY_FILMS)]
        with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
            graph = Path(temporary) / "graph"
            parity = export.export_graph(built, films, graph)
            draft = Manifest(
                findings=self.sample.findings,
                preparation=recipe.preparation,
                backbone=recipe.backbone,
                weights_digest=built.weights_digest,
                temperature=1.0,
                cohort_digest="",
                parity={"logits": parity.logits_difference, "heatmaps": parity.heatmaps_difference},
            )
            manifest.seal(graph, draft)
            size = sum(file.stat().st_size for file in graph.iterdir())
            latency_ms = Bundle.load(graph, threads=threads).median_ms()
        return Cost(built.model.count_params(), size / 1e6, latency_ms, fit_s)

    def _films(self, rows: NDArray[np.int64]) -> RowReader:
        return self.stores.pixels.reader([self.keys[row] for row in rows])

    def _built(self) -> Classifier:
        recipe, count = self.contender.recipe, len(self.sample.findings)
        side = recipe.preparation.side_px
        return classifier.build(recipe.backbone, side, recipe.weights, count, self.protocol.head, self.protocol.seed)
