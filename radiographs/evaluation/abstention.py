"""What is gained by not answering where the score is low: the share of wrong answers against the share answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiographs.evaluation import bootstrapped
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.metrics import JudgedFilms

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)


@dataclass(frozen=True)
class Answered:
    """Some films answered, those of the highest scores.

    Attributes:
        coverage: share of films answered.
        threshold: least score of an answer.
        risk: share of wrong answers among them; None where they are too few.
    """

    coverage: float
    threshold: float
    risk: Interval | None


def curve(films: JudgedFilms, coverages: tuple[float, ...] = COVERAGES) -> tuple[Answered, ...]:
    """Risk at each coverage, from the surest films down (El-Yaniv and Wiener 2010); films of one score go together."""
    score, wrong = films.scores.max(axis=1), films.answers != films.truth
    falling = np.sort(score)[::-1]
    found = []
    for coverage in coverages:
        least = float(falling[max(1, round(coverage * len(score))) - 1])
        answered = score >= least
        risk = bootstrapped.proportion(wrong, answered, films.groups)
        found.append(Answered(float(answered.mean()), least, risk))
    return tuple(found)
