"""Answers to films of a source by heads that never saw that source, beside answers by heads that saw its like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.network import grouped_folds, heads, training
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.labelled import LabelledFeatures

FOLDS = 5
WATCHED_PARTS = 8  # one of so many parts of what is fitted on ends the fit


@dataclass(frozen=True)
class Kept:
    """Films whose features are kept.

    Attributes:
        features: (n, d) float32 with labels (n,).
        groups: (n,) names of the groups.
        sources: (n,) where each film comes from.
        n_findings: C.
    """

    features: LabelledFeatures
    groups: NDArray[np.str_]
    sources: NDArray[np.str_]
    n_findings: int

    def of(self, rows: NDArray[np.int64]) -> Kept:
        """Some of the films."""
        chosen = LabelledFeatures(self.features.values[rows], self.features.labels[rows])
        return Kept(chosen, self.groups[rows], self.sources[rows], self.n_findings)


@dataclass(frozen=True)
class LeftOut:
    """Two answers to each film.

    Attributes:
        unseen: (n, C) float32 logits of a head fitted on all other sources; NaN where there is none, or too few films.
        seen: (n, C) float32 logits of a head fitted on other groups of all sources.
    """

    unseen: NDArray[np.float32]
    seen: NDArray[np.float32]


def answers(films: Kept, head: HeadSettings, settings: FitSettings) -> LeftOut:
    """Fits a head without each source, and a head without each grouped fold.

    Args:
        films: none of them held out.
        head: settings of the head.
        settings: of its fit; its seed draws folds and weights.

    Raises:
        CohortRejected: a finding has fewer groups than folds.
        TrainingDiverged: a loss became infinite or undefined.
    """
    shape = (len(films.groups), films.n_findings)
    unseen, seen = np.full(shape, np.nan, np.float32), np.empty(shape, np.float32)
    for source in np.unique(films.sources):
        asked, others = np.flatnonzero(films.sources == source), np.flatnonzero(films.sources != source)
        strangers = ~np.isin(films.groups[others], films.groups[asked])  # a patient seen in two hospitals tells both
        unseen[asked] = _answered(films.of(others[strangers]), films.of(asked), head, settings)
    for fold in grouped_folds.parted(films.features.labels, films.groups, FOLDS, settings.seed):
        seen[fold.left_out] = _answered(films.of(fold.fitted), films.of(fold.left_out), head, settings)
    return LeftOut(unseen, seen)


def _answered(fitted: Kept, asked: Kept, head: HeadSettings, settings: FitSettings) -> NDArray[np.float32]:
    """(m, C) logits for the films asked about; NaN where there is too little to fit on."""
    import keras

    labels = fitted.features.labels
    fewest = min((len(np.unique(fitted.groups[labels == each])) for each in np.unique(labels)), default=0)
    if fewest < 2 or len(np.unique(labels)) < 2:
        return np.full((len(asked.groups), asked.n_findings), np.nan, np.float32)
    parts = next(iter(grouped_folds.parted(labels, fitted.groups, min(WATCHED_PARTS, fewest), settings.seed)))
    keras.utils.clear_session()
    model = heads.build(fitted.features.values.shape[1], fitted.n_findings, head, settings.seed)
    shown, watched = (fitted.of(rows).features for rows in (parts.fitted, parts.left_out))
    training.fit_head_model(model, head.learning_rate, shown, watched, settings, label_smoothing=head.label_smoothing)
    return np.asarray(model(asked.features.values, training=False))
