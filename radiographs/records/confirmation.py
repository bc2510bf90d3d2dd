"""Looks at the thumbnails of candidates and keeps the pairs that are copies of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from radiographs.records import alignment
from radiographs.records.candidates import Candidates
from radiographs.records.orientations import ORIENTATIONS

MIN_MOVED_OUTLINE = 0.975  # correlation of coarse thumbnails, small movements allowed for
MIN_OUTLINE = 0.96  # of coarse thumbnails as they are: copies in other contrast
MIN_CORRELATION = 0.96
# Largest of two patients' films: .78 (12.7 million pairs), of two exposures of one: .82; smallest of real copies: .845.
MIN_DETAIL = 0.84
_FETCHED = 2048
_PART = 256

Fetch = Callable[[np.ndarray], np.ndarray]  # (k,) positions → (k, 64, 64) uint8 thumbnails


@dataclass(frozen=True)
class Confirmed:
    """A pair of copies: positions of the films and of the orientation, differing bits, likeness once aligned."""

    left: int
    right: int
    orientation: int
    distance: int
    overlay: alignment.Overlay


@dataclass(frozen=True, eq=False)
class _Movable:
    """Left films that have candidates.

    Attributes:
        positions: (b,) ascending.
        thumbnails: (b, 64, 64) uint8.
        tangents: (b, 8, 28, 28) float32, of `alignment.tangents`.
    """

    positions: np.ndarray
    thumbnails: np.ndarray
    tangents: np.ndarray


def confirm(pairs: Candidates, left: Fetch, right: Fetch, pool: Executor) -> list[Confirmed]:
    """The candidates that are copies, each pair in its best orientation, sorted by left and right.

    Fetches each left thumbnail once, and the right ones in pieces, in this thread; compares in the pool's.
    """
    if not len(pairs.left):
        return []
    positions = np.unique(pairs.left)
    thumbnails = left(positions)
    movable = _Movable(positions, thumbnails, alignment.tangents(thumbnails))
    wanted = np.unique(pairs.right)
    best: dict[tuple[int, int], Confirmed] = {}
    for start in range(0, len(wanted), _FETCHED):
        fetched = wanted[start : start + _FETCHED]
        images = right(fetched)
        parts = [slice(at, at + _PART) for at in range(0, len(fetched), _PART)]
        look = partial(_part, pairs, movable)
        for found in pool.map(look, [fetched[part] for part in parts], [images[part] for part in parts]):
            for one in found:
                known = best.get((one.left, one.right))
                if known is None or one.overlay.detail > known.overlay.detail:
                    best[one.left, one.right] = one
    return [best[key] for key in sorted(best)]


def _part(pairs: Candidates, movable: _Movable, fixed: np.ndarray, images: np.ndarray) -> list[Confirmed]:
    """The copies among candidates whose right film is one of `fixed`, ascending positions with their thumbnails."""
    outlines = alignment.outlines(images)
    chosen = np.flatnonzero((pairs.right >= fixed[0]) & (pairs.right <= fixed[-1]))
    found = []
    for group in _alike_turned(pairs, chosen):
        at = np.searchsorted(movable.positions, pairs.left[group[0]])
        turn = ORIENTATIONS[pairs.orientations[group[0]]].images
        tangents = turn(movable.tangents[at]).reshape(movable.tangents.shape[1], -1)
        places = np.searchsorted(fixed, pairs.right[group])
        shares = outlines[places] @ tangents.T
        movable_on = np.linalg.norm(shares, axis=1) >= MIN_MOVED_OUTLINE
        for k in np.flatnonzero(movable_on | (shares[:, 1] >= MIN_OUTLINE)):
            moved = np.ascontiguousarray(turn(movable.thumbnails[at]))
            overlay = _overlay(moved, images[places[k]], align=bool(movable_on[k]))
            if overlay is not None and overlay.detail >= MIN_DETAIL:
                found.append(_confirmed(pairs, group[k], overlay))
    return found


def _overlay(moved: np.ndarray, fixed: np.ndarray, *, align: bool) -> alignment.Overlay | None:
    """The likeness of two thumbnails that correlate enough; most do not, so the cheapest comparison comes first."""
    if not align and alignment.correlation(moved, fixed) < MIN_CORRELATION:
        return None
    overlay = alignment.overlay(moved, fixed)
    return overlay if overlay.correlation >= MIN_CORRELATION else None


def _confirmed(pairs: Candidates, at: int, overlay: alignment.Overlay) -> Confirmed:
    return Confirmed(
        left=int(pairs.left[at]),
        right=int(pairs.right[at]),
        orientation=int(pairs.orientations[at]),
        distance=int(pairs.distances[at]),
        overlay=overlay,
    )


def _alike_turned(pairs: Candidates, chosen: np.ndarray) -> Iterator[np.ndarray]:
    """Pieces of the chosen pairs that share the left film and its orientation."""
    key = pairs.left[chosen] * len(ORIENTATIONS) + pairs.orientations[chosen]
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order])) + 1
    return (chosen[piece] for piece in np.split(order, edges) if len(piece))
