"""Withdrawn films leave every shard, damaged ones too, and take no other film with them where that can be helped."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radiographs.store import erasure
from radiographs.store.shards import ShardStore


def store_of(folder: Path, keys: list[str]) -> ShardStore:
    store = ShardStore(folder / "kind", (2,), np.float32)
    store.append(keys, np.arange(2 * len(keys), dtype=np.float32).reshape(-1, 2))
    return store


def damage(store: ShardStore) -> None:
    (shard,) = store.folder.glob("*.npy")
    content = shard.read_bytes()
    shard.unlink()
    shard.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_every_row_of_a_film_goes_whatever_its_mask(tmp_path: Path) -> None:
    store = store_of(tmp_path, ["a", "b+12", "b+34", "c"])
    assert erasure.erase(tmp_path, ["b"]) == 2
    assert store.missing(["a", "b+12", "b+34", "c"]) == ["b+12", "b+34"]
    np.testing.assert_array_equal(store.reader(["a", "c"])[:], [[0, 1], [6, 7]])


def test_a_damaged_shard_never_gets_a_checksum_that_holds(tmp_path: Path) -> None:
    store = store_of(tmp_path, ["a", "b"])
    damage(store)
    assert erasure.erase(tmp_path, ["b"]) == 1
    assert ShardStore(store.folder, (2,), np.float32).missing(["a", "b"]) == ["a", "b"]


def test_what_was_set_aside_is_erased_too(tmp_path: Path) -> None:
    store = store_of(tmp_path, ["a", "b"])
    damage(store)
    store.mend(["a"])
    assert erasure.erase(tmp_path, ["z"]) == 0
    assert len(list((store.folder / "damaged").iterdir())) == 2
    assert erasure.erase(tmp_path, ["b"]) == 1
    assert list((store.folder / "damaged").iterdir()) == []


def test_a_shard_that_does_not_say_what_it_holds_goes_whole(tmp_path: Path) -> None:
    store = store_of(tmp_path, ["a", "b"])
    next(store.folder.glob("*.json")).write_text("{")
    assert erasure.erase(tmp_path, ["b"]) == 0
    assert list(store.folder.iterdir()) == []
