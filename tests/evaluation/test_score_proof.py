"""What was fitted on one set of films is put to proof on another."""

from __future__ import annotations

import json

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import calibration, score_proof, thresholds
from radiographs.evaluation.score_proof import Fitted, ScoreProof
from radiographs.runtime.bundle import calibrated

N = 800
SOURCES = ["north"] * 600 + ["south"] * 195 + ["coast"] * 5
TARGETS = dict.fromkeys(FINDINGS.names, 0.9)


def logits_of(truth: np.ndarray, seed: int, sharpness: float) -> np.ndarray:
    """Answers that are right as often as their scores say at a sharpness of 1."""
    random = np.random.default_rng(seed)
    plain = random.normal(0, 1, (len(truth), C))
    for row, finding in enumerate(truth):
        plain[row, finding] += 1.5
    return plain * sharpness


def proof(sharpness: float = 4.0) -> ScoreProof:
    truth = truth_of(N)
    tuned = logits_of(truth, 1, sharpness)
    temperature = calibration.fit_temperature(tuned, truth)
    chosen = thresholds.choose(calibrated(tuned, temperature), truth, FINDINGS, targets=TARGETS, coverage=0.9)
    return score_proof.compute(
        logits_of(truth, 2, sharpness), truth, alone(N), SOURCES,
        fitted=Fitted(temperature, chosen), findings=FINDINGS, seed=0,
    )  # fmt: skip


def test_overconfident_scores_are_put_right_by_the_temperature() -> None:
    found = proof()
    assert found.before.ece is not None and found.after.ece is not None
    assert found.temperature > 2
    assert found.after.ece.high < found.before.ece.low
    assert found.after.ece.estimate < found.after.ece_by_chance + 0.03


def test_each_source_with_films_enough_is_judged_by_itself_the_largest_first() -> None:
    assert [name for name, _ in proof().by_source] == ["north", "south"]


def test_thresholds_and_sets_do_on_other_films_about_what_was_asked() -> None:
    found = proof()
    for point in found.points:
        assert point.sensitivity is not None and abs(point.sensitivity.estimate - 0.9) < 0.12, "of 200 films each"
    every, *rest = found.covered
    assert every.share is not None and every.share.low < 0.9 + 0.03 and every.share.high > 0.9 - 0.03
    assert {each.name for each in rest} == {*FINDINGS.names, "source north", "source south", "source coast"}
    assert next(each for each in rest if each.name == "source coast").share is None


def test_every_table_has_a_cell_for_each_heading_and_a_figure_with_its_interval_or_too_few() -> None:
    found = proof()
    for table in (found.calibration_table(), found.point_table(), found.set_table(), found.abstention_table()):
        assert len(table) > 1
        assert {len(row) for row in table} == {len(table[0])}
        assert all("None" not in cell and cell for row in table for cell in row)
    assert any("too few" in row for row in found.set_table())
    json.loads(found.to_json())


def test_a_finding_without_calibration_films_gets_a_threshold_that_misses_nothing() -> None:
    truth = np.where(truth_of(80) == 3, 2, truth_of(80))
    chosen = thresholds.choose(np.full((80, C), 0.25), truth, FINDINGS, targets=TARGETS, coverage=0.9)
    assert chosen.points[3].n == 0 and chosen.points[3].threshold == 0 and chosen.sets.scores[3] == 0
    assert chosen.points[0].n == 20 and chosen.points[0].threshold == 0.25


def test_a_logit_that_is_no_number_is_refused() -> None:
    truth = truth_of(40)
    logits = logits_of(truth, 0, 1.0)
    chosen = thresholds.choose(calibrated(logits, 1.0), truth, FINDINGS, targets=TARGETS, coverage=0.9)
    logits[3, 1] = np.nan
    with pytest.raises(InvalidScores, match="NaN or infinity for 1 of 40 films"):
        score_proof.compute(
            logits, truth, alone(40), ["one"] * 40, fitted=Fitted(1.0, chosen), findings=FINDINGS, seed=0
        )
