"""A release rule, and scorecards and comparisons that pass it but for what a test changes."""

import dataclasses
from typing import Any

from made_scores import FINDINGS, C, between, figures_of

from radiographs.evaluation import verdict
from radiographs.evaluation.audits.observations import Observation
from radiographs.evaluation.audits.questions import CHECKS
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.audits.source_probe import Probe
from radiographs.evaluation.checks.bundle import Weight
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.comparison import COMPARED, Comparison
from radiographs.evaluation.conformal import Covered
from radiographs.evaluation.floors import Floor
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.operating_points import ProvenPoint
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.reliability import Reliability
from radiographs.evaluation.score_proof import ScoreProof
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Evidence, Verdict
from radiographs.runtime.thresholds import OperatingPoint

AT_MOST = {
    "lungs_hidden",
    "border_only",
    "border_swapped",
    "greys_swapped",
    "mark_pasted",
    "weights_shuffled",
    "source_told",
}
LIMIT = 0.1


def limit_of(name: str) -> dict[str, Any]:
    """The same for every question, on the side that its figure must lie on."""
    return ({"at_most": LIMIT} if name in AT_MOST else {"at_least": -LIMIT}) | {
        "failed": "holds",
        "not_judged": "warns",
    }


CONTENT: dict[str, Any] = {
    "version": 1,
    "plan": {"may_change": ["weights"], "verified_by": ["a scorecard"], "impact": "The answers change."},
    "absolute": {
        "films_per_finding": 10,
        "balanced_accuracy_over_floor": 0.1,
        "guarded_sensitivity_at_least": 0.6,
        "guarded_specificity_at_least": 0.7,
        "each_finding_auc_above": 0.5,
    },
    "comparison": {
        "non_inferior_within": {
            "balanced_accuracy": 0.03,
            "accuracy": 0.04,
            "guarded_sensitivity": 0.05,
            "guarded_specificity": 0.06,
        },
        "parts": {"accuracy": 0.05, "fewest_films": 30, "worse": "holds"},
        "primary": "balanced_accuracy",
        "promote_when": "non_inferior",
    },
    "scores": {
        "sensitivity_targets": {"guarded": 0.95, "others": 0.9},
        "set_coverage": 0.9,
        "calibration_error_over_chance": 0.05,
        "prevalences": [0.01],
    },
    "audit": {name: limit_of(name) for name in (*CHECKS, "source_told")},
    "parity": {"logits": 0.01, "heatmaps": 0.02},
    "bundle": {"megabytes_at_most": 100, "milliseconds_at_most": 50},
    "verdicts_served": {"warn_from": 20, "hold_from": 100},
}
RULE = ReleaseRule.model_validate(CONTENT)
BETTER = ReleaseRule.model_validate(CONTENT | {"comparison": CONTENT["comparison"] | {"promote_when": "better"}})
MARGINS = CONTENT["comparison"]["non_inferior_within"]
PARITY = {"logits": 0.001, "heatmaps": 0.001}
TINY = 1e-9


def good_card(**finding: Any) -> Scorecard:
    """A scorecard that passes all absolute checks, with figures of the guarded finding changed."""
    return Scorecard(
        n=400,
        n_groups=400,
        accuracy=between(0.9, 0.95, 400),
        balanced_accuracy=between(0.9, 0.95, 400),
        findings=tuple(figures_of(name, **(finding if name == "COVID" else {})) for name in FINDINGS.names),
        confusion=tuple(tuple(100 if row == column else 0 for column in range(C)) for row in range(C)),
        guarded="COVID",
        cohort_digest="cohort",
        bundle_digest="bundle",
        seed=0,
        samples=100,
        floors=(floor("majority", 0.25, between(0.6, 0.7)), floor("thumbnail", 0.5, between(0.3, 0.5))),
    )


def floor(name: str, balanced: float, lead: Interval | None) -> Floor:
    """What a rule reaches, and by how much the model leads it."""
    return Floor(name, f"what {name} sees", 400, between(balanced - 0.05, balanced + 0.05), None, lead)


def good_comparison(**changed: Interval | None) -> Comparison:
    """A comparison that shows the challenger better in every figure, but for those changed."""
    better = dict.fromkeys(COMPARED, Interval(0.02, 0.01, 0.03, 400))
    return Comparison(n=400, n_groups=400, guarded="COVID", gained=10, lost=2, **(better | changed))


def observation(name: str, figure: Interval | None) -> Observation:
    """A question of the audit with its figure."""
    return Observation(name, "something is done", "spares", "0 is best", 100, ("COVID",), figure, 0.25, "no masks")


def good_audit(**changed: Interval | None) -> Shortcuts:
    """An audit that finds nothing, but for the figures changed, and a source that is told as by chance."""
    fine = Interval(0.0, -0.05, 0.05, 100)
    told = changed.pop("source_told", Interval(0.5, 0.45, 0.55, 100))
    probe = Probe("COVID", 100, ("north", "south"), told, None, 0.5)
    return Shortcuts(tuple(observation(name, changed.get(name, fine)) for name in CHECKS), (probe,), 100)


def good_scores(
    ece: Interval | None = None, sensitivity: Interval | None = None, share: Interval | None = None
) -> ScoreProof:
    """Scores that are calibrated, a threshold and sets that reach their targets, but for what is changed."""
    found = Reliability(400, ece or Interval(0.03, 0.01, 0.05, 400), 0.02, Interval(0.1, 0.05, 0.15, 400), ())
    point = ProvenPoint(OperatingPoint("COVID", 0.95, 0.4, 60), sensitivity or between(0.94, 0.98), between(0.8, 0.9))
    covered = Covered("all films", 400, share or between(0.88, 0.93, 400), between(1.1, 1.3), between(0.8, 0.9), None)
    return ScoreProof(1.2, found, found, (("north", found),), (point,), 0.9, (covered,), ())


def decide(
    card: Scorecard | None = None,
    compared: Comparison | None = None,
    *,
    rule: ReleaseRule = RULE,
    parity: dict[str, float] = PARITY,
    served: int = 0,
    **beside: Any,
) -> Verdict:
    """The verdict on evidence that passes every check, but for what is given."""
    known = {"scores": good_scores(), "shortcuts": good_audit(), "weight": Weight(100, 50)} | beside
    return verdict.decide(rule, Evidence(card or good_card(), compared, parity, served, **known))


def the(check: str, found: Verdict) -> Reason:
    (reason,) = [reason for reason in found.reasons if reason.check == check]
    return reason


def only_stopped_by(check: str, found: Verdict, outcome: str) -> None:
    """Holds the verdict to one failed check, so that no other check hides behind it."""
    assert found.outcome == outcome
    assert [reason.check for reason in found.failed] == [check]


def let_through(check: str, found: Verdict) -> None:
    assert found.outcome == "promote"
    assert the(check, found).passed
    assert not found.failed


ABSOLUTE = {
    "Best floor": 0.1,
    "COVID sensitivity": 0.6,
    "COVID specificity": 0.7,
    "COVID AUROC": 0.5,
    "Lung_Opacity AUROC": 0.5,
    "Normal AUROC": 0.5,
    "Viral Pneumonia AUROC": 0.5,
}


def card_with(check: str, figure: Interval | None) -> Scorecard:
    if check == "Best floor":
        return dataclasses.replace(good_card(), floors=(good_card().floors[0], floor("thumbnail", 0.5, figure)))
    name, _, attribute = check.rpartition(" ")
    rows = [
        dataclasses.replace(row, **{attribute.lower(): figure}) if row.name == name else row
        for row in good_card().findings
    ]
    return dataclasses.replace(good_card(), findings=tuple(rows))
