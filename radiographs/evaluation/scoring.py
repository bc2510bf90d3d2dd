"""Scores the films of a cohort's split with a sealed bundle, exactly as it will be served."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from radiographs.records.cohort import Cohort, Film
from radiographs.runtime.bundle import Bundle
from radiographs.store.shards import ShardStore


@dataclass(frozen=True)
class ScoredFilms:
    """Answers of one bundle beside the truth.

    Attributes:
        ids: radiograph ids, (n,).
        logits: before temperature, (n, findings) float32.
        scores: calibrated probabilities, (n, findings) float32, rows sum to 1.
        truth: index of the finding, (n,) int64.
        groups: unit of resampling, (n,).
    """

    ids: tuple[str, ...]
    logits: np.ndarray
    scores: np.ndarray
    truth: np.ndarray
    groups: tuple[str, ...]

    def save(self, file: Path) -> None:
        """Writes the arrays to `file` (.npz) under a temporary name first."""
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez_compressed(
            temporary,
            ids=np.array(self.ids),
            logits=self.logits,
            scores=self.scores,
            truth=self.truth,
            groups=np.array(self.groups),
        )
        temporary.replace(file)

    @staticmethod
    def read(file: Path) -> ScoredFilms:
        """Reads what `save` wrote; pickles are refused."""
        with np.load(file, allow_pickle=False) as stored:
            return ScoredFilms(
                ids=tuple(stored["ids"].tolist()),
                logits=stored["logits"],
                scores=stored["scores"],
                truth=stored["truth"],
                groups=tuple(stored["groups"].tolist()),
            )


def score(
    bundle: Bundle,
    cohort: Cohort,
    films: tuple[Film, ...],
    pixels: ShardStore,
    *,
    batch: int = 16,
    advance: Callable[[int], None] = lambda n: None,
) -> ScoredFilms:
    """Answers for films whose prepared pixels, in the bundle's own preparation, lie in the store."""
    ids = tuple(film.id for film in films)
    reader = pixels.reader(ids)
    logits, scores = [], []
    for start in range(0, len(ids), batch):
        rows = list(range(start, min(start + batch, len(ids))))
        answered = bundle.answer_prepared(reader[rows])
        logits.append(answered.logits)
        scores.append(answered.scores)
        advance(len(rows))
    return ScoredFilms(
        ids=ids,
        logits=np.concatenate(logits),
        scores=np.concatenate(scores),
        truth=cohort.labels(films),
        groups=tuple(film.group_id for film in films),
    )
