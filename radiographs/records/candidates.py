"""Finds the pairs of films that may be copies of each other, by hashes and sketches alone: no pixels are fetched."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from radiographs.records import sketches as sketching
from radiographs.records.orientations import ORIENTATIONS

MAX_DISTANCE = 12
MIN_PRODUCT = 0.95  # below the .96 of a confirmed pair: a bound on correlation, so no pair that reaches .95 is lost
_TILE = 4096  # films whose hashes stay in a processor's cache
_ROWS = 16


@dataclass(frozen=True, eq=False)
class Compact:
    """What is held in memory of each film: 8 bytes of hash and 128 of sketch.

    Attributes:
        phashes: (n,) uint64.
        sketches: (n, 8, 8) float16, of `sketches.of`.
    """

    phashes: np.ndarray
    sketches: np.ndarray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs that may be copies, as (k,) arrays, sorted by all four.

    Attributes:
        left: positions in the one set, ascending.
        right: positions in the other.
        orientations: positions in ORIENTATIONS of what turns the left film into the right one.
        distances: bits of the hashes that differ.
    """

    left: np.ndarray
    right: np.ndarray
    orientations: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True, eq=False)
class _Block:
    """Consecutive films of the left set in all orientations.

    Attributes:
        start: position of the first film.
        phashes: (b, 8) uint64.
        sketches: (b, 8, 64) float32.
    """

    start: int
    phashes: np.ndarray
    sketches: np.ndarray


def among(left: Compact, right: Compact, block: range, pool: Executor, *, within: bool) -> Candidates:
    """Candidates between a block of the left films and all the right ones.

    Args:
        left: turned in all orientations.
        right: taken as it is.
        block: positions of the left films.
        pool: where tiles of the right films are compared side by side.
        within: both are one set, and each pair is wanted once, the earlier film on the left.
    """
    turned = _turned(left, block)
    first = (block.start // _TILE) * _TILE if within else 0
    tiles = [range(at, min(at + _TILE, len(right.phashes))) for at in range(first, len(right.phashes), _TILE)]
    found = list(pool.map(partial(_in_tile, turned, right, within=within), tiles))
    columns = np.concatenate(found) if found else np.empty((0, 4), np.int64)
    columns = columns[np.lexsort(columns.T[::-1])]
    return Candidates(*columns.T)


def _turned(left: Compact, block: range) -> _Block:
    sketches = left.sketches[block.start : block.stop].astype(np.float32)
    hashes = sketching.hashes(sketches)
    hashes[:, 0] = left.phashes[block.start : block.stop]
    turned = [orientation.coefficients(sketches).reshape(len(sketches), -1) for orientation in ORIENTATIONS]
    return _Block(block.start, hashes, np.stack(turned, axis=1))


def _in_tile(block: _Block, right: Compact, tile: range, *, within: bool) -> np.ndarray:
    """(k, 4) int64: left, right, orientation, distance."""
    phashes = right.phashes[tile.start : tile.stop]
    sketches = right.sketches[tile.start : tile.stop].reshape(len(tile), -1).astype(np.float32)
    differing = np.empty((_ROWS, len(tile)), np.uint64)
    distances = np.empty((_ROWS, len(tile)), np.uint8)
    found = [np.empty((0, 4), np.int64)]
    for orientation, rows in _steps(block):
        count = len(rows)
        np.bitwise_xor(block.phashes[rows.start : rows.stop, orientation, None], phashes, out=differing[:count])
        np.bitwise_count(differing[:count], out=distances[:count])
        at = np.flatnonzero(distances[:count] <= MAX_DISTANCE)
        if not len(at):
            continue
        a, b = np.divmod(at, len(tile))
        if within:
            later = block.start + rows.start + a < tile.start + b
            at, a, b = at[later], a[later], b[later]
        products = np.einsum("ij,ij->i", block.sketches[rows.start + a, orientation], sketches[b])
        alike = products >= MIN_PRODUCT
        a, b, at = a[alike], b[alike], at[alike]
        near = distances.reshape(-1)[at]
        found.append(np.stack([block.start + rows.start + a, tile.start + b, np.full_like(a, orientation), near], 1))
    return np.concatenate(found)


def _steps(block: _Block) -> Iterator[tuple[int, range]]:
    for orientation in range(len(ORIENTATIONS)):
        for start in range(0, len(block.phashes), _ROWS):
            yield orientation, range(start, min(start + _ROWS, len(block.phashes)))
