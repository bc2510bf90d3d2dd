"""Outputs of a frozen backbone, kept so that a film passes through it once, whatever heads are fitted on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import CorruptShard
from radiographs.store import passing, views
from radiographs.store.passing import Extract, MapShape, Target
from radiographs.store.shards import ShardStore, StoreCount, describe


def open_store(folder: Path, key: str, dim: int) -> ShardStore:
    """The store of pooled features of one kind: rows (dim,) float32.

    Args:
        folder: the folder of all feature stores.
        key: digest of preparation, backbone and weights, and of the view (`view_key`): all that features depend on
            beside the film.
        dim: length of one film's features.
    """
    return ShardStore(folder / key, (dim,), np.float32)


def open_found(folder: Path, key: str) -> ShardStore:
    """The store of a kind that was extracted before, whose length of features is read from the note beside it.

    Raises:
        LookupError: nothing of this kind was extracted yet.
        CorruptShard: the note cannot be read.
    """
    (dim,) = _noted(folder / f"{key}.json", "dim", 1)
    return open_store(folder, key, dim)


def open_maps(folder: Path, key: str, shape: MapShape) -> ShardStore:
    """The store of last feature maps of one kind: rows (h, w, k) float16; arguments as for `open_store`."""
    return ShardStore(folder / _maps(key), shape, np.float16)


def open_found_maps(folder: Path, key: str) -> ShardStore:
    """The store of maps of a kind that was extracted before with maps.

    Raises:
        LookupError: no maps of this kind were extracted yet.
        CorruptShard: the note cannot be read.
    """
    height, width, channels = _noted(folder / f"{_maps(key)}.json", "shape", 3)
    return open_maps(folder, key, (height, width, channels))


def view_key(key: str, view: str) -> str:
    """Names the features of films in a view; without one, those of the films as they are, `key` itself.

    Raises:
        InvalidSettings: no such view.
    """
    said = views.canonical(view)
    return hashlib.sha256(f"{key} {said}".encode()).hexdigest()[:16] if said else key


def extract_missing(
    ids: Sequence[str],
    pixels: ShardStore,
    extract: Extract,
    folder: Path,
    *,
    key: str,
    dim: int,
    about: Mapping[str, object] | None = None,
    batch: int = 64,
    maps: MapShape | None = None,
    view: str = "",
    advance: Callable[[int], None] = lambda n: None,
) -> StoreCount:
    """Passes the films that the store lacks through a frozen backbone; a kill loses at most one shard.

    Damaged shards are set aside first and computed again. Films that another process has stored meanwhile are not
    computed. Out of memory halves the batch, which the count's notes then say.

    Args:
        ids: rows of `pixels`, all of them there.
        pixels: the store of prepared films.
        extract: (b, side, side) uint8 to (b, dim) float32; with `maps` to (b, dim + h·w·k), the maps behind.
        folder: the folder of all feature stores.
        key: names the store, as in `open_store`, without the view.
        dim: length of one film's features.
        about: what the key stands for, noted beside the store for people.
        batch: films a pass, at most.
        maps: (h, w, k) of the last feature maps, to be kept as float16 in a store of their own; None for none.
        view: names a change of the films, see `views.named`; "" for the films as they are.
        advance: told how many more films are done, stored ones included.

    Raises:
        ValueError: `extract` gave something else than finite float32 of that shape.
        CorruptShard: stored pixels do not match their checksum.
        InvalidSettings: no such view.
    """
    named, said = view_key(key, view), views.canonical(view)
    facts = {**(about or {}), **({"view": said} if said else {})}
    stores = [open_store(folder, named, dim)]
    describe(folder / f"{named}.json", {**facts, "dim": dim})
    if maps is not None:
        stores.append(open_maps(folder, named, maps))
        describe(folder / f"{_maps(named)}.json", {**facts, "shape": list(maps)})
    seen: Extract = extract
    if said:
        chosen = views.named(said)

        def seen(films: NDArray[np.uint8]) -> NDArray[np.float32]:
            return extract(views.applied(films, chosen))

    return passing.fill(ids, pixels, Target(seen, tuple(stores)), batch=batch, advance=advance)


def _maps(key: str) -> str:
    return f"{key}-maps"


def _noted(note: Path, name: str, count: int) -> list[int]:
    """The number or numbers that a store's note gives under a name."""
    if not note.is_file():
        raise LookupError(f"{note} does not exist: extract these features first")
    try:
        stated = json.loads(note.read_text(encoding="utf-8"))[name]
        numbers = [int(number) for number in (stated if isinstance(stated, list) else [stated])]
        if len(numbers) != count:
            raise ValueError(f"expected {count} numbers under {name}, got {stated}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptShard(f"{note} cannot be read ({error}); delete it: it is written again") from error
    return numbers
