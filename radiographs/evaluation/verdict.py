"""Decides whether a challenger is promoted, held for a person or rejected, with reasons in words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from radiographs.evaluation import comparison as comparisons
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.intervals import Interval, decimal, decimals_apart
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.scorecard import Scorecard

Outcome = Literal["promote", "hold", "reject"]
Consequence = Literal["none", "warns", "holds", "rejects"]


@dataclass(frozen=True)
class Reason:
    """One check of the rule.

    Attributes:
        check: its short name.
        passed: whether it was met; a figure that is missing never passes.
        words: the sentence that a person reads.
        consequence: what a check that did not pass does to the verdict.
    """

    check: str
    passed: bool
    words: str
    consequence: Consequence = "none"


@dataclass(frozen=True)
class Verdict:
    """Whether a model may become champion.

    Attributes:
        outcome: "promote", "hold" (a person decides) or "reject".
        reasons: every check with its words, passed or not, in the order of the rule.
        rule_digest: of the release rule that was applied.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    rule_digest: str

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The checks that did not pass, the gravest first."""
        order = ("rejects", "holds", "warns")
        return tuple(sorted((r for r in self.reasons if not r.passed), key=lambda r: order.index(r.consequence)))

    @property
    def cautions(self) -> tuple[str, ...]:
        """The words of what kept the rule from promoting by itself: an approved model is used in spite of them."""
        return tuple(reason.words for reason in self.reasons if reason.consequence == "holds")

    def to_json(self) -> str:
        """Deterministic JSON text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """The verdict that `to_json` wrote."""
        content = json.loads(text)
        return cls(content["outcome"], tuple(Reason(**each) for each in content["reasons"]), content["rule_digest"])


def decide(
    rule: ReleaseRule,
    scorecard: Scorecard,
    comparison: Comparison | None,
    *,
    parity: Mapping[str, float],
    verdicts_served: int,
) -> Verdict:
    """Applies the release rule.

    Args:
        rule: the content of release.yaml.
        scorecard: of the challenger's bundle on held-out films.
        comparison: with the champion on the same films; None when there is no champion, then absolute criteria decide.
        parity: `logits` and `heatmaps`, largest differences between served graph and trained network.
        verdicts_served: verdicts that these held-out films served before this one.
    """
    reasons = [*_absolute(rule, scorecard), *_parity(rule, parity), _served(rule, verdicts_served + 1)]
    if comparison is not None:
        reasons += [*_non_inferior(rule, comparison), _benefit(rule, comparison)]
    done = {reason.consequence for reason in reasons}
    outcome: Outcome = "reject" if "rejects" in done else "hold" if "holds" in done else "promote"
    return Verdict(outcome, tuple(reasons), rule.digest)


def _reason(check: str, words: str, consequence: Consequence = "none") -> Reason:
    return Reason(check, consequence == "none", words, consequence)


def _absolute(rule: ReleaseRule, scorecard: Scorecard) -> list[Reason]:
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
        return _reason("Films", f"Fewer than {fewest} held-out films of {', '.join(short)}.", "holds")
    return _reason("Films", f"Each finding has at least {fewest} held-out films.")


def _over_floor(scorecard: Scorecard, margin: float) -> Reason:
    """Passes with the whole lead over the best floor at or above the margin, holds across it, rejects wholly below."""
    floor, check = scorecard.best_floor, "Best floor"
    if floor is None or floor.lead is None or floor.balanced_accuracy is None or scorecard.balanced_accuracy is None:
        words = "It is not known what a rule reaches that cannot read films: too few films of some finding."
        return _reason(check, words, "holds")
    shown = (
        f"Balanced accuracy {scorecard.balanced_accuracy.words()} leads a rule that sees {floor.sees} "
        f"({floor.balanced_accuracy.words()}) by {floor.lead.words(signed=True)} (n={floor.n})"
    )
    if floor.lead.low >= margin:
        return _reason(check, f"{shown}, at least {decimal(margin)}.")
    if floor.lead.high < margin:
        return _reason(check, f"{shown}, less than {decimal(margin)}.", "rejects")
    low, bound = decimals_apart(floor.lead.low, margin)
    return _reason(check, f"{shown}; not proven: the low end {low} lies below {bound}.", "holds")


def _above(name: str, figure: Interval | None, limit: float, called: str = "") -> Reason:
    """Passes with the whole interval at or above the limit, holds across it, rejects wholly below it."""
    called = called or decimal(limit)
    if figure is None:
        return _reason(name, f"{name} has too few films to be judged against {called}.", "holds")
    shown = f"{name} {figure.words()} (n={figure.n})"
    if figure.low >= limit:
        return _reason(name, f"{shown} is above {called}.")
    if figure.high < limit:
        return _reason(name, f"{shown} is below {called}.", "rejects")
    low, bound = decimals_apart(figure.low, limit)
    return _reason(name, f"{shown} is not proven above {called}: its low end {low} lies below {bound}.", "holds")


def _parity(rule: ReleaseRule, parity: Mapping[str, float]) -> list[Reason]:
    limits = {
        "Logit parity": ("logits", rule.parity.logits),
        "Heatmap parity": ("heatmaps", rule.parity.heatmaps),
    }
    return [_within(check, parity.get(key), limit) for check, (key, limit) in limits.items()]


def _within(check: str, difference: float | None, limit: float) -> Reason:
    if difference is None:
        return _reason(check, f"{check} was not measured.", "holds")
    if math.isfinite(difference) and difference <= limit:
        words = f"{check}: the served graph differs from the trained network by {difference:.1e}, within {limit:g}."
        return _reason(check, words)
    words = f"{check}: the served graph differs from the trained network by {difference:.1e}, beyond {limit:g}."
    return _reason(check, words, "rejects")


def _served(rule: ReleaseRule, now: int) -> Reason:
    words = f"This is verdict {now} on these held-out films"
    if now >= rule.verdicts_served.hold_from:
        return _reason("Held-out films", f"{words}; fresh ones are needed before another.", "holds")
    if now >= rule.verdicts_served.warn_from:
        return _reason("Held-out films", f"{words}; plan for fresh ones, since each verdict wears them out.", "warns")
    return _reason("Held-out films", f"{words}.")


def _non_inferior(rule: ReleaseRule, comparison: Comparison) -> list[Reason]:
    margins = rule.comparison.non_inferior_within
    return [
        _not_worse(comparisons.label(name, comparison.guarded), getattr(comparison, name), margins.of(name))
        for name in comparisons.COMPARED
    ]


def _not_worse(name: str, difference: Interval | None, margin: float) -> Reason:
    """Passes with the low end at or above −margin, holds across it, rejects wholly below it."""
    check = f"{name} against the champion"
    if difference is None:
        return _reason(check, f"{check}: too few films to be judged.", "holds")
    shown = f"{check}: difference {difference.words(signed=True)} (n={difference.n})"
    if difference.low >= -margin:
        return _reason(check, f"{shown}; not worse by more than {decimal(margin)}.")
    if difference.high < -margin:
        return _reason(check, f"{shown}; worse by more than {decimal(margin)}.", "rejects")
    low, bound = decimals_apart(difference.low, -margin)
    return _reason(check, f"{shown}; not proven: the low end {low} lies below {bound}.", "holds")


def _benefit(rule: ReleaseRule, comparison: Comparison) -> Reason:
    """Whether the primary figure improved enough for the rule; proven better or not is said either way."""
    name = comparisons.label(rule.comparison.primary, comparison.guarded)
    difference: Interval | None = getattr(comparison, rule.comparison.primary)
    check = f"{name} improved"
    if difference is None:
        return _reason(check, f"{name}: too few films to say whether it improved.", "holds")
    shown = f"by {difference.words(signed=True)} (n={difference.n})"
    if difference.low > 0:
        return _reason(check, f"{name} is proven better than the champion's {shown}.")
    if rule.comparison.promote_when == "better":
        return _reason(check, f"{name} is not proven better than the champion's: it differs {shown}.", "holds")
    if difference.estimate < 0:
        return _reason(check, f"{name} is lower than the champion's: it differs {shown}.", "holds")
    return _reason(check, f"{name} is not lower than the champion's, and not proven better: it differs {shown}.")
