"""What any classifier must show, also the first."""

from __future__ import annotations

import math
from collections.abc import Mapping

from radiographs.evaluation.checks import reason
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.intervals import Interval, decimal, decimals_apart
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.scorecard import Scorecard


def on_scorecard(rule: ReleaseRule, scorecard: Scorecard) -> list[Reason]:
    """What any classifier must show."""
    limits, guarded = rule.absolute, scorecard.finding(scorecard.guarded)
    return [
        _films(limits.films_per_finding, scorecard),
        _over_floor(scorecard, limits.balanced_accuracy_over_floor),
        _above(f"{guarded.name} sensitivity", guarded.sensitivity, limits.guarded_sensitivity_at_least),
        _above(f"{guarded.name} specificity", guarded.specificity, limits.guarded_specificity_at_least),
        *(_above(f"{each.name} AUROC", each.auroc, limits.each_finding_auc_above) for each in scorecard.findings),
    ]


def _films(fewest: int, scorecard: Scorecard) -> Reason:
    short = [f"{each.name} ({each.n})" for each in scorecard.findings if each.n < fewest]
    if short:
        return reason.of("Films", f"Fewer than {fewest} held-out films of {', '.join(short)}.", "holds")
    return reason.of("Films", f"Each finding has at least {fewest} held-out films.")


def _over_floor(scorecard: Scorecard, margin: float) -> Reason:
    """Passes with the whole lead over the best floor at or above the margin, holds across it, rejects wholly below."""
    floor, check = scorecard.best_floor, "Best floor"
    if floor is None or floor.lead is None or floor.balanced_accuracy is None or scorecard.balanced_accuracy is None:
        words = "It is not known what a rule reaches that cannot read films: too few films of some finding."
        return reason.of(check, words, "holds")
    shown = (
        f"Balanced accuracy {scorecard.balanced_accuracy.words()} leads a rule that sees {floor.sees} "
        f"({floor.balanced_accuracy.words()}) by {floor.lead.words(signed=True)} (n={floor.n})"
    )
    if floor.lead.low >= margin:
        return reason.of(check, f"{shown}, at least {decimal(margin)}.")
    if floor.lead.high < margin:
        return reason.of(check, f"{shown}, less than {decimal(margin)}.", "rejects")
    low, bound = decimals_apart(floor.lead.low, margin)
    return reason.of(check, f"{shown}; not proven: the low end {low} lies below {bound}.", "holds")


def _above(name: str, figure: Interval | None, limit: float, called: str = "") -> Reason:
    """Passes with the whole interval at or above the limit, holds across it, rejects wholly below it."""
    called = called or decimal(limit)
    if figure is None:
        return reason.of(name, f"{name} has too few films to be judged against {called}.", "holds")
    shown = f"{name} {figure.words()} (n={figure.n})"
    if figure.low >= limit:
        return reason.of(name, f"{shown} is above {called}.")
    if figure.high < limit:
        return reason.of(name, f"{shown} is below {called}.", "rejects")
    low, bound = decimals_apart(figure.low, limit)
    return reason.of(name, f"{shown} is not proven above {called}: its low end {low} lies below {bound}.", "holds")


def on_parity(rule: ReleaseRule, parity: Mapping[str, float]) -> list[Reason]:
    """Whether the served graph answers as the trained network."""
    limits = {
        "Logit parity": ("logits", rule.parity.logits),
        "Heatmap parity": ("heatmaps", rule.parity.heatmaps),
    }
    return [_within(check, parity.get(key), limit) for check, (key, limit) in limits.items()]


def _within(check: str, difference: float | None, limit: float) -> Reason:
    if difference is None:
        return reason.of(check, f"{check} was not measured.", "holds")
    if math.isfinite(difference) and difference <= limit:
        words = f"{check}: the served graph differs from the trained network by {difference:.1e}, within {limit:g}."
        return reason.of(check, words)
    words = f"{check}: the served graph differs from the trained network by {difference:.1e}, beyond {limit:g}."
    return reason.of(check, words, "rejects")


def on_looks(rule: ReleaseRule, now: int) -> Reason:
    """How often the held-out films were looked at, this time included."""
    words = f"This is verdict {now} on these held-out films"
    if now >= rule.verdicts_served.hold_from:
        return reason.of("Held-out films", f"{words}; fresh ones are needed before another.", "holds")
    if now >= rule.verdicts_served.warn_from:
        return reason.of("Held-out films", f"{words}; plan for fresh ones, since each verdict wears them out.", "warns")
    return reason.of("Held-out films", f"{words}.")
