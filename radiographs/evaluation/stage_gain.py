"""What fine-tuning gained over its own frozen stage, on tune: figures for people, which choose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import comparison, intervals, metrics, paired
from radiographs.evaluation.intervals import Interval
from radiographs.findings import Findings

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class StageGain:
    """Balanced accuracy of the end of a fit less that of its frozen stage, on the same films.

    Attributes:
        where: which films.
        n: how many.
        n_groups: groups they belong to.
        difference: with its interval; None where there are too few.
        p: of `paired.sign_flip_p`; None where there are too few.
    """

    where: str
    n: int
    n_groups: int
    difference: Interval | None
    p: float | None

    @property
    def words(self) -> str:
        """One sentence."""
        if self.difference is None or self.p is None:
            return f"{self.where}: too few of some finding to tell (n={self.n})"
        said = "better" if self.difference.estimate > 0 else "worse"
        said = said if self.p < SIGNIFICANT else "within noise"
        shown = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"
        figure = intervals.in_words(self.difference, signed=True)
        return f"{self.where}: balanced accuracy {figure} (n={self.n} in {self.n_groups} groups, {shown}), {said}"


def of(
    tuned: np.ndarray,
    frozen: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[str],
    *,
    findings: Findings,
    seed: int,
    where: str,
) -> StageGain:
    """Compares two answers to the same films.

    Args:
        tuned: (n, C) scores or logits at the end of a fit.
        frozen: (n, C) at the end of its frozen stage.
        truth: (n,) positions of the true findings.
        groups: (n,) names of the films' groups.
        findings: names of the C columns.
        seed: whole number ≥ 0.
        where: which films these are.
    """
    found = comparison.compare(tuned, frozen, truth, groups, findings=findings, seed=seed)
    p = None
    if len(np.unique(truth)) == len(findings):
        one, other = (metrics.judge(each, truth, groups, n_findings=len(findings)) for each in (tuned, frozen))
        p = paired.sign_flip_p(one, other, seed=seed)
    return StageGain(where, found.n, found.n_groups, found.balanced_accuracy, p)
