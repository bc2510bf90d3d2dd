"""What fine-tuning gained over its frozen stage, and when that is noise."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.evaluation import stage_gain
from radiographs.findings import Findings

FINDINGS = Findings(("A", "B"), "A")


def answers(right: int, n: int = 120) -> np.ndarray:
    """(n, 2) scores, right on the first films of each finding, wrong on the others."""
    truth = np.arange(n) % 2
    answered = np.where(np.arange(n) < right, truth, 1 - truth)
    return np.eye(2)[answered]


def gain(tuned: int, frozen: int, n: int = 120, truth: np.ndarray | None = None) -> stage_gain.StageGain:
    return stage_gain.of(
        answers(tuned, n),
        answers(frozen, n),
        np.arange(n) % 2 if truth is None else truth,
        [f"g{row}" for row in range(n)],
        findings=FINDINGS,
        seed=0,
        where="tune",
    )


def test_a_clear_gain_is_better_and_its_nearest_neighbour_is_noise() -> None:
    clear, slight = gain(110, 80), gain(82, 80)
    balanced, plain = clear.gains
    assert balanced.difference is not None and balanced.difference.estimate == pytest.approx(0.25)
    assert plain.difference is not None and plain.difference.estimate == pytest.approx(0.25)
    assert clear.words.startswith("tune (n=120 in 120 groups): balanced accuracy +0.25 [")
    assert clear.words.count("p < 0.001, better") == 2
    assert slight.words.count("within noise") == 2


def test_a_clear_loss_is_worse() -> None:
    assert gain(80, 110).words.endswith("worse")


def test_the_common_findings_gain_is_seen_in_accuracy_though_a_rare_one_lost_as_much() -> None:
    truth = np.array([0] * 110 + [1] * 10)
    frozen, tuned = truth.copy(), truth.copy()
    frozen[:33] = 1
    tuned[110:113] = 0
    rows = [f"g{row}" for row in range(120)]
    found = stage_gain.of(np.eye(2)[tuned], np.eye(2)[frozen], truth, rows, findings=FINDINGS, seed=0, where="tune")
    balanced, plain = found.gains
    assert balanced.words.endswith("within noise")
    assert plain.difference is not None and plain.difference.estimate == pytest.approx(0.25)
    assert plain.words.endswith("better")


def test_films_of_one_finding_alone_cannot_tell() -> None:
    balanced, _ = gain(8, 4, 10, np.zeros(10, np.int64)).gains
    assert balanced.words == "balanced accuracy too few"
