"""Whether scores mean what they say, and thresholds and sets do on held-out films what was asked of them."""

from __future__ import annotations

from radiographs.evaluation.checks import reason
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.conformal import Covered
from radiographs.evaluation.intervals import decimal, in_words
from radiographs.evaluation.operating_points import ProvenPoint
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.reliability import Reliability
from radiographs.evaluation.score_proof import ScoreProof

CALIBRATION = "Calibration"
SETS = "Sets of findings"


def on_scores(rule: ReleaseRule, proof: ScoreProof | None, guarded: str) -> list[Reason]:
    """Calibration holds; a threshold or a set that misses its target beyond doubt warns, it is not yet answered by."""
    if proof is None:
        return [reason.of(CALIBRATION, "Calibration was not measured.", "holds")]
    points = [point for point in proof.points if point.point.finding == guarded]
    return [
        _on_calibration(rule, proof.after),
        *(_on_point(point) for point in points),
        *(_on_sets(proof.coverage, every) for every in proof.covered[:1]),
    ]


def _on_calibration(rule: ReleaseRule, found: Reliability) -> Reason:
    limit = rule.scores.calibration_error_over_chance
    if found.ece is None:
        return reason.of(CALIBRATION, "Calibration has too few films to be judged.", "holds")
    shown = (
        f"Calibration error {found.ece.words()} (n={found.n}), where exact scores would show "
        f"{decimal(found.ece_by_chance)} on so many films"
    )
    over, proven = found.ece.estimate - found.ece_by_chance, found.ece.low - found.ece_by_chance > limit
    if proven:
        return reason.of(CALIBRATION, f"{shown}: more than {decimal(limit)} above that.", "holds")
    if over > limit:
        return reason.of(CALIBRATION, f"{shown}: more than {decimal(limit)} above that, which is not proven.", "warns")
    return reason.of(CALIBRATION, f"{shown}: not more than {decimal(limit)} above that.")


def _on_point(proven: ProvenPoint) -> Reason:
    point = proven.point
    check = f"{point.finding} operating point"
    if proven.sensitivity is None:
        return reason.of(check, f"{check}: too few films to prove it on.", "warns")
    shown = (
        f"{check}: score {decimal(point.threshold, 3)} and above, chosen on {point.n} films of tune/calibrate for a "
        f"sensitivity of {decimal(point.target)}: {proven.sensitivity.words()} (n={proven.sensitivity.n}) held out"
    )
    if proven.met is False:
        return reason.of(check, f"{shown}: below the target.", "warns")
    return reason.of(check, f"{shown}.")


def _on_sets(coverage: float, every: Covered) -> Reason:
    if every.share is None:
        return reason.of(SETS, f"{SETS}: too few films to measure their coverage.", "warns")
    shown = f"{SETS} hold the true one on {every.share.words()} of films (n={every.n}), asked for {decimal(coverage)}"
    if every.share.high < coverage:
        return reason.of(SETS, f"{shown}: below it.", "warns")
    return reason.of(SETS, f"{shown}; findings in a set {in_words(every.size)}.")
