"""One append-only folder of memory-mapped arrays in which a row is found by the id of its film."""

from __future__ import annotations

import hashlib
import io
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from radiographs.errors import CorruptShard

MAX_ROWS = 512
MAX_BYTES = 64 * 2**20
MAPPED_AT_ONCE = 256  # open maps hold a file descriptor each

_verified: set[tuple[str, int, int, int]] = set()  # shards whose checksum this process has seen hold


@dataclass(frozen=True)
class StoreCount:
    """What a request to fill a store came to, in films."""

    computed: int
    reused: int


class Rows(Protocol):
    """Anything indexed like a `RowReader`; a NumPy array is one too."""

    def __len__(self) -> int: ...

    def __getitem__(self, indices: Any) -> Any: ...


@dataclass(frozen=True)
class _Shard:
    path: Path
    ids: tuple[str, ...]
    sha256: str


class ShardStore:
    """A folder of shards; any number of processes may append to it and read from it at the same time.

    A shard is `shard-<content digest>.npy` with a `.json` of the same name, which is renamed into place last and so
    makes the shard visible. Nothing is ever changed or removed here; a `.npy` that a person deletes is computed again.
    """

    def __init__(self, folder: Path, row_shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self.folder = folder
        self.row_shape = tuple(row_shape)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._shards: dict[str, _Shard] = {}
        self._places: dict[str, tuple[str, int]] = {}

    @property
    def rows_per_shard(self) -> int:
        """How many rows one shard takes: 512, and fewer where those would pass 64 MiB."""
        row_bytes = self.dtype.itemsize * int(np.prod(self.row_shape, dtype=np.int64))
        return max(1, min(MAX_ROWS, MAX_BYTES // max(1, row_bytes)))

    def missing(self, ids: Iterable[str]) -> list[str]:
        """The ids that no shard holds, in the order given, each once.

        Raises:
            CorruptShard: a shard's description cannot be read or is of rows of another kind.
        """
        self._look_again()
        return [key for key in dict.fromkeys(ids) if key not in self._places]

    def append(self, ids: Sequence[str], rows: NDArray[Any]) -> None:
        """Writes rows, durably: when this returns, they survive a power cut.

        Args:
            ids: n ids; for an id that is there already, or comes twice, one deterministic copy is read from then on.
            rows: (n, *row_shape) of the store's dtype.

        Raises:
            ValueError: the rows do not fit this store.
        """
        expected = (len(ids), *self.row_shape)
        if rows.shape != expected or rows.dtype != self.dtype:
            raise ValueError(f"expected rows {expected} {self.dtype}, got {rows.shape} {rows.dtype}")
        self.folder.mkdir(parents=True, exist_ok=True)
        for start in range(0, len(ids), self.rows_per_shard):
            stop = start + self.rows_per_shard
            self._write(tuple(ids[start:stop]), np.ascontiguousarray(rows[start:stop]))

    def reader(self, ids: Sequence[str]) -> RowReader:
        """Rows of these films, in this order, memory-mapped; every shard needed is checked before this returns.

        Raises:
            LookupError: an id is not in the store.
            CorruptShard: a shard does not match its checksum.
        """
        absent = self.missing(ids)
        if absent:
            raise LookupError(f"{self.folder}: {len(absent)} of {len(ids)} films are not stored yet, first {absent[0]}")
        places = [self._places[key] for key in ids]
        names = sorted({name for name, _ in places})
        shards = tuple(self._shards[name] for name in names)
        for shard in shards:
            self._verify(shard)
        index = {name: position for position, name in enumerate(names)}
        where = np.array([(index[name], row) for name, row in places], dtype=np.int64).reshape(-1, 2)
        return RowReader(tuple(shard.path for shard in shards), where, self.row_shape, self.dtype)

    def _look_again(self) -> None:
        """Takes in what other writers added, and forgets shards whose array is gone."""
        listed = {entry.name for entry in os.scandir(self.folder)} if self.folder.is_dir() else set()
        visible = sorted(
            name[: -len(".json")]
            for name in listed
            if name.startswith("shard-") and name.endswith(".json") and f"{name[:-5]}.npy" in listed
        )
        if list(self._shards) == visible:
            return
        self._shards = {name: self._shards.get(name) or self._describe(name) for name in visible}
        self._places = {}
        for name, shard in self._shards.items():
            for row, key in enumerate(shard.ids):
                self._places.setdefault(key, (name, row))

    def _describe(self, name: str) -> _Shard:
        path = self.folder / f"{name}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            shard = _Shard(path.with_suffix(".npy"), tuple(content["ids"]), str(content["sha256"]))
            kind = (tuple(content["row_shape"]), np.dtype(content["dtype"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptShard(f"{path} cannot be read ({error}); delete it: its rows are recomputed") from error
        if kind != (self.row_shape, self.dtype):
            expected = f"{self.row_shape} {self.dtype}"
            raise CorruptShard(
                f"{path}: expected rows {expected}, got {kind[0]} {kind[1]}; delete it: they are recomputed"
            )
        return shard

    def _verify(self, shard: _Shard) -> None:
        """Compares a shard with its checksum, once in a process for each state of the file."""
        try:
            with shard.path.open("rb") as file:
                facts = os.fstat(file.fileno())
                state = (str(shard.path.resolve()), facts.st_ino, facts.st_mtime_ns, facts.st_size)
                if state in _verified:
                    return
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CorruptShard(f"{shard.path} cannot be read ({error}); delete it: it is recomputed") from error
        if digest != shard.sha256:
            raise CorruptShard(f"{shard.path} does not match its checksum; delete it: it is recomputed")
        _verified.add(state)

    def _write(self, ids: tuple[str, ...], rows: NDArray[Any]) -> None:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(rows))
        body = rows.reshape(-1).view(np.uint8).data if rows.size else b""
        checksum = hashlib.sha256(header.getvalue())
        checksum.update(body)
        content = {"ids": list(ids), "sha256": checksum.hexdigest(), "row_shape": list(self.row_shape)}
        described = json.dumps({**content, "dtype": self.dtype.str}).encode()
        name = f"shard-{hashlib.sha256(described).hexdigest()[:32]}"
        write_whole(self.folder / f"{name}.npy", header.getvalue(), body)
        write_whole(self.folder / f"{name}.json", described)


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


def describe(path: Path, facts: dict[str, object]) -> None:
    """Leaves a note beside a store, for people, saying what its name stands for."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(facts, indent=1, sort_keys=True).encode())


def write_whole(path: Path, *parts: bytes | memoryview) -> None:
    """Writes a file under a temporary name, syncs it to the disk and renames it: it is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with partial.open("xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
