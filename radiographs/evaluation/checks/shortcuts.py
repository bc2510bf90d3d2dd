"""Whether a classifier looks where it should, by the limits that the release rule gives to the audit."""

from __future__ import annotations

from radiographs.evaluation.audits.limits import AtLeast, AtMost
from radiographs.evaluation.audits.observations import Observation
from radiographs.evaluation.audits.questions import CHECKS
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.audits.source_probe import Probe
from radiographs.evaluation.checks import reason
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.intervals import decimal, in_words
from radiographs.evaluation.release_rule import ReleaseRule

SOURCE = "Audit: source told"


def on_audit(rule: ReleaseRule, found: Shortcuts | None) -> list[Reason]:
    """One check for each question of the audit, and one for the source; what was not asked holds."""
    if found is None:
        return [reason.of("Audit", "No audit for shortcuts was made.", "holds")]
    observed = {each.name: each for each in found.observations}
    checks = [_on_observation(name, getattr(rule.audit, name), observed.get(name)) for name in CHECKS]
    return [*checks, _on_source(rule.audit.source_told, found.probes)]


def named(name: str) -> str:
    """The check of a question, as verdicts list it."""
    return f"Audit: {name.replace('_', ' ')}"


def _on_observation(name: str, limit: AtMost | AtLeast, seen: Observation | None) -> Reason:
    """Beyond the limit with the whole interval is failed; with the estimate alone it warns; else it passed."""
    check = named(name)
    if seen is None:
        return reason.of(check, f"{check} was not measured.", "holds")
    if seen.figure is None:
        return reason.not_judged(check, f"{check}: not judged, {seen.why}.", limit.not_judged)
    shown = f"{check}, {seen.words}: {seen.meaning} {seen.figure.words(signed=True)} (n={seen.n})"
    called = f"the limit of {limit.in_words()}"
    if limit.proven_beyond(seen.figure):
        return reason.of(check, f"{shown}, beyond {called}.", limit.failed)
    if limit.beyond(seen.figure.estimate):
        return reason.of(check, f"{shown}, beyond {called}, which is not proven.", "warns")
    return reason.of(check, f"{shown}, within {called}.")


def _on_source(limit: AtMost, probes: tuple[Probe, ...]) -> Reason:
    """Judged only within findings that several sources hold."""
    judged = [probe for probe in probes if probe.judged]
    if not judged:
        words = f"{SOURCE}: not judged, no finding has films enough of two sources."
        return reason.not_judged(SOURCE, words, limit.not_judged)
    shown = "; ".join(
        f"within {probe.films} {in_words(probe.told)} where chance is {decimal(probe.chance)} (n={probe.n})"
        for probe in judged
    )
    told = [probe for probe in judged if probe.told is not None and probe.told.low - probe.chance > limit.at_most]
    side = "beyond" if told else "within"
    words = f"{SOURCE} from the embedding {shown}, {side} the limit of {limit.in_words()} above chance."
    return reason.of(SOURCE, words, limit.failed if told else "none")
