"""One compiled OpenVINO graph that several threads may ask at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from radiographs.errors import InvalidBundle

LARGEST_BATCH = 32


class Engine:
    """A graph from films (B, side, side) uint8 to named float32 outputs, computed in f32.

    Inference requests are kept and reused; each call takes one for itself, so calls from several threads do not mix.
    """

    def __init__(self, graph: Path, *, threads: int = 0, films: int | None = None) -> None:
        """Compiles a graph.

        Args:
            graph: the .xml file, its .bin beside it.
            threads: processor threads; 0 takes all cores.
            films: compile for exactly so many films at once, which answers faster; None takes any number.

        Raises:
            InvalidBundle: the graph is missing or cannot be read, or does not take grey uint8 films.
        """
        self._graph = graph
        network = _read(graph)
        shape = network.inputs[0].partial_shape
        if (
            len(network.inputs) != 1
            or shape.rank.get_length() != 3
            or network.inputs[0].element_type.to_string() != "u8"
        ):
            raise InvalidBundle(f"{graph}: expected one input (films, side, side) of uint8, got {network.inputs}")
        self.side_px: int = shape[1].get_length()
        if films is not None:
            network.reshape([films, self.side_px, self.side_px])
        self._films = films
        self._compiled = _compile(network, threads)
        self._names = tuple(output.any_name for output in network.outputs)
        self._idle: deque[Any] = deque()

    def width(self, output: str) -> int:
        """Length of an output's second axis (findings, or features)."""
        return int(self._compiled.output(output).partial_shape[1].get_length())

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self._names

    def infer(self, films: np.ndarray) -> dict[str, np.ndarray]:
        """Answers films, in portions of at most `LARGEST_BATCH`.

        Args:
            films: (B, side, side) uint8, B ≥ 1.

        Returns:
            Each output by name, float32, first axis B; the caller's own copies.
        """
        expected = (self.side_px, self.side_px)
        if films.ndim != 3 or films.shape[1:] != expected or films.dtype != np.uint8 or not len(films):
            raise ValueError(f"expected films (B, {expected[0]}, {expected[1]}) uint8, got {films.dtype} {films.shape}")
        step = self._films or LARGEST_BATCH
        with self._request() as request:
            portions = [self._portion(request, films[at : at + step]) for at in range(0, len(films), step)]
        if len(portions) == 1:
            return portions[0]
        return {name: np.concatenate([portion[name] for portion in portions]) for name in self._names}

    def _portion(self, request: Any, films: np.ndarray) -> dict[str, np.ndarray]:
        import openvino

        request.set_input_tensor(openvino.Tensor(np.ascontiguousarray(films)))
        request.infer()
        return {name: request.get_tensor(name).data.copy() for name in self._names}

    @contextmanager
    def _request(self) -> Iterator[Any]:
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        try:
            yield request
        finally:
            self._idle.append(request)


def _read(graph: Path) -> Any:
    import openvino

    try:
        return openvino.Core().read_model(graph)
    except RuntimeError as error:
        raise InvalidBundle(f"{graph} is missing or is no OpenVINO graph; package the model again") from error


def _compile(network: Any, threads: int) -> Any:
    import openvino

    hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    chosen = hints | ({"INFERENCE_NUM_THREADS": str(threads)} if threads else {})
    return openvino.Core().compile_model(network, "CPU", chosen)
