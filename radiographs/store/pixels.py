"""Prepared films, kept so that each original is decoded once for each preparation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode, masks, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.store.shards import ShardStore, StoreCount, describe


class StoredFilm(Protocol):
    """What is needed of a film here; `records.cohort.Film` is one."""

    @property
    def id(self) -> str: ...

    @property
    def original(self) -> str: ...

    @property
    def lung_mask(self) -> str: ...


def open_store(folder: Path, preparation: Preparation) -> ShardStore:
    """The store of films prepared in this way: rows (side, side) uint8, 0 = air, 255 = bone."""
    return ShardStore(folder / preparation.digest, (preparation.side_px, preparation.side_px), np.uint8)


def keys(films: Iterable[StoredFilm], preparation: Preparation) -> list[str]:
    """What the films are called in the stores of a preparation: their ids, with their masks' where those have a say.

    Raises:
        NoLungMask: the preparation needs lung masks, and a film has none.
    """
    return [preprocessing.key_of(film, preparation) for film in films]


def prepare_missing(
    films: Sequence[StoredFilm],
    originals: Path,
    preparation: Preparation,
    folder: Path,
    *,
    threads: int = 0,
    advance: Callable[[int], None] = lambda n: None,
) -> StoreCount:
    """Decodes and prepares the films that the store lacks, a shard at a time; damaged shards are set aside first.

    Memory stays at one shard and one decoded film a thread. Whatever was finished before an error or a kill is kept.

    Args:
        films: films whose `original`, and `lung_mask` where it is needed, are paths relative to `originals`.
        originals: the folder of the originals.
        preparation: how a film is prepared; its digest names the store.
        folder: the folder of all pixel stores.
        threads: 0 for one a core.
        advance: told how many more films are done, stored ones included.

    Raises:
        UnreadableRadiograph: an original or a mask is gone or cannot be decoded.
        NoLungMask: the preparation needs lung masks, and a film has none.
    """
    store = open_store(folder, preparation)
    by_key = dict(zip(keys(films, preparation), films, strict=True))
    mended = len(store.mend(by_key))
    todo = store.missing(by_key)
    advance(len(films) - len(todo))
    if todo:
        describe(folder / f"{preparation.digest}.json", preparation.as_dict())
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        try:
            for start in range(0, len(todo), store.rows_per_shard):
                block = todo[start : start + store.rows_per_shard]
                chosen = [by_key[key] for key in block]
                store.append(block, _prepare(chosen, originals, preparation, pool, advance))
        finally:
            pool.shutdown(cancel_futures=True)
    return StoreCount(computed=len(todo), reused=len(films) - len(todo), mended=mended)


def _prepare(
    films: Sequence[StoredFilm],
    originals: Path,
    preparation: Preparation,
    pool: ThreadPoolExecutor,
    advance: Callable[[int], None],
) -> NDArray[np.uint8]:
    """Prepared pixels (n, side, side) uint8 of a block of films."""

    def one(film: StoredFilm) -> NDArray[np.uint8]:
        seen = decode.decode_file(originals / film.original).pixels
        mask = _mask(originals / film.lung_mask, seen.shape) if preparation.needs_lungs else None
        return preprocessing.prepare(seen, preparation, mask)

    rows = np.empty((len(films), preparation.side_px, preparation.side_px), np.uint8)
    for row, prepared in enumerate(pool.map(one, films)):
        rows[row] = prepared
        advance(1)
    return rows


def _mask(path: Path, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A kept lung mask (h, w) uint8 on its film's grid."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableRadiograph(f"{path} cannot be read ({error}); admit the film's mask again") from error
    return masks.read(data, shape).pixels
