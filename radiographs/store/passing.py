"""One pass of films through a frozen backbone into the stores of its outputs, reading ahead while it computes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.store.rows import Rows
from radiographs.store.shards import ShardStore, StoreCount

Extract = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
MapShape = tuple[int, int, int]
OUT_OF_MEMORY = ("bad_alloc", "out of memory", "RESOURCE_EXHAUSTED", "Failed to allocate", "Cannot allocate memory")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Target:
    """What films are passed through, and where its outputs go.

    Attributes:
        extract: (b, side, side) uint8 to (b, values of a row of each store, one behind the other) float32.
        stores: of one film a row each.
    """

    extract: Extract
    stores: tuple[ShardStore, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """How many values a row of each store has."""
        return tuple(int(np.prod(store.row_shape)) for store in self.stores)

    @property
    def rows_per_shard(self) -> int:
        """Films of a block: what fits into one shard of every store."""
        return min(store.rows_per_shard for store in self.stores)

    def missing(self, ids: Sequence[str]) -> list[str]:
        """The ids that one of the stores lacks, in the order given, each once."""
        absent = {key for store in self.stores for key in store.missing(ids)}
        return [key for key in dict.fromkeys(ids) if key in absent]

    def append(self, ids: Sequence[str], rows: Sequence[NDArray[np.generic]]) -> None:
        """Writes to each store the rows that it lacks."""
        for store, values in zip(self.stores, rows, strict=True):
            absent = set(store.missing(ids))
            places = [place for place, key in enumerate(ids) if key in absent]
            if places:
                store.append([ids[place] for place in places], values[places])


def fill(
    ids: Sequence[str], pixels: ShardStore, target: Target, *, batch: int, advance: Callable[[int], None]
) -> StoreCount:
    """Computes what the target's stores lack, a shard at a time; arguments and refusals as `features.extract_missing`.

    Memory stays at one shard and two batches.
    """
    mended = sum(len(store.mend(ids)) for store in target.stores)
    todo = target.missing(ids)
    advance(len(ids) - len(todo))
    computed, notes = 0, []
    with ThreadPoolExecutor(1) as ahead:
        for start in range(0, len(todo), target.rows_per_shard):
            asked = todo[start : start + target.rows_per_shard]
            block = target.missing(asked)
            advance(len(asked) - len(block))
            if not block:
                continue
            passed = _Pass(target, pixels.reader(block), batch, advance)
            target.append(block, passed.through(ahead))
            computed += len(block)
            notes += passed.notes
            batch = passed.batch
    return StoreCount(computed, len(ids) - computed, mended, tuple(notes))


class _Pass:
    """One block of films on its way; `batch` and `notes` tell afterwards whether memory sufficed."""

    def __init__(self, target: Target, films: Rows, batch: int, advance: Callable[[int], None]) -> None:
        self._target, self._films, self._advance = target, films, advance
        self.batch = batch
        self.notes: list[str] = []

    def through(self, ahead: ThreadPoolExecutor) -> list[NDArray[np.generic]]:
        """Rows (films of the block, *row shape) for each store, of its type."""
        count = len(self._films)
        rows = [np.empty((count, *store.row_shape), store.dtype) for store in self._target.stores]
        done = 0
        while done < count:
            for films in self._read_ahead(done, ahead):
                values = self._extracted(films)
                if values is None:
                    break  # the batch is smaller now
                self._take(values, rows, done)
                done += len(films)
                self._advance(len(films))
        return rows

    def _read_ahead(self, first: int, ahead: ThreadPoolExecutor) -> Iterator[NDArray[np.uint8]]:
        """Batches of films from `first` on; the next one is read while the caller works on this one."""
        starts = range(first, len(self._films), self.batch)
        size = self.batch

        def read(start: int) -> NDArray[np.uint8]:
            return np.asarray(self._films[start : start + size])

        coming = ahead.submit(read, starts[0])
        for start in starts:
            films = coming.result()
            if start + size < len(self._films):
                coming = ahead.submit(read, start + size)
            yield films

    def _extracted(self, films: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """What the backbone gives, checked; None where memory did not suffice, with a smaller batch from then on."""
        try:
            values = self._target.extract(films)
        except Exception as error:
            if not _ran_out(error) or len(films) == 1:
                raise
            self.batch = max(1, len(films) // 2)
            self.notes.append(f"extraction: out of memory: batch halved to {self.batch}")
            _log.warning(self.notes[-1])
            return None
        shape = (len(films), sum(self._target.widths))
        if values.shape != shape or values.dtype != np.float32 or not np.isfinite(values).all():
            raise ValueError(f"expected finite features {shape} float32, got {values.shape} {values.dtype}")
        return values

    def _take(self, values: NDArray[np.float32], rows: list[NDArray[np.generic]], first: int) -> None:
        last, column = first + len(values), 0
        for taken, width in zip(rows, self._target.widths, strict=True):
            part = values[:, column : column + width]
            if taken.dtype == np.float16 and np.abs(part).max() > np.finfo(np.float16).max:
                raise ValueError("expected finite features, got maps too large for float16; extract without maps")
            taken[first:last] = part.reshape(len(values), *taken.shape[1:])
            column += width


def _ran_out(error: Exception) -> bool:
    said = str(error)
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in said for words in OUT_OF_MEMORY)
    )
