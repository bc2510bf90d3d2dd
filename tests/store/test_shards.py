"""The shard store under ordinary use, parallel writers, kills and damage."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.errors import CorruptShard
from radiographs.store import rows, shards
from radiographs.store.shards import ShardStore


def rows_of(ids: list[str], side: int = 4) -> np.ndarray:
    """Rows that can be told apart: every value of a row is its id's number."""
    return np.stack([np.full((side, side), int(key) % 256, np.uint8) for key in ids])


def store_in(folder: Path) -> ShardStore:
    return ShardStore(folder / "store", (4, 4), np.uint8)


def test_rows_come_back_by_id_in_any_order(tmp_path: Path) -> None:
    ids = [str(n) for n in range(20)]
    store_in(tmp_path).append(ids[:12], rows_of(ids[:12]))
    store_in(tmp_path).append(ids[12:], rows_of(ids[12:]))
    wanted = ["15", "3", "19", "0", "3"]
    reader = store_in(tmp_path).reader(wanted)
    assert len(reader) == 5
    np.testing.assert_array_equal(reader[:], rows_of(wanted))
    np.testing.assert_array_equal(reader[[4, 0]], rows_of(["3", "15"]))
    np.testing.assert_array_equal(reader[2], rows_of(["19"])[0])
    np.testing.assert_array_equal(reader[np.array([], dtype=int)], np.empty((0, 4, 4), np.uint8))


def test_what_is_missing_keeps_its_order_and_comes_once(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    assert store.missing(["9", "2", "9", "5"]) == ["9", "2", "5"]
    store.append(["2"], rows_of(["2"]))
    assert store.missing(["9", "2", "9", "5"]) == ["9", "5"]


def test_a_store_sees_what_another_writer_added_after_it_was_opened(tmp_path: Path) -> None:
    mine, theirs = store_in(tmp_path), store_in(tmp_path)
    mine.append(["0"], rows_of(["0"]))
    assert mine.missing(["0", "1"]) == ["1"]
    theirs.append(["1"], rows_of(["1"]))
    assert mine.missing(["1"]) == []


def test_a_reader_hands_out_copies(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["7"], rows_of(["7"]))
    reader = store.reader(["7"])
    reader[:][:] = 0
    np.testing.assert_array_equal(reader[:], rows_of(["7"]))


def test_a_large_append_is_cut_into_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MAX_ROWS", 3)
    ids = [str(n) for n in range(8)]
    store = store_in(tmp_path)
    store.append(ids, rows_of(ids))
    assert len(list(store.folder.glob("*.npy"))) == 3
    np.testing.assert_array_equal(store.reader(ids)[:], rows_of(ids))


def test_many_shards_are_read_with_few_open_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAPPED_AT_ONCE", 2)
    ids = [str(n) for n in range(9)]
    store = store_in(tmp_path)
    for key in ids:
        store.append([key], rows_of([key]))
    reader = store.reader(ids)
    before = len(list(Path("/proc/self/fd").iterdir()))
    np.testing.assert_array_equal(reader[::-1], rows_of(ids[::-1]))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 3


@pytest.mark.parametrize(
    "rows", [np.zeros((1, 4, 5), np.uint8), np.zeros((1, 4, 4), np.float32), np.zeros((2, 4, 4), np.uint8)]
)
def test_rows_of_another_shape_type_or_number_are_refused(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected rows \(1, 4, 4\) uint8"):
        store_in(tmp_path).append(["1"], rows)
    assert not list(tmp_path.rglob("*.npy"))


def test_an_id_that_is_not_stored_is_refused_by_name(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    with pytest.raises(LookupError, match=r"1 of 2 films are not stored yet, first 8"):
        store.reader(["1", "8"])


def test_of_two_copies_of_one_id_every_process_reads_the_same(tmp_path: Path) -> None:
    for first, second in ((1, 2), (2, 1)):
        store = ShardStore(tmp_path / str(first), (4, 4), np.uint8)
        for value in (first, second):
            store.append(["film"], np.full((1, 4, 4), value, np.uint8))
    left, right = (ShardStore(tmp_path / name, (4, 4), np.uint8).reader(["film"])[0] for name in ("1", "2"))
    np.testing.assert_array_equal(left, right)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def test_a_damaged_shard_is_named_and_deleting_it_is_the_remedy(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1", "2"], rows_of(["1", "2"]))
    (shard,) = store.folder.glob("*.npy")
    flip_a_byte(shard)
    with pytest.raises(CorruptShard, match=rf"{shard.name} does not match its checksum; delete it"):
        store_in(tmp_path).reader(["1"])
    shard.unlink()
    assert store.missing(["1", "2"]) == ["1", "2"]
    store.append(["1", "2"], rows_of(["1", "2"]))
    np.testing.assert_array_equal(store.reader(["2", "1"])[:], rows_of(["2", "1"]))


def test_a_shard_truncated_by_the_disk_is_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1", "2"], rows_of(["1", "2"]))
    (shard,) = store.folder.glob("*.npy")
    os.truncate(shard, shard.stat().st_size - 8)
    with pytest.raises(CorruptShard, match=shard.name):
        store.reader(["2"])


def test_a_damaged_shard_is_set_aside_and_only_its_films_are_missing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1", "2"], rows_of(["1", "2"]))
    (shard,) = store.folder.glob("*.npy")
    store.append(["3"], rows_of(["3"]))
    flip_a_byte(shard)
    fresh = store_in(tmp_path)
    assert fresh.mend(["3"]) == ()
    assert fresh.mend(["1", "3"]) == (shard.stem,)
    assert fresh.missing(["1", "2", "3"]) == ["1", "2"]
    aside = sorted(path.name for path in (store.folder / "damaged").iterdir())
    assert [name.split(".")[0] for name in aside] == [shard.stem, shard.stem]
    fresh.append(["1", "2"], rows_of(["1", "2"]))
    assert fresh.mend(["1", "2", "3"]) == ()
    np.testing.assert_array_equal(fresh.reader(["2", "3", "1"])[:], rows_of(["2", "3", "1"]))


def test_what_is_set_aside_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    (shard,) = store.folder.glob("*.npy")
    flip_a_byte(shard)
    store.mend(["1"])
    assert "set aside" in caplog.text and shard.name in caplog.text


def test_a_shard_that_does_not_say_what_it_holds_is_set_aside(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    (description,) = store.folder.glob("*.json")
    description.write_text(description.read_text().replace('["1"]', '["2"]'))
    with pytest.raises(CorruptShard, match="does not have the digest that it is named by"):
        store_in(tmp_path).missing(["1"])
    fresh = store_in(tmp_path)
    assert fresh.mend(["1"]) == (description.stem,)
    assert fresh.missing(["1", "2"]) == ["1", "2"]


def test_a_store_of_another_kind_is_not_mended_away(tmp_path: Path) -> None:
    store_in(tmp_path).append(["1"], rows_of(["1"]))
    with pytest.raises(CorruptShard, match="expected rows"):
        ShardStore(tmp_path / "store", (8,), np.float32).mend(["1"])
    assert store_in(tmp_path).missing(["1"]) == []


def test_two_processes_may_set_the_same_shard_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    (shard,) = store.folder.glob("*.npy")
    flip_a_byte(shard)
    other, mine = store_in(tmp_path), store_in(tmp_path)
    mine.missing(["1"])
    verify = mine._verify

    def slower(one: object) -> None:
        other.mend(["1"])
        verify(one)

    monkeypatch.setattr(mine, "_verify", slower)
    mine.mend(["1"])
    assert mine.missing(["1"]) == ["1"]


def test_a_shard_is_hashed_once_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    store.reader(["1"])
    monkeypatch.setattr(shards.hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    np.testing.assert_array_equal(store_in(tmp_path).reader(["1"])[:], rows_of(["1"]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ids": ["1"]}'])
def test_a_description_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    (description,) = store.folder.glob("*.json")
    description.write_text(text)
    with pytest.raises(CorruptShard, match=description.name):
        store_in(tmp_path).missing(["1"])


def test_a_shard_of_other_rows_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    store_in(tmp_path).append(["1"], rows_of(["1"]))
    with pytest.raises(CorruptShard, match=r"expected rows \(8,\) float32, got \(4, 4\) uint8"):
        ShardStore(tmp_path / "store", (8,), np.float32).missing(["1"])


def test_a_writer_that_fails_half_way_leaves_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shards.os, "fsync", full_disk)
        with pytest.raises(OSError, match="No space left"):
            store.append(["1"], rows_of(["1"]))
    assert list(store.folder.iterdir()) == []
    assert store.missing(["1"]) == ["1"]


def test_an_array_without_its_description_is_not_read(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.append(["1"], rows_of(["1"]))
    next(store.folder.glob("*.json")).unlink()
    (store.folder / ".shard-0.npy.1.part").write_bytes(b"half")
    assert store_in(tmp_path).missing(["1"]) == ["1"]


def _append_for_ever(folder: Path, begun: multiprocessing.synchronize.Event) -> None:
    store = ShardStore(folder, (64, 64), np.uint8)
    for number in range(10**6):
        ids = [str(number * 10 + n) for n in range(10)]
        store.append(ids, rows_of(ids, 64))
        if number == 3:
            begun.set()


def test_a_killed_writer_leaves_only_whole_shards(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    writer = context.Process(target=_append_for_ever, args=(tmp_path / "store", begun))
    writer.start()
    assert begun.wait(60)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    store = ShardStore(tmp_path / "store", (64, 64), np.uint8)
    everything = [str(n) for n in range(40)]
    assert store.missing(everything) == []
    stored = [key for file in store.folder.glob("*.json") for key in json.loads(file.read_text())["ids"]]
    np.testing.assert_array_equal(store.reader(stored)[:], rows_of(stored, 64))


def _append_some(folder: Path, first: int) -> None:
    store = ShardStore(folder, (4, 4), np.uint8)
    for start in range(first, first + 60, 10):
        ids = [str(n) for n in range(start, start + 10)]
        store.append(ids, rows_of(ids))


def test_parallel_writers_of_overlapping_films_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_some, args=(tmp_path / "store", first)) for first in (0, 30, 30, 60)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    everything = [str(n) for n in range(120)]
    np.testing.assert_array_equal(store_in(tmp_path).reader(everything)[:], rows_of(everything))


@settings(max_examples=25, deadline=None)
@given(
    batches=st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=8), max_size=6),
    wanted=st.lists(st.integers(0, 30), max_size=20),
)
def test_whatever_was_appended_is_stored_and_the_rest_is_missing(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]], wanted: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("property")
    store = store_in(folder)
    for numbers in batches:
        ids = [str(n) for n in numbers]
        store.append(ids, rows_of(ids))
    held = {str(n) for numbers in batches for n in numbers}
    asked = [str(n) for n in wanted]
    assert store_in(folder).missing(asked) == list(dict.fromkeys(key for key in asked if key not in held))
    present = [key for key in asked if key in held]
    expected = rows_of(present) if present else np.empty((0, 4, 4), np.uint8)
    np.testing.assert_array_equal(store.reader(present)[:], expected)
