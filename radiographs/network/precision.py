"""Fits a built model in bfloat16 where its layers are computed, while its weights and logits stay float32."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

MIXED = "mixed_bfloat16"


@contextmanager
def mixed(model: keras.Model, wanted: bool) -> Iterator[None]:
    """Layers with a kernel compute in bfloat16 until this ends; the last layer, the logits, never does.

    bfloat16 has the range of float32, so that losses need no scaling (Kalamkar et al. 2019, arXiv 1905.12322).
    """
    changed = [layer for layer in _leaves(model)[:-1] if _narrows(layer)] if wanted else []
    policies = [layer.dtype_policy for layer in changed]
    try:
        for layer in changed:
            layer.dtype_policy = MIXED
        yield
    finally:
        for layer, policy in zip(changed, policies, strict=True):
            layer.dtype_policy = policy


def _leaves(model: keras.Model) -> list[Any]:
    """The layers of a model in order, those of models inside it in their places."""
    import keras

    found: list[Any] = []
    for layer in model.layers:
        found += _leaves(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def _narrows(layer: Any) -> bool:
    """Whether a layer computes in bfloat16: all do but those that scale the film, and inputs."""
    import keras

    exempt = (keras.layers.InputLayer, keras.layers.Rescaling, keras.layers.Normalization, keras.layers.Reshape)
    return not isinstance(layer, exempt) and layer.name not in ("colour", "random_change")
