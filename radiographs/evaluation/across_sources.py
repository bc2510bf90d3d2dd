"""What is left of a classifier in a hospital it never saw, and for which findings nobody can say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import bootstrapped, intervals, metrics
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.intervals import Interval, in_words
from radiographs.evaluation.strata import FEWEST
from radiographs.findings import Findings

SAMPLES = 1000
HEADINGS = ("Source left out", "Finding", "n", "AUROC seen", "AUROC unseen", "Sensitivity unseen", "Why none")
NOWHERE_ELSE = "no other source holds it"
NOTHING_BESIDE = "this source holds nothing else to tell it from"
TOO_FEW = f"fewer than {FEWEST} films with it, or without"
NO_FIT = "there is too little to fit on beside it"


@dataclass(frozen=True)
class Claim:
    """What can be said of a finding in a source that was left out.

    Attributes:
        source: which one.
        finding: which one.
        n: films of the source with the finding.
        seen: its AUROC within the source by heads that learnt from other groups of all sources; None where `why` says.
        unseen: likewise by a head that learnt from no film of the source.
        sensitivity: share of the source's films with the finding that the head without the source answers with it.
        why: what makes the claim impossible; "" where there is one.
    """

    source: str
    finding: str
    n: int
    seen: Interval | None
    unseen: Interval | None
    sensitivity: Interval | None
    why: str

    def as_row(self) -> tuple[str, ...]:
        """As printed below `HEADINGS`."""
        areas = ("–", "–") if self.why else (in_words(self.seen), in_words(self.unseen))
        told = "–" if self.sensitivity is None else in_words(self.sensitivity)
        return (self.source, self.finding, str(self.n), *areas, told, self.why)


@dataclass(frozen=True)
class Answers:
    """Two answers to each film, as `network.left_out` gives them.

    Attributes:
        unseen: (n, C) of a head that learnt from no film of the source; NaN where there could be none.
        seen: (n, C) of a head that learnt from other groups of all sources; NaN likewise.
        truth: (n,) positions of the findings.
        groups: (n,) names of the films' groups.
        sources: (n,) where each film comes from.
    """

    unseen: np.ndarray
    seen: np.ndarray
    truth: np.ndarray
    groups: Sequence[str]
    sources: Sequence[str]


def judge(answers: Answers, findings: Findings, *, seed: int) -> tuple[Claim, ...]:
    """A claim, or the reason for none, for each source and each finding that it holds; large sources first.

    AUROC within one source cannot be earned by telling sources apart, and needs no threshold of another hospital.
    """
    named, found = np.asarray(answers.sources, dtype=str), []
    sizes = {str(source): int((named == source).sum()) for source in np.unique(named)}
    for source in sorted(sizes, key=lambda name: (-sizes[name], name)):
        rows = np.flatnonzero(named == source)
        for finding in np.unique(answers.truth[rows]):
            elsewhere = bool((answers.truth[named != source] == finding).any())
            found.append(_claim(answers, rows, int(finding), findings, source, elsewhere=elsewhere, seed=seed))
    return tuple(found)


def _claim(
    answers: Answers, rows: np.ndarray, finding: int, findings: Findings, source: str, *, elsewhere: bool, seed: int
) -> Claim:
    name, having = findings.names[finding], answers.truth[rows] == finding
    n, why = int(having.sum()), _why(having, answers, rows, elsewhere=elsewhere)
    if why in (NOWHERE_ELSE, NO_FIT):
        return Claim(source, name, n, None, None, None, why)
    groups = [answers.groups[row] for row in rows]
    judged = metrics.judge(answers.unseen[rows], answers.truth[rows], groups, n_findings=len(findings))
    right = bootstrapped.proportion(judged.answers == finding, having, judged.groups) if n >= FEWEST else None
    if why:
        return Claim(source, name, n, None, None, right, why)
    known = metrics.judge(answers.seen[rows], answers.truth[rows], groups, n_findings=len(findings))
    seen, unseen = (
        Bootstrapped.of(films, samples=SAMPLES, seed=seed).finding(finding, name).auroc for films in (known, judged)
    )
    return Claim(source, name, n, seen, unseen, right, "")


def _why(having: np.ndarray, answers: Answers, rows: np.ndarray, *, elsewhere: bool) -> str:
    if not elsewhere:
        return NOWHERE_ELSE
    if not (np.isfinite(answers.unseen[rows]).all() and np.isfinite(answers.seen[rows]).all()):
        return NO_FIT
    if having.all():
        return NOTHING_BESIDE
    return TOO_FEW if min(having.sum(), (~having).sum()) < FEWEST else ""


def to_json(claims: Sequence[Claim]) -> str:
    """Deterministic JSON text; a figure that there is none of is null."""
    figures = ("seen", "unseen", "sensitivity")
    rows = [vars(each) | {name: intervals.plain(getattr(each, name)) for name in figures} for each in claims]
    return json.dumps(rows, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
