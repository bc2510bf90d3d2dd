"""Computes each figure of a classifier with its interval: Wilson's for shares of films, a bootstrap's for all else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import intervals, metrics
from radiographs.evaluation.intervals import Ends, Groups, Interval
from radiographs.evaluation.metrics import CountFigures, JudgedFilms


@dataclass(frozen=True)
class FindingFigures:
    """Figures of one finding against all others; None where there are too few films.

    Attributes:
        name: the finding.
        n: held-out films with it.
    """

    name: str
    n: int
    sensitivity: Interval | None
    specificity: Interval | None
    precision: Interval | None
    npv: Interval | None
    f1: Interval | None
    auroc: Interval | None
    auprc: Interval | None


@dataclass(frozen=True)
class Bootstrapped:
    """The figures on all films (row 0) and on each bootstrap sample (rows from 1).

    Attributes:
        films: the scores and their truth.
        confusion: (C, C) float64 counts on all films, truth by row and answer by column.
        figures: those of confusion matrices, 1 + samples rows.
        aucs: (1 + samples, C) float64, areas under the ROC curve.
        auprcs: (1 + samples, C) float64, areas under the curve of precision over sensitivity.
    """

    films: JudgedFilms
    confusion: np.ndarray
    figures: CountFigures
    aucs: np.ndarray
    auprcs: np.ndarray

    @classmethod
    def of(cls, films: JudgedFilms, *, samples: int, seed: int, areas: bool = True) -> Bootstrapped:
        """Resamples the films' groups; all figures see the same samples. Without `areas`, those are undefined."""
        c, by_group = films.n_findings, metrics.group_confusions(films)
        ranked = [metrics.rank(films.scores, films.truth, finding) for finding in range(c) if areas]
        ladders = [metrics.ladder(films.scores, films.truth, finding) for finding in range(c) if areas]

        def statistics(drawn: np.ndarray) -> np.ndarray:
            if not areas:
                return np.concatenate([drawn @ by_group, np.full((len(drawn), 2 * c), np.nan)], axis=1)
            weights = drawn[:, films.groups.index]
            aucs = [metrics.auc(finding, weights) for finding in ranked]
            auprcs = [metrics.average_precision(finding, weights) for finding in ladders]
            return np.concatenate([drawn @ by_group, np.stack(aucs + auprcs, axis=1)], axis=1)

        resampled = intervals.bootstrap(statistics, films.groups.count, samples=samples, seed=seed)
        values = np.concatenate([statistics(np.ones((1, films.groups.count))), resampled])
        confusions = values[:, : c * c].reshape(-1, c, c)
        aucs, auprcs = values[:, c * c : c * c + c], values[:, c * c + c :]
        return cls(films, confusions[0], metrics.count_figures(confusions), aucs, auprcs)

    def balanced_accuracy(self) -> Interval | None:
        """The mean sensitivity; None where one finding has too few films, never a mean over the rest."""
        sizes = [self.films.groups.sizes(self.films.truth == finding) for finding in range(self.films.n_findings)]
        if not all(intervals.enough_groups(size) for size in sizes):
            return None
        values, recalls = self.figures.balanced_accuracy, self.figures.sensitivity[0]

        def fallback() -> Ends:
            each = [intervals.wilson(p, intervals.effective_n(size)) for p, size in zip(recalls, sizes, strict=True)]
            return intervals.mean_ends(recalls, each)

        return intervals.percentile_interval(values[0], values[1:], len(self.films.truth), fallback)

    def finding(self, index: int, name: str) -> FindingFigures:
        """The figures of one finding against all others."""
        truth, answers, groups = self.films.truth == index, self.films.answers == index, self.films.groups
        return FindingFigures(
            name=name,
            n=int(truth.sum()),
            sensitivity=proportion(answers, truth, groups),
            specificity=proportion(~answers, ~truth, groups),
            precision=proportion(truth, answers, groups),
            npv=proportion(~truth, ~answers, groups),
            f1=_f1(self.figures.f1[:, index], truth, answers, groups),
            auroc=_area(self.aucs[:, index], truth, groups),
            auprc=_area(self.auprcs[:, index], truth, groups),
        )


def accuracy(films: JudgedFilms) -> Interval | None:
    """The share of right answers."""
    return proportion(films.answers == films.truth, np.ones(len(films.truth), dtype=bool), films.groups)


def proportion(right: np.ndarray, counted: np.ndarray, groups: Groups) -> Interval | None:
    """The share of right films among those counted, with Wilson's interval on the effective number of films.

    Args:
        right: (n,) bool.
        counted: (n,) bool, the films in the denominator.
        groups: the films' groups.
    """
    sizes = groups.sizes(counted)
    if not intervals.enough_groups(sizes):
        return None
    share = float(right[counted].mean())
    ends = intervals.wilson(share, intervals.effective_n(sizes))
    return Interval(share, min(ends.low, share), max(ends.high, share), int(counted.sum()))


def mean(values: np.ndarray, groups: Groups, *, seed: int, samples: int = 1000) -> Interval | None:
    """The mean of a number of each film, groups resampled.

    Args:
        values: (n,) finite.
        groups: the films' groups.
        seed: whole number ≥ 0.
        samples: bootstrap samples.
    """
    sizes = groups.sizes(np.ones(len(values), bool)).astype(np.float64)
    if not intervals.enough_groups(sizes):
        return None
    sums = np.bincount(groups.index, values, minlength=groups.count)

    def statistics(drawn: np.ndarray) -> np.ndarray:
        return ((drawn @ sums) / (drawn @ sizes))[:, None]

    resampled = intervals.bootstrap(statistics, groups.count, samples=samples, seed=seed)[:, 0]
    estimate = float(np.mean(values))
    return intervals.percentile_interval(
        estimate, resampled, len(values), lambda: intervals.around(estimate, groups.count)
    )


def _f1(values: np.ndarray, truth: np.ndarray, answers: np.ndarray, groups: Groups) -> Interval | None:
    """F1 is 2J / (1 + J) of the share J of right films among those that have the finding or were said to."""
    if not intervals.enough_groups(groups.sizes(truth)):
        return None
    either = truth | answers

    def fallback() -> Ends:
        shared = values[0] / (2 - values[0])
        ends = intervals.wilson(float(shared), intervals.effective_n(groups.sizes(either)))
        return Ends(2 * ends.low / (1 + ends.low), 2 * ends.high / (1 + ends.high))

    return intervals.percentile_interval(values[0], values[1:], int(either.sum()), fallback)


def _area(values: np.ndarray, truth: np.ndarray, groups: Groups) -> Interval | None:
    """Where all samples agree (wholly told apart), Wilson on the smaller side's effective n: a cautious bound."""
    having, lacking = groups.sizes(truth), groups.sizes(~truth)
    if not (intervals.enough_groups(having) and intervals.enough_groups(lacking)):
        return None
    fewer = min(intervals.effective_n(having), intervals.effective_n(lacking))
    return intervals.percentile_interval(
        values[0], values[1:], len(truth), lambda: intervals.wilson(float(values[0]), fewer)
    )
