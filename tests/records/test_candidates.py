"""Dividing the films loses no candidate: every pair near by hash and by sketch is found, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from radiographs.records import candidates, sketches
from radiographs.records.candidates import Compact
from radiographs.records.orientations import ORIENTATIONS

from .films import film

Pair = tuple[int, int, int]


def chests(n: int, *, variety: float) -> Compact:
    """Films that differ from one another as little as chests do, every other turned in some way."""
    common, random = film(0, side_px=64).astype(np.float32), np.random.default_rng(0)
    images = []
    for at in range(n):
        own = cv2.GaussianBlur(random.normal(0, 1, (64, 64)).astype(np.float32), (0, 0), 5)
        image = np.clip(common + own * 400 * variety, 0, 255).astype(np.uint8)
        images.append(ORIENTATIONS[random.integers(8)].images(image) if at % 2 else image)
    found = sketches.of(np.stack(images))
    return Compact(sketches.hashes(found)[:, 0], found)


def by_hand(left: Compact, right: Compact, margin: float) -> set[Pair]:
    turned = sketches.hashes(left.sketches)
    turned[:, 0] = left.phashes
    fixed = right.sketches.astype(np.float32).reshape(-1, 64)
    found = set()
    for at, orientation in enumerate(ORIENTATIONS):
        moved = orientation.coefficients(left.sketches.astype(np.float32)).reshape(-1, 64)
        near = np.bitwise_count(turned[:, at, None] ^ right.phashes) <= candidates.MAX_DISTANCE
        found |= {
            (int(a), int(b), at) for a, b in np.argwhere(near & (moved @ fixed.T >= candidates.MIN_PRODUCT + margin))
        }
    return found


def searched(left: Compact, right: Compact, *, within: bool) -> set[Pair]:
    n = len(left.phashes)
    tiles = candidates.tiles(right, sought=n)
    with ThreadPoolExecutor(2) as pool:
        blocks = [range(at, min(at + 64, n)) for at in range(0, n, 64)]
        pairs = [candidates.among(left, tiles, block, pool, within=within) for block in blocks]
    rows = [
        (int(one.left[k]), int(one.right[k]), int(one.orientations[k])) for one in pairs for k in range(len(one.left))
    ]
    assert len(rows) == len(set(rows))
    return set(rows)


@pytest.mark.parametrize(("tile", "many"), [(7, 0), (50, 0), (50, 10**6), (4096, 0)])
def test_every_candidate_is_found_however_the_films_are_divided(
    tile: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "_TILE", tile)
    monkeypatch.setattr(candidates, "_MANY", many)
    films, others = chests(300, variety=0.4), chests(90, variety=0.5)
    least, most = (by_hand(others, films, margin) for margin in (1e-5, -1e-5))
    assert len({pair[2] for pair in least}) == 8 and len(least) > 5000
    assert least <= searched(others, films, within=False) <= most
    least, most = ({p for p in by_hand(films, films, margin) if p[0] < p[1]} for margin in (1e-5, -1e-5))
    assert least <= searched(films, films, within=True) <= most


def test_a_set_of_no_films_has_no_tiles() -> None:
    assert candidates.tiles(Compact(np.empty(0, np.uint64), np.empty((0, 8, 8), np.float16)), sought=9) == []
