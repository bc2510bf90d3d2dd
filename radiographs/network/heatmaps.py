"""Grad-CAM of every finding, in the graph by closed form and, to check that, by automatic differentiation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from radiographs.network import closed_form
from radiographs.network.classifier import Classifier

if TYPE_CHECKING:
    import keras
    import numpy as np

OUTPUTS = ("logits", "heatmaps", "embedding")


def explained(classifier: Classifier) -> keras.Model:
    """The classifier with its explanation, sharing its variables.

    Returns:
        A model from films (B, side, side) float32 in 0–255 to [logits (B, C), heatmaps (B, C, h, w) float32 in [0, 1]
        where an all-zero map means that no place speaks for the finding, embedding (B, D)].

    Raises:
        UnsupportedHead: a layer after the last maps has no closed-form gradient here.
    """
    import keras

    closed_form.check(classifier.tail)
    film = classifier.maps.inputs[0]
    outputs = _explaining_layer(classifier.tail)(classifier.maps.outputs[0])
    return keras.Model(film, list(outputs), name="explained")


@dataclass(frozen=True)
class Reference:
    """Grad-CAM by automatic differentiation.

    Attributes:
        heatmaps: (B, C, h, w) float32 in [0, 1], all zero where no place speaks for the finding.
        relief: (B, C) float32 in [0, 1], the highest sum of a map over the highest sum of its terms' magnitudes;
            near 0 the terms all but cancel, and dividing by the maximum scales rounding up.
    """

    heatmaps: np.ndarray
    relief: np.ndarray


def reference_heatmaps(classifier: Classifier, batch: np.ndarray) -> np.ndarray:
    """`reference(...)` without the relief: (B, C, h, w) float32 in [0, 1]."""
    return reference(classifier, batch).heatmaps


def reference(classifier: Classifier, batch: np.ndarray) -> Reference:
    """Grad-CAM as published (Selvaraju et al., 2017), by tf.GradientTape; slow, the measure for the closed form.

    Args:
        classifier: any, also one whose head has no closed form.
        batch: films (B, side, side) in 0–255.
    """
    import numpy as np
    import tensorflow as tf

    with tf.GradientTape(persistent=True) as tape:
        maps = classifier.maps(tf.constant(batch, tf.float32), training=False)
        tape.watch(maps)
        logits = maps
        for layer in classifier.tail:
            logits = layer(logits)
        parts = [logits[:, finding] for finding in range(classifier.n_findings)]
    gradients = tf.stack([tape.gradient(part, maps) for part in parts], axis=1)
    weights = tf.reduce_mean(gradients, axis=(2, 3))
    raised = tf.nn.relu(tf.einsum("bck,bhwk->bchw", weights, maps)).numpy()
    magnitudes = tf.einsum("bck,bhwk->bchw", tf.abs(weights), tf.abs(maps)).numpy().max(axis=(2, 3))
    top = raised.max(axis=(2, 3))
    scale = top[:, :, None, None]
    return Reference(
        heatmaps=np.divide(raised, scale, out=np.zeros_like(raised), where=scale > 0),
        relief=np.divide(top, magnitudes, out=np.zeros_like(top), where=magnitudes > 0),
    )


def _explaining_layer(tail: tuple[Any, ...]) -> Any:
    """A Keras layer around the tail, so that its variables stay tracked when the graph is exported."""
    import keras

    class Explaining(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="explanation")
            self.tail = list(tail)

        def call(self, maps: Any) -> tuple[Any, Any, Any]:
            explanation = closed_form.explain(tuple(self.tail), maps)
            return explanation.logits, explanation.heatmaps, explanation.embedding

    return Explaining()
