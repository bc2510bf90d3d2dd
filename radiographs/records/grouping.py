"""Which films are taken as one patient: films with one patient id, and near-duplicates."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from radiographs.records import candidates, confirmation, sketches
from radiographs.records.candidates import Compact, Tile
from radiographs.records.confirmation import Fetch
from radiographs.records.orientations import ORIENTATIONS
from radiographs.records.sketches import Likeness as Likeness
from radiographs.records.sketches import likeness as likeness

_BLOCK = 256
_PIECE = 2048

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True)
class Twin:
    """A confirmed pair of near-duplicates.

    Attributes:
        id: one film.
        other_id: the other.
        distance: bits of the 64 of their perceptual hashes that differ, in the matching orientation.
        correlation: of their 64 px thumbnails, aligned.
        detail: correlation of ribs, vessels and edges of the aligned thumbnails.
        orientation: what turns the one into the other: "as is", "mirrored", "rotated 90" (clockwise), …
    """

    id: str
    other_id: str
    distance: int
    correlation: float
    detail: float
    orientation: str


@dataclass(frozen=True, eq=False)
class Index:
    """Films to be compared.

    Attributes:
        ids: n names.
        phashes: (n,) uint64.
        thumbnails: fetches (k, 64, 64) uint8 thumbnails by position.
        sketches: (n, 8, 8) float16, of `sketches.of`; None where all thumbnails may be fetched to make them.
    """

    ids: Sequence[str]
    phashes: np.ndarray
    thumbnails: Fetch
    sketches: np.ndarray | None = None


def twins(new: Index, old: Index) -> tuple[Twin, ...]:
    """Near-duplicates among the new films and between them and the old ones, each pair once.

    A candidate is a pair whose hashes differ, in one of eight orientations, in at most 12 of 64 bits, and whose
    sketches leave a correlation of .95 possible. A twin is a candidate whose thumbnails, once aligned, correlate by
    at least .96, and their ribs and vessels by .84. A film with an even thumbnail is nobody's twin.

    Returns:
        Sorted by the positions of the films: first those with old films, then those among the new ones.
    """
    compact = _compact(new)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        across = _pairs(new, old, compact, candidates.tiles(_compact(old), sought=len(new.ids)), pool)
        return (*across, *_pairs(new, new, compact, candidates.tiles(compact, sought=len(new.ids)), pool))


def _compact(index: Index) -> Compact:
    if index.sketches is not None:
        return Compact(index.phashes, index.sketches)
    parts = [np.empty((0, sketches.SIDE, sketches.SIDE), np.float16)]
    for start in range(0, len(index.ids), _PIECE):
        positions = np.arange(start, min(start + _PIECE, len(index.ids)))
        parts.append(sketches.of(index.thumbnails(positions)))
    return Compact(index.phashes, np.concatenate(parts))


def _pairs(left: Index, right: Index, movable: Compact, fixed: list[Tile], pool: Executor) -> list[Twin]:
    """Twins between two sets of films; within one where both are the same."""
    found: list[Twin] = []
    for start in range(0, len(left.ids) if fixed else 0, _BLOCK):
        block = range(start, min(start + _BLOCK, len(left.ids)))
        pairs = candidates.among(movable, fixed, block, pool, within=left is right)
        for one in confirmation.confirm(pairs, left.thumbnails, right.thumbnails, pool):
            ids = (left.ids[one.left], right.ids[one.right])
            like = (one.overlay.correlation, one.overlay.detail)
            found.append(Twin(*ids, one.distance, *like, ORIENTATIONS[one.orientation].name))
    return found


def clusters(links: Iterable[tuple[Node, Node]], nodes: Iterable[Node]) -> list[list[Node]]:
    """Connected components of the nodes and of all that the links name, by union-find."""
    parent: dict[Node, Node] = {node: node for node in nodes}

    def top(node: Node) -> Node:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in links:
        parent[top(one)] = top(other)
    members: dict[Node, list[Node]] = {}
    for node in list(parent):
        members.setdefault(top(node), []).append(node)
    return list(members.values())
