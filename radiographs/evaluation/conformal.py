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

EVERY = 0.0  # a threshold that every score reaches


@dataclass(frozen=True)
class Thresholds:
    """A finding is in a film's set from this score on.

    Attributes:
        coverage: the share of films whose set is to hold the true finding, 0 < coverage < 1.
        scores: (C,) one for each finding; `EVERY` where it had too few films for that coverage.
    """

    coverage: float
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Covered:
    """How often sets hold the true finding, on some films.

    Attributes:
        name: which films.
        n: how many.
        share: of them whose set holds the true finding; None where they are too few.
        size: findings in a set, on average.
        single: share of sets of one finding.
        empty: share of sets of none.
    """

    name: str
    n: int
    share: Interval | None
    size: float
    single: float
    empty: float


def fit(scores: np.ndarray, truth: np.ndarray, *, coverage: float) -> Thresholds:
    """Class-conditional split conformal prediction (Vovk 2012, conditional validity of inductive predictors).

    For exchangeable films the true finding is in the set with at least this probability, for each finding by itself.
    Films of one group are not exchangeable with those of others one by one: with few groups it holds on average only.

    Args:
        scores: (n, C) calibrated, of films that no weight was fitted on.
        truth: (n,) positions of the true findings.
        coverage: 0 < coverage < 1.

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
    return Thresholds(coverage, tuple(found))


def sets(scores: np.ndarray, thresholds: Thresholds) -> NDArray[np.bool_]:
    """(n, C) bool: which findings are in each film's set."""
    return np.asarray(scores >= np.asarray(thresholds.scores))


def measure(
    films: JudgedFilms, thresholds: Thresholds, names: Sequence[str], sources: Sequence[str]
) -> tuple[Covered, ...]:
    """Coverage on all films, on those of each finding, and on those of each source.

    Args:
        films: judged, (n,).
        thresholds: fitted on other films.
        names: of the findings.
        sources: (n,) where each film comes from.
    """
    held = sets(films.scores, thresholds)
    parts = {"all films": np.ones(len(films.truth), bool)}
    parts |= {name: films.truth == place for place, name in enumerate(names)}
    parts |= {f"source {name}": np.asarray(sources, str) == name for name in sorted(set(sources))}
    return tuple(_covered(name, held, films, part) for name, part in parts.items() if part.any())


def _covered(name: str, held: NDArray[np.bool_], films: JudgedFilms, part: np.ndarray) -> Covered:
    inside, sizes = held[np.arange(len(held)), films.truth], held[part].sum(axis=1)
    share = bootstrapped.proportion(inside, part, films.groups) if part.sum() >= strata.FEWEST else None
    return Covered(
        name, int(part.sum()), share, float(sizes.mean()), float((sizes == 1).mean()), float((sizes == 0).mean())
    )
