"""Whether a classifier looks where it should: what its answers come to when films are changed on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals, metrics
from radiographs.evaluation.intervals import Ends, Interval, in_words
from radiographs.evaluation.metrics import JudgedFilms
from radiographs.findings import Findings

FEWEST_FILMS = 20  # of a finding, for it to be judged
FEWEST_FINDINGS = 2
SAMPLES = 1000
Kind = Literal["blinds", "spares", "lures"]
MEANINGS: dict[str, str] = {
    "blinds": "mean sensitivity where nothing of the finding is left to see; a constant answer gets {chance:.2f}",
    "spares": "mean sensitivity less that on the films as they are; 0 is best",
    "lures": "share of films without {guarded} that are answered with it, less that before; 0 is best",
}


@dataclass(frozen=True)
class Question:
    """A change of films, and what an honest classifier does with it.

    Attributes:
        name: of the change, as the release rule calls it.
        words: what is done to the films.
        kind: "blinds": nothing of a finding is left, so nothing may be known; "spares": the finding is still to be
            seen, so nothing may be lost; "lures": something is put on that has nothing to do with a finding.
    """

    name: str
    words: str
    kind: Kind


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
        shown = in_words(self.figure, signed=self.kind != "blinds") if self.judged else "not judged"
        return (self.name.replace("_", " "), self.words, str(self.n), shown, self.why or self.meaning)

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        return vars(self) | {"figure": intervals.plain(self.figure), "findings": list(self.findings)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Observation:
        """The observation that `as_dict` came from."""
        figure = intervals.from_plain(content["figure"])
        return cls(**(content | {"figure": figure, "findings": tuple(content["findings"])}))


def observe(question: Question, films: Films, changed: np.ndarray, findings: Findings, *, seed: int) -> Observation:
    """Judges the answers to changed films.

    Only findings with `FEWEST_FILMS` films have a say, and only where `FEWEST_FINDINGS` have: of films of one finding a
    constant answer passes any question.

    Args:
        question: what was done.
        films: those that were changed, none other.
        changed: (n, C) scores of the changed films.
        findings: names of the C columns.
        seed: whole number ≥ 0, of the bootstrap of groups.

    Raises:
        InvalidScores: a score is NaN or infinite, or shapes do not fit.
    """
    if np.shape(changed) != np.shape(films.scores):
        raise InvalidScores(f"expected scores of the same films, got {np.shape(changed)} and {np.shape(films.scores)}")
    counts = np.bincount(films.truth, minlength=len(findings))
    judged = np.flatnonzero(counts >= FEWEST_FILMS)
    rows = np.flatnonzero(np.isin(films.truth, judged))
    names = tuple(findings.names[each] for each in judged)
    why = _why(question, counts, findings)
    figure = None
    if not why:
        groups = [films.groups[int(row)] for row in rows]
        before, after = (
            metrics.judge(scores[rows], films.truth[rows], groups, n_findings=len(findings))
            for scores in (films.scores, np.asarray(changed))
        )
        guarded = findings.index(findings.guarded)
        figure = _lured(before, after, guarded, seed) if question.kind == "lures" else None
        if question.kind != "lures":
            figure = _seen(before, after, judged, seed, against=question.kind == "spares")
        why = "" if figure is not None else "films of a single group alone"
    chance = 1 / max(1, len(judged))
    meaning = MEANINGS[question.kind].format(chance=chance, guarded=findings.guarded)
    return Observation(question.name, question.words, question.kind, meaning, len(rows), names, figure, chance, why)


def _why(question: Question, counts: np.ndarray, findings: Findings) -> str:
    """What makes judging impossible; "" where nothing does."""
    enough = int((counts >= FEWEST_FILMS).sum())
    if enough < FEWEST_FINDINGS:
        held = ", ".join(f"{name} {count}" for name, count in zip(findings.names, counts, strict=True))
        return f"fewer than {FEWEST_FINDINGS} findings have {FEWEST_FILMS} films ({held}): a constant answer would pass"
    others = np.delete(counts, findings.index(findings.guarded))
    if question.kind == "lures" and others.max() < FEWEST_FILMS:
        return f"fewer than {FEWEST_FILMS} films without {findings.guarded}"
    return ""


def _seen(before: JudgedFilms, after: JudgedFilms, judged: np.ndarray, seed: int, *, against: bool) -> Interval | None:
    """Mean sensitivity to the judged findings on changed films; `against` those on the films as they are."""
    if not intervals.enough_groups(before.groups.sizes(np.ones(len(before.truth), bool))):
        return None
    changed, plain = metrics.group_confusions(after), metrics.group_confusions(before)
    c = before.n_findings

    def mean_sensitivity(confusions: np.ndarray) -> np.ndarray:
        return metrics.count_figures(confusions.reshape(-1, c, c)).sensitivity[:, judged].mean(axis=1)

    def statistics(drawn: np.ndarray) -> np.ndarray:
        figure = mean_sensitivity(drawn @ changed)
        return (figure - mean_sensitivity(drawn @ plain) if against else figure)[:, None]

    return _resampled(statistics, before, seed)


def _lured(before: JudgedFilms, after: JudgedFilms, guarded: int, seed: int) -> Interval | None:
    """How many more of the films without the guarded finding are answered with it than before."""
    without = (before.truth != guarded).astype(np.float64)
    more = ((after.answers == guarded).astype(np.float64) - (before.answers == guarded)) * without
    index, count = before.groups.index, before.groups.count
    if not intervals.enough_groups(before.groups.sizes(without > 0)):
        return None
    gained, sizes = (np.bincount(index, values, minlength=count) for values in (more, without))

    def statistics(drawn: np.ndarray) -> np.ndarray:
        films = drawn @ sizes
        return np.divide(drawn @ gained, films, out=np.full(len(drawn), np.nan), where=films > 0)[:, None]

    return _resampled(statistics, before, seed)


def _resampled(statistics: Any, films: JudgedFilms, seed: int) -> Interval | None:
    count = films.groups.count
    estimate = float(statistics(np.ones((1, count)))[0, 0])
    values = intervals.bootstrap(statistics, count, samples=SAMPLES, seed=seed)[:, 0]
    return intervals.percentile_interval(estimate, values, len(films.truth), lambda: _around(estimate, count))


def _around(estimate: float, n_groups: int) -> Ends:
    """Where no resample moves a figure: as far as a share of so many groups could be from 0 or 1."""
    room = 1 - intervals.wilson(1.0, n_groups).low
    return Ends(estimate - room, estimate + room)
