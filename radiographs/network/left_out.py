"""Answers to films of a source by classifiers that never saw that source, beside answers by those that saw its like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.network import grouped_folds, heads, making, training
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.labelled import Labelled, LabelledFeatures, TrainingData
from radiographs.network.making import Stores
from radiographs.network.recipe import Recipe
from radiographs.records.cohort import Cohort, Film
from radiographs.store import pixels

FOLDS = 5
WATCHED_PARTS = 8  # one of so many parts of what is fitted on ends the fit

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Asked:
    """Films of several sources.

    Attributes:
        labels: (n,) int64, positions of the findings.
        groups: (n,) names of the groups.
        sources: (n,) where each film comes from.
        n_findings: C.
    """

    labels: NDArray[np.int64]
    groups: NDArray[np.str_]
    sources: NDArray[np.str_]
    n_findings: int

    @classmethod
    def of(cls, cohort: Cohort, films: tuple[Film, ...]) -> Asked:
        """Films of a cohort."""
        groups, sources = (np.array([getattr(film, name) for film in films]) for name in ("group_id", "source"))
        return cls(cohort.labels(films), groups, sources, len(cohort.findings))


@dataclass(frozen=True)
class Fit:
    """The rows that one classifier is fitted on: those that weights learn from, and those that end the fit."""

    shown: Rows
    watched: Rows


Fitter = Callable[[Fit, Rows], NDArray[np.float32]]
"""From what is fitted on and the rows asked about (m,) to their (m, C) float32 logits."""


@dataclass(frozen=True)
class LeftOut:
    """Two answers to each film.

    Attributes:
        unseen: (n, C) float32 logits of a classifier fitted on all other sources; NaN where there is none, or too few
            films.
        seen: (n, C) float32 logits of a classifier fitted on other groups of all sources; NaN likewise.
    """

    unseen: NDArray[np.float32]
    seen: NDArray[np.float32]


def answers(films: Asked, fitter: Fitter, *, seed: int) -> LeftOut:
    """Fits without each source, and without each grouped fold: as many as `FOLDS`, or as the rarest finding has groups.

    Args:
        films: none of them held out.
        fitter: fits one classifier and asks it.
        seed: draws the folds.

    Raises:
        TrainingDiverged: a loss became infinite or undefined.
    """
    shape = (len(films.groups), films.n_findings)
    unseen, seen = np.full(shape, np.nan, np.float32), np.full(shape, np.nan, np.float32)
    for source in np.unique(films.sources):
        asked, others = np.flatnonzero(films.sources == source), np.flatnonzero(films.sources != source)
        strangers = ~np.isin(films.groups[others], films.groups[asked])  # a patient seen in two hospitals tells both
        unseen[asked] = _answered(films, others[strangers], asked, fitter, seed)
    folds = min(FOLDS, _fewest_groups(films.labels, films.groups))
    if folds >= 2:
        for fold in grouped_folds.parted(films.labels, films.groups, folds, seed):
            seen[fold.left_out] = _answered(films, fold.fitted, fold.left_out, fitter, seed)
    return LeftOut(unseen, seen)


def _answered(films: Asked, rows: Rows, asked: Rows, fitter: Fitter, seed: int) -> NDArray[np.float32]:
    """(m, C) logits for the rows asked about; NaN where there is too little to fit on."""
    labels, groups = films.labels[rows], films.groups[rows]
    fewest = _fewest_groups(labels, groups)
    if fewest < 2 or len(np.unique(labels)) < 2:
        return np.full((len(asked), films.n_findings), np.nan, np.float32)
    parts = next(iter(grouped_folds.parted(labels, groups, min(WATCHED_PARTS, fewest), seed)))
    return fitter(Fit(rows[parts.fitted], rows[parts.left_out]), asked)


def _fewest_groups(labels: NDArray[np.int64], groups: NDArray[np.str_]) -> int:
    """Groups of the finding that has fewest."""
    return min((len(np.unique(groups[labels == each])) for each in np.unique(labels)), default=0)


def heads_alone(features: LabelledFeatures, n_findings: int, head: HeadSettings, settings: FitSettings) -> Fitter:
    """Fits a head on kept features: the backbone stays as it came.

    Args:
        features: of all films, (n, d) float32.
        n_findings: C.
        head: its settings.
        settings: of its fit.
    """

    def fitted(fit: Fit, asked: Rows) -> NDArray[np.float32]:
        import keras

        keras.utils.clear_session()
        model = heads.build(features.values.shape[1], n_findings, head, settings.seed)
        shown, watched = (
            LabelledFeatures(features.values[rows], features.labels[rows]) for rows in (fit.shown, fit.watched)
        )
        smoothing = head.label_smoothing
        training.fit_head_model(model, head.learning_rate, shown, watched, settings, label_smoothing=smoothing)
        return np.asarray(model(features.values[asked], training=False))

    return fitted


def whole_networks(
    recipe: Recipe, head: HeadSettings, cohort: Cohort, films: tuple[Film, ...], stores: Stores
) -> Fitter:
    """Fits head and backbone as a retrain does, without its searches: minutes a classifier.

    Args:
        recipe: backbone, preparation and fit.
        head: its settings.
        cohort: names the findings.
        films: of it, in the order of the rows.
        stores: their prepared pixels, and features unless the network is fitted from scratch.
    """

    def labelled(rows: Rows) -> Labelled:
        return making.labelled(recipe, cohort, stores, tuple(films[row] for row in rows.tolist()))

    def fitted(fit: Fit, asked: Rows) -> NDArray[np.float32]:
        import keras

        keras.utils.clear_session()
        built = making.unfitted(recipe, head, cohort)
        training.fit(built, TrainingData(labelled(fit.shown), labelled(fit.watched)), recipe.fit)
        chosen = [films[row] for row in asked.tolist()]
        return making.logits(built, stores.pixels.reader(pixels.keys(chosen, recipe.preparation)))

    return fitted
