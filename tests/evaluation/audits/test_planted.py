"""A network that was trained on films with something planted fails, and one that was trained on clean films passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import bench_audit
from radiographs.evaluation import release_rule
from radiographs.evaluation.checks import shortcuts

RULE = release_rule.read(Path(__file__).parents[3] / "expectations" / "release.yaml")
SEED = 200  # none of those that limits were set on, nor of docs/audit.md's
SWAPPED = shortcuts.named("border_swapped")


def test_a_frame_around_the_films_of_a_finding_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few films and epochs suffice to learn a frame; of so few a clean network learns nothing, see the long tests."""
    for name, n in (("TRAIN", 160), ("WATCHED", 80), ("AUDITED", 120)):
        monkeypatch.setattr(bench_audit, name, n)
    assert SWAPPED in bench_audit.one("border", SEED, epochs=12).failed(RULE)


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in bench_audit.KINDS if kind != "clean"])
def test_whatever_is_planted_is_found_out(kind: str) -> None:
    assert SWAPPED in bench_audit.one(kind, SEED, epochs=80).failed(RULE)


@pytest.mark.long
def test_a_network_that_learnt_from_clean_films_passes_every_check() -> None:
    clean = bench_audit.one("clean", SEED, epochs=80)
    assert not clean.failed(RULE)
    assert clean.accuracy > 0.6, "one that knows nothing would pass too"
