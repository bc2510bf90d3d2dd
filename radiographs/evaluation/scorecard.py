"""Gathers all figures of one bundle on one cohort's held-out films."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import bootstrapped, floors, intervals, metrics, prevalence, strata
from radiographs.evaluation.bootstrapped import Bootstrapped, FindingFigures
from radiographs.evaluation.floors import Floor, Seen
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.prevalence import PrecisionAt
from radiographs.evaluation.strata import Stratum
from radiographs.findings import Findings

NAMES = {
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "precision": "Precision",
    "npv": "NPV",
    "f1": "F1",
    "auroc": "AUROC",
    "auprc": "AUPRC",
}
FIGURES = tuple(NAMES)
SHORT = ("sensitivity", "specificity", "precision", "f1", "auroc")  # what a terminal's width holds


@dataclass(frozen=True)
class Scorecard:
    """All figures of one bundle on one cohort's held-out films.

    Attributes:
        n: films judged.
        n_groups: groups they belong to.
        accuracy: share of right answers.
        balanced_accuracy: mean sensitivity over all findings; None where a finding has too few films.
        findings: figures by finding, in the order of the scores.
        confusion: counts, truth by row and answer by column.
        guarded: the finding whose figures the release rule guards.
        cohort_digest: the cohort whose held-out films these are.
        bundle_digest: the bundle that answered.
        seed: of the bootstrap.
        samples: of the bootstrap.
        strata: accuracy and sensitivities on parts of the films.
        floors: what rules reach that cannot read films, on the same films.
        precisions: of each finding at prevalences other than among these films.
    """

    n: int
    n_groups: int
    accuracy: Interval | None
    balanced_accuracy: Interval | None
    findings: tuple[FindingFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    guarded: str
    cohort_digest: str
    bundle_digest: str
    seed: int
    samples: int
    strata: tuple[Stratum, ...] = ()
    floors: tuple[Floor, ...] = ()
    precisions: tuple[PrecisionAt, ...] = ()

    @property
    def best_floor(self) -> Floor | None:
        """The rule that reaches most without reading films; None where none was fitted."""
        return floors.best(self.floors)

    def finding(self, name: str) -> FindingFigures:
        """The figures of a finding by its exact name; KeyError for a stranger."""
        return {figures.name: figures for figures in self.findings}[name]

    def named(self) -> tuple[tuple[str, Interval | None], ...]:
        """Every figure under a flat name (`accuracy`, `sensitivity/COVID`), for a tracking store."""
        overall = (("accuracy", self.accuracy), ("balanced_accuracy", self.balanced_accuracy))
        each = [(f"{figure}/{row.name}", getattr(row, figure)) for row in self.findings for figure in FIGURES]
        below = [(f"floor/{floor.name}", floor.balanced_accuracy) for floor in self.floors]
        return (*overall, *each, *below)

    def as_rows(self, figures: Sequence[str] = SHORT) -> tuple[tuple[str, ...], ...]:
        """A table to print: headings, a row for each finding, then balanced accuracy (mean sensitivity) and accuracy.

        All rows have the same width; a cell that does not apply is empty.
        """
        headings, *rows = self.finding_rows(figures)
        overall = [(*row, *[""] * (len(headings) - len(row))) for row in self.summary_rows()]
        return (headings, *rows, *overall)

    def finding_rows(self, figures: Sequence[str] = FIGURES) -> tuple[tuple[str, ...], ...]:
        """Headings and a printed row for each finding."""
        rows = (
            (row.name, str(row.n), *(intervals.in_words(getattr(row, figure)) for figure in figures))
            for row in self.findings
        )
        return (("Finding", "n", *(NAMES[figure] for figure in figures)), *rows)

    def summary_rows(self) -> tuple[tuple[str, str, str], ...]:
        """The figures over all findings as printed: name, films, figure with its interval."""
        return (
            ("Balanced accuracy", str(self.n), intervals.in_words(self.balanced_accuracy)),
            ("Accuracy", str(self.n), intervals.in_words(self.accuracy)),
        )

    def stratum_tables(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """A table to print for each kind of stratum: headings, then a row for each part; see `Stratum.as_row`.

        A column that is headed by a finding holds the sensitivity to it.
        """
        names = tuple(row.name for row in self.findings)
        kinds = dict.fromkeys(stratum.kind for stratum in self.strata)
        return tuple(
            ((kind, "n", "Accuracy", *names), *(each.as_row() for each in self.strata if each.kind == kind))
            for kind in kinds
        )

    def floor_table(self) -> tuple[tuple[str, ...], ...]:
        """A table to print: headings, then a row for each floor."""
        return (floors.HEADINGS, *(floor.as_row() for floor in self.floors))

    def precision_table(self) -> tuple[tuple[str, ...], ...]:
        """A table to print: headings, then a row for each finding with its precision at each prevalence."""
        prevalences = dict.fromkeys(each.prevalence for each in self.precisions)
        rows = {row.name: [each for each in self.precisions if each.finding == row.name] for row in self.findings}
        return (
            ("Finding", "n", *(f"at {share:.3g}" for share in prevalences)),
            *((name, str(self.n), *(intervals.in_words(each.precision) for each in row)) for name, row in rows.items()),
        )

    def to_json(self) -> str:
        """Deterministic JSON text; a figure that could not be computed is null."""
        content = {
            **vars(self),
            "accuracy": intervals.plain(self.accuracy),
            "balanced_accuracy": intervals.plain(self.balanced_accuracy),
        }
        content["findings"] = [
            {"name": row.name, "n": row.n} | {figure: intervals.plain(getattr(row, figure)) for figure in FIGURES}
            for row in self.findings
        ]
        content["strata"] = [each.as_dict() for each in self.strata]
        content["floors"] = [each.as_dict() for each in self.floors]
        content["precisions"] = [each.as_dict() for each in self.precisions]
        return json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Scorecard:
        """The scorecard that `to_json` wrote."""
        content = json.loads(text)
        rows = [row | {figure: intervals.from_plain(row[figure]) for figure in FIGURES} for row in content["findings"]]
        content |= {figure: intervals.from_plain(content[figure]) for figure in ("accuracy", "balanced_accuracy")}
        content["findings"] = tuple(FindingFigures(**row) for row in rows)
        content["confusion"] = tuple(tuple(row) for row in content["confusion"])
        content["strata"] = tuple(Stratum.from_dict(each) for each in content["strata"])
        content["floors"] = tuple(Floor.from_dict(each) for each in content["floors"])
        content["precisions"] = tuple(PrecisionAt.from_dict(each) for each in content["precisions"])
        return cls(**content)


@dataclass(frozen=True)
class Knowledge:
    """What may be known of the films in train and of the judged ones, in the scores' order, without reading them."""

    train: Seen
    judged: Seen


def compute(
    scores: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[str],
    *,
    findings: Findings,
    cohort_digest: str,
    bundle_digest: str,
    seed: int,
    samples: int = 1000,
    parts: Mapping[str, Sequence[str]] | None = None,
    known: Knowledge | None = None,
    prevalences: Sequence[float] = (),
) -> Scorecard:
    """Computes every figure with its interval.

    Args:
        scores: (n, C) float, one row a film, higher = more likely; the answer is the highest.
        truth: (n,) whole numbers, the position of the true finding.
        groups: name of each film's group, the unit that is resampled.
        findings: names of the C columns.
        cohort_digest: of the cohort the films are held out from.
        bundle_digest: of the bundle that gave the scores.
        seed: whole number ≥ 0; the same seed gives the same scorecard.
        samples: bootstrap samples.
        parts: for each kind of stratum (n,) values, see `strata.parts_of`; None for no strata.
        known: what the floors are fitted on and judged with; None for no floors.
        prevalences: at which precision is computed too.

    Raises:
        InvalidScores: a score is NaN or infinite, or shapes do not fit.
    """
    films = metrics.judge(scores, truth, groups, n_findings=len(findings))
    resampled = Bootstrapped.of(films, samples=samples, seed=seed)
    return Scorecard(
        n=len(films.truth),
        n_groups=films.groups.count,
        accuracy=bootstrapped.accuracy(films),
        balanced_accuracy=resampled.balanced_accuracy(),
        findings=tuple(resampled.finding(index, name) for index, name in enumerate(findings.names)),
        confusion=tuple(tuple(int(count) for count in row) for row in resampled.confusion),
        guarded=findings.guarded,
        cohort_digest=cohort_digest,
        bundle_digest=bundle_digest,
        seed=seed,
        samples=samples,
        strata=strata.compute(films, parts or {}),
        floors=()
        if known is None
        else floors.compute(films.scores, known.train, known.judged, findings=findings, seed=seed),
        precisions=prevalence.compute(resampled, findings.names, prevalences),
    )
