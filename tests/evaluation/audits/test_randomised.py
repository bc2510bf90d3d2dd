"""A graph with shuffled weights: other maps, the same values, the bundle untouched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import InvalidBundle
from radiographs.evaluation.audits import randomised
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle
from tests import drawn_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_bundle.write(tmp_path_factory.mktemp("bundles") / "one")


@pytest.fixture(scope="module")
def films() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (6, 64, 64), np.uint8)


def test_shuffled_weights_draw_other_maps_and_leave_the_bundle_as_it_was(bundle: Path, films: np.ndarray) -> None:
    before = Bundle.load(bundle).answer_prepared(films).heatmaps
    after = randomised.heatmaps(bundle, films, seed=1)
    assert after.shape == before.shape and (after >= 0).all() and (after <= 1).all()
    assert np.abs(after - before).max() > 0.1
    manifest.read_verified(bundle)
    np.testing.assert_array_equal(after, randomised.heatmaps(bundle, films, seed=1))
    assert np.abs(after - randomised.heatmaps(bundle, films, seed=2)).max() > 0.1


def test_a_tensor_keeps_its_values_and_loses_their_order(bundle: Path, tmp_path: Path) -> None:
    shuffled = randomised.shuffled(bundle / "graph.xml", tmp_path, 1)
    one, other = ((path.with_suffix(".bin")).read_bytes() for path in (bundle / "graph.xml", shuffled))
    assert one != other and len(one) == len(other)
    assert sorted(one) == sorted(other)


def test_what_is_no_graph_and_what_holds_nothing_learnt_are_refused(tmp_path: Path, bundle: Path) -> None:
    with pytest.raises(InvalidBundle, match="is no OpenVINO graph"):
        randomised.shuffled(tmp_path / "graph.xml", tmp_path, 0)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "graph.xml").write_text("<net><layers/></net>")
    (empty / "graph.bin").write_bytes(b"")
    with pytest.raises(InvalidBundle, match="nothing in it was learnt"):
        randomised.shuffled(empty / "graph.xml", tmp_path, 0)


def test_maps_are_compared_by_ranks_flat_ones_before_are_left_out_and_flat_ones_after_count_as_nothing() -> None:
    rising = np.arange(16, dtype=np.float32).reshape(4, 4)
    flat = np.zeros((4, 4), np.float32)
    one = np.stack([rising, rising, rising, flat])
    other = np.stack([rising**3, -rising, flat, rising])
    found = randomised.correlations(one, other)
    assert found[:3] == pytest.approx([1, -1, 0]) and np.isnan(found[3])
