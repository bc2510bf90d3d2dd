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
class Gain:
    """One figure of the end of a fit less that of its frozen stage.

    Attributes:
        name: of the figure.
        difference: with its interval; None where there are too few films.
        p: of `paired.sign_flip_p`, corrected for the number of figures (Holm); None where there are too few films.
    """

    name: str
    difference: Interval | None
    p: float | None

    @property
    def words(self) -> str:
        """Name, figure, p, and what follows from them."""
        if self.difference is None or self.p is None:
            return f"{self.name} {intervals.TOO_FEW}"
        said = "better" if self.difference.estimate > 0 else "worse"
        said = said if self.p < SIGNIFICANT else "within noise"
        shown = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"
        return f"{self.name} {intervals.in_words(self.difference, signed=True)}, {shown}, {said}"


@dataclass(frozen=True)
class StageGain:
    """The end of a fit against its frozen stage, on the same films.

    Attributes:
        where: which films.
        n: how many.
        n_groups: groups they belong to.
        gains: of balanced accuracy, then of accuracy: where films of a finding are few, the first is mostly theirs.
    """

    where: str
    n: int
    n_groups: int
    gains: tuple[Gain, ...]

    @property
    def words(self) -> str:
        """One sentence."""
        said = "; ".join(gain.words for gain in self.gains)
        return f"{self.where} (n={self.n} in {self.n_groups} groups): {said}"


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
    one, other = (metrics.judge(each, truth, groups, n_findings=len(findings)) for each in (tuned, frozen))
    every = len(np.unique(truth)) == len(findings)
    tested = [balanced for balanced in (True, False) if every or not balanced]
    values = paired.holm([paired.sign_flip_p(one, other, seed=seed, balanced=balanced) for balanced in tested])
    of_balanced, of_plain = values if every else (None, *values)
    gains = (
        Gain("balanced accuracy", found.balanced_accuracy, of_balanced),
        Gain("accuracy", found.accuracy, of_plain),
    )
    return StageGain(where, found.n, found.n_groups, gains)
