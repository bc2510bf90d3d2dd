"""Fits the one number that turns logits into honest scores."""

from __future__ import annotations

import numpy as np

from radiographs.errors import InvalidScores

LOWEST_TEMPERATURE = 0.25
HIGHEST_TEMPERATURE = 8.0


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """The temperature that makes softmax(logits / temperature) likeliest (Guo et al. 2017).

    Args:
        logits: (n, C) float, before the softmax, of films that no weight was fitted on.
        truth: (n,) whole numbers, the position of the true finding.

    Returns:
        A temperature from 0.25 to 8: few films, all of them right, would otherwise ask for endless certainty. It is 1
        where no other is likelier.

    Raises:
        InvalidScores: no films, shapes that do not fit, or a logit that is NaN or infinite.
    """
    from scipy.optimize import minimize_scalar

    logits, truth = np.asarray(logits, dtype=np.float64), np.asarray(truth)
    if logits.ndim != 2 or not len(logits) or truth.shape != (len(logits),):
        raise InvalidScores(f"expected logits (n, C) and n true findings, got {logits.shape} and {truth.shape}")
    if not np.isfinite(logits).all():
        raise InvalidScores("expected finite logits to fit a temperature, got NaN or infinity")
    if truth.min() < 0 or truth.max() >= logits.shape[1]:
        raise InvalidScores(f"expected true findings from 0 to {logits.shape[1] - 1}, got {np.unique(truth)}")
    bounds = (np.log(LOWEST_TEMPERATURE), np.log(HIGHEST_TEMPERATURE))
    loss = lambda log_temperature: negative_log_likelihood(logits, truth, float(np.exp(log_temperature)))  # noqa: E731
    likeliest = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(likeliest.x)) if likeliest.fun < loss(0.0) else 1.0


def negative_log_likelihood(logits: np.ndarray, truth: np.ndarray, temperature: float) -> float:
    """Mean of −log score of the true finding: (n, C) logits, (n,) truth, temperature > 0; 0 is certain and right."""
    from scipy.special import log_softmax

    log_scores = log_softmax(logits / temperature, axis=1)
    return float(-np.mean(log_scores[np.arange(len(truth)), truth]))
