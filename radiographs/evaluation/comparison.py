"""Compares challenger and champion on the same held-out films."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals, metrics, strata
from radiographs.evaluation.intervals import Ends, Groups, Interval
from radiographs.evaluation.metrics import CountFigures, JudgedFilms
from radiographs.findings import Findings

COMPARED = ("balanced_accuracy", "accuracy", "guarded_sensitivity", "guarded_specificity")


@dataclass(frozen=True)
class PartDifference:
    """The difference in accuracy on a part of the films, such as those of one source; None is too few."""

    kind: str
    value: str
    n: int
    accuracy: Interval | None


@dataclass(frozen=True)
class McNemar:
    """The exact test of McNemar (1947) on one film of each group, for which films are independent.

    Attributes:
        n: films, the first of each group.
        gained: of those only the challenger got right.
        lost: only the champion.
        p: how likely a split as uneven is by chance, two-sided.
    """

    n: int
    gained: int
    lost: int
    p: float


@dataclass(frozen=True)
class Comparison:
    """Differences challenger − champion on the same films; above 0 the challenger is the better; None is too few.

    Attributes:
        n: films both models answered.
        n_groups: groups they belong to.
        guarded: the finding of the two guarded figures.
        gained: films that only the challenger got right.
        lost: films that only the champion got right.
        parts: differences in accuracy on parts of the films.
        mcnemar: shown beside the differences, which decide.
    """

    n: int
    n_groups: int
    guarded: str
    gained: int
    lost: int
    accuracy: Interval | None
    balanced_accuracy: Interval | None
    guarded_sensitivity: Interval | None
    guarded_specificity: Interval | None
    parts: tuple[PartDifference, ...] = ()
    mcnemar: McNemar | None = None

    def as_rows(self) -> tuple[tuple[str, str, str], ...]:
        """Each difference as printed: name, films, difference with its interval."""
        return tuple((label(name, self.guarded), self._films(name), self._words(name)) for name in COMPARED)

    def part_table(self) -> tuple[tuple[str, ...], ...]:
        """Headings, then a row for each part."""
        rows = (
            (part.kind, part.value, str(part.n), intervals.in_words(part.accuracy, signed=True)) for part in self.parts
        )
        return (("Part", "Which", "n", "Difference in accuracy"), *rows)

    def to_json(self) -> str:
        """Deterministic JSON text, for a tracking store."""
        plain = {name: intervals.plain(getattr(self, name)) for name in COMPARED}
        parts = [vars(part) | {"accuracy": intervals.plain(part.accuracy)} for part in self.parts]
        beside = {"parts": parts, "mcnemar": None if self.mcnemar is None else vars(self.mcnemar)}
        return json.dumps(vars(self) | plain | beside, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)

    def _films(self, name: str) -> str:
        interval = getattr(self, name)
        return "" if interval is None else str(interval.n)

    def _words(self, name: str) -> str:
        return intervals.in_words(getattr(self, name), signed=True)


def label(name: str, guarded: str) -> str:
    """The name of one of `COMPARED` as a person reads it: `COVID sensitivity`."""
    words = name.removeprefix("guarded_").replace("_", " ")
    return f"{guarded} {words}" if name.startswith("guarded_") else words.capitalize()


def compare(
    challenger: np.ndarray,
    champion: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[str],
    *,
    findings: Findings,
    seed: int,
    samples: int = 1000,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Comparison:
    """Computes paired differences; groups are resampled once for both models.

    Args:
        challenger: (n, C) scores, one row a film.
        champion: (n, C) scores of the same films in the same order.
        truth: (n,) whole numbers, the position of the true finding.
        groups: name of each film's group.
        findings: names of the C columns, and which is guarded.
        seed: whole number ≥ 0.
        samples: bootstrap samples.
        parts: for each kind of part (n,) values, see `strata.parts_of`; what is not known is no part.

    Raises:
        InvalidScores: a score is NaN or infinite, or the two models did not answer the same films and findings.
    """
    if np.shape(challenger) != np.shape(champion):
        came = f"{np.shape(challenger)} and {np.shape(champion)}"
        raise InvalidScores(f"expected scores of the same films and findings from both models, got {came}")
    new, old = (metrics.judge(scores, truth, groups, n_findings=len(findings)) for scores in (challenger, champion))
    paired = _Paired.of(new, old, samples=samples, seed=seed)
    right_new, right_old = new.answers == new.truth, old.answers == old.truth
    index = findings.index(findings.guarded)
    return Comparison(
        n=len(new.truth),
        n_groups=new.groups.count,
        guarded=findings.guarded,
        gained=int((right_new & ~right_old).sum()),
        lost=int((right_old & ~right_new).sum()),
        accuracy=paired.accuracy(),
        balanced_accuracy=paired.balanced_accuracy(),
        guarded_sensitivity=paired.share("sensitivity", index),
        guarded_specificity=paired.share("specificity", index),
        parts=tuple(_part_differences(new, old, parts or {}, (seed, samples))),
        mcnemar=_mcnemar(right_new, right_old, new.groups),
    )


def _part_differences(
    new: JudgedFilms, old: JudgedFilms, parts: Mapping[str, Sequence[str]], drawn_by: tuple[int, int]
) -> Iterator[PartDifference]:
    """The paired difference in accuracy on each part, the largest first."""
    seed, samples = drawn_by
    for kind, values in parts.items():
        named = np.asarray(values, dtype=str)
        counted = Counter(value for value in named.tolist() if value != strata.UNKNOWN)
        for value, n in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
            rows = np.flatnonzero(named == value)
            paired = _Paired.of(new.of(rows), old.of(rows), samples=samples, seed=seed)
            yield PartDifference(kind, value, n, paired.accuracy())


def _mcnemar(new: np.ndarray, old: np.ndarray, groups: Groups) -> McNemar:
    from scipy.stats import binomtest

    _, first = np.unique(groups.index, return_index=True)
    gained, lost = int((new & ~old)[first].sum()), int((old & ~new)[first].sum())
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    return McNemar(len(first), gained, lost, p)


@dataclass(frozen=True)
class _Discordant:
    """Films of one denominator on which the two models differ: the ground for ends that resampling cannot see."""

    gained: float
    lost: float
    effective_n: float

    def ends(self) -> Ends:
        """Ends of (gained − lost) from Wilson's ends of both shares (MOVER: Zou and Donner 2008)."""
        gain, loss = (intervals.wilson(share, self.effective_n) for share in (self.gained, self.lost))
        low = math.hypot(self.gained - gain.low, loss.high - self.lost)
        high = math.hypot(gain.high - self.gained, self.lost - loss.low)
        difference = self.gained - self.lost
        return Ends(difference - low, difference + high)


@dataclass(frozen=True)
class _Paired:
    """Both models' films with the figures of both on the same bootstrap samples (row 0: all films)."""

    new: JudgedFilms
    old: JudgedFilms
    figures: tuple[CountFigures, CountFigures]

    @classmethod
    def of(cls, new: JudgedFilms, old: JudgedFilms, *, samples: int, seed: int) -> _Paired:
        c, count = new.n_findings, new.groups.count
        by_group = np.concatenate([metrics.group_confusions(new), metrics.group_confusions(old)], axis=1)
        resampled = intervals.bootstrap(lambda drawn: drawn @ by_group, count, samples=samples, seed=seed)
        values = np.concatenate([by_group.sum(axis=0, keepdims=True), resampled]).reshape(-1, 2, c, c)
        return cls(new, old, (metrics.count_figures(values[:, 0]), metrics.count_figures(values[:, 1])))

    def accuracy(self) -> Interval | None:
        """Difference of the shares of right answers."""
        return self._interval(self._difference("accuracy"), [self._right()], [np.ones(len(self.new.truth), dtype=bool)])

    def balanced_accuracy(self) -> Interval | None:
        """Difference of the mean sensitivities."""
        counted = [self.new.truth == finding for finding in range(self.new.n_findings)]
        return self._interval(self._difference("balanced_accuracy"), [self._right()] * len(counted), counted)

    def share(self, figure: str, index: int) -> Interval | None:
        """Difference of one finding's sensitivity or specificity."""
        having = self.new.truth == index
        said = np.stack([self.new.answers == index, self.old.answers == index])
        difference = self._difference(figure)[:, index]
        return self._interval(
            difference, [said if figure == "sensitivity" else ~said], [having ^ (figure != "sensitivity")]
        )

    def _right(self) -> np.ndarray:
        return np.stack([self.new.answers == self.new.truth, self.old.answers == self.old.truth])

    def _difference(self, figure: str) -> np.ndarray:
        return getattr(self.figures[0], figure) - getattr(self.figures[1], figure)

    def _interval(self, values: np.ndarray, right: list[np.ndarray], counted: list[np.ndarray]) -> Interval | None:
        """The interval of a mean of differences, each of two (2, n) bool rows over its counted films (n,) bool."""
        sizes = [self.new.groups.sizes(mask) for mask in counted]
        if not all(intervals.enough_groups(size) for size in sizes):
            return None
        parts = [_discordant(both[:, mask], size) for both, mask, size in zip(right, counted, sizes, strict=True)]
        n = int(np.any(counted, axis=0).sum())
        found = intervals.percentile_interval(values[0], values[1:], n, lambda: _mean(parts))
        return None if found is None else _widened(found, parts)


def _discordant(right: np.ndarray, sizes: np.ndarray) -> _Discordant:
    new, old = right
    return _Discordant(float((new & ~old).mean()), float((old & ~new).mean()), intervals.effective_n(sizes))


def _mean(parts: list[_Discordant]) -> Ends:
    return intervals.mean_ends(np.array([part.gained - part.lost for part in parts]), [part.ends() for part in parts])


def _widened(found: Interval, parts: list[_Discordant]) -> Interval:
    """Resampling never draws a loss that no film showed: the end on such a side is Wilson's where that is wider."""
    ends = _mean(parts)
    low = found.low if any(part.lost for part in parts) else min(found.low, ends.low)
    high = found.high if any(part.gained for part in parts) else max(found.high, ends.high)
    return Interval(found.estimate, max(-1.0, low), min(1.0, high), found.n)
