"""Kept masks lie on the square where their films' pixels do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import phantoms, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.records import originals
from radiographs.store import kept_masks

PREPARATION = Preparation(side_px=64, border=0.05)


def test_a_kept_mask_is_prepared_as_its_film_and_a_film_without_one_has_none(tmp_path: Path) -> None:
    mask = phantoms.draw("COVID", 1, side_px=100).lung_mask[:, :80]
    name = originals.keep_mask(tmp_path, mask)
    found, none = kept_masks.prepared([name, ""], tmp_path, PREPARATION)
    assert none is None and found is not None
    np.testing.assert_array_equal(found, preprocessing.prepare_mask(mask, PREPARATION))


def test_a_mask_that_is_gone_or_no_image_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRadiograph, match=r"gone\.png cannot be read"):
        kept_masks.prepared(["gone.png"], tmp_path, PREPARATION)
    (tmp_path / "words.png").write_bytes(b"no image")
    with pytest.raises(UnreadableRadiograph, match=r"words\.png is no image"):
        kept_masks.prepared(["words.png"], tmp_path, PREPARATION)
