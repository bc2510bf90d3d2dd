"""The frozen backbone of a recipe as a compiled graph that turns films into features."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidBundle
from radiographs.network import classifier, export
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe
from radiographs.runtime.extractor import FeatureExtractor
from radiographs.store.passing import MapShape
from radiographs.store.writing import write_whole

SHAPE = "maps.json"


class Extractor:
    """From films (B, side, side) uint8 to (B, dim) float32; with maps to (B, dim + h·w·k), the maps behind."""

    def __init__(self, graph: Path, maps: MapShape | None, *, threads: int = 0) -> None:
        """Compiles an exported backbone.

        Args:
            graph: features.xml, its .bin beside it.
            maps: (h, w, k) of the maps that it gives behind the features; None for none.
            threads: processor threads; 0 takes all cores.

        Raises:
            InvalidBundle: the graph is missing or unreadable.
        """
        self._extract = FeatureExtractor(graph, threads=threads)
        self.maps = maps
        self.dim = self._extract.dim - (math.prod(maps) if maps else 0)
        self.side_px = self._extract.side_px

    def __call__(self, films: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of films, in one pass."""
        return self._extract(films)


def ready(recipe: Recipe, graphs: Path, *, threads: int = 0, maps: bool = False) -> Extractor:
    """The compiled frozen backbone, with or without its last maps; exported once, then found again without Keras.

    Raises:
        ParityFailed: the exported graph gives other values than Keras.
        InvalidBundle: what was exported cannot be read.
    """
    if not maps:
        return Extractor(_ready_graph(recipe, graphs), None, threads=threads)
    folder = graphs / f"{recipe.feature_key}-maps"
    if not (folder / SHAPE).is_file():
        export_mapped(_untrained(recipe), folder)
    return Extractor(folder / export.FEATURES, _shape(folder / SHAPE), threads=threads)


def ready_extractor(recipe: Recipe, graphs: Path, *, threads: int = 0) -> FeatureExtractor:
    """The compiled frozen backbone without maps; otherwise as `ready`."""
    return FeatureExtractor(_ready_graph(recipe, graphs), threads=threads)


def _ready_graph(recipe: Recipe, graphs: Path) -> Path:
    folder = graphs / recipe.feature_key
    graph = folder / export.FEATURES
    if not graph.is_file():
        export.export_features(_untrained(recipe), folder)
    return graph


def _shape(note: Path) -> MapShape:
    try:
        height, width, channels = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError) as error:
        raise InvalidBundle(f"{note} cannot be read ({error}); delete it: it is made again") from error
    return (int(height), int(width), int(channels))


def export_mapped(untrained: Classifier, folder: Path) -> None:
    """Writes a graph of pooled features with the maps behind them, and the maps' shape, which makes it complete.

    Raises:
        ValueError: the classifier has no frozen stage.
        ParityFailed: the graph gives other values than Keras; then nothing is written.
    """
    import keras

    if untrained.features is None:
        raise ValueError(f"{untrained.backbone} has no frozen stage, so no features to export")
    both = keras.Model(untrained.maps.inputs[0], [untrained.features.outputs[0], untrained.maps.outputs[0]])
    pooled, maps = both.outputs
    joined = keras.layers.Concatenate(name="with_maps")([pooled, keras.layers.Flatten(name="flat_maps")(maps)])
    export.export_features(dataclasses.replace(untrained, features=keras.Model(both.inputs[0], joined)), folder)
    write_whole(folder / SHAPE, json.dumps([int(size) for size in maps.shape[1:]]).encode())


def _untrained(recipe: Recipe) -> Classifier:
    return classifier.build(recipe.backbone, recipe.preparation.side_px, recipe.weights, 2, HeadSettings(), recipe.seed)
