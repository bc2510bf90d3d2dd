"""The figures of a classifier on parts of the films: by source, view, sex and age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from radiographs.evaluation import bootstrapped, intervals
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.metrics import JudgedFilms

if TYPE_CHECKING:
    from radiographs.records.cohort import Film

FEWEST = 10  # films; of fewer no figure is given
UNKNOWN = "unknown"
AGE_BANDS = ((18, "under 18"), (40, "18 to 39"), (65, "40 to 64"), (float("inf"), "65 and over"))


@dataclass(frozen=True)
class Stratum:
    """A part of the films and the figures on it.

    Attributes:
        kind: what the films were parted by.
        value: which part.
        n: films of it.
        n_groups: groups they belong to.
        accuracy: share of right answers; None below `FEWEST` films.
        counts: films with each finding.
        sensitivities: of each finding; None below `FEWEST` films with it.
    """

    kind: str
    value: str
    n: int
    n_groups: int
    accuracy: Interval | None
    counts: tuple[int, ...]
    sensitivities: tuple[Interval | None, ...]

    def as_row(self) -> tuple[str, ...]:
        """As printed: value, films, accuracy, then each finding's sensitivity; empty where no film has the finding."""
        cells = (
            intervals.in_words(figure) if count else ""
            for figure, count in zip(self.sensitivities, self.counts, strict=True)
        )
        return (self.value, str(self.n), intervals.in_words(self.accuracy), *cells)

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        plain, accuracy = [intervals.plain(each) for each in self.sensitivities], intervals.plain(self.accuracy)
        return vars(self) | {"accuracy": accuracy, "counts": list(self.counts), "sensitivities": plain}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Stratum:
        """The stratum that `as_dict` came from."""
        read = [intervals.from_plain(each) for each in content["sensitivities"]]
        accuracy = intervals.from_plain(content["accuracy"])
        return cls(
            **(content | {"accuracy": accuracy, "counts": tuple(content["counts"]), "sensitivities": tuple(read)})
        )


def age_band(age: float | None) -> str:
    """The band of an age in years."""
    return UNKNOWN if age is None else next(name for below, name in AGE_BANDS if age < below)


KINDS: dict[str, Callable[[Film], str]] = {
    "Source": lambda film: film.source,
    "View": lambda film: film.view_position,
    "Sex": lambda film: film.sex,
    "Age": lambda film: age_band(film.age),
}


def parts_of(films: Sequence[Film]) -> dict[str, tuple[str, ...]]:
    """What each film is parted by: for each kind a value a film, `UNKNOWN` where the film does not say."""
    return {kind: tuple(value(film) or UNKNOWN for film in films) for kind, value in KINDS.items()}


def compute(films: JudgedFilms, parts: Mapping[str, Sequence[str]]) -> tuple[Stratum, ...]:
    """The figures on each part: ages as they rise, others from the largest down, what is unknown last.

    Args:
        films: judged, (n,).
        parts: for each kind (n,) values.
    """
    found = []
    for kind, values in parts.items():
        for value in _in_order(Counter(values)):
            rows = np.flatnonzero(np.asarray(values, dtype=str) == value)
            found.append(_stratum(kind, value, films.of(rows)))
    return tuple(found)


def _in_order(sizes: Counter[str]) -> list[str]:
    rising = {name: place for place, (_, name) in enumerate(AGE_BANDS)}
    return sorted(sizes, key=lambda name: (name == UNKNOWN, rising.get(name, 0), -sizes[name], name))


def _stratum(kind: str, value: str, films: JudgedFilms) -> Stratum:
    n, counts = len(films.truth), np.bincount(films.truth, minlength=films.n_findings)
    accuracy: Interval | None = None
    sensitivities: list[Interval | None] = [None] * films.n_findings
    if n >= FEWEST:
        accuracy = bootstrapped.accuracy(films)
        sensitivities = [
            bootstrapped.proportion(films.answers == each, films.truth == each, films.groups)
            if count >= FEWEST
            else None
            for each, count in enumerate(counts)
        ]
    return Stratum(kind, value, n, films.groups.count, accuracy, tuple(map(int, counts)), tuple(sensitivities))
