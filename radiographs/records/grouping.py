"""Which films are taken as one patient: films with one patient id, and near-duplicates."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

THUMBNAIL_PX = 64
MAX_DISTANCE = 12
MIN_CORRELATION = 0.96
_HASH_SIDE_PX = 256
_CHUNK = 1024

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Likeness:
    """What near-duplicates of a film are found by.

    Attributes:
        phash: 64-bit perceptual hash, as an unsigned number.
        thumbnail: (64, 64) uint8, 0 = air, 255 = bone.
    """

    phash: int
    thumbnail: np.ndarray


@dataclass(frozen=True)
class Twin:
    """A confirmed pair of near-duplicates: bits that differ, and the correlation of the thumbnails."""

    id: str
    other_id: str
    distance: int
    correlation: float


@dataclass(frozen=True, eq=False)
class Index:
    """Films to be compared: ids, (n,) uint64 hashes, and a way to fetch (k, 64, 64) uint8 thumbnails by position."""

    ids: Sequence[str]
    phashes: np.ndarray
    thumbnails: Callable[[np.ndarray], np.ndarray]


def likeness(pixels: np.ndarray) -> Likeness:
    """Reduces a film to its perceptual hash and thumbnail.

    Args:
        pixels: (h, w) uint8, 0 = air, 255 = bone.

    Returns:
        The likeness; the hash is the DCT hash of imagehash (Zauner 2010), taken from a copy of at most 256 px.
    """
    import imagehash
    from PIL import Image

    height, width = pixels.shape
    small = cv2.resize(pixels, (min(width, _HASH_SIDE_PX), min(height, _HASH_SIDE_PX)), interpolation=cv2.INTER_AREA)
    bits = imagehash.phash(Image.fromarray(small)).hash
    phash = int.from_bytes(np.packbits(bits).tobytes(), "big")
    return Likeness(phash, cv2.resize(small, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA))


def twins(new: Index, old: Index) -> tuple[Twin, ...]:
    """Near-duplicates among the new films and between them and the old ones, each pair once.

    A candidate is a pair whose hashes differ in at most 12 of 64 bits; a twin is a candidate whose thumbnails
    correlate by at least .96. A film with an even thumbnail is nobody's twin.
    """
    return (*_across(new, old, within=False), *_across(new, new, within=True))


def _across(left: Index, right: Index, *, within: bool) -> list[Twin]:
    found: list[Twin] = []
    for start in range(0, len(right.ids), _CHUNK):
        distances = np.bitwise_count(left.phashes[:, None] ^ right.phashes[None, start : start + _CHUNK])
        a, b = np.nonzero(distances <= MAX_DISTANCE)
        near = distances[a, b]
        if within:
            earlier = a < b + start
            a, b, near = a[earlier], b[earlier], near[earlier]
        if not len(a):
            continue
        correlations = _correlations(left.thumbnails, a, right.thumbnails, b + start)
        for k in np.nonzero(correlations >= MIN_CORRELATION)[0]:
            found.append(Twin(left.ids[a[k]], right.ids[b[k] + start], int(near[k]), float(correlations[k])))
    return found


def _correlations(
    left: Callable[[np.ndarray], np.ndarray], a: np.ndarray, right: Callable[[np.ndarray], np.ndarray], b: np.ndarray
) -> np.ndarray:
    """Pearson correlation of the thumbnails of each pair (a[k], b[k]); (k,) float32, 0 where one is even."""
    right_used, right_at = np.unique(b, return_inverse=True)
    right_units = _units(right(right_used))
    result = np.empty(len(a), np.float32)
    left_used = np.unique(a)
    for start in range(0, len(left_used), _CHUNK):
        part = left_used[start : start + _CHUNK]
        pairs = np.nonzero((a >= part[0]) & (a <= part[-1]))[0]
        left_units = _units(left(part))
        at = np.searchsorted(part, a[pairs])
        for piece in np.array_split(np.arange(len(pairs)), len(pairs) // _CHUNK + 1):
            chosen = pairs[piece]
            result[chosen] = np.einsum("ij,ij->i", left_units[at[piece]], right_units[right_at[chosen]])
    return result


def _units(thumbnails: np.ndarray) -> np.ndarray:
    """(n, 64, 64) uint8 → (n, 4096) float32 with mean 0 and length 1; an even thumbnail becomes zeros."""
    flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    return flat / np.where(lengths > 1e-3, lengths, np.inf)


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
