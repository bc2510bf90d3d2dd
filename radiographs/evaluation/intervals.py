"""Gives every figure its 95 % interval by resampling groups of films."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from radiographs.errors import InvalidScores

TOO_FEW = "too few"
FEWEST_GROUPS = 2
NORMAL_QUANTILE = 1.959963984540054  # two-sided 95 %
PERCENTILES = (2.5, 97.5)
SAMPLES_AT_ONCE = 250
NARROWEST = 1e-9


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval.

    Attributes:
        estimate: the figure on all films.
        low: lower end; always below `high`.
        high: upper end.
        n: films that the figure was counted on (for a sensitivity the films with the finding).
    """

    estimate: float
    low: float
    high: float
    n: int

    def __post_init__(self) -> None:
        ends = (self.low, self.estimate, self.high)
        if not all(math.isfinite(end) for end in ends) or not self.low <= self.estimate <= self.high:
            raise InvalidScores(f"expected finite low <= estimate <= high, got {ends}")
        if self.low == self.high:
            raise InvalidScores(f"expected an interval with a width, got {self.low} for both ends")

    def words(self, *, signed: bool = False) -> str:
        """The interval as printed: `0.91 [0.86, 0.95]`, for a difference `+0.02 [−0.01, +0.05]`.

        More decimals are shown where two would print both ends alike.
        """
        low, high = decimals_apart(self.low, self.high, signed=signed)
        estimate = decimal(self.estimate, len(low.partition(".")[2]), signed=signed)
        return f"{estimate} [{low}, {high}]"

    def as_dict(self) -> dict[str, float | int]:
        """The four values by name, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Interval:
        """The interval that `as_dict` came from."""
        return cls(content["estimate"], content["low"], content["high"], content["n"])


def plain(interval: Interval | None) -> dict[str, float | int] | None:
    """An interval that may be missing, for JSON."""
    return None if interval is None else interval.as_dict()


def from_plain(content: dict[str, Any] | None) -> Interval | None:
    """What `plain` came from."""
    return None if content is None else Interval.from_dict(content)


def in_words(interval: Interval | None, *, signed: bool = False) -> str:
    """The interval as printed, or "too few" for a figure that could not be computed."""
    return TOO_FEW if interval is None else interval.words(signed=signed)


def decimal(value: float, places: int = 2, *, signed: bool = False) -> str:
    """A number as printed, with a true minus sign and, when signed, a plus sign; 0 has no sign."""
    rounded = round(value, places) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''}.{places}f}".replace("-", "−")


def decimals_apart(one: float, other: float, *, signed: bool = False) -> tuple[str, str]:
    """Two different numbers with as many decimals, 2 to 6, as tell them apart."""
    for places in range(2, 6):
        shown = decimal(one, places, signed=signed), decimal(other, places, signed=signed)
        if shown[0] != shown[1]:
            return shown
    return decimal(one, 6, signed=signed), decimal(other, 6, signed=signed)


@dataclass(frozen=True)
class Groups:
    """Which films belong together: the unit that is resampled.

    Attributes:
        index: (n,) int64, the group of each film, 0-based in order of the sorted names.
        count: number of different groups.
    """

    index: np.ndarray
    count: int

    @classmethod
    def of(cls, names: Sequence[str]) -> Groups:
        """Numbers the groups by their sorted names, so the order of the films changes nothing."""
        different, index = np.unique(np.asarray(names, dtype=str), return_inverse=True)
        return cls(index.astype(np.int64).reshape(-1), len(different))

    def sizes(self, counted: np.ndarray) -> np.ndarray:
        """Films counted in each group: (count,) int64 of a mask (n,) bool."""
        return np.bincount(self.index[counted], minlength=self.count)


def draw_groups(n_groups: int, samples: range, seed: int) -> np.ndarray:
    """How often each group was drawn in each bootstrap sample, with replacement.

    Sample i depends on the seed and on i alone: the first samples of a longer bootstrap are those of a shorter one.

    Returns:
        (len(samples), n_groups) float64 of whole numbers; each row sums to n_groups.
    """
    drawn = np.empty((len(samples), n_groups))
    for row, sample in enumerate(samples):
        choice = np.random.default_rng((seed, sample)).integers(n_groups, size=n_groups)
        drawn[row] = np.bincount(choice, minlength=n_groups)
    return drawn


def bootstrap(statistics: Callable[[np.ndarray], np.ndarray], n_groups: int, *, samples: int, seed: int) -> np.ndarray:
    """Evaluates figures on bootstrap samples of groups (cluster bootstrap: Field and Welsh 2007).

    Args:
        statistics: from (s, n_groups) float64 counts of draws to (s, k) float64 figures, NaN where undefined.
        n_groups: number of groups.
        samples: number of bootstrap samples.
        seed: whole number ≥ 0.

    Returns:
        (samples, k) float64.
    """
    starts = range(0, samples, SAMPLES_AT_ONCE)
    parts = [range(start, min(start + SAMPLES_AT_ONCE, samples)) for start in starts]
    return np.concatenate([statistics(draw_groups(n_groups, part, seed)) for part in parts])


@dataclass(frozen=True)
class Ends:
    """The two ends of an interval before it is tied to a figure."""

    low: float
    high: float


def percentile_interval(estimate: float, values: np.ndarray, n: int, fallback: Callable[[], Ends]) -> Interval | None:
    """The percentile interval of a bootstrapped figure.

    Args:
        estimate: the figure on all films; NaN where it is undefined.
        values: (samples,) float64, NaN where a sample did not define the figure.
        n: films that the figure was counted on.
        fallback: ends to take instead when all samples agree (a figure at 0 or 1 on few films).

    Returns:
        None where the figure is undefined.
    """
    defined = values[np.isfinite(values)]
    if not math.isfinite(estimate) or not len(defined):
        return None
    low, high = (float(end) for end in np.percentile(defined, PERCENTILES))
    if high - low < NARROWEST:
        ends = fallback()
        low, high = ends.low, ends.high
    return Interval(float(estimate), min(low, float(estimate)), max(high, float(estimate)), n)


def wilson(proportion: float, effective_n: float) -> Ends:
    """Wilson's score interval (Wilson 1927) of a proportion in [0, 1] counted on `effective_n` independent films."""
    square = NORMAL_QUANTILE**2
    centre = (proportion + square / (2 * effective_n)) / (1 + square / effective_n)
    spread = proportion * (1 - proportion) / effective_n + square / (4 * effective_n**2)
    half = NORMAL_QUANTILE * math.sqrt(spread) / (1 + square / effective_n)
    low = 0.0 if proportion <= 0 else max(0.0, centre - half)
    return Ends(low, 1.0 if proportion >= 1 else min(1.0, centre + half))


def around(estimate: float, n_groups: int) -> Ends:
    """Ends for a mean that no resample moves: as far as a share of so many groups could be from 0 or 1."""
    room = 1 - wilson(1.0, n_groups).low
    return Ends(estimate - room, estimate + room)


def effective_n(sizes: np.ndarray) -> float:
    """Independent films that grouped films are worth when films of a group agree wholly (Kish 1965, design effect).

    Args:
        sizes: films counted in each group, whole numbers ≥ 0; a group of 0 does not count.

    Returns:
        (sum of sizes)² / sum of squared sizes, between 1 and the number of films; 0 when nothing was counted.
    """
    total = float(np.sum(sizes))
    return 0.0 if total == 0 else total**2 / float(np.sum(np.square(sizes, dtype=np.float64)))


def enough_groups(sizes: np.ndarray) -> bool:
    """Whether a figure counted on groups of these sizes can be given at all."""
    return int(np.count_nonzero(sizes)) >= FEWEST_GROUPS


def mean_ends(estimates: np.ndarray, ends: Sequence[Ends]) -> Ends:
    """Ends of the mean of independent estimates from the ends of each (MOVER: Zou and Donner 2008).

    Args:
        estimates: (k,) float64.
        ends: the k pairs of ends around them.
    """
    low = math.sqrt(sum((estimate - end.low) ** 2 for estimate, end in zip(estimates, ends, strict=True)))
    high = math.sqrt(sum((end.high - estimate) ** 2 for estimate, end in zip(estimates, ends, strict=True)))
    mean = float(np.mean(estimates))
    return Ends(mean - low / len(ends), mean + high / len(ends))
