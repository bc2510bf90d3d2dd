"""Near-duplicates are found by hash and confirmed by correlation; two different films are not called twins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from radiographs.records import alignment, candidates, confirmation, grouping, sketches
from radiographs.records.candidates import Candidates
from radiographs.records.grouping import Index, Likeness
from radiographs.records.orientations import ORIENTATIONS, Orientation

from .films import film


def index(names: str, likenesses: list[Likeness]) -> Index:
    thumbnails = np.stack([like.thumbnail for like in likenesses]) if likenesses else np.zeros((0, 64, 64), np.uint8)
    phashes = np.array([like.phash for like in likenesses], np.uint64)
    return Index(list(names), phashes, lambda at: thumbnails[at])


EMPTY = index("", [])


def copy_of(pixels: np.ndarray) -> np.ndarray:
    """Smaller, brighter and with JPEG's traces."""
    small = cv2.resize(pixels, (60, 60), interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", cv2.convertScaleAbs(small, alpha=0.9, beta=15), [cv2.IMWRITE_JPEG_QUALITY, 60])
    return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)


def chest(shape: int, *, ribs: int, side_px: int = 192) -> np.ndarray:
    """(side, side) uint8: a smooth shape, and a fine pattern of small contrast."""
    fine = cv2.GaussianBlur(np.random.default_rng(ribs).normal(0, 1, (side_px, side_px)), (0, 0), side_px / 64)
    coarse = cv2.GaussianBlur(film(shape, side_px=side_px).astype(np.float64), (0, 0), side_px / 48)
    return np.clip(coarse + fine / fine.std() * 7, 0, 255).astype(np.uint8)


def test_a_resized_and_recompressed_copy_is_a_twin_and_another_film_is_not() -> None:
    films = [film(1, side_px=96), film(2, side_px=96), copy_of(film(1, side_px=96))]
    (twin,) = grouping.twins(index("abc", [grouping.likeness(one) for one in films]), EMPTY)
    assert {twin.id, twin.other_id} == {"a", "c"}
    assert twin.distance <= 12 and twin.correlation >= 0.96


def test_a_new_film_is_compared_with_all_old_ones() -> None:
    old = index("abcd", [grouping.likeness(film(seed)) for seed in range(4)])
    new = index("x", [grouping.likeness(copy_of(film(2)))])
    assert [(twin.id, twin.other_id) for twin in grouping.twins(new, old)] == [("x", "c")]


def test_a_hash_alone_makes_no_twins() -> None:
    one, other = grouping.likeness(film(1)), grouping.likeness(film(2))
    same_hash = index("ab", [one, Likeness(one.phash, other.thumbnail)])
    assert grouping.twins(same_hash, EMPTY) == ()


def test_even_films_are_nobodys_twins() -> None:
    even = grouping.likeness(np.full((64, 64), 7, np.uint8))
    assert grouping.twins(index("ab", [even, even]), EMPTY) == ()


def test_pairs_and_their_order_are_the_same_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    films = [film(seed) for seed in range(9)] + [copy_of(film(seed)) for seed in range(9)]
    films += [np.ascontiguousarray(np.rot90(film(seed))) for seed in range(3)]
    likenesses = [grouping.likeness(one) for one in films]
    new, old = index("abcdefghi", likenesses[:9]), index("jklmnopqrstu", likenesses[9:])
    whole = grouping.twins(new, old), grouping.twins(index("abcdefghijklmnopqrstu", likenesses), EMPTY)
    for module, name, value in (
        (candidates, "_TILE", 5),
        (candidates, "_ROWS", 3),
        (candidates, "_MANY", 2),
        (grouping, "_BLOCK", 4),
        (grouping, "_PIECE", 2),
        (confirmation, "_FETCHED", 3),
        (confirmation, "_PART", 2),
    ):
        monkeypatch.setattr(module, name, value)
    assert (grouping.twins(new, old), grouping.twins(index("abcdefghijklmnopqrstu", likenesses), EMPTY)) == whole
    assert len(whole[0]) == 12 and len(whole[1]) == 15
    assert [twin.id for twin in whole[0]] == sorted(twin.id for twin in whole[0])


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda one: one.name)
def test_a_turned_copy_is_a_twin_and_says_how_it_lies(orientation: Orientation) -> None:
    turned = copy_of(np.ascontiguousarray(orientation.images(film(1, side_px=96))))
    old = index("abc", [grouping.likeness(one) for one in (film(0, side_px=96), turned, film(2, side_px=96))])
    (twin,) = grouping.twins(index("x", [grouping.likeness(film(1, side_px=96))]), old)
    assert (twin.id, twin.other_id, twin.orientation) == ("x", "b", orientation.name)


def test_a_pair_that_matches_in_several_orientations_is_named_once_in_the_best() -> None:
    half = film(3, side_px=64)[:, :32]
    symmetric = np.hstack([half, half[:, ::-1]])
    marked = symmetric.copy()
    marked[10:20, 5:12] += 25
    thumbnails = np.stack([marked, marked[:, ::-1]])
    zeros, turned = np.zeros(2, np.int64), np.arange(2)
    pairs = Candidates(zeros, zeros + 1, turned, zeros)
    with ThreadPoolExecutor(1) as pool:
        (found,) = confirmation.confirm(pairs, lambda at: thumbnails[at], lambda at: thumbnails[at], pool)
        as_is = Candidates(zeros[:1], zeros[:1] + 1, turned[:1], zeros[:1])
        (worse,) = confirmation.confirm(as_is, lambda at: thumbnails[at], lambda at: thumbnails[at], pool)
    assert ORIENTATIONS[found.orientation].name == "mirrored"
    assert found.overlay.detail > worse.overlay.detail


def test_a_copy_that_is_cut_at_its_edges_is_a_twin() -> None:
    whole = chest(1, ribs=1)
    cut = np.ascontiguousarray(whole[7:, :-7])
    thumbnails = [grouping.likeness(one).thumbnail for one in (whole, cut)]
    assert alignment.correlation(*thumbnails) < 0.96
    (twin,) = grouping.twins(index("ab", [grouping.likeness(whole), grouping.likeness(cut)]), EMPTY)
    assert twin.correlation >= 0.96 and twin.detail >= 0.84


def test_chests_of_one_shape_with_other_ribs_are_no_twins() -> None:
    one, other = (grouping.likeness(chest(1, ribs=ribs)) for ribs in (1, 2))
    assert alignment.correlation(one.thumbnail, other.thumbnail) >= 0.96
    assert (one.phash ^ other.phash).bit_count() <= 12
    assert grouping.twins(index("ab", [one, other]), EMPTY) == ()


def test_with_sketches_only_thumbnails_of_candidates_are_fetched() -> None:
    likenesses = [grouping.likeness(film(seed)) for seed in range(40)]
    thumbnails = np.stack([like.thumbnail for like in likenesses])
    fetched: list[int] = []

    def fetch(at: np.ndarray) -> np.ndarray:
        fetched.extend(at.tolist())
        return thumbnails[at]

    phashes = np.array([like.phash for like in likenesses], np.uint64)
    old = Index([str(at) for at in range(40)], phashes, fetch, sketches.of(thumbnails))
    (twin,) = grouping.twins(index("x", [grouping.likeness(copy_of(film(7)))]), old)
    assert twin.other_id == "7" and fetched.count(7) == 1 and len(fetched) < 5


def test_clusters_are_what_links_connect() -> None:
    found = grouping.clusters([("a", "b"), ("c", "x"), ("x", "b")], ["a", "b", "c", "d"])
    assert sorted(sorted(cluster) for cluster in found) == [["a", "b", "c", "x"], ["d"]]
