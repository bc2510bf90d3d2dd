"""Orders networks that answered the same films, and says which differences are more than noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import bootstrapped, comparison, intervals, metrics, paired, pareto
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.contest_result import ContestResult, Cost
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.pareto import Point
from radiographs.findings import Findings

LEVEL = 0.05
SAMPLES = 1000
FEWEST_SHOWN = 0.001


@dataclass(frozen=True)
class Judges:
    """The films that all networks answered.

    Attributes:
        findings: names of the columns of scores.
        truth: (n,) int64.
        groups: name of each film's group.
        sources: name of each film's source.
        seed: of resampling.
        samples: bootstrap samples.
    """

    findings: Findings
    truth: np.ndarray
    groups: Sequence[str]
    sources: Sequence[str]
    seed: int = 0
    samples: int = SAMPLES


@dataclass(frozen=True)
class Standing:
    """A network's place.

    Attributes:
        name: of the network.
        balanced_accuracy, accuracy: with intervals over groups.
        auc: mean over the findings of each one's AUROC against the rest.
        aucs: those of each finding.
        difference: balanced accuracy minus the best one's, on the same films; None for the best itself.
        p: of that difference, by a paired test with Holm's correction; None for the best itself.
        unbeaten: no other is as good in score, latency and size and better in one.
        cost: what it takes.
        best_epochs: the epoch that each fold kept.
    """

    name: str
    balanced_accuracy: Interval
    accuracy: Interval
    auc: Interval
    aucs: tuple[Interval | None, ...]
    difference: Interval | None
    p: float | None
    unbeaten: bool
    cost: Cost
    best_epochs: tuple[int, ...]

    @property
    def within_noise(self) -> bool:
        """Whether the films cannot tell it from the best."""
        return self.p is not None and self.p > LEVEL

    @property
    def verdict(self) -> str:
        """Its distance from the best in words."""
        if self.p is None:
            return "best here"
        shown = f"p = {self.p:.2g}" if self.p >= FEWEST_SHOWN else f"p < {FEWEST_SHOWN:g}"
        return f"within noise of the best ({shown})" if self.within_noise else f"behind the best ({shown})"


@dataclass(frozen=True)
class Leaderboard:
    """Networks from the best to the last.

    Attributes:
        standings: ordered by balanced accuracy.
        n: films; n_groups: their groups.
        source_rule: balanced accuracy of answering each film with the commonest finding of its source.
    """

    standings: tuple[Standing, ...]
    n: int
    n_groups: int
    source_rule: float

    @property
    def headline(self) -> str:
        """Who leads, and who cannot be told from the leader."""
        best, *others = self.standings
        level = [one.name for one in others if one.within_noise]
        if not others:
            return f"{best.name} alone was run"
        if not level:
            return f"{best.name} leads"
        if len(level) == len(others):
            return "No network is better than the others beyond noise"
        return f"{best.name} leads, {_listed(level)} within noise"

    @property
    def advice(self) -> str:
        """The cheapest network that cannot be told from the best."""
        best, *others = self.standings
        level = [best, *(one for one in others if one.within_noise)]
        fastest = min(level, key=lambda one: one.cost.latency_ms)
        if not others:
            return "Enter a second network to compare it with."
        if fastest is best:
            return f"{best.name} is also the fastest of those that cannot be told from the best."
        share = best.cost.latency_ms / fastest.cost.latency_ms
        return (
            f"{fastest.name} cannot be told from the best on these films and answers {share:.1f} times as fast "
            f"({fastest.cost.latency_ms:.1f} against {best.cost.latency_ms:.1f} ms a film)."
        )

    @property
    def against_sources(self) -> str:
        """What a rule that sees only the source reaches, which a network has to pass to be of any worth."""
        passed = [one for one in self.standings if one.balanced_accuracy.low > self.source_rule]
        rule = (
            f"A rule that sees only where a film comes from has a balanced accuracy of {self.source_rule:.2f} here: "
            "part of every score may be the source and not the finding."
        )
        if len(passed) == len(self.standings):
            return rule
        below = [one.name for one in self.standings if one not in passed]
        return f"{rule} Not shown to be better than it: {_listed(below)}."


def compute(names: Sequence[str], results: Sequence[ContestResult], judges: Judges) -> Leaderboard:
    """Judges every network on the same films and compares each with the best.

    The best is chosen and compared on the same films, which favours it a little; the correction is for the number of
    comparisons only.

    Raises:
        InvalidScores: no network, scores that cannot be judged, or too few groups for an interval.
    """
    if not names or len(names) != len(results):
        raise InvalidScores(f"expected at least one network, each with a name, got {len(results)} and {len(names)}")
    count = len(judges.findings)
    films = [metrics.judge(one.scores, judges.truth, judges.groups, n_findings=count) for one in results]
    booted = [Bootstrapped.of(one, samples=judges.samples, seed=judges.seed) for one in films]
    scores = [_required(one.balanced_accuracy()) for one in booted]
    order = sorted(range(len(names)), key=lambda place: (-scores[place].estimate, names[place]))
    best, others = order[0], order[1:]
    ps = dict(
        zip(
            others,
            paired.holm([paired.sign_flip_p(films[i], films[best], seed=judges.seed) for i in others]),
            strict=True,
        )
    )
    points = [
        Point(name, score, one.cost.latency_ms, one.cost.file_mb)
        for name, score, one in zip(names, scores, results, strict=True)
    ]
    unbeaten = pareto.front(points)
    standings = tuple(
        Standing(
            name=names[place],
            balanced_accuracy=scores[place],
            accuracy=_required(bootstrapped.accuracy(booted[place].films)),
            auc=mean_auc(booted[place]),
            aucs=tuple(booted[place].finding(index, name).auroc for index, name in enumerate(judges.findings.names)),
            difference=None if place == best else _difference(results[place], results[best], judges),
            p=ps.get(place),
            unbeaten=unbeaten[place],
            cost=results[place].cost,
            best_epochs=results[place].best_epochs,
        )
        for place in order
    )
    return Leaderboard(standings, len(judges.truth), films[0].groups.count, source_rule(judges))


def mean_auc(booted: Bootstrapped) -> Interval:
    """Mean over the findings of the area under each one's ROC curve against the rest, unweighted.

    Raises:
        InvalidScores: a finding has too few groups.
    """
    values, truth, groups = booted.aucs.mean(axis=1), booted.films.truth, booted.films.groups
    sizes = [groups.sizes(truth == index) for index in range(booted.films.n_findings)]
    fewest = min(intervals.effective_n(size) for size in sizes)
    return _required(
        intervals.percentile_interval(
            values[0], values[1:], len(truth), lambda: intervals.wilson(float(values[0]), fewest)
        )
    )


def source_rule(judges: Judges) -> float:
    """Balanced accuracy of the rule that knows a film's source and nothing else."""
    count = len(judges.findings)
    having = Counter(judges.truth.tolist())
    said = {
        source: Counter(t for t, s in zip(judges.truth.tolist(), judges.sources, strict=True) if s == source)
        for source in set(judges.sources)
    }
    # Each film weighs one over its finding's films, as in balanced accuracy: a common finding does not decide.
    answer = {source: max(seen, key=lambda t, seen=seen: (seen[t] / having[t], -t)) for source, seen in said.items()}  # type: ignore[misc]
    right = Counter(t for t, s in zip(judges.truth.tolist(), judges.sources, strict=True) if answer[s] == t)
    return sum(right[finding] / having[finding] for finding in range(count) if having[finding]) / count


def _difference(one: ContestResult, best: ContestResult, judges: Judges) -> Interval | None:
    return comparison.compare(
        one.scores, best.scores, judges.truth, judges.groups,
        findings=judges.findings, seed=judges.seed, samples=judges.samples,
    ).balanced_accuracy  # fmt: skip


def _required(interval: Interval | None) -> Interval:
    if interval is None:
        raise InvalidScores("too few groups of films for an interval; draw more films")
    return interval


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) > 2 and any("," in name for name in names):  # "LeNet-5, side_px 32" is one name
        return f"{'; '.join(names[:-1])}; and {names[-1]}"
    return f"{', '.join(names[:-1])} and {names[-1]}"
