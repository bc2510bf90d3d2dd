"""What a bundle puts its scores to: from which score on a finding is said to be there, or is in a film's set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVERY = 0.0  # a threshold that every score reaches


@dataclass(frozen=True)
class OperatingPoint:
    """A finding is said to be there from this score on.

    Attributes:
        finding: its name.
        target: the sensitivity that was asked for.
        threshold: the highest score that reaches the target on the films it was chosen on; `EVERY` where none has it.
        n: those of them with the finding.
    """

    finding: str
    target: float
    threshold: float
    n: int


@dataclass(frozen=True)
class SetThresholds:
    """A finding is in a film's set from this score on.

    Attributes:
        coverage: the share of films whose set is to hold the true finding, 0 < coverage < 1.
        scores: (C,) one for each finding; `EVERY` where it had too few films for that coverage.
    """

    coverage: float
    scores: tuple[float, ...]

    def sets(self, scores: np.ndarray) -> NDArray[np.bool_]:
        """Which findings are in each film's set: (n, C) bool of (n, C) calibrated scores."""
        return np.asarray(scores >= np.asarray(self.scores))


@dataclass(frozen=True)
class Thresholds:
    """Both, each in the order of the findings."""

    points: tuple[OperatingPoint, ...]
    sets: SetThresholds

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        return {
            "points": [vars(point) for point in self.points],
            "sets": {"coverage": self.sets.coverage, "scores": list(self.sets.scores)},
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Thresholds:
        """What `as_dict` gave."""
        points = tuple(
            OperatingPoint(str(each["finding"]), float(each["target"]), float(each["threshold"]), int(each["n"]))
            for each in content["points"]
        )
        sets = content["sets"]
        return cls(points, SetThresholds(float(sets["coverage"]), tuple(float(score) for score in sets["scores"])))
