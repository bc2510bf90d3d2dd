"""What an answer is worth where a finding is rarer, or more common, than among the films at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from radiographs.evaluation import intervals
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.intervals import Ends, Interval


@dataclass(frozen=True)
class PrecisionAt:
    """The share of right answers among those that name a finding, at a prevalence.

    Attributes:
        finding: its name.
        prevalence: share of films with it, 0 < prevalence < 1.
        precision: None where there are too few films.
    """

    finding: str
    prevalence: float
    precision: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        return vars(self) | {"precision": intervals.plain(self.precision)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> PrecisionAt:
        """What `as_dict` came from."""
        return cls(content["finding"], content["prevalence"], intervals.from_plain(content["precision"]))


def compute(films: Bootstrapped, names: Sequence[str], prevalences: Sequence[float]) -> tuple[PrecisionAt, ...]:
    """Bayes' rule on sensitivity and specificity, which are taken not to change with prevalence.

    Args:
        films: resampled.
        names: of the findings.
        prevalences: 0 < each < 1.
    """
    return tuple(
        PrecisionAt(name, prevalence, _at(films, place, prevalence))
        for place, name in enumerate(names)
        for prevalence in prevalences
    )


def _at(films: Bootstrapped, place: int, prevalence: float) -> Interval | None:
    known = films.finding(place, "")
    if known.sensitivity is None or known.specificity is None:
        return None
    sensitivity, specificity = known.sensitivity, known.specificity
    values = _precision(films.figures.sensitivity[:, place], films.figures.specificity[:, place], prevalence)

    def fallback() -> Ends:
        """Where no film was named wrongly no resample shows one: the ends of both shares do."""
        pairs = np.array([[sensitivity.low, sensitivity.high], [specificity.low, specificity.high]])
        low, high = _precision(pairs[0], pairs[1], prevalence)
        return Ends(float(np.nan_to_num(low)), float(high))

    return intervals.percentile_interval(values[0], values[1:], len(films.films.truth), fallback)


def _precision(sensitivity: np.ndarray, specificity: np.ndarray, prevalence: float) -> np.ndarray:
    """NaN where nothing is named."""
    right = sensitivity * prevalence
    named = right + (1 - specificity) * (1 - prevalence)
    return np.divide(right, named, out=np.full(np.shape(named), np.nan), where=named > 0)
