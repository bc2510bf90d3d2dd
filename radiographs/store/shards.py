"""One append-only folder of memory-mapped arrays in which a row is found by the id of its film."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from radiographs.errors import CorruptShard
from radiographs.store.rows import RowReader, Rows
from radiographs.store.writing import describe, write_whole

__all__ = ["RowReader", "Rows", "ShardStore", "StoreCount", "describe", "write_whole"]

MAX_ROWS = 512
MAX_BYTES = 64 * 2**20
DAMAGED = "damaged"  # the folder, in a store's, of what was set aside

_log = logging.getLogger(__name__)
_verified: set[tuple[str, int, int, int]] = set()  # shards whose checksum this process has seen hold


@dataclass(frozen=True)
class StoreCount:
    """What a request to fill a store came to.

    Attributes:
        computed: films that were computed.
        reused: films that were there already.
        mended: damaged shards that were set aside; the films in them that were asked for are among `computed`.
        notes: what a reader should know, one sentence each.
    """

    computed: int
    reused: int
    mended: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shard:
    path: Path
    ids: tuple[str, ...]
    sha256: str
    row_shape: tuple[int, ...]
    dtype: np.dtype[Any]


class ShardStore:
    """A folder of shards; any number of processes may append to it and read from it at the same time.

    A shard is `shard-<content digest>.npy` with a `.json` of the same name, which is renamed into place last and so
    makes the shard visible. Nothing is ever changed here; a damaged shard is moved to the folder `damaged` by `mend`,
    and a `.npy` that a person deletes is computed again.
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

    def mend(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Sets aside the damaged shards among those that hold these films, so that the films are missing again.

        Checks what `reader` would check. A shard whose description cannot be read is set aside too, since nobody can
        say which films it holds. A whole shard that another process has just put in the place of a damaged one may be
        moved with it: then it is computed once more, and nothing is lost.

        Args:
            ids: the films.

        Returns:
            Names of the shards that were set aside.

        Raises:
            CorruptShard: a shard is of rows of another kind.
        """
        unknown = [name for name in self._visible() if name not in self._shards]
        unreadable = [name for name in unknown if self._set_aside_if(name, self._read_description, name)]
        self._look_again()
        holding = sorted({self._places[key][0] for key in ids if key in self._places})
        return (*unreadable, *(name for name in holding if self._set_aside_if(name, self._verify, self._shards[name])))

    def _set_aside_if(self, name: str, refuses: Callable[[Any], object], what: Any) -> bool:
        """Moves a refused shard out of sight, description first; what another process has moved already is gone."""
        try:
            refuses(what)
        except CorruptShard as error:
            _log.warning("set aside in %s, to be computed again: %s", self.folder / DAMAGED, error)
        else:
            return False
        aside = self.folder / DAMAGED
        aside.mkdir(exist_ok=True)
        mark = uuid.uuid4().hex[:8]
        for suffix in (".json", ".npy"):
            with contextlib.suppress(FileNotFoundError):
                (self.folder / f"{name}{suffix}").rename(aside / f"{name}.{mark}{suffix}")
        return True

    def _visible(self) -> list[str]:
        listed = {entry.name for entry in os.scandir(self.folder)} if self.folder.is_dir() else set()
        return sorted(
            name[: -len(".json")]
            for name in listed
            if name.startswith("shard-") and name.endswith(".json") and f"{name[:-5]}.npy" in listed
        )

    def _look_again(self) -> None:
        """Takes in what other writers added, and forgets shards whose array is gone."""
        visible = self._visible()
        if list(self._shards) == visible:
            return
        self._shards = {name: self._shards.get(name) or self._of_this_kind(name) for name in visible}
        self._places = {}
        for name, shard in self._shards.items():
            for row, key in enumerate(shard.ids):
                self._places.setdefault(key, (name, row))

    def _of_this_kind(self, name: str) -> _Shard:
        shard = self._read_description(name)
        kind = (shard.row_shape, shard.dtype)
        if kind != (self.row_shape, self.dtype):
            expected = f"{self.row_shape} {self.dtype}"
            raise CorruptShard(
                f"{shard.path.with_suffix('.json')}: expected rows {expected}, got {kind[0]} {kind[1]}; "
                "delete it: they are recomputed"
            )
        return shard

    def _read_description(self, name: str) -> _Shard:
        """What a shard says of itself, unless a byte of it was changed: its name is the digest of what it said."""
        path = self.folder / f"{name}.json"
        try:
            said = path.read_bytes()
            if name != _name_of(said):
                raise ValueError("it does not have the digest that it is named by")
            content = json.loads(said)
            ids, digest = tuple(content["ids"]), str(content["sha256"])
            return _Shard(
                path.with_suffix(".npy"), ids, digest, tuple(content["row_shape"]), np.dtype(content["dtype"])
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptShard(f"{path} cannot be read ({error}); delete it: its rows are recomputed") from error

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
        name = _name_of(described)
        write_whole(self.folder / f"{name}.npy", header.getvalue(), body)
        write_whole(self.folder / f"{name}.json", described)


def _name_of(described: bytes) -> str:
    return f"shard-{hashlib.sha256(described).hexdigest()[:32]}"
