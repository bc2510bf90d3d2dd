"""What a fit makes small: cross-entropy of the findings, balanced by weights or focused on films that are hard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiographs.network.fit_settings import Balance

if TYPE_CHECKING:
    import keras

LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.25, 8.0  # as calibration bounds its own
FOCUS = 2.0  # gamma of the focal loss, as its authors chose it


def balanced_weights(labels: NDArray[np.int64], n_findings: int) -> NDArray[np.float32]:
    """Weights (n_findings,) float32 that give every finding the same say: n / (findings present × films of it).

    A finding without films gets weight 1. The formula is scikit-learn's `class_weight="balanced"`.
    """
    counts = np.bincount(labels, minlength=n_findings)
    present = np.count_nonzero(counts)
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 1.0).astype(np.float32)


def learning_weights(balance: Balance, labels: NDArray[np.int64], n_findings: int) -> NDArray[np.float32]:
    """Weights (n_findings,) float32 of the findings in the loss that is made small."""
    if balance in ("weights", "focal"):
        return balanced_weights(labels, n_findings)
    return np.ones(n_findings, np.float32)


def judging_weights(balance: Balance, labels: NDArray[np.int64], n_findings: int) -> NDArray[np.float32]:
    """Weights (n_findings,) float32 of the findings in the tune loss: the same for every way of balancing."""
    return np.ones(n_findings, np.float32) if balance == "none" else balanced_weights(labels, n_findings)


def learnt(balance: Balance, label_smoothing: float) -> keras.losses.Loss:
    """The loss of logits (B, C) against shares of the findings (B, C).

    Focal loss is that of Lin et al. 2017 (arXiv 1708.02002), eq. 5, with the balanced weights in the place of alpha.
    """
    import keras

    if balance == "focal":
        return keras.losses.CategoricalFocalCrossentropy(
            alpha=1.0, gamma=FOCUS, from_logits=True, label_smoothing=label_smoothing
        )
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing)


def cross_entropy(logits: NDArray[np.floating], labels: NDArray[np.int64], weights: NDArray[np.float32]) -> float:
    """Weighted mean cross-entropy, in nats, of logits (n, C) against labels (n,), in float64."""
    wide = logits.astype(np.float64)
    shifted = wide - wide.max(axis=1, keepdims=True)
    log_scores = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-np.average(log_scores[np.arange(len(labels)), labels], weights=weights[labels]))


def judged(logits: NDArray[np.floating], labels: NDArray[np.int64], weights: NDArray[np.float32]) -> float:
    """Weighted mean cross-entropy of logits (n, C) at the temperature that makes it least, from 0.25 to 8.

    A network's certainty is set right after its fit by just such a temperature (Guo et al. 2017). By the plain loss a
    stage that answers more films rightly would be thrown away because it is too sure of itself.
    """
    from scipy.optimize import minimize_scalar

    plain = cross_entropy(logits, labels, weights)
    if not math.isfinite(plain):
        return plain
    wide = logits.astype(np.float64)
    bounds = (math.log(LOWEST_TEMPERATURE), math.log(HIGHEST_TEMPERATURE))
    found = minimize_scalar(lambda power: cross_entropy(wide / math.exp(power), labels, weights), bounds=bounds)
    return min(plain, float(found.fun))
