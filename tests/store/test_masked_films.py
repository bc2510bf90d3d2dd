"""Tests that a store of films prepared with lung masks keeps what each mask makes of a film apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radiographs.imaging import phantoms, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.store import pixels

LUNGS_ONLY = Preparation(32, lungs="lung")


def test_a_film_with_a_new_mask_is_missing_and_both_are_kept(tmp_path: Path) -> None:
    drawn = phantoms.draw("Normal", 2, side_px=64)
    half = drawn.lung_mask.copy()
    half[:32] = 0
    store = pixels.open_store(tmp_path, LUNGS_ONLY)
    keys = [preprocessing.preparation_key("film", digest * 64, LUNGS_ONLY) for digest in "ab"]
    rows = [preprocessing.prepare(drawn.pixels, LUNGS_ONLY, mask) for mask in (drawn.lung_mask, half)]
    store.append(keys[:1], rows[0][None])
    assert store.missing(keys) == keys[1:]
    store.append(keys[1:], rows[1][None])
    read = store.reader(keys)[:]
    assert (read == np.stack(rows)).all() and (rows[0] != rows[1]).any()


def test_a_new_mask_changes_nothing_for_a_preparation_that_needs_none(tmp_path: Path) -> None:
    whole = Preparation(32, contrast="gamma")
    store = pixels.open_store(tmp_path, whole)
    store.append(["film"], preprocessing.prepare(phantoms.draw("Normal", 2, side_px=64).pixels, whole)[None])
    assert store.missing([preprocessing.preparation_key("film", digest * 64, whole) for digest in "ab"]) == []
