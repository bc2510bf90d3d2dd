"""Draws the films on which networks are compared, so many of each finding, in folds that keep groups together."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import CohortRejected, InvalidSettings
from radiographs.findings import Findings
from radiographs.records.cohort import Cohort, Film

FEWEST_FILMS = 10
WATCHED_PARTS = 8


@dataclass(frozen=True)
class Parts:
    """Positions of the films of one fold: those learnt from, those that end the fit, and those that are answered."""

    train: NDArray[np.int64]
    watched: NDArray[np.int64]
    judged: NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Films drawn from a cohort, in order of their ids.

    Attributes:
        findings: of the cohort.
        films: n films of train and tune/select.
        folds: (n,) int64, in which fold a film is answered; films of a group share a fold.
        seed: of drawing and folds.
    """

    findings: Findings
    films: tuple[Film, ...]
    folds: NDArray[np.int64]
    seed: int

    @property
    def n_folds(self) -> int:
        return int(self.folds.max()) + 1

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """(n,) positions of the findings."""
        return np.array([self.findings.index(film.finding) for film in self.films], np.int64)

    @property
    def groups(self) -> list[str]:
        return [film.group_id for film in self.films]

    @property
    def sources(self) -> list[str]:
        return [film.source for film in self.films]

    @property
    def digest(self) -> str:
        """Names films, masks, findings, groups and folds: all that an answer out of fold depends on here."""
        rows = [
            (film.id, film.lung_mask, film.finding, film.group_id, int(fold))
            for film, fold in zip(self.films, self.folds, strict=True)
        ]
        return hashlib.sha256(json.dumps([self.findings.names, self.seed, rows]).encode()).hexdigest()[:16]

    def parts(self, fold: int, per_finding: int = 0) -> Parts:
        """Films of one fold; an eighth of the others, by group, ends the fit.

        Args:
            fold: which one is answered.
            per_finding: at most so many films of each finding are learnt from, the same ones in a longer draw; 0: all.
        """
        judged, others = np.flatnonzero(self.folds == fold), np.flatnonzero(self.folds != fold)
        held = grouped_folds([self.films[row] for row in others], WATCHED_PARTS, self.seed + 1 + fold) == 0
        train = others[~held]
        if per_finding:
            kept = {film.id for film in _drawn([self.films[row] for row in train], per_finding, self.seed)}
            train = np.array([row for row in train if self.films[row].id in kept], np.int64)
        return Parts(train, others[held], judged)


def draw(cohort: Cohort, per_finding: int, folds: int, seed: int, *, masked_only: bool = False) -> Sample:
    """Draws films of train and tune/select, each source of a finding by its share; held-out is never looked at.

    Tune/calibrate is left out too: what is chosen by a benchmark must not have seen what calibrates it.

    Args:
        cohort: where from.
        per_finding: films of each finding at most.
        folds: at least 2.
        seed: of drawing and folds; a film's turn does not depend on which others are there.
        masked_only: films without a lung mask are left out.

    Raises:
        InvalidSettings: fewer than 2 folds or 10 films a finding.
        CohortRejected: a finding has fewer than 10 films, or fewer groups than folds.
    """
    if folds < 2 or per_finding < FEWEST_FILMS:
        raise InvalidSettings(
            f"a benchmark needs at least 2 folds and {FEWEST_FILMS} films a finding, got {folds} and {per_finding}"
        )
    allowed = [*cohort.of("train"), *cohort.of("tune", "select")]
    usable = [film for film in allowed if film.lung_mask or not masked_only]
    _require_enough(usable, cohort.findings, folds, "with a lung mask " if masked_only else "")
    films = sorted(_drawn(usable, per_finding, seed), key=lambda film: film.id)
    return Sample(cohort.findings, tuple(films), grouped_folds(films, folds, seed), seed)


def grouped_folds(films: Sequence[Film], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each film, (n,) int64: groups whole, each finding of each source spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for film in films:
        groups[film.finding, film.source].add(film.group_id)
    strata = [f"{f.finding} {f.source}" if len(groups[f.finding, f.source]) >= folds else f.finding for f in films]
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    found = np.zeros(len(films), np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a rare source cannot be in every fold
        parted = splitter.split(np.zeros(len(films)), strata, [film.group_id for film in films])
        for fold, (_, judged) in enumerate(parted):
            found[judged] = fold
    return found


def shares(sizes: Sequence[int], total: int) -> list[int]:
    """Parts `total` among strata by their sizes, whole numbers by largest remainder (Hamilton), none past its size."""
    everything = sum(sizes)
    if total >= everything:
        return list(sizes)
    exact = [size * total / everything for size in sizes]
    given = [int(part) for part in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda place: (given[place] - exact[place], place))
    for place in by_remainder[: total - sum(given)]:
        given[place] += 1
    return given


def _drawn(films: Sequence[Film], per_finding: int, seed: int) -> list[Film]:
    """Films of each finding in the order of their groups' turns, each source by its share."""
    drawn: list[Film] = []
    for finding in sorted({film.finding for film in films}):
        strata: dict[str, list[Film]] = defaultdict(list)
        for film in films:
            if film.finding == finding:
                strata[film.source].append(film)
        named = sorted(strata)
        for source, quota in zip(named, shares([len(strata[name]) for name in named], per_finding), strict=True):
            drawn += sorted(strata[source], key=lambda film: _turn(film, seed))[:quota]
    return drawn


def _turn(film: Film, seed: int) -> tuple[str, str]:
    return hashlib.sha256(f"{seed} {film.group_id}".encode()).hexdigest(), film.id


def _require_enough(films: Sequence[Film], findings: Findings, folds: int, which: str) -> None:
    counted = Counter(film.finding for film in films)
    groups = Counter(finding for finding, _ in {(film.finding, film.group_id) for film in films})
    for name in findings.names:
        if counted[name] < FEWEST_FILMS or groups[name] < folds:
            raise CohortRejected(
                f"{counted[name]} films {which}in {groups[name]} groups have the finding {name} in train and "
                f"tune/select; a benchmark needs {FEWEST_FILMS} films in at least {folds} groups: admit more of them"
            )
