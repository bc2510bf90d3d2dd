"""What an audit asks of a classifier and what it came to, as values that are printed, stored and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from radiographs.evaluation import intervals
from radiographs.evaluation.intervals import Interval, in_words

Kind = Literal["blinds", "spares", "lures", "measures"]


@dataclass(frozen=True)
class Question:
    """A change of films, and what an honest classifier does with it.

    Attributes:
        name: of the change, as the release rule calls it.
        words: what is done to the films.
        kind: "blinds": nothing of a finding is left, so nothing may be known; "spares": the finding is still to be
            seen, so nothing may be lost; "lures": something is put on that has nothing to do with a finding;
            "measures": a number of each film is averaged.
        meaning: of a measure; the other kinds have their own.
        needs_guarded: whether something of films with the guarded finding is put on others.
    """

    name: str
    words: str
    kind: Kind
    meaning: str = ""
    needs_guarded: bool = False


@dataclass(frozen=True)
class Films:
    """The films that were changed, as they were answered before.

    Attributes:
        scores: (n, C) on the films as they are.
        truth: (n,) positions of the findings.
        groups: (n,) names of the films' groups.
    """

    scores: np.ndarray
    truth: np.ndarray
    groups: Sequence[str]

    def of(self, rows: np.ndarray) -> Films:
        """Some of the films."""
        return Films(self.scores[rows], self.truth[rows], [self.groups[int(row)] for row in rows])


@dataclass(frozen=True)
class Observation:
    """What a change came to.

    Attributes:
        name: of the change.
        words: what was done to the films.
        kind: of the question.
        meaning: what the figure is.
        n: films judged.
        findings: those that had films enough; the figure is a mean over them.
        figure: None where nothing could be judged.
        chance: what a constant answer gets, for "blinds".
        why: what made it impossible to judge; "" where it was judged.
    """

    name: str
    words: str
    kind: Kind
    meaning: str
    n: int
    findings: tuple[str, ...]
    figure: Interval | None
    chance: float
    why: str

    @property
    def judged(self) -> bool:
        """Whether there is a figure; what was not judged has neither passed nor failed."""
        return self.figure is not None

    def as_row(self) -> tuple[str, ...]:
        """As printed: name, what was done, films, figure with interval, what it means or why there is none."""
        shown = in_words(self.figure, signed=True) if self.judged else "not judged"
        return (self.name.replace("_", " "), self.words, str(self.n), shown, self.why or self.meaning)

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        return vars(self) | {"figure": intervals.plain(self.figure), "findings": list(self.findings)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Observation:
        """The observation that `as_dict` came from."""
        figure = intervals.from_plain(content["figure"])
        return cls(**(content | {"figure": figure, "findings": tuple(content["findings"])}))
