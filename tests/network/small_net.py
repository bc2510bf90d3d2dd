"""A network that a test can fit in a second, with films and vectors that it can learn from."""

from __future__ import annotations

import numpy as np

from radiographs.network import classifier, heads
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings
from radiographs.network.training import FineTuning, FitSettings, LabelledFeatures, LabelledPixels

SIDE = 32
FAST = FineTuning(groups=2, epochs=3, learning_rate=1e-2)
TUNING = FineTuning(groups=2, epochs=2, learning_rate=1e-5, rate_decay=1.0)
QUICK = FitSettings(epochs=4, batch=16, head_batch=16, fine_tuning=TUNING, augmentation=None)
HEAD = HeadSettings(units=(16,), dropout=0.1, learning_rate=5e-3)


def films(count: int, seed: int) -> LabelledPixels:
    """Noise with a bright half, left or right, that gives the label."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    pixels = random.integers(0, 120, (count, SIDE, SIDE), dtype=np.uint8)
    for film, label in zip(pixels, labels, strict=True):
        film[:, label * SIDE // 2 : (label + 1) * SIDE // 2] += 60
    return LabelledPixels(pixels, labels)


WIDTH = 12


def vectors(count: int, seed: int, n_findings: int = 3) -> LabelledFeatures:
    """Noise about one centre for each finding."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, n_findings, count)
    values = random.normal(size=(count, WIDTH)) + np.eye(n_findings, WIDTH)[labels] * 4
    return LabelledFeatures(values.astype(np.float32), labels)


def small(n_findings: int = 2, head: HeadSettings = HEAD) -> Classifier:
    """A classifier with a backbone of two convolutions, each with batch-norm, that a test can fit in a second."""
    import keras

    def convolution(filters: int) -> keras.layers.Conv2D:
        return keras.layers.Conv2D(filters, 5, strides=4, kernel_initializer=keras.initializers.GlorotUniform(filters))

    stack = [
        keras.layers.Reshape((SIDE, SIDE, 1)),
        keras.layers.Rescaling(1 / 255),
        convolution(4),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        convolution(WIDTH),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
    ]
    film = keras.Input((SIDE, SIDE))
    maps = film
    for layer in stack:
        maps = layer(maps)
    average = keras.layers.GlobalAveragePooling2D()
    head_model = heads.build(WIDTH, n_findings, head, seed=3)
    return Classifier(
        backbone="small",
        side_px=SIDE,
        n_findings=n_findings,
        head=head,
        model=keras.Model(film, head_model(average(maps))),
        maps=keras.Model(film, maps),
        tail=(average, *head_model.layers[1:]),
        backbone_layers=tuple(stack),
        features=keras.Model(film, average(maps)),
        head_model=head_model,
        weights_digest="",
    )


def least_loss(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Cross-entropy in nats of logits (n, C) at the best of many temperatures from 0.25 to 8."""
    chosen = logits.astype(np.float64)[None] / np.geomspace(0.25, 8, 4001)[:, None, None]
    scores = np.exp(chosen) / np.exp(chosen).sum(axis=2, keepdims=True)
    wrong = -np.log(scores[:, np.arange(len(labels)), labels])
    return float(np.average(wrong, axis=1, weights=weights).min())


def lenet() -> Classifier:
    return classifier.build("LeNet-5", SIDE, "none", 2, HEAD, seed=3)
