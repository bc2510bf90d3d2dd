"""The frozen backbone of a recipe as a compiled graph that turns films into features."""

from __future__ import annotations

import dataclasses
import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidBundle
from radiographs.network import classifier, export
from radiographs.network.classifier import Classifier
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe
from radiographs.runtime import extractor
from radiographs.store.passing import MapShape
from radiographs.store.writing import write_whole

SHAPE = "maps.json"


class Extractor:
    """From films (B, side, side) uint8 to (B, dim) float32; with maps to (B, dim + h·w·k), the maps behind.

    Each film is a request of its own, and as many run at once as the processor has streams: a film's maps then stay in
    the cache, which on 2 cores passes twice as many films of MobileNetV2 at 224 px as batches of 32. Features
    do not depend on what other films are asked for. Safe under several threads, which take turns.
    """

    def __init__(self, graph: Path, maps: MapShape | None = None, *, threads: int = 0) -> None:
        """Compiles an exported backbone, in f32.

        Args:
            graph: features.xml, its .bin beside it.
            maps: (h, w, k) of the maps that it gives behind the features; None for none.
            threads: processor threads; 0 takes all cores.

        Raises:
            InvalidBundle: the graph is missing or unreadable, or gives no features.
        """
        import openvino

        compiled = compiled_for_many(graph, threads)
        width, self.side_px = compiled.output(0).shape[1], compiled.input(0).shape[1]
        self.maps, self._width = maps, int(width)
        self.dim = self._width - (math.prod(maps) if maps else 0)
        self._requests = openvino.AsyncInferQueue(compiled, 0)  # 0 asks for as many as there are streams
        self._turn = threading.Lock()

    def __call__(self, films: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of films (B, side, side) uint8, B ≥ 1, in one pass."""
        if films.shape[1:] != (self.side_px, self.side_px) or films.dtype != np.uint8 or not len(films):
            side = self.side_px
            raise ValueError(f"expected films (B, {side}, {side}) uint8, got {films.dtype} {films.shape}")
        values = np.empty((len(films), self._width), np.float32)

        def keep(request: Any, place: int) -> None:
            values[place] = request.get_output_tensor(0).data[0]

        with self._turn:
            self._requests.set_callback(keep)
            for place in range(len(films)):
                self._requests.start_async({0: films[place : place + 1]}, place)
            self._requests.wait_all()
        return values


def compiled_for_many(graph: Path, threads: int = 0) -> Any:
    """A graph of features compiled in f32 for one film a request and as many films a second as the processor gives.

    Raises:
        InvalidBundle: the graph is missing or unreadable, or gives no features.
    """
    import openvino

    try:
        network = openvino.Core().read_model(graph)
    except RuntimeError as error:
        raise InvalidBundle(f"{graph} is missing or is no OpenVINO graph; delete {graph.parent}") from error
    names = [output.any_name for output in network.outputs]
    if names != [extractor.OUTPUT]:
        raise InvalidBundle(f"{graph}: expected one output named {extractor.OUTPUT}, got {names}")
    network.reshape([1, *(int(size) for size in list(network.inputs[0].partial_shape.get_min_shape())[1:])])
    hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT"}
    chosen = hints | ({"INFERENCE_NUM_THREADS": str(threads)} if threads else {})
    return openvino.Core().compile_model(network, "CPU", chosen)


def ready_extractor(recipe: Recipe, graphs: Path, *, threads: int = 0, maps: bool = False) -> Extractor:
    """The compiled frozen backbone, with or without its last maps; exported once, then found again without Keras.

    Raises:
        ParityFailed: the exported graph gives other values than Keras.
        InvalidBundle: what was exported cannot be read.
    """
    folder = graphs / (f"{recipe.feature_key}-maps" if maps else recipe.feature_key)
    if not (folder / (SHAPE if maps else export.FEATURES)).is_file():
        (export_mapped if maps else export.export_features)(_untrained(recipe), folder)
    return Extractor(folder / export.FEATURES, _shape(folder / SHAPE) if maps else None, threads=threads)


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
