"""Backbones as Keras itself builds them for weights="imagenet", the measure for ours; nothing is fetched."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numpy as np
import pytest

from radiographs.network import backbones


def maps(name: str, layers: tuple[Any, ...], films: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """What Keras's graph and its `preprocess_input` make of grey films.

    Args:
        name: of a backbone.
        layers: whose weights the graph takes.
        films: (B, side, side) in 0-255.
        monkeypatch: keeps Keras from fetching its file.

    Returns:
        (B, h, w, K) float32, the maps that Grad-CAM explains; of LeNet-5, which Keras does not have, what its two
        convolutions make of the film over 255.
    """
    import keras

    row = backbones.entry(name)
    if row.name == backbones.SCRATCH:
        first, second = layers
        return np.asarray(second(keras.layers.MaxPooling2D()(first(films[..., None].astype(np.float32) / 255))))
    graph = _graph(row, films.shape[1], monkeypatch)
    graph.set_weights([np.asarray(weight) for layer in layers for weight in layer.weights])
    for layer in graph.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    explained = graph.get_layer(row.map_layer) if row.map_layer else graph.layers[-1]
    coloured = np.repeat(films[..., None].astype(np.float32), 3, axis=-1)
    return np.asarray(keras.Model(graph.inputs, explained.output)(_module(row.builder).preprocess_input(coloured)))


def _graph(row: backbones.BackboneEntry, side_px: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    import keras
    from keras.src.utils import file_utils

    with monkeypatch.context() as patched:
        patched.setattr(file_utils, "get_file", lambda *arguments, **options: "not fetched")
        patched.setattr(keras.Model, "load_weights", lambda *arguments, **options: None)
        return backbones._native(row, side_px, "imagenet")


def _module(builder: str) -> Any:
    """The module of keras.applications that holds a builder beside its `preprocess_input`."""
    from keras import applications

    for found in pkgutil.iter_modules(applications.__path__):
        module = importlib.import_module(f"keras.applications.{found.name}")
        if hasattr(module, builder) and hasattr(module, "preprocess_input"):
            return module
    raise LookupError(builder)
