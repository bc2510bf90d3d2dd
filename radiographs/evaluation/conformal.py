"""Sets of findings that hold the true one as often as was asked for, whichever finding it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidScores
from radiographs.evaluation import bootstrapped, strata
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.metrics import JudgedFilms
from radiographs.runtime.thresholds import EVERY, SetThresholds


@dataclass(frozen=True)
class Covered:
    """How often sets hold the true finding, on some films.

    Attributes:
        name: which films.
        n: how many.
        share: of them whose set holds the true finding; None where they are too few.
        size: findings in a set, on average; None likewise.
        single: share of sets of one finding; None likewise.
        empty: share of sets of none; None likewise.
    """

    name: str
    n: int
    share: Interval | None
    size: Interval | None
    single: Interval | None
    empty: Interval | None


def fit(scores: np.ndarray, truth: np.ndarray, *, coverage: float) -> SetThresholds:
    """Class-conditional split conformal prediction (Vovk 2012, conditional validity of inductive predictors).

    For exchangeable films the true finding is in the set with at least this probability, for each finding by itself.
    Films of one group are not exchangeable with those of others one by one: with few groups it holds on average only.

    Args:
        scores: (n, C) calibrated, of films that no weight was fitted on.
        truth: (n,) positions of the true findings.
        coverage: 0 < coverage < 1; `EVERY` is the threshold of a finding with too few films for it.

    Raises:
        InvalidScores: coverage outside of that range.
    """
    if not 0 < coverage < 1:
        raise InvalidScores(f"expected a coverage between 0 and 1, got {coverage}")
    found = []
    for finding in range(scores.shape[1]):
        own = np.sort(scores[truth == finding, finding])
        spared = int(np.floor(round((len(own) + 1) * (1 - coverage), 9)))  # films that may lie below the threshold
        found.append(float(own[spared - 1]) if spared >= 1 else EVERY)
    return SetThresholds(coverage, tuple(found))


def measure(
    films: JudgedFilms, thresholds: SetThresholds, names: Sequence[str], sources: Sequence[str], *, seed: int
) -> tuple[Covered, ...]:
    """Coverage on all films, on those of each finding, and on those of each source.

    Args:
        films: judged, (n,).
        thresholds: fitted on other films.
        names: of the findings.
        sources: (n,) where each film comes from.
        seed: whole number ≥ 0, of the bootstrap of groups.
    """
    held = thresholds.sets(films.scores)
    parts = {"all films": np.ones(len(films.truth), bool)}
    parts |= {name: films.truth == place for place, name in enumerate(names)}
    parts |= {f"source {name}": np.asarray(sources, str) == name for name in sorted(set(sources))}
    return tuple(_covered(name, held, films, part, seed) for name, part in parts.items() if part.any())


def _covered(name: str, held: NDArray[np.bool_], films: JudgedFilms, part: np.ndarray, seed: int) -> Covered:
    n = int(part.sum())
    if n < strata.FEWEST:
        return Covered(name, n, None, None, None, None)
    right, sizes = held[np.arange(len(held)), films.truth], held.sum(axis=1)
    size = bootstrapped.mean(sizes[part], films.of(np.flatnonzero(part)).groups, seed=seed)
    share, single, empty = (
        bootstrapped.proportion(each, part, films.groups) for each in (right, sizes == 1, sizes == 0)
    )
    return Covered(name, n, share, size, single, empty)
