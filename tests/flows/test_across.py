"""Whole networks fitted again without each source, from admitted films to claims."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from radiographs.imaging import phantom_batches, phantoms
from radiographs.network import left_out
from tests.conftest import NAMES, point_at


@pytest.fixture
def home(tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with phantoms of three sources admitted."""
    root = tmp_path / "state"
    phantom_batches.write_batch(root / "inbox" / "first", 90, 5, side_px=64, findings=NAMES, spoiled=False)
    point_at(root, monkeypatch)
    from flows.admit import admit

    admit(root / "inbox" / "first")
    return root


def by_chance(*_: object) -> left_out.Fitter:
    """Puts drawn answers in the place of fits."""
    random = np.random.default_rng(0)
    return lambda fit, asked: random.normal(size=(len(asked), len(NAMES))).astype(np.float32)


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.long)])
def test_each_source_is_asked_about_by_networks_that_never_saw_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, real: bool
) -> None:
    from flows.across import across

    monkeypatch.setattr(left_out, "FOLDS", 2)
    if not real:
        monkeypatch.setattr(left_out, "whole_networks", by_chance)
    done = across(epochs=1)
    assert {claim.source for claim in done.claims} == set(phantoms.SOURCES)
    assert {claim.finding for claim in done.claims} == set(NAMES)
    for claim in done.claims:
        assert claim.why or (claim.seen is not None and claim.unseen is not None)
    assert any(not claim.why for claim in done.claims)
    kept = json.loads(done.file.read_text())
    assert [(row["source"], row["finding"], row["n"]) for row in kept] == [
        (claim.source, claim.finding, claim.n) for claim in done.claims
    ]
    assert done.file.is_relative_to(home) and "whole" in done.file.name, "a network from scratch has no head alone"
