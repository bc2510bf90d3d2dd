"""Finds the pairs of films that may be copies of each other, by hashes and sketches alone: no pixels are fetched."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from radiographs.records import sketches as sketching
from radiographs.records.orientations import ORIENTATIONS

MAX_DISTANCE = 12
MIN_PRODUCT = 0.95  # of sketches, which bounds the correlation of thumbnails: no pair that reaches .95 is lost
# Two vectors of length 1 with that product are no farther apart than this; a little more for rounded lengths.
_REACH = 2 * (1 - MIN_PRODUCT) + 0.01
_TILE = 4096  # films whose hashes, against a few others', stay in a processor's cache
_ROWS = 32
_MANY = 2000


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
    """Pairs that may be copies, as (k,) arrays, sorted by left, right and orientation.

    Attributes:
        left: positions in the one set.
        right: positions in the other.
        orientations: positions in ORIENTATIONS of what turns the left film into the right one.
        distances: bits of the hashes that differ.
    """

    left: np.ndarray
    right: np.ndarray
    orientations: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True, eq=False)
class Tile:
    """Films of similar sketches.

    Attributes:
        positions: (t,) in their set, ascending.
        phashes: (t,) uint64.
        sketches: (t, 64) float32.
        least: (64,) float32, of the sketches by coefficient.
        most: (64,) float32.
    """

    positions: np.ndarray
    phashes: np.ndarray
    sketches: np.ndarray
    least: np.ndarray
    most: np.ndarray


@dataclass(frozen=True, eq=False)
class _Block:
    """Consecutive films of the left set, each in all orientations: b · 8 rows.

    Attributes:
        start: position of the first film.
        phashes: (b · 8,) uint64.
        sketches: (b · 8, 64) float32.
    """

    start: int
    phashes: np.ndarray
    sketches: np.ndarray


def tiles(films: Compact, *, sought: int) -> list[Tile]:
    """Films divided so that most tiles are too far from a given film to hold a copy of it (a k-d tree's leaves).

    Args:
        films: to be divided.
        sought: how many films will be looked for among them; for few, division takes longer than it spares, and
            consecutive films make a tile. What is found is the same.
    """
    flat = films.sketches.reshape(-1, sketching.SIDE**2)
    waiting, found = [np.arange(len(flat))], []
    while waiting:
        positions = waiting.pop()
        if len(positions) > _TILE:
            order = positions if sought < _MANY else _by_most_varied(flat, positions)
            waiting += [np.sort(half) for half in np.array_split(order, 2)]
        elif len(positions):
            part = flat[positions].astype(np.float32)
            found.append(Tile(positions, films.phashes[positions], part, part.min(axis=0), part.max(axis=0)))
    return found


def _by_most_varied(flat: np.ndarray, positions: np.ndarray) -> np.ndarray:
    part = flat[positions].astype(np.float32)
    return positions[np.argsort(part[:, part.var(axis=0).argmax()], kind="stable")]


def among(left: Compact, right: list[Tile], films: range, pool: Executor, *, within: bool) -> Candidates:
    """Candidates between a range of the left films and all the right ones.

    Args:
        left: turned in all orientations.
        right: taken as they are.
        films: positions of the left films.
        pool: where tiles are searched side by side.
        within: both are one set, and each pair is wanted once, the earlier film on the left.
    """
    block = _turned(left, films)
    found = list(pool.map(partial(_in_tile, block, within=within), right))
    columns = np.concatenate([np.empty((0, 4), np.int64), *found])
    return Candidates(*columns[np.lexsort(columns.T[::-1])].T)


def _turned(left: Compact, films: range) -> _Block:
    sketches = left.sketches[films.start : films.stop].astype(np.float32)
    hashes = sketching.hashes(sketches)
    hashes[:, 0] = left.phashes[films.start : films.stop]
    turned = [orientation.coefficients(sketches).reshape(len(sketches), -1) for orientation in ORIENTATIONS]
    return _Block(films.start, hashes.ravel(), np.stack(turned, axis=1).reshape(hashes.size, -1))


def _in_tile(block: _Block, tile: Tile, *, within: bool) -> np.ndarray:
    """(k, 4) int64: left, right, orientation, distance."""
    first = int(np.searchsorted(tile.positions, block.start, "right")) if within else 0
    positions, phashes, sketches = tile.positions[first:], tile.phashes[first:], tile.sketches[first:]
    beyond = np.clip(block.sketches, tile.least, tile.most)
    np.subtract(block.sketches, beyond, out=beyond)
    near = np.flatnonzero(np.einsum("ij,ij->i", beyond, beyond) <= _REACH) if len(positions) else positions
    differing = np.empty((_ROWS, len(positions)), np.uint64)
    counts = np.empty(differing.shape, np.uint8)
    found = [np.empty((0, 4), np.int64)]
    for start in range(0, len(near), _ROWS):
        rows = near[start : start + _ROWS]
        np.bitwise_xor(block.phashes[rows, None], phashes, out=differing[: len(rows)])
        distances = np.bitwise_count(differing[: len(rows)], out=counts[: len(rows)])
        at = np.flatnonzero(distances <= MAX_DISTANCE)
        a, b = np.divmod(at, len(positions))
        turned = rows[a]
        products = np.einsum("ij,ij->i", block.sketches.take(turned, axis=0), sketches.take(b, axis=0))
        alike = np.flatnonzero(products >= MIN_PRODUCT)
        lefts, orientations = np.divmod(turned[alike], len(ORIENTATIONS))
        pairs = (block.start + lefts, positions[b[alike]], orientations, distances.ravel()[at[alike]])
        found.append(np.stack(pairs, axis=1))
    columns = np.concatenate(found)
    return columns[columns[:, 0] < columns[:, 1]] if within else columns
