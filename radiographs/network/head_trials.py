"""One trial of a head: fitted on all of train, or once without each fold, and judged on tune/select."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from radiographs.network import heads, losses, training
from radiographs.network.epochs import FitHistory
from radiographs.network.grouped_folds import Fold
from radiographs.network.heads import HeadSettings
from radiographs.network.training import FitSettings, LabelledFeatures
from radiographs.network.trials import Figures


@dataclass(frozen=True)
class HeadTrials:
    """Fits heads on the same films with the same settings."""

    train: LabelledFeatures
    select: LabelledFeatures
    n_findings: int
    settings: FitSettings
    seed: int

    def on_all(self, head: HeadSettings, epochs: int) -> Figures:
        """Fits on all of train; tune/select ends the fit."""
        return best_epoch(self._fitted(head, epochs, self.train, self.select)[1])

    def in_folds(self, head: HeadSettings, epochs: int, parted: list[Fold]) -> Figures:
        """Fits once without each fold, which ends the fit; means of the figures on tune/select and on the folds."""
        found = []
        for fold in parted:
            fitted, left_out = (
                LabelledFeatures(self.train.values[rows], self.train.labels[rows])
                for rows in (fold.fitted, fold.left_out)
            )
            model, history = self._fitted(head, epochs, fitted, left_out)
            logits = np.asarray(model(self.select.values, training=False))
            weights = losses.judging_weights(self.settings.balance, fitted.labels, self.n_findings)
            loss = losses.judged(logits, self.select.labels, weights)
            right = np.mean(logits.argmax(axis=1) == self.select.labels)
            found.append((loss, right, best_epoch(history).tune_loss))
        loss, right, fold_loss = np.mean(found, axis=0)
        return Figures(float(loss), float(right), float(fold_loss))

    def _fitted(
        self, head: HeadSettings, epochs: int, train: LabelledFeatures, watched: LabelledFeatures
    ) -> tuple[Any, FitHistory]:
        model = heads.build(train.values.shape[1], self.n_findings, head, self.seed)
        shorter = dataclasses.replace(self.settings, epochs=epochs)
        smoothing = head.label_smoothing
        return model, training.fit_head_model(
            model, head.learning_rate, train, watched, shorter, label_smoothing=smoothing
        )


def best_epoch(history: FitHistory) -> Figures:
    """The figures of the epoch whose weights were kept."""
    best = history.epochs[history.best_epoch - 1]
    return Figures(float(best.tune_loss), float(best.tune_accuracy))
