"""Which split a group of films is given, once and for ever."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SHARES: Mapping[str, float] = {"train": 0.70, "held_out": 0.15, "tune": 0.15}
HALVES: Mapping[str, float] = {"select": 0.5, "calibrate": 0.5}
# Splits whose stratum lacks this many films less than the neediest one may be chosen for the finding's sake.
_SLACK_FILMS = 0.75


@dataclass(frozen=True)
class NewGroup:
    """A group without a split: its most frequent finding and source, and its number of films."""

    id: str
    finding: str
    source: str
    n_films: int


@dataclass(frozen=True)
class Tally:
    """Films that already have a place."""

    finding: str
    source: str
    split: str
    tune_half: str
    n_films: int


@dataclass(frozen=True)
class Assignment:
    """The place of a group: its split, and its half where that is tune."""

    group_id: str
    split: str
    tune_half: str


def assign(groups: Iterable[NewGroup], settled: Iterable[Tally], *, seed: int) -> tuple[Assignment, ...]:
    """Gives each new group its place; the same for any order of the groups.

    Within a stratum (finding × source) groups are taken in an order drawn from the seed, each going where the stratum
    is furthest below its share; where that is a matter of rounding, the finding over all sources decides. A split that
    has nothing of a finding yet comes first once train has something, so that three groups already reach all splits.
    """
    splits = _Counts(SHARES)
    halves = _Counts(HALVES)
    for tally in settled:
        splits.add(tally.finding, tally.source, tally.split, tally.n_films)
        if tally.split == "tune":
            halves.add(tally.finding, tally.source, tally.tune_half, tally.n_films)
    assignments = []
    for group in sorted(groups, key=lambda group: (group.finding, group.source, _draw(group.id, seed), group.id)):
        split = splits.place(group)
        assignments.append(Assignment(group.id, split, halves.place(group) if split == "tune" else ""))
    return tuple(assignments)


def _draw(group_id: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}/{group_id}".encode()).hexdigest()


class _Counts:
    """Films by place, by stratum and by finding, with the place that is most in need."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self.shares = shares
        self.by_stratum: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(shares, 0))
        self.by_finding: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(shares, 0))

    def add(self, finding: str, source: str, place: str, n_films: int) -> None:
        self.by_stratum[finding, source][place] += n_films
        self.by_finding[finding][place] += n_films

    def place(self, group: NewGroup) -> str:
        overall = self.by_finding[group.finding]
        wanting = self._wanting(overall, group.n_films)
        first, *others = self.shares
        empty = [place for place in others if not overall[place]]
        if overall[first] and empty:
            place = empty[0]
        else:
            in_stratum = self._wanting(self.by_stratum[group.finding, group.source], group.n_films)
            enough = max(in_stratum.values()) - _SLACK_FILMS
            place = max((place for place in self.shares if in_stratum[place] >= enough), key=lambda at: wanting[at])
        self.add(group.finding, group.source, place, group.n_films)
        return place

    def _wanting(self, counts: Mapping[str, int], n_more: int) -> dict[str, float]:
        """Films that each place lacks of its share once the group has come."""
        total = sum(counts.values()) + n_more
        return {place: share * total - counts[place] for place, share in self.shares.items()}
