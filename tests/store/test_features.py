"""Feature extraction pays for each film once, whatever interrupts it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import CorruptShard
from radiographs.store import features, shards
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
