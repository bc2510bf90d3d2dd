"""Outputs of a frozen backbone, kept so that a film passes through it once, whatever heads are fitted on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import CorruptShard
from radiographs.store.shards import ShardStore, StoreCount, describe


def open_store(folder: Path, key: str, dim: int) -> ShardStore:
    """The store of pooled features of one kind: rows (dim,) float32.

    Args:
        folder: the folder of all feature stores.
        key: digest of preparation, backbone and weights: all that features depend on beside the film.
        dim: length of one film's features.
    """
    return ShardStore(folder / key, (dim,), np.float32)


def open_found(folder: Path, key: str) -> ShardStore:
    """The store of a kind that was extracted before, whose length of features is read from the note beside it.

    Raises:
        LookupError: nothing of this kind was extracted yet.
        CorruptShard: the note cannot be read.
    """
    note = folder / f"{key}.json"
    if not note.is_file():
        raise LookupError(f"{note} does not exist: extract these features first")
    try:
        dim = int(json.loads(note.read_text(encoding="utf-8"))["dim"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptShard(f"{note} cannot be read ({error}); delete it: it is written again") from error
    return open_store(folder, key, dim)


def extract_missing(
    ids: Sequence[str],
    pixels: ShardStore,
    extract: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    folder: Path,
    *,
    key: str,
    dim: int,
    about: Mapping[str, object] | None = None,
    batch: int = 32,
    advance: Callable[[int], None] = lambda n: None,
) -> StoreCount:
    """Passes the films that the store lacks through a frozen backbone; a kill loses at most one shard.

    Args:
        ids: films, all of them in `pixels`.
        pixels: the store of prepared films.
        extract: (b, side, side) uint8 to (b, dim) float32.
        folder: the folder of all feature stores.
        key: names the store, as in `open_store`.
        dim: length of one film's features.
        about: what the key stands for, noted beside the store for people.
        batch: films a pass.
        advance: told how many more films are done, stored ones included.

    Raises:
        ValueError: `extract` gave something else than (b, dim) finite float32.
        CorruptShard: stored pixels do not match their checksum.
    """
    store = open_store(folder, key, dim)
    todo = store.missing(ids)
    advance(len(ids) - len(todo))
    describe(folder / f"{key}.json", {**(about or {}), "dim": dim})
    if todo:
        films = pixels.reader(todo)
    for start in range(0, len(todo), store.rows_per_shard):
        block = todo[start : start + store.rows_per_shard]
        rows = np.empty((len(block), dim), np.float32)
        for first in range(0, len(block), batch):
            part = films[start + first : start + min(first + batch, len(block))]
            rows[first : first + len(part)] = _checked(extract(part), (len(part), dim))
            advance(len(part))
        store.append(block, rows)
    return StoreCount(computed=len(todo), reused=len(ids) - len(todo))


def _checked(features: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    if features.shape != shape or features.dtype != np.float32 or not np.isfinite(features).all():
        raise ValueError(f"expected finite features {shape} float32, got {features.shape} {features.dtype}")
    return features
