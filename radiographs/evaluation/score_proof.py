"""What scores, thresholds and sets are worth on films that none of them was fitted on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from radiographs.evaluation import abstention, conformal, metrics, operating_points, reliability, strata
from radiographs.evaluation.abstention import Answered
from radiographs.evaluation.conformal import Covered
from radiographs.evaluation.intervals import TOO_FEW, decimal, in_words
from radiographs.evaluation.operating_points import ProvenPoint
from radiographs.evaluation.reliability import Reliability
from radiographs.findings import Findings
from radiographs.runtime.bundle import calibrated
from radiographs.runtime.thresholds import Thresholds

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ScoreProof:
    """Calibration, operating points, sets and abstention on held-out films.

    Attributes:
        temperature: that logits were divided by.
        before: of the scores without it.
        after: of the scores as they are served.
        by_source: of the served scores on each source with films enough, the largest first.
        points: each finding's threshold with what it does.
        coverage: that the sets were asked for.
        covered: how often sets hold the true finding: on all films, by finding, by source.
        answered: the share of wrong answers where only the surest are given.
    """

    temperature: float
    before: Reliability
    after: Reliability
    by_source: tuple[tuple[str, Reliability], ...]
    points: tuple[ProvenPoint, ...]
    coverage: float
    covered: tuple[Covered, ...]
    answered: tuple[Answered, ...]

    def calibration_table(self) -> Rows:
        """Headings, then a row for the scores before, after, and by source."""
        rows = (("Without temperature", self.before), ("As served", self.after), *self.by_source)
        return (
            ("Scores", "n", "Calibration error", "Were they exact", "Brier score"),
            *(
                (name, str(each.n), in_words(each.ece), decimal(each.ece_by_chance), in_words(each.brier))
                for name, each in rows
            ),
        )

    def point_table(self) -> Rows:
        """Headings, then a row for each finding's operating point."""
        return (
            ("Finding", "n", "Sensitivity asked for", "Said from score", "Sensitivity", "Specificity"),
            *(
                (
                    each.point.finding,
                    str(0 if each.sensitivity is None else each.sensitivity.n),
                    f"{decimal(each.point.target)} on {each.point.n}",
                    decimal(each.point.threshold, 3),
                    in_words(each.sensitivity),
                    in_words(each.specificity),
                )
                for each in self.points
            ),
        )

    def set_table(self) -> Rows:
        """Headings, then a row for the sets of all films, of each finding and of each source."""
        return (
            ("Films", "n", "Set holds the true finding", "Findings in a set", "One finding", "Empty set"),
            *(
                (each.name, str(each.n), *map(in_words, (each.share, each.size, each.single, each.empty)))
                for each in self.covered
            ),
        )  # fmt: skip

    def abstention_table(self) -> Rows:
        """Headings, then a row for each share of films that is answered."""
        return (
            ("Films answered", "n", "From score", "Wrong answers"),
            *(
                (
                    f"{each.coverage:.0%}",
                    TOO_FEW if each.risk is None else str(each.risk.n),
                    decimal(each.threshold),
                    in_words(each.risk),
                )
                for each in self.answered
            ),
        )

    def to_json(self) -> str:
        """Deterministic JSON text; a figure that could not be computed is null."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)


@dataclass(frozen=True)
class Fitted:
    """What was fitted on tune/calibrate and is put to proof."""

    temperature: float
    thresholds: Thresholds


def compute(
    logits: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[str],
    sources: Sequence[str],
    *,
    fitted: Fitted,
    findings: Findings,
    seed: int,
) -> ScoreProof:
    """Puts temperature, thresholds and sets to proof.

    Args:
        logits: (n, C) of held-out films.
        truth: (n,) positions of the true findings.
        groups: (n,) names of the films' groups.
        sources: (n,) where each film comes from.
        fitted: on tune/calibrate.
        findings: names of the C columns.
        seed: whole number ≥ 0.

    Raises:
        InvalidScores: a logit is NaN or infinite, or shapes do not fit.
    """
    judged = metrics.judge(logits, truth, groups, n_findings=len(findings))  # refuses what is no number
    plain, served = (
        metrics.judge(calibrated(judged.scores, each), truth, groups, n_findings=len(findings))
        for each in (1.0, fitted.temperature)
    )
    named = np.asarray(sources, dtype=str)
    sizes = {str(source): int((named == source).sum()) for source in np.unique(named)}
    large = sorted((name for name in sizes if sizes[name] >= strata.FEWEST), key=lambda name: (-sizes[name], name))
    parts = ((name, served.of(np.flatnonzero(named == name))) for name in large)
    sets = fitted.thresholds.sets
    return ScoreProof(
        temperature=fitted.temperature,
        before=reliability.compute(plain, seed=seed),
        after=reliability.compute(served, seed=seed),
        by_source=tuple((name, reliability.compute(films, seed=seed)) for name, films in parts),
        points=operating_points.prove(served, fitted.thresholds.points),
        coverage=sets.coverage,
        covered=conformal.measure(served, sets, findings.names, sources, seed=seed),
        answered=abstention.curve(served),
    )
