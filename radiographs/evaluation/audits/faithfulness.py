"""Whether an answer hangs on the places that its heatmap shows: blurred away, and brought back, in its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SHARES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)  # of the places that are changed, at each step
BLUR_SHARE = 0.25  # of the side; nothing of a lesion is left under it

Scores = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class Curves:
    """The score of each film's answer while places are blurred (deletion) or brought back (insertion).

    Attributes:
        shares: (k,) of the places that were changed.
        deleted: (n, k) in the order of the heat, hottest first.
        deleted_at_random: (n, k).
        inserted: (n, k) in the order of the heat.
        inserted_at_random: (n, k).
    """

    shares: NDArray[np.float64]
    deleted: NDArray[np.float64]
    deleted_at_random: NDArray[np.float64]
    inserted: NDArray[np.float64]
    inserted_at_random: NDArray[np.float64]

    @property
    def deletion_gain(self) -> NDArray[np.float64]:
        """(n,): the area by which the score falls faster in the heat's order than at random; above 0 is faithful."""
        return np.asarray(np.trapezoid(self.deleted_at_random - self.deleted, self.shares, axis=1))

    @property
    def insertion_gain(self) -> NDArray[np.float64]:
        """(n,): the area by which the score rises faster in the heat's order than at random; above 0 is faithful."""
        return np.asarray(np.trapezoid(self.inserted - self.inserted_at_random, self.shares, axis=1))


def curves(
    films: NDArray[np.uint8], heatmaps: NDArray[np.float32], answers: NDArray[np.int64], scores: Scores, *, seed: int
) -> Curves:
    """Deletion and insertion (Petsiuk et al. 2018), each against an order drawn at random.

    Args:
        films: (n, side, side) uint8, prepared.
        heatmaps: (n, h, w) float32, each of its film's answer; none of them flat.
        answers: (n,) position of each film's answer.
        scores: from (b, side, side) uint8 to (b, C) float32.
        seed: whole number ≥ 0, of the random orders.
    """
    rows = [_film(film, heat, int(answer), scores, (seed, place)) for place, (film, heat, answer) in
            enumerate(zip(films, heatmaps, answers, strict=True))]  # fmt: skip
    stacked = np.stack(rows)
    return Curves(np.array(SHARES), stacked[:, 0], stacked[:, 1], stacked[:, 2], stacked[:, 3])


def _film(
    film: NDArray[np.uint8], heat: NDArray[np.float32], answer: int, scores: Scores, drawn_by: tuple[int, int]
) -> NDArray[np.float64]:
    """(4, k): deletion by heat, at random, insertion by heat, at random."""
    random = np.random.default_rng(drawn_by)
    wide = max(3, round(BLUR_SHARE * len(film)) | 1)
    blurred = np.asarray(cv2.blur(film, (wide, wide)), np.uint8)
    by_heat, by_chance = _order(heat.ravel()), random.permutation(heat.size)
    changed = [
        _mixed(start, put, order, share, heat.shape)
        for start, put in ((film, blurred), (blurred, film))
        for order in (by_heat, by_chance)
        for share in SHARES
    ]
    return scores(np.stack(changed))[:, answer].astype(np.float64).reshape(4, len(SHARES))


def _order(heat: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.argsort(-heat, kind="stable")


def _mixed(
    start: NDArray[np.uint8], put: NDArray[np.uint8], order: NDArray[np.int64], share: float, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """`start` with the first places in `order` taken from `put`."""
    chosen = np.zeros(order.size, np.uint8)
    chosen[order[: round(share * order.size)]] = 1
    side = len(start)
    where = cv2.resize(chosen.reshape(shape), (side, side), interpolation=cv2.INTER_NEAREST).astype(bool)
    return np.where(where, put, start)
