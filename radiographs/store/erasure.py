"""Takes the entries of withdrawn films out of every store: the one case in which a shard is replaced."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from radiographs.errors import CorruptShard
from radiographs.store.shards import ShardStore


def erase(stores: Path, films: Iterable[str]) -> int:
    """Removes the films' rows from all stores under a folder; returns how many entries there were.

    A shard that holds such a row is written anew without it before the old one goes, description first, so that a
    reader sees all other rows at any moment and a killed call can be repeated. A damaged shard that holds such a row,
    or that no longer says what it holds, goes whole: its other films are computed again when they are asked for.

    Args:
        stores: a folder with pixel and feature stores anywhere below it.
        films: ids of films.
    """
    unwanted = set(films)
    return sum(_without(described, unwanted) for described in sorted(stores.rglob("shard-*.json")))


def _without(described: Path, unwanted: set[str]) -> int:
    array = described.with_suffix(".npy")
    try:
        content = json.loads(described.read_text(encoding="utf-8"))
        ids: list[str] = content["ids"]
        dtype, row_shape = content["dtype"], tuple(content["row_shape"])
    except (ValueError, KeyError, TypeError):
        _remove(described, array)
        return 0
    kept = [row for row, key in enumerate(ids) if _film_of(key) not in unwanted]
    if len(kept) == len(ids):
        return 0
    if kept and array.is_file():
        _write_anew(ShardStore(described.parent, row_shape, dtype), ids, kept)
    _remove(described, array)
    return len(ids) - len(kept)


def _write_anew(store: ShardStore, ids: list[str], kept: list[int]) -> None:
    left = [ids[row] for row in kept]
    with contextlib.suppress(CorruptShard):
        rows = store.reader(left)[:]
        store.append(left, rows)


def _remove(described: Path, array: Path) -> None:
    described.unlink()
    array.unlink(missing_ok=True)


def _film_of(key: str) -> str:
    """The film behind a row's key, which names its lung mask too where that had a say (`preparation_key`)."""
    return key.partition("+")[0]
