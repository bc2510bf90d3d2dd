"""Feature extraction pays for each film once, whatever interrupts it."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import CorruptShard
from radiographs.store import features, shards, views
from radiographs.store.shards import ShardStore, StoreCount

KEY = "ab12cd34"
IDS = [f"film-{n}" for n in range(10)]


def summed(batch: np.ndarray) -> np.ndarray:
    """A stand-in backbone: mean and maximum of a film."""
    flat = batch.reshape(len(batch), -1).astype(np.float32)
    return np.stack([flat.mean(axis=1), flat.max(axis=1)], axis=1)


@pytest.fixture
def pixels(tmp_path: Path) -> ShardStore:
    store = ShardStore(tmp_path / "pixels", (6, 6), np.uint8)
    rows = np.random.default_rng(0).integers(0, 256, (10, 6, 6), dtype=np.uint8)
    store.append(IDS, rows)
    return store


def test_only_films_that_are_missing_pass_through_the_backbone(tmp_path: Path, pixels: ShardStore) -> None:
    seen: list[int] = []

    def extract(batch: np.ndarray) -> np.ndarray:
        seen.append(len(batch))
        return summed(batch)

    steps: list[int] = []
    first = features.extract_missing(IDS[:6], pixels, extract, tmp_path, key=KEY, dim=2, batch=4, advance=steps.append)
    second = features.extract_missing(IDS[::-1], pixels, extract, tmp_path, key=KEY, dim=2, advance=steps.append)
    third = features.extract_missing(IDS, pixels, extract, tmp_path, key=KEY, dim=2, advance=steps.append)
    assert (first, second, third) == (StoreCount(6, 0), StoreCount(4, 6), StoreCount(0, 10))
    assert seen == [4, 2, 4]
    assert sum(steps) == 26
    stored = features.open_store(tmp_path, KEY, 2).reader(IDS)[:]
    np.testing.assert_array_equal(stored, summed(pixels.reader(IDS)[:]))


def test_an_interruption_loses_at_most_the_shard_under_way(
    tmp_path: Path, pixels: ShardStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MAX_ROWS", 3)
    passed: list[int] = []

    def dies_at_the_seventh(batch: np.ndarray) -> np.ndarray:
        passed.append(len(batch))
        if sum(passed) > 7:
            raise KeyboardInterrupt
        return summed(batch)

    with pytest.raises(KeyboardInterrupt):
        features.extract_missing(IDS, pixels, dies_at_the_seventh, tmp_path, key=KEY, dim=2, batch=1)
    assert features.open_store(tmp_path, KEY, 2).missing(IDS) == IDS[6:]
    rest = features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    assert rest == StoreCount(computed=4, reused=6)


def test_another_key_has_its_own_store(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    assert features.open_store(tmp_path, "another", 2).missing(IDS) == IDS


def test_a_note_beside_the_store_says_what_it_holds(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS[:1], pixels, summed, tmp_path, key=KEY, dim=2, about={"backbone": "MobileNetV2"})
    note = json.loads((tmp_path / f"{KEY}.json").read_text())
    assert note == {"backbone": "MobileNetV2", "dim": 2}


def test_a_store_is_found_again_without_knowing_how_long_its_features_are(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    (tmp_path / f"{KEY}.json").unlink()
    with pytest.raises(LookupError, match="extract these features first"):
        features.open_found(tmp_path, KEY)
    features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    found = features.open_found(tmp_path, KEY)
    assert found.row_shape == (2,)
    assert found.missing(IDS) == []


MAPS = (2, 3, 4)


def with_maps(batch: np.ndarray) -> np.ndarray:
    """A stand-in backbone with maps: its features, and behind them 24 numbers that differ over films."""
    pooled = summed(batch)
    return np.hstack([pooled, pooled[:, :1] * np.linspace(0, 1, 24, dtype=np.float32)])


def test_maps_are_kept_beside_the_features_of_the_same_pass(tmp_path: Path, pixels: ShardStore) -> None:
    passed: list[int] = []

    def extract(batch: np.ndarray) -> np.ndarray:
        passed.append(len(batch))
        return with_maps(batch)

    first = features.extract_missing(IDS, pixels, extract, tmp_path, key=KEY, dim=2, maps=MAPS, batch=4)
    assert (first, sum(passed)) == (StoreCount(10, 0), 10)
    expected = with_maps(pixels.reader(IDS)[:])
    np.testing.assert_array_equal(features.open_found(tmp_path, KEY).reader(IDS)[:], expected[:, :2])
    stored = features.open_found_maps(tmp_path, KEY).reader(IDS)[:]
    assert stored.dtype == np.float16
    np.testing.assert_array_equal(stored, expected[:, 2:].reshape(10, *MAPS).astype(np.float16))


def test_maps_asked_for_later_leave_the_stored_features_as_they_are(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS[:6], pixels, summed, tmp_path, key=KEY, dim=2)
    count = features.extract_missing(IDS, pixels, with_maps, tmp_path, key=KEY, dim=2, maps=MAPS)
    assert count == StoreCount(10, 0)
    held = [key for file in (tmp_path / KEY).glob("*.json") for key in json.loads(file.read_text())["ids"]]
    assert sorted(held) == IDS
    assert features.open_maps(tmp_path, KEY, MAPS).missing(IDS) == []


def test_maps_that_half_precision_cannot_hold_are_refused(tmp_path: Path, pixels: ShardStore) -> None:
    with pytest.raises(ValueError, match="too large for float16"):
        features.extract_missing(IDS, pixels, lambda batch: with_maps(batch) * 1e6, tmp_path, key=KEY, dim=2, maps=MAPS)


def test_a_view_of_the_films_has_features_of_its_own(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    count = features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2, view="rotation+20")
    assert count == StoreCount(10, 0)
    again = features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2, view="rotation+20.0 zoom+0")
    assert again == StoreCount(0, 10)
    named = features.view_key(KEY, "rotation+20")
    assert json.loads((tmp_path / f"{named}.json").read_text())["view"] == "rotation+20"
    turned = summed(views.applied(pixels.reader(IDS)[:], views.named("rotation+20")))
    np.testing.assert_array_equal(features.open_found(tmp_path, named).reader(IDS)[:], turned)
    plain = features.open_found(tmp_path, features.view_key(KEY, "")).reader(IDS)[:]
    assert np.abs(plain - turned).max() > 1


def test_a_damaged_shard_of_features_is_computed_again_and_counted(tmp_path: Path, pixels: ShardStore) -> None:
    features.extract_missing(IDS[:4], pixels, summed, tmp_path, key=KEY, dim=2)
    (shard,) = (tmp_path / KEY).glob("*.npy")
    features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    content = bytearray(shard.read_bytes())
    content[-2] ^= 1
    shard.unlink()
    shard.write_bytes(bytes(content))
    count = features.extract_missing(IDS, pixels, summed, tmp_path, key=KEY, dim=2)
    assert count == StoreCount(computed=4, reused=6, mended=1)
    stored = features.open_store(tmp_path, KEY, 2).reader(IDS)[:]
    np.testing.assert_array_equal(stored, summed(pixels.reader(IDS)[:]))


def test_out_of_memory_halves_the_batch_and_says_so(tmp_path: Path, pixels: ShardStore) -> None:
    seen: list[int] = []

    def small_machine(batch: np.ndarray) -> np.ndarray:
        if len(batch) > 2:
            raise RuntimeError("Exception from src/plugins: std::bad_alloc")
        seen.append(len(batch))
        return summed(batch)

    steps: list[int] = []
    count = features.extract_missing(
        IDS, pixels, small_machine, tmp_path, key=KEY, dim=2, batch=8, advance=steps.append
    )
    assert count.notes == tuple(f"extraction: out of memory: batch halved to {n}" for n in (4, 2))
    assert (seen, sum(steps)) == ([2] * 5, 10)
    stored = features.open_store(tmp_path, KEY, 2).reader(IDS)[:]
    np.testing.assert_array_equal(stored, summed(pixels.reader(IDS)[:]))


@pytest.mark.parametrize("error", [MemoryError("one film is too much"), RuntimeError("the graph is broken")])
def test_what_a_smaller_batch_cannot_help_is_raised(tmp_path: Path, pixels: ShardStore, error: Exception) -> None:
    def fails(batch: np.ndarray) -> np.ndarray:
        raise error

    with pytest.raises(type(error), match=str(error)):
        features.extract_missing(IDS, pixels, fails, tmp_path, key=KEY, dim=2, batch=2)


def test_films_stored_by_another_process_meanwhile_are_not_passed_again(
    tmp_path: Path, pixels: ShardStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MAX_ROWS", 4)
    seen: list[int] = []

    def extract(batch: np.ndarray) -> np.ndarray:
        if not seen:
            other = features.open_store(tmp_path, KEY, 2)
            other.append(IDS[4:9], summed(pixels.reader(IDS[4:9])[:]))
        seen.append(len(batch))
        return summed(batch)

    steps: list[int] = []
    count = features.extract_missing(IDS, pixels, extract, tmp_path, key=KEY, dim=2, advance=steps.append)
    assert (seen, count, sum(steps)) == ([4, 1], StoreCount(5, 5), 10)


def _extract_all(folder: Path, begun: multiprocessing.synchronize.Barrier) -> None:
    begun.wait(60)
    store = ShardStore(folder / "pixels", (6, 6), np.uint8)
    features.extract_missing(IDS, store, with_maps, folder, key=KEY, dim=2, maps=MAPS, batch=2)


def test_two_processes_that_extract_the_same_films_leave_whole_stores(tmp_path: Path, pixels: ShardStore) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    workers = [context.Process(target=_extract_all, args=(tmp_path, barrier)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    expected = with_maps(pixels.reader(IDS)[:])
    np.testing.assert_array_equal(features.open_found(tmp_path, KEY).reader(IDS)[:], expected[:, :2])
    assert features.open_found_maps(tmp_path, KEY).mend(IDS) == ()


def test_a_note_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.json").write_text("{}")
    with pytest.raises(CorruptShard, match=rf"{KEY}.json cannot be read"):
        features.open_found(tmp_path, KEY)


@pytest.mark.parametrize(
    "broken",
    [
        lambda batch: summed(batch)[:, :1],
        lambda batch: summed(batch).astype(np.float64),
        lambda batch: summed(batch) * np.float32(np.nan),
    ],
    ids=["too short", "double precision", "not a number"],
)
def test_features_of_the_wrong_kind_are_refused_and_not_stored(tmp_path: Path, pixels: ShardStore, broken) -> None:
    with pytest.raises(ValueError, match="expected finite features"):
        features.extract_missing(IDS, pixels, broken, tmp_path, key=KEY, dim=2)
    assert features.open_store(tmp_path, KEY, 2).missing(IDS) == IDS
