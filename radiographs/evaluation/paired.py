"""Tests whether two networks that answered the same films differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation.metrics import JudgedFilms

FLIPS = 9999
FLIPS_AT_ONCE = 500
ROUNDING = 1e-12


def sign_flip_p(one: JudgedFilms, other: JudgedFilms, *, seed: int, flips: int = FLIPS, balanced: bool = True) -> float:
    """Two-sided p of the difference of balanced accuracies: whole groups swap their two networks by chance.

    Under the null hypothesis a group's answers could have come from either network, so the sign of its part of the
    difference is a coin (paired permutation test by cluster: Good 2005, Permutation, Parametric and Bootstrap Tests,
    ch. 3 and 5). The observed signs count as one of the draws, so that p is never 0 (Phipson and Smyth 2010).

    Args:
        one, other: judged on the same films in the same order.
        seed: whole number ≥ 0.
        flips: random draws of all signs.
        balanced: False tests the difference of accuracies instead.

    Raises:
        InvalidScores: other films, or, balanced, a finding without a film.
    """
    if not np.array_equal(one.truth, other.truth) or not np.array_equal(one.groups.index, other.groups.index):
        raise InvalidScores("expected the same films with the same groups from both networks")
    having = np.bincount(one.truth, minlength=one.n_findings)
    if balanced and not having.all():
        raise InvalidScores(f"expected films of every finding, got {having.tolist()}")
    gained = (one.answers == one.truth).astype(np.float64) - (other.answers == other.truth)
    share = 1 / having[one.truth] / one.n_findings if balanced else np.full(len(gained), 1 / len(gained))
    parts = np.bincount(one.groups.index, gained * share, minlength=one.groups.count)
    parts = parts[np.abs(parts) > ROUNDING]
    observed = abs(parts.sum())
    random = np.random.default_rng(seed)
    reached = 0
    for start in range(0, flips, FLIPS_AT_ONCE):
        signs = random.integers(0, 2, (min(FLIPS_AT_ONCE, flips - start), len(parts))) * 2 - 1
        reached += int((np.abs(signs @ parts) >= observed - ROUNDING).sum())
    return (1 + reached) / (1 + flips)


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """P values corrected for their number, in the order given (Holm 1979, step-down)."""
    corrected = [0.0] * len(values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda index: values[index])):
        largest = max(largest, min(1.0, (len(values) - rank) * values[place]))
        corrected[place] = largest
    return tuple(corrected)
