"""Frozen features of films, computed by the compiled backbone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radiographs.errors import InvalidBundle
from radiographs.runtime.engine import Engine

OUTPUT = "features"


class FeatureExtractor:
    """From films (B, side, side) uint8 to pooled features (B, dim) float32; safe under several threads."""

    def __init__(self, graph: Path, threads: int = 0) -> None:
        """Compiles an exported backbone.

        Args:
            graph: features.xml, its .bin beside it.
            threads: processor threads; 0 takes all cores.

        Raises:
            InvalidBundle: the graph is missing, unreadable, or gives no features.
        """
        self._engine = Engine(graph, threads=threads)
        if self._engine.outputs != (OUTPUT,):
            raise InvalidBundle(f"{graph}: expected one output named {OUTPUT}, got {self._engine.outputs}")
        self.dim = self._engine.width(OUTPUT)
        self.side_px = self._engine.side_px

    def __call__(self, films: np.ndarray) -> np.ndarray:
        """Pooled features.

        Args:
            films: (B, side, side) uint8, B ≥ 1.

        Returns:
            (B, dim) float32.
        """
        return self._engine.infer(films)[OUTPUT]
