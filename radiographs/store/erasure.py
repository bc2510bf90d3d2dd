"""Takes the entries of withdrawn films out of every store: the one case in which a shard is replaced."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from radiographs.store.shards import ShardStore


def erase(stores: Path, films: Iterable[str]) -> int:
    """Removes the films' rows from all stores under a folder; returns how many entries there were.

    A shard that holds such a row is written anew without it before the old one goes, description first, so that a
    reader sees all other rows at any moment and a killed call can be repeated.

    Args:
        stores: a folder with pixel and feature stores anywhere below it.
        films: ids of films.
    """
    unwanted = set(films)
    return sum(_without(described, unwanted) for described in sorted(stores.rglob("shard-*.json")))


def _without(described: Path, unwanted: set[str]) -> int:
    content = json.loads(described.read_text(encoding="utf-8"))
    ids: list[str] = content["ids"]
    kept = [row for row, film in enumerate(ids) if film not in unwanted]
    if len(kept) == len(ids):
        return 0
    array = described.with_suffix(".npy")
    if kept and array.is_file():
        rows = np.load(array, mmap_mode="r")[kept]
        store = ShardStore(described.parent, tuple(content["row_shape"]), content["dtype"])
        store.append([ids[row] for row in kept], np.ascontiguousarray(rows))
    described.unlink()
    array.unlink(missing_ok=True)
    return len(ids) - len(kept)
