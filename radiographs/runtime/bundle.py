"""A bundle answers: from the pixels of one film to calibrated scores and the heatmap of every finding."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from radiographs.errors import InvalidBundle
from radiographs.imaging import preprocessing
from radiographs.runtime import manifest as manifests
from radiographs.runtime.engine import Engine
from radiographs.runtime.manifest import Manifest

GRAPH = "graph.xml"
WARM_UP, TIMED = 5, 31
OUTPUTS = ("logits", "heatmaps", "embedding")


@dataclass(frozen=True)
class Answer:
    """What a bundle says of one film.

    Attributes:
        finding: name of the highest score.
        scores: (C,) float32 in [0, 1], sum 1, in the order of the findings.
        logits: (C,) float32, before temperature.
        heatmaps: (C, h, w) float32 in [0, 1] over the prepared square; all zero where no place speaks for the finding.
        embedding: (D,) float32, the pooled features.
    """

    finding: str
    scores: np.ndarray
    logits: np.ndarray
    heatmaps: np.ndarray
    embedding: np.ndarray


@dataclass(frozen=True)
class BatchAnswer:
    """What a bundle says of B films: as `Answer`, each array with a first axis B."""

    logits: np.ndarray
    scores: np.ndarray
    heatmaps: np.ndarray
    embeddings: np.ndarray


class Bundle:
    """A sealed classifier, compiled; answers may be asked from several threads."""

    def __init__(self, folder: Path, manifest: Manifest, digest: str, threads: int) -> None:
        self.manifest = manifest
        self.digest = digest
        self._graph = folder / GRAPH
        self._threads = threads
        self._single = Engine(self._graph, threads=threads, films=1)
        self._compiling = threading.Lock()
        self._require_fit()

    @classmethod
    def load(cls, folder: Path, *, threads: int = 0, verify: bool = True) -> Bundle:
        """Reads and compiles a bundle.

        Args:
            folder: a sealed folder.
            threads: processor threads; 0 takes all cores.
            verify: compare every file with its sealed checksum first.

        Raises:
            InvalidBundle: a file is missing or altered, or graph and manifest contradict each other.
        """
        manifest = manifests.read_verified(folder) if verify else manifests.read(folder)
        return cls(folder, manifest, manifests.digest_of(folder), threads)

    def answer(self, pixels: np.ndarray) -> Answer:
        """Prepares and answers one film.

        Args:
            pixels: (h, w) uint8, 0 = air, 255 = bone.

        Raises:
            ValueError: pixels of another shape or type.
        """
        prepared = preprocessing.prepare(pixels, self.manifest.preparation)
        batch = self._answered(self._single, prepared[None])
        return Answer(
            finding=self.manifest.findings.names[int(batch.scores[0].argmax())],
            scores=batch.scores[0],
            logits=batch.logits[0],
            heatmaps=batch.heatmaps[0],
            embedding=batch.embeddings[0],
        )

    def answer_prepared(self, films: np.ndarray) -> BatchAnswer:
        """Answers films that were prepared already.

        Args:
            films: (B, side, side) uint8, B ≥ 1.

        Raises:
            ValueError: films of another shape or type.
        """
        return self._answered(self._single if len(films) == 1 else self._many, films)

    def median_ms(self) -> float:
        """Milliseconds for one prepared film, the median of some dozen after a warm-up."""
        side, walls = self.manifest.preparation.side_px, []
        film = np.zeros((1, side, side), np.uint8)
        for _ in range(WARM_UP + TIMED):
            started = time.perf_counter()
            self.answer_prepared(film)
            walls.append((time.perf_counter() - started) * 1000)
        return statistics.median(walls[WARM_UP:])

    @property
    def _many(self) -> Engine:
        with self._compiling:
            return self._any_number

    @cached_property
    def _any_number(self) -> Engine:
        """Compiled when first asked: a service answers film by film and never pays for it."""
        return Engine(self._graph, threads=self._threads)

    def _answered(self, engine: Engine, films: np.ndarray) -> BatchAnswer:
        outputs = engine.infer(films)
        return BatchAnswer(
            logits=outputs["logits"],
            scores=calibrated(outputs["logits"], self.manifest.temperature),
            heatmaps=outputs["heatmaps"],
            embeddings=outputs["embedding"],
        )

    def _require_fit(self) -> None:
        engine, stated = self._single, self.manifest
        if set(engine.outputs) != set(OUTPUTS):
            raise InvalidBundle(f"{self._graph}: expected the outputs {list(OUTPUTS)}, got {list(engine.outputs)}")
        side, count = stated.preparation.side_px, len(stated.findings)
        if engine.side_px != side:
            raise InvalidBundle(f"{self._graph} takes films of {engine.side_px} px, its manifest prepares {side} px")
        if engine.width("logits") != count:
            raise InvalidBundle(f"{self._graph} gives {engine.width('logits')} logits for {count} findings")


def calibrated(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax of logits over a temperature (Guo et al., 2017).

    Args:
        logits: (B, C) float32.
        temperature: above 0; 1 leaves the logits as they are.

    Returns:
        (B, C) float32 in [0, 1], each row of sum 1.
    """
    scaled = logits.astype(np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
