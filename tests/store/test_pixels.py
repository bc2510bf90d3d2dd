"""The pixel store decodes each original once for each preparation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from radiographs.errors import NoLungMask, UnreadableRadiograph
from radiographs.imaging import decode, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.store import pixels, shards
from radiographs.store.shards import StoreCount

SMALL = Preparation(side_px=16)


@dataclass(frozen=True)
class StoredFilm:
    id: str
    original: str
    lung_mask: str = ""


@pytest.fixture
def films(tmp_path: Path) -> list[StoredFilm]:
    random = np.random.default_rng(0)
    (tmp_path / "originals" / "ab").mkdir(parents=True)
    made = []
    for number in range(7):
        film = random.integers(0, 256, (30 + number, 24), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / "originals" / "ab" / f"{number}.png"), film)
        made.append(StoredFilm(f"film-{number}", f"ab/{number}.png"))
    return made


def test_stored_rows_are_what_preparation_makes_of_the_originals(tmp_path: Path, films: list[StoredFilm]) -> None:
    steps: list[int] = []
    originals = tmp_path / "originals"
    count = pixels.prepare_missing(films, originals, SMALL, tmp_path / "pixels", threads=2, advance=steps.append)
    assert count == StoreCount(computed=7, reused=0)
    assert sum(steps) == 7
    reader = pixels.open_store(tmp_path / "pixels", SMALL).reader([film.id for film in films])
    for row, film in zip(reader[:], films, strict=True):
        np.testing.assert_array_equal(
            row, preprocessing.prepare(decode.decode_file(originals / film.original).pixels, SMALL)
        )


def test_only_new_films_are_decoded(tmp_path: Path, films: list[StoredFilm], monkeypatch: pytest.MonkeyPatch) -> None:
    originals, folder = tmp_path / "originals", tmp_path / "pixels"
    pixels.prepare_missing(films[:5], originals, SMALL, folder, threads=1)
    decoded: list[str] = []
    original = decode.decode_file

    def counted(path: Path):
        decoded.append(path.name)
        return original(path)

    monkeypatch.setattr(pixels.decode, "decode_file", counted)
    steps: list[int] = []
    count = pixels.prepare_missing([*films, films[6]], originals, SMALL, folder, threads=2, advance=steps.append)
    assert count == StoreCount(computed=2, reused=6)
    assert sorted(decoded) == ["5.png", "6.png"]
    assert sum(steps) == 8


def test_another_preparation_has_its_own_store(tmp_path: Path, films: list[StoredFilm]) -> None:
    originals, folder = tmp_path / "originals", tmp_path / "pixels"
    pixels.prepare_missing(films, originals, SMALL, folder, threads=1)
    stretched = Preparation(side_px=16, fit="stretch")
    assert len(pixels.open_store(folder, stretched).missing([film.id for film in films])) == 7


def test_an_original_that_is_gone_is_named_and_finished_shards_stay(
    tmp_path: Path, films: list[StoredFilm], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MAX_ROWS", 3)
    (tmp_path / "originals" / "ab" / "4.png").unlink()
    with pytest.raises(UnreadableRadiograph, match=r"4\.png"):
        pixels.prepare_missing(films, tmp_path / "originals", SMALL, tmp_path / "pixels", threads=2)
    store = pixels.open_store(tmp_path / "pixels", SMALL)
    assert store.missing([film.id for film in films]) == [f"film-{n}" for n in range(3, 7)]


def test_a_note_beside_the_store_says_how_films_were_prepared(tmp_path: Path, films: list[StoredFilm]) -> None:
    pixels.prepare_missing(films[:1], tmp_path / "originals", SMALL, tmp_path / "pixels", threads=1)
    note = (tmp_path / "pixels" / f"{SMALL.digest}.json").read_text()
    assert '"side_px": 16' in note


def test_a_damaged_shard_of_pixels_is_prepared_again_and_counted(tmp_path: Path, films: list[StoredFilm]) -> None:
    originals, folder = tmp_path / "originals", tmp_path / "pixels"
    pixels.prepare_missing(films[:3], originals, SMALL, folder, threads=1)
    (shard,) = (folder / SMALL.digest).glob("*.npy")
    before = pixels.open_store(folder, SMALL).reader([film.id for film in films[:3]])[:]
    content = shard.read_bytes()
    shard.unlink()
    shard.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    count = pixels.prepare_missing(films, originals, SMALL, folder, threads=1)
    assert count == StoreCount(computed=7, reused=0, mended=1)
    after = pixels.open_store(folder, SMALL).reader([film.id for film in films[:3]])[:]
    np.testing.assert_array_equal(after, before)


LUNGS = Preparation(side_px=16, lungs="lung")


@pytest.fixture
def masked(tmp_path: Path, films: list[StoredFilm]) -> StoredFilm:
    """The first film with a lung mask over its upper half."""
    mask = np.zeros((30, 24), np.uint8)
    mask[:15] = 255
    cv2.imwrite(str(tmp_path / "originals" / "ab" / "mask1.png"), mask)
    return StoredFilm(films[0].id, films[0].original, "ab/mask1.png")


def test_a_preparation_of_lungs_reads_the_film_s_mask(tmp_path: Path, masked: StoredFilm) -> None:
    originals, folder = tmp_path / "originals", tmp_path / "pixels"
    count = pixels.prepare_missing([masked], originals, LUNGS, folder, threads=1)
    assert count == StoreCount(computed=1, reused=0)
    (key,) = pixels.keys([masked], LUNGS)
    row = pixels.open_store(folder, LUNGS).reader([key])[0]
    assert row[:8].any() and not row[8:].any()
    assert pixels.keys([masked], SMALL) == [masked.id]


def test_another_mask_of_the_same_film_is_prepared_anew(tmp_path: Path, masked: StoredFilm) -> None:
    originals, folder = tmp_path / "originals", tmp_path / "pixels"
    pixels.prepare_missing([masked], originals, LUNGS, folder, threads=1)
    cv2.imwrite(str(originals / "ab" / "mask2.png"), np.full((30, 24), 255, np.uint8))
    other = StoredFilm(masked.id, masked.original, "ab/mask2.png")
    assert pixels.prepare_missing([other], originals, LUNGS, folder, threads=1) == StoreCount(1, 0)
    assert pixels.prepare_missing([masked], originals, LUNGS, folder, threads=1) == StoreCount(0, 1)


def test_a_film_without_a_mask_is_refused_where_lungs_are_to_be_seen(tmp_path: Path, films: list[StoredFilm]) -> None:
    with pytest.raises(NoLungMask, match="film-0"):
        pixels.prepare_missing(films, tmp_path / "originals", LUNGS, tmp_path / "pixels")


def test_a_mask_that_is_gone_is_named(tmp_path: Path, masked: StoredFilm) -> None:
    (tmp_path / "originals" / masked.lung_mask).unlink()
    with pytest.raises(UnreadableRadiograph, match=r"mask1\.png"):
        pixels.prepare_missing([masked], tmp_path / "originals", LUNGS, tmp_path / "pixels", threads=1)
