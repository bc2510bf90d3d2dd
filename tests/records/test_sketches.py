"""A sketch bounds correlations, and the hashes of all eight orientations follow from it."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import fft

from radiographs.records import alignment, sketches
from radiographs.records.orientations import ORIENTATIONS, Orientation

from .films import film

by_orientation = pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda one: one.name)
QUARTER_TURNS = {"rotated 90": -1, "rotated 180": 2, "rotated 270": 1}  # anticlockwise, as NumPy counts them


@by_orientation
def test_an_orientation_does_what_its_name_says(orientation: Orientation) -> None:
    image = np.arange(64 * 64).reshape(64, 64)
    first = np.fliplr(image) if orientation.name.startswith("mirrored") else image
    expected = np.rot90(first, QUARTER_TURNS.get(orientation.name.removeprefix("mirrored and "), 0))
    np.testing.assert_array_equal(orientation.images(image), expected)


@by_orientation
def test_coefficients_of_a_turned_image_follow_from_those_of_the_image(orientation: Orientation) -> None:
    image = film(1, side_px=64).astype(np.float64)
    turned = fft.dctn(orientation.images(image), norm="ortho")
    np.testing.assert_allclose(orientation.coefficients(fft.dctn(image, norm="ortho")), turned, atol=1e-8)


def test_a_hash_is_that_of_imagehash_also_where_rounding_decides_it() -> None:
    even, one = np.full((70, 90), 100, np.uint8), film(3, side_px=200)
    half = one[:100, :100]
    for picture in (
        one,
        one[:97, :120],
        even,
        np.hstack([half, half[:, ::-1]]),
        np.vstack([half, half[::-1]]),
        even // 99,
    ):
        assert f"{sketches.likeness(picture).phash:016x}" == str(imagehash.phash(Image.fromarray(picture)))


@by_orientation
def test_hashes_of_turned_films_are_those_of_imagehash_within_four_bits(orientation: Orientation) -> None:
    at, differing = ORIENTATIONS.index(orientation), []
    for seed in range(20):
        pixels = film(seed, side_px=100)
        turned = imagehash.phash(Image.fromarray(np.ascontiguousarray(orientation.images(pixels)))).hash
        expected = int.from_bytes(np.packbits(turned).tobytes(), "big")
        found = sketches.hashes(sketches.of(sketches.likeness(pixels).thumbnail[None]))[0, at]
        differing.append((int(found) ^ expected).bit_count())
    assert max(differing) <= 4 and sum(differing) / len(differing) < 1


def test_coefficients_are_weighed_as_in_imagehash() -> None:
    thumbnails = np.stack([film(seed, side_px=64) for seed in range(100)])
    low = fft.dctn(thumbnails.astype(np.float64), axes=(1, 2))[:, :8, :8].reshape(100, 64)  # not normalised
    expected = np.packbits(low > np.median(low, axis=1, keepdims=True), axis=1).view(">u8")[:, 0]
    differing = np.bitwise_count(sketches.hashes(sketches.of(thumbnails))[:, 0] ^ expected.astype(np.uint64))
    assert differing.mean() < 0.05  # by rounding to 16 bits


def test_the_hash_of_a_film_is_the_one_that_catalogues_hold() -> None:
    assert f"{sketches.likeness(film(1, side_px=300)).phash:016x}" == "e41eedd4f4d0a90c"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1), st.sampled_from(ORIENTATIONS))
def test_the_product_of_sketches_is_no_less_than_the_correlation(seed: int, share: float, turn: Orientation) -> None:
    one, noise = film(seed, side_px=64), np.random.default_rng(seed).integers(0, 256, (64, 64))
    other = ((1 - share) * one + share * noise).astype(np.uint8)
    left, right = sketches.of(np.stack([one, other])).astype(np.float32)
    product = float((turn.coefficients(left) * right).sum())
    assert product >= alignment.correlation(turn.images(one), other) - 2e-3
    assert float((left * left).sum()) == pytest.approx(1, abs=2e-3)


def test_an_even_thumbnail_has_a_sketch_of_zeros() -> None:
    assert not sketches.of(np.full((1, 64, 64), 9, np.uint8)).any()


def test_a_sketch_is_the_same_made_alone_and_among_others() -> None:
    thumbnails = np.stack([sketches.likeness(film(seed, side_px=128)).thumbnail for seed in range(12)])
    alone = np.concatenate([sketches.of(thumbnail[None]) for thumbnail in thumbnails])
    assert sketches.of(thumbnails).tobytes() == alone.tobytes()
