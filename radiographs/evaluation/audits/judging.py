"""Judges the answers to changed films, and numbers that films were measured by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals, metrics
from radiographs.evaluation.audits.observations import Films, Observation, Question
from radiographs.evaluation.intervals import Groups, Interval
from radiographs.evaluation.metrics import JudgedFilms
from radiographs.findings import Findings

FEWEST_FILMS = 20  # of a finding, for it to be judged
FEWEST_GROUPS = 10  # likewise
FEWEST_FINDINGS = 2
SAMPLES = 1000
MEANINGS: dict[str, str] = {
    "blinds": "mean sensitivity above the {chance:.2f} of a constant answer",
    "spares": "change of the mean sensitivity",
    "lures": "more of the films without {guarded} answered with it",
}


def observe(question: Question, films: Films, changed: np.ndarray, findings: Findings, *, seed: int) -> Observation:
    """Judges the answers to changed films.

    Only findings with `FEWEST_FILMS` films have a say, and only where `FEWEST_FINDINGS` have: of films of one finding a
    constant answer passes any question.

    Args:
        question: what was done.
        films: those that were changed, none other.
        changed: (n, C) scores of the changed films.
        findings: names of the C columns.
        seed: whole number ≥ 0, of the bootstrap of groups.

    Raises:
        InvalidScores: a score is NaN or infinite, or shapes do not fit.
    """
    if np.shape(changed) != np.shape(films.scores):
        raise InvalidScores(f"expected scores of the same films, got {np.shape(changed)} and {np.shape(films.scores)}")

    def figured(rows: np.ndarray, judged: np.ndarray) -> Interval | None:
        groups = [films.groups[int(row)] for row in rows]
        before, after = (
            metrics.judge(scores[rows], films.truth[rows], groups, n_findings=len(findings))
            for scores in (films.scores, np.asarray(changed))
        )
        if question.kind == "lures":
            return _lured(before, after, findings.index(findings.guarded), seed)
        return _seen(before, after, judged, seed, against=question.kind == "spares")

    return _observed(question, films.truth, films.groups, findings, figured)


def measure(
    question: Question, values: np.ndarray, truth: np.ndarray, groups: Sequence[str], findings: Findings, *, seed: int
) -> Observation:
    """Averages a number over the films of each finding, then over the findings that have films enough.

    Args:
        question: what was measured.
        values: (n,) float; NaN for a film that has none, which is left out.
        truth: (n,) positions of the findings.
        groups: (n,) names of the films' groups.
        findings: names.
        seed: whole number ≥ 0, of the bootstrap of groups.
    """
    kept = np.flatnonzero(np.isfinite(values))
    values, truth, groups = values[kept], truth[kept], [groups[int(row)] for row in kept]

    def figured(rows: np.ndarray, judged: np.ndarray) -> Interval | None:
        return _averaged(values[rows], truth[rows], [groups[int(row)] for row in rows], judged, seed)

    return _observed(question, truth, groups, findings, figured)


def _observed(
    question: Question,
    truth: np.ndarray,
    groups: Sequence[str],
    findings: Findings,
    figured: Callable[[np.ndarray, np.ndarray], Interval | None],
) -> Observation:
    """Judges the rows of findings with films enough by `figured`, or says why nothing can be judged."""
    counts, enough = np.bincount(truth, minlength=len(findings)), _enough(truth, groups, len(findings))
    judged = np.flatnonzero(enough)
    rows = np.flatnonzero(np.isin(truth, judged))
    names = tuple(findings.names[each] for each in judged)
    why = _why(question, counts, enough, findings)
    figure = None if why else figured(rows, judged)
    if not why and figure is None:
        why = "films of a single group alone"
    chance, n = 1 / max(1, len(judged)), len(rows) if figure is None else figure.n
    meaning = question.meaning or MEANINGS[question.kind].format(chance=chance, guarded=findings.guarded)
    return Observation(question.name, question.words, question.kind, meaning, n, names, figure, chance, why)


def _enough(truth: np.ndarray, groups: Sequence[str], count: int) -> np.ndarray:
    """(C,) bool: the findings with films and groups enough; of a few groups no resample knows how uncertain it is."""
    named = np.asarray(groups, dtype=str)
    return np.array([
        (truth == each).sum() >= FEWEST_FILMS and len(np.unique(named[truth == each])) >= FEWEST_GROUPS
        for each in range(count)
    ])  # fmt: skip


def _why(question: Question, counts: np.ndarray, enough: np.ndarray, findings: Findings) -> str:
    """What makes judging impossible; "" where nothing does."""
    guarded = findings.index(findings.guarded)
    if enough.sum() < FEWEST_FINDINGS:
        held = ", ".join(f"{name} {count}" for name, count in zip(findings.names, counts, strict=True))
        return (
            f"fewer than {FEWEST_FINDINGS} findings have {FEWEST_FILMS} films in {FEWEST_GROUPS} groups ({held}): a "
            "constant answer would pass"
        )
    if question.needs_guarded and not enough[guarded]:
        return f"fewer than {FEWEST_FILMS} films with {findings.guarded} in {FEWEST_GROUPS} groups to take it from"
    if question.kind == "lures" and not np.delete(enough, guarded).any():
        return f"fewer than {FEWEST_FILMS} films without {findings.guarded} in {FEWEST_GROUPS} groups"
    return ""


def _seen(before: JudgedFilms, after: JudgedFilms, judged: np.ndarray, seed: int, *, against: bool) -> Interval | None:
    """Mean sensitivity to the judged findings on changed films, less chance or, `against`, less that before."""
    if not intervals.enough_groups(before.groups.sizes(np.ones(len(before.truth), bool))):
        return None
    changed, plain = metrics.group_confusions(after), metrics.group_confusions(before)
    c = before.n_findings

    def mean_sensitivity(confusions: np.ndarray) -> np.ndarray:
        return metrics.count_figures(confusions.reshape(-1, c, c)).sensitivity[:, judged].mean(axis=1)

    def statistics(drawn: np.ndarray) -> np.ndarray:
        figure = mean_sensitivity(drawn @ changed)
        return (figure - (mean_sensitivity(drawn @ plain) if against else 1 / len(judged)))[:, None]

    return _resampled(statistics, before.groups.count, len(before.truth), seed)


def _lured(before: JudgedFilms, after: JudgedFilms, guarded: int, seed: int) -> Interval | None:
    """How many more of the films without the guarded finding are answered with it than before."""
    without = (before.truth != guarded).astype(np.float64)
    more = ((after.answers == guarded).astype(np.float64) - (before.answers == guarded)) * without
    index, count = before.groups.index, before.groups.count
    if not intervals.enough_groups(before.groups.sizes(without > 0)):
        return None
    gained, sizes = (np.bincount(index, values, minlength=count) for values in (more, without))

    def statistics(drawn: np.ndarray) -> np.ndarray:
        films = drawn @ sizes
        return np.divide(drawn @ gained, films, out=np.full(len(drawn), np.nan), where=films > 0)[:, None]

    return _resampled(statistics, count, int(without.sum()), seed)


def _averaged(
    values: np.ndarray, truth: np.ndarray, groups: Sequence[str], judged: np.ndarray, seed: int
) -> Interval | None:
    """Mean over findings of the mean over their films."""
    grouped = Groups.of(groups)
    if not intervals.enough_groups(grouped.sizes(np.ones(len(values), bool))):
        return None
    parts = [
        [np.bincount(grouped.index, each * (truth == finding), minlength=grouped.count) for finding in judged]
        for each in (values, np.ones(len(values)))
    ]
    sums, sizes = (np.stack(part, axis=1) for part in parts)

    def statistics(drawn: np.ndarray) -> np.ndarray:
        films = drawn @ sizes
        means = np.divide(drawn @ sums, films, out=np.full(films.shape, np.nan), where=films > 0)
        return means.mean(axis=1, keepdims=True)

    return _resampled(statistics, grouped.count, len(values), seed)


def _resampled(
    statistics: Callable[[np.ndarray], np.ndarray], n_groups: int, n_films: int, seed: int
) -> Interval | None:
    estimate = float(statistics(np.ones((1, n_groups)))[0, 0])
    values = intervals.bootstrap(statistics, n_groups, samples=SAMPLES, seed=seed)[:, 0]
    return intervals.percentile_interval(estimate, values, n_films, lambda: intervals.around(estimate, n_groups))
