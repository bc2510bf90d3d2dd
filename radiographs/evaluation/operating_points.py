"""The threshold of each finding: chosen on tune/calibrate for a sensitivity that is asked for, proven elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import bootstrapped
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.metrics import JudgedFilms
from radiographs.runtime.thresholds import EVERY, OperatingPoint


@dataclass(frozen=True)
class ProvenPoint:
    """What a threshold does on films that it was not chosen on.

    Attributes:
        point: what was chosen.
        sensitivity: share of the films with the finding that reach the threshold; None where they are too few.
        specificity: share of the films without it that stay below; None likewise.
    """

    point: OperatingPoint
    sensitivity: Interval | None
    specificity: Interval | None

    @property
    def met(self) -> bool | None:
        """True where the whole interval reaches the target, False where it lies wholly below, None between."""
        if self.sensitivity is None:
            return None
        if self.sensitivity.low >= self.point.target:
            return True
        return False if self.sensitivity.high < self.point.target else None


def choose(scores: np.ndarray, truth: np.ndarray, finding: int, *, name: str, target: float) -> OperatingPoint:
    """The highest threshold, so the best specificity, that keeps the target on these films.

    Args:
        scores: (n, C) calibrated.
        truth: (n,) positions of the true findings.
        finding: position of the one that is chosen for.
        name: of that finding.
        target: least sensitivity, 0 < target ≤ 1.

    Returns:
        The point; where no film has the finding it is `EVERY`, at which nothing is missed, and n is 0.

    Raises:
        InvalidScores: a target outside of that range.
    """
    if not 0 < target <= 1:
        raise InvalidScores(f"expected a target sensitivity above 0 and at most 1, got {target}")
    having = np.sort(scores[truth == finding, finding])[::-1]
    if not len(having):
        return OperatingPoint(name, target, EVERY, 0)
    needed = int(np.ceil(round(target * len(having), 9)))  # 0.95 · 20 is 19 films, whatever floats make of it
    return OperatingPoint(name, target, float(having[needed - 1]), len(having))


def prove(films: JudgedFilms, points: Sequence[OperatingPoint]) -> tuple[ProvenPoint, ...]:
    """Each finding's sensitivity and specificity at its threshold; points in the order of the scores' columns."""
    found = []
    for place, point in enumerate(points):
        having, said = films.truth == place, films.scores[:, place] >= point.threshold
        sensitivity = bootstrapped.proportion(said, having, films.groups)
        found.append(ProvenPoint(point, sensitivity, bootstrapped.proportion(~said, ~having, films.groups)))
    return tuple(found)
