"""Rows of memory-mapped shards in the order they were asked for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

MAPPED_AT_ONCE = 256  # open maps hold a file descriptor each


class Rows(Protocol):
    """Anything indexed like a `RowReader`; a NumPy array is one too."""

    def __len__(self) -> int: ...

    def __getitem__(self, indices: Any) -> Any: ...


class RowReader:
    """Rows of a store in a fixed order, read from memory-mapped shards; safe to use from several threads."""

    def __init__(
        self, paths: tuple[Path, ...], where: NDArray[np.int64], row_shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self._where = where
        self.row_shape = row_shape
        self.dtype = dtype
        self._mapped = lru_cache(MAPPED_AT_ONCE)(lambda shard: np.load(paths[shard], mmap_mode="r"))

    def __len__(self) -> int:
        return len(self._where)

    def __getitem__(self, indices: Any) -> NDArray[Any]:
        """A copy of the rows asked for: (n, *row_shape) for an array, a list or a slice, (*row_shape) for a number."""
        wanted = self._where[indices]
        flat = wanted.reshape(-1, 2)
        rows = np.empty((len(flat), *self.row_shape), self.dtype)
        for shard in np.unique(flat[:, 0]):
            here = np.flatnonzero(flat[:, 0] == shard)
            rows[here] = self._mapped(int(shard))[flat[here, 1]]
        return rows.reshape(*wanted.shape[:-1], *self.row_shape)
