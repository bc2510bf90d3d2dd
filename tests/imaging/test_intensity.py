"""A film put through a table comes out as it would pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.imaging import intensity

TYPES = ["u1", "i1", "<u2", "<i2", ">u2", ">i2"]


def mapped(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """The linear map pixel by pixel, in the single precision that digests were made with."""
    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255.0 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


@given(st.sampled_from(TYPES), st.integers(0, 2**32 - 1), st.floats(-70000, 70000), st.floats(0.01, 140000))
@settings(max_examples=40, deadline=None)
def test_a_large_film_is_mapped_to_the_last_bit_as_a_small_one(kind, seed, low, width):
    limits = np.iinfo(np.dtype(kind))
    film = np.random.default_rng(seed).integers(limits.min, limits.max + 1, (257, 300)).astype(kind)
    assert np.array_equal(intensity.between(film, low, low + width), mapped(film, low, low + width))


@pytest.mark.parametrize("kind", TYPES)
def test_each_value_is_put_through_the_formula_once(kind):
    seen = []
    film = np.arange(300 * 300).reshape(300, 300).astype(kind)
    out = intensity.by_table(film, lambda values: seen.append(values.size) or (values == 7).astype(np.uint8))
    assert np.array_equal(out, film == 7)
    assert seen == [256 if film.dtype.itemsize == 1 else 65536]


def test_a_film_that_the_formula_leaves_alone_is_not_copied():
    film = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.shares_memory(intensity.by_table(film, lambda values: values), film)
