"""Whether scores mean what they say: of films scored 0.8, eight in ten should have the finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import bootstrapped, intervals
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.metrics import JudgedFilms

BINS = 15
DRAWS = 200


@dataclass(frozen=True)
class Bin:
    """Films of neighbouring scores.

    Attributes:
        score: mean of the answers' scores.
        right: share of right answers.
    """

    score: float
    right: Interval


@dataclass(frozen=True)
class Reliability:
    """How far scores lie from what they claim.

    Attributes:
        n: films judged.
        ece: expected calibration error of the answers (Naeini et al. 2015), in bins of as many films each; None where
            films are too few.
        ece_by_chance: what it would be on average, were the scores exactly right: it is never 0 on few films.
        brier: mean over films of the squared distances of all scores from the truth (Brier 1950), 0 to 2; or None.
        bins: by rising score; those of one group alone are left out.
    """

    n: int
    ece: Interval | None
    ece_by_chance: float
    brier: Interval | None
    bins: tuple[Bin, ...]


def compute(films: JudgedFilms, *, seed: int, samples: int = 1000, bins: int = BINS) -> Reliability:
    """Judges the scores of answers.

    Args:
        films: with scores that are probabilities, rows sum to 1.
        seed: whole number ≥ 0, of the bootstrap and of the draws of chance.
        samples: bootstrap samples of groups.
        bins: at most so many, of as many films each.
    """
    score, right = films.scores.max(axis=1), (films.answers == films.truth).astype(np.float64)
    place = equal_mass(score, bins)
    truth = np.eye(films.n_findings)[films.truth]
    distance = ((films.scores - truth) ** 2).sum(axis=1)
    enough = intervals.enough_groups(films.groups.sizes(np.ones(len(score), bool)))
    return Reliability(
        n=len(score),
        ece=_ece_interval(films, score - right, place, (seed, samples)) if enough else None,
        ece_by_chance=_by_chance(score, place, seed),
        brier=bootstrapped.mean(distance, films.groups, seed=seed, samples=samples),
        bins=_bins(films, score, right, place),
    )


def equal_mass(score: np.ndarray, bins: int) -> np.ndarray:
    """(n,) int64: the bin of each film, of as many films each as ties allow; films of one score share a bin."""
    order = np.argsort(score, kind="stable")
    place = np.empty(len(score), np.int64)
    place[order] = np.arange(len(score)) * min(bins, len(score)) // len(score)
    _, same = np.unique(score, return_inverse=True)
    lowest = np.full(same.max() + 1, bins, np.int64)
    np.minimum.at(lowest, same, place)
    return lowest[same]


def _ece(gaps: np.ndarray, n: np.ndarray | float) -> np.ndarray:
    """Sum over bins of |sum of (score − right)| over the films: the last axis of `gaps` is the bins."""
    return np.asarray(np.abs(gaps).sum(axis=-1) / n)


def _ece_interval(films: JudgedFilms, gap: np.ndarray, place: np.ndarray, drawn_by: tuple[int, int]) -> Interval | None:
    seed, samples = drawn_by
    width, groups = int(place.max()) + 1, films.groups
    cell = groups.index * width + place
    by_group = np.bincount(cell, gap, minlength=groups.count * width).reshape(groups.count, width)
    sizes = groups.sizes(np.ones(len(gap), bool)).astype(np.float64)

    def statistics(drawn: np.ndarray) -> np.ndarray:
        return _ece(drawn @ by_group, drawn @ sizes)[:, None]

    values = intervals.bootstrap(statistics, groups.count, samples=samples, seed=seed)[:, 0]
    estimate = float(_ece(by_group.sum(axis=0), len(gap)))
    return intervals.percentile_interval(estimate, values, len(gap), lambda: intervals.around(estimate, groups.count))


def _by_chance(score: np.ndarray, place: np.ndarray, seed: int) -> float:
    """Mean ECE where each answer is right with exactly its score (the consistency of Bröcker and Smith 2007)."""
    random = np.random.default_rng((seed, 1))
    right = random.random((DRAWS, len(score))) < score
    gaps = np.zeros((DRAWS, int(place.max()) + 1))
    for each in range(gaps.shape[1]):
        inside = place == each
        gaps[:, each] = (score[inside] - right[:, inside]).sum(axis=1)
    return float(_ece(gaps, len(score)).mean())


def _bins(films: JudgedFilms, score: np.ndarray, right: np.ndarray, place: np.ndarray) -> tuple[Bin, ...]:
    found = []
    for each in np.unique(place):
        inside = place == each
        share = bootstrapped.proportion(right == 1, inside, films.groups)
        if share is not None:
            found.append(Bin(float(score[inside].mean()), share))
    return tuple(found)
