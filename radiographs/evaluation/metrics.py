"""Computes the figures of a classifier on many weighted samples of films at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation.intervals import Groups


@dataclass(frozen=True)
class JudgedFilms:
    """Scores with the truth they are judged by.

    Attributes:
        scores: (n, C) float64, finite.
        truth: (n,) int64, position of the finding.
        answers: (n,) int64, position of the highest score.
        groups: which films belong together.
    """

    scores: np.ndarray
    truth: np.ndarray
    answers: np.ndarray
    groups: Groups

    @property
    def n_findings(self) -> int:
        return int(self.scores.shape[1])

    def of(self, rows: np.ndarray) -> JudgedFilms:
        """Some of the films, their groups numbered anew."""
        different, index = np.unique(self.groups.index[rows], return_inverse=True)
        groups = Groups(index.astype(np.int64).reshape(-1), len(different))
        return JudgedFilms(self.scores[rows], self.truth[rows], self.answers[rows], groups)


def judge(scores: np.ndarray, truth: np.ndarray, groups: Sequence[str], *, n_findings: int) -> JudgedFilms:
    """Checks that scores can be judged.

    Args:
        scores: (n, C), one row a film, higher = more likely.
        truth: (n,) positions of the true findings, 0 ≤ truth < C.
        groups: name of each film's group.
        n_findings: C.

    Raises:
        InvalidScores: no films, shapes that do not fit, a score that is NaN or infinite, an unknown finding.
    """
    scores = np.asarray(scores, dtype=np.float64)
    truth = np.asarray(truth)
    if scores.ndim != 2 or scores.shape[1] != n_findings or not len(scores):
        raise InvalidScores(
            f"expected scores of shape (films, {n_findings}) with at least one film, got {scores.shape}"
        )
    if truth.shape != (len(scores),) or len(groups) != len(scores):
        came = f"{truth.shape[0] if truth.ndim else 0} true findings and {len(groups)} groups"
        raise InvalidScores(f"expected one true finding and one group for each of {len(scores)} films, got {came}")
    undefined = int(np.count_nonzero(~np.isfinite(scores).all(axis=1)))
    if undefined:
        raise InvalidScores(f"expected finite scores, got NaN or infinity for {undefined} of {len(scores)} films")
    if truth.dtype.kind not in "iu" or truth.min() < 0 or truth.max() >= n_findings:
        raise InvalidScores(
            f"expected true findings as whole numbers from 0 to {n_findings - 1}, got {np.unique(truth)}"
        )
    return JudgedFilms(scores, truth.astype(np.int64), scores.argmax(axis=1), Groups.of(groups))


def group_confusions(films: JudgedFilms) -> np.ndarray:
    """Confusion counts of each group: (groups, C·C) float64, truth by row and answer by column when reshaped."""
    cells = films.n_findings**2
    cell = films.truth * films.n_findings + films.answers
    flat = np.bincount(films.groups.index * cells + cell, minlength=films.groups.count * cells)
    return flat.reshape(films.groups.count, cells).astype(np.float64)


@dataclass(frozen=True)
class CountFigures:
    """Figures of confusion matrices; NaN where a figure is undefined.

    Attributes:
        accuracy: (s,) share of right answers.
        balanced_accuracy: (s,) mean sensitivity over all findings.
        sensitivity: (s, C).
        specificity: (s, C).
        precision: (s, C).
        npv: (s, C), the share without a finding among the films that were not said to have it.
        f1: (s, C).
    """

    accuracy: np.ndarray
    balanced_accuracy: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray
    precision: np.ndarray
    npv: np.ndarray
    f1: np.ndarray


def count_figures(confusions: np.ndarray) -> CountFigures:
    """Figures of (s, C, C) confusion matrices of counts ≥ 0, truth by row and answer by column."""
    right = np.diagonal(confusions, axis1=1, axis2=2)
    having, answered, total = confusions.sum(axis=2), confusions.sum(axis=1), confusions.sum(axis=(1, 2))
    lacking = total[:, None] - having
    sensitivity = _share(right, having)
    return CountFigures(
        accuracy=_share(right.sum(axis=1), total),
        balanced_accuracy=sensitivity.mean(axis=1),
        sensitivity=sensitivity,
        specificity=_share(lacking - (answered - right), lacking),
        precision=_share(right, answered),
        npv=_share(lacking - (answered - right), total[:, None] - answered),
        f1=_share(2 * right, having + answered),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


@dataclass(frozen=True)
class RankedFinding:
    """Films of one finding against the rest, sorted once for all bootstrap samples.

    Attributes:
        having: (p,) indices of films with the finding.
        lacking: (q,) indices of films without it, by rising score.
        below: (p,) films without the finding that score lower than this one.
        not_above: (p,) films without the finding that score lower or the same.
    """

    having: np.ndarray
    lacking: np.ndarray
    below: np.ndarray
    not_above: np.ndarray


def rank(scores: np.ndarray, truth: np.ndarray, finding: int) -> RankedFinding:
    """Sorts the films of (n, C) scores for one finding."""
    column = scores[:, finding]
    having, lacking = np.flatnonzero(truth == finding), np.flatnonzero(truth != finding)
    lacking = lacking[np.argsort(column[lacking], kind="stable")]
    below = np.searchsorted(column[lacking], column[having], side="left")
    not_above = np.searchsorted(column[lacking], column[having], side="right")
    return RankedFinding(having, lacking, below, not_above)


def auc(ranked: RankedFinding, weights: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of weighted films: Mann–Whitney, a tie counts half (Hanley and McNeil 1982).

    Args:
        ranked: films of one finding against the rest.
        weights: (s, n) float64 ≥ 0, a row for each sample.

    Returns:
        (s,) float64 in [0, 1]; NaN where a sample has no film with the finding, or none without it.
    """
    lacking = np.zeros((len(weights), len(ranked.lacking) + 1))
    np.cumsum(weights[:, ranked.lacking], axis=1, out=lacking[:, 1:])
    having = weights[:, ranked.having]
    won = np.einsum("sp,sp->s", having, lacking[:, ranked.below] + lacking[:, ranked.not_above]) / 2
    return _share(won, having.sum(axis=1) * lacking[:, -1])


@dataclass(frozen=True)
class Ladder:
    """The scores of one finding from the highest down, for average precision.

    Attributes:
        order: (n,) indices of the films by falling score.
        steps: (k,) places in `order` at which a score ends, the last film of each different score.
        having: (n,) bool in `order`, whether the film has the finding.
    """

    order: np.ndarray
    steps: np.ndarray
    having: np.ndarray


def ladder(scores: np.ndarray, truth: np.ndarray, finding: int) -> Ladder:
    """Sorts the films of (n, C) scores by one finding."""
    column = scores[:, finding]
    order = np.argsort(-column, kind="stable")
    steps = np.flatnonzero(np.append(np.diff(column[order]) != 0, True))
    return Ladder(order, steps, truth[order] == finding)


def average_precision(finding: Ladder, weights: np.ndarray) -> np.ndarray:
    """Area under the curve of precision over sensitivity, as steps without interpolation (Davis and Goadrich 2006).

    Args:
        finding: films sorted by its score; films of one score are taken together.
        weights: (s, n) float64 ≥ 0, a row for each sample.

    Returns:
        (s,) float64 in [0, 1]; NaN where a sample has no film with the finding.
    """
    sorted_weights = weights[:, finding.order]
    said = np.cumsum(sorted_weights, axis=1)[:, finding.steps]
    right = np.cumsum(sorted_weights * finding.having, axis=1)[:, finding.steps]
    gained = np.diff(right, axis=1, prepend=0.0)
    precision = np.divide(right, said, out=np.zeros_like(right), where=said > 0)
    return _share((gained * precision).sum(axis=1), right[:, -1])
