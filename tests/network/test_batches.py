"""Batches from the store: whole, in order, mixed only where asked, and free of TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from radiographs.network import batches
from radiographs.network.batches import LabelledRows, Mixing

ROWS = np.arange(10 * 4, dtype=np.uint8).reshape(10, 2, 2)
LABELS = np.array([0, 1] * 5)
WEIGHTS = np.array([1.0, 3.0], np.float32)


def test_batches_follow_the_order_and_the_last_starts_over() -> None:
    order = np.array([3, 1, 4, 0, 9])
    shown = batches.of(LabelledRows(ROWS, LABELS), order, WEIGHTS, 3, Mixing(0.0, (0,)))
    assert len(shown) == 2
    rows, shares, weights = shown[1]
    np.testing.assert_array_equal(rows, ROWS[[0, 9, 3]])
    np.testing.assert_array_equal(shares, np.eye(2)[[0, 1, 1]])
    np.testing.assert_array_equal(weights, [1, 3, 3])


def test_mixed_films_have_mixed_labels() -> None:
    bright = np.zeros((8, 4, 4), np.uint8)
    bright[4:] = 200
    labels = np.repeat([0, 1], 4)
    shown = batches.of(LabelledRows(bright, labels), np.arange(8), WEIGHTS, 8, Mixing(1.0, (0, 1)))
    rows, shares, _ = shown[0]
    assert rows.dtype == np.uint8
    np.testing.assert_allclose(rows[:, 0, 0] / 200, shares[:, 1], atol=0.01)
    assert np.any((shares > 0.01) & (shares < 0.99))
    np.testing.assert_array_equal(rows, shown[0][0])


def test_rows_without_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="9 labels for 10 rows"):
        LabelledRows(ROWS, LABELS[:9])


SCRIPT = """
import sys, numpy as np
from radiographs.network import batches
from radiographs.store.shards import ShardStore
store = ShardStore(__import__("pathlib").Path(sys.argv[1]), (4, 4), np.uint8)
store.append([str(n) for n in range(9)], np.ones((9, 4, 4), np.uint8))
rows = batches.LabelledRows(store.reader([str(n) for n in range(9)]), np.zeros(9, np.int64))
shown = batches.of(rows, np.arange(9), np.ones(2, np.float32), 4, batches.Mixing(0.4, (0,)))
assert [shown[n][0].shape for n in range(len(shown))] == [(4, 4, 4)] * 3
loaded = [name for name in sys.modules if name.split(".")[0] == "tensorflow"]
sys.exit(f"TensorFlow was loaded: {loaded[:3]}" if loaded else 0)
"""


def test_batches_are_read_without_tensorflow_where_keras_has_another_backend(tmp_path: Path) -> None:
    environment = os.environ | {"KERAS_BACKEND": "openvino"}
    words = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    child = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)
    assert child.returncode == 0, child.stderr[-2000:]
