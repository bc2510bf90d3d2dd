"""Near-duplicates are found by hash and confirmed by correlation; two different films are not called twins."""

from __future__ import annotations

import cv2
import numpy as np

from radiographs.records import grouping
from radiographs.records.grouping import Index, Likeness

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


def test_pairs_are_the_same_whatever_the_chunks(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    films = [film(seed) for seed in range(9)] + [copy_of(film(seed)) for seed in range(9)]
    likenesses = [grouping.likeness(one) for one in films]
    new, old = index("abcdefghi", likenesses[:9]), index("jklmnopqr", likenesses[9:])
    whole = set(grouping.twins(new, old))
    monkeypatch.setattr(grouping, "_CHUNK", 2)
    assert {(t.id, t.other_id) for t in grouping.twins(new, old)} == {(t.id, t.other_id) for t in whole}
    assert len(whole) == 9


def test_clusters_are_what_links_connect() -> None:
    found = grouping.clusters([("a", "b"), ("c", "x"), ("x", "b")], ["a", "b", "c", "d"])
    assert sorted(sorted(cluster) for cluster in found) == [["a", "b", "c", "x"], ["d"]]
