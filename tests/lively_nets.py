"""Small classifiers whose answers vary from film to film, for tests of networks and bundles."""

from __future__ import annotations

from typing import Any

import numpy as np

from radiographs.network import classifier as classifiers
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings


def films(count: int, side_px: int, seed: int = 0) -> np.ndarray:
    """(count, side, side) uint8: smooth blobs of differing place, size and brightness on differing noise."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:side_px, 0:side_px] / side_px
    drawn = []
    for _ in range(count):
        base = random.uniform(20, 120) + random.normal(0, random.uniform(2, 25), (side_px, side_px))
        for _ in range(4):
            row, column, size = random.uniform(0, 1, 3)
            blob = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (0.005 + 0.05 * size))
            base += random.uniform(-120, 160) * blob
        drawn.append(np.clip(base, 0, 255).astype(np.uint8))
    return np.stack(drawn)


def lively(backbone: str, side_px: int, *, units: tuple[int, ...] = (16, 8), seed: int = 0) -> Classifier:
    """A classifier with randomised statistics, scales and head weights, so that logits and maps vary over films."""
    built = classifiers.build(backbone, side_px, "none", 4, HeadSettings(units=units), seed)
    random = np.random.default_rng(seed)
    _randomise_scales(built, random)
    _randomise_statistics(built, films(12, side_px, seed + 1), random)
    for layer in built.tail:
        for weight in layer.weights:
            deviation = 0.1 if len(weight.shape) == 1 else (2 / weight.shape[0]) ** 0.5
            weight.assign(random.normal(0, deviation, weight.shape))
    _even_out(built, films(12, side_px, seed + 2))
    return built


def _randomise_scales(built: Classifier, random: np.random.Generator) -> None:
    """ConvNeXt begins with blocks scaled to a millionth, which would leave them unseen, and even layer-norms."""
    for layer in built.backbone_layers:
        if type(layer).__name__ == "LayerScale":
            layer.gamma.assign(random.normal(0, 0.3, layer.gamma.shape))
        elif type(layer).__name__ == "LayerNormalization":
            layer.gamma.assign(random.uniform(0.7, 1.3, layer.gamma.shape))
            layer.beta.assign(random.normal(0, 0.2, layer.beta.shape))


def _randomise_statistics(built: Classifier, batch: np.ndarray, random: np.random.Generator) -> None:
    """Batch-norm takes the statistics of films behind random scales, so that signal survives any depth, and departs."""
    normalised = [layer for layer in built.backbone_layers if type(layer).__name__ == "BatchNormalization"]
    for layer in normalised:
        layer.momentum = 0.0
        layer.beta.assign(random.normal(0, 0.2, layer.beta.shape))
        if layer.gamma is not None:
            layer.gamma.assign(random.uniform(0.7, 1.3, layer.gamma.shape))
    if normalised:
        built.maps(batch.astype(np.float32), training=True)
    for layer in normalised:
        mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
        variance = np.maximum(variance, variance.mean() / 3)  # what hardly varies would only amplify rounding
        layer.moving_mean.assign(mean + random.normal(0, 0.1, mean.shape) * np.sqrt(variance))
        layer.moving_variance.assign(variance * random.uniform(0.8, 1.4, mean.shape))


def _even_out(built: Classifier, batch: np.ndarray) -> None:
    """Scales the last kernel until logits spread over films by about 1."""
    last: Any = built.tail[-1]
    spread = np.asarray(built.model(batch.astype(np.float32))).std(axis=0).mean()
    last.kernel.assign(np.asarray(last.kernel) / max(float(spread), 1e-6))
