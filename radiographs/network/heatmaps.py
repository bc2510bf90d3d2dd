"""Grad-CAM of every finding, in the graph by closed form and, to check that, by automatic differentiation."""

from __future__ import annotations

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


def reference_heatmaps(classifier: Classifier, batch: np.ndarray) -> np.ndarray:
    """Grad-CAM as published (Selvaraju et al., 2017), by tf.GradientTape; slow, the measure for the closed form.

    Args:
        classifier: any, also one whose head has no closed form.
        batch: films (B, side, side) in 0–255.

    Returns:
        (B, C, h, w) float32 in [0, 1], all zero where no place speaks for the finding.
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
    top = raised.max(axis=(2, 3), keepdims=True)
    return np.divide(raised, top, out=np.zeros_like(raised), where=top > 0)


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
