"""What a challenger must show against the champion on the same films."""

from __future__ import annotations

from radiographs.evaluation import comparison as comparisons
from radiographs.evaluation.checks import reason
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.intervals import Interval, decimal, decimals_apart, in_words
from radiographs.evaluation.release_rule import ReleaseRule


def on_comparison(rule: ReleaseRule, comparison: Comparison) -> list[Reason]:
    """Whether a challenger is no worse than the champion, on all films and on parts of them, and worth the change."""
    return [*_non_inferior(rule, comparison), *_parts(rule, comparison), _benefit(rule, comparison)]


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
        return reason.of(check, f"{check}: too few films to be judged.", "holds")
    shown = f"{check}: difference {difference.words(signed=True)} (n={difference.n})"
    if difference.low >= -margin:
        return reason.of(check, f"{shown}; not worse by more than {decimal(margin)}.")
    if difference.high < -margin:
        return reason.of(check, f"{shown}; worse by more than {decimal(margin)}.", "rejects")
    low, bound = decimals_apart(difference.low, -margin)
    return reason.of(check, f"{shown}; not proven: the low end {low} lies below {bound}.", "holds")


def _parts(rule: ReleaseRule, comparison: Comparison) -> list[Reason]:
    """One check a kind of part: worse only where the whole interval lies beyond the margin."""
    limits, found = rule.comparison.parts, []
    for kind in dict.fromkeys(part.kind for part in comparison.parts):
        check = f"{kind} against the champion"
        of_kind = [part for part in comparison.parts if part.kind == kind]
        judged = [part for part in of_kind if part.n >= limits.fewest_films and part.accuracy is not None]
        worse = [part for part in judged if part.accuracy is not None and part.accuracy.high < -limits.accuracy]
        if worse:
            shown = "; ".join(f"{part.value} {in_words(part.accuracy, signed=True)} (n={part.n})" for part in worse)
            words = f"{check}: accuracy is worse by more than {decimal(limits.accuracy)} on {shown}."
            found.append(reason.of(check, words, limits.worse))
            continue
        left = len(of_kind) - len(judged)
        words = f"{check}: none of {len(judged)} parts is worse by more than {decimal(limits.accuracy)} beyond doubt"
        found.append(
            reason.of(check, words + (f"; {left} have fewer than {limits.fewest_films} films." if left else "."))
        )
    return found


def _benefit(rule: ReleaseRule, comparison: Comparison) -> Reason:
    """Whether the primary figure improved enough for the rule; proven better or not is said either way."""
    name = comparisons.label(rule.comparison.primary, comparison.guarded)
    difference: Interval | None = getattr(comparison, rule.comparison.primary)
    check = f"{name} improved"
    if difference is None:
        return reason.of(check, f"{name}: too few films to say whether it improved.", "holds")
    shown = f"by {difference.words(signed=True)} (n={difference.n})"
    if difference.low > 0:
        return reason.of(check, f"{name} is proven better than the champion's {shown}.")
    if rule.comparison.promote_when == "better":
        return reason.of(check, f"{name} is not proven better than the champion's: it differs {shown}.", "holds")
    if difference.estimate < 0:
        return reason.of(check, f"{name} is lower than the champion's: it differs {shown}.", "holds")
    return reason.of(check, f"{name} is not lower than the champion's, and not proven better: it differs {shown}.")
