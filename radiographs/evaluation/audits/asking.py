"""Asks a compiled classifier every question of the audit on one set of films, with as few passes as that takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidScores
from radiographs.evaluation.audits import faithfulness, heat, judging, randomised, source_probe
from radiographs.evaluation.audits.faithfulness import Curves
from radiographs.evaluation.audits.observations import Films, Observation, Question
from radiographs.evaluation.audits.questions import (
    DELETED,
    GREYS,
    INSERTED,
    KINDS,
    LESION_HEAT,
    LUNG_HEAT,
    MARKS,
    RANDOMISED,
    SWAPPED,
)
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.audits.source_probe import Embedded
from radiographs.findings import Findings
from radiographs.imaging import interventions
from radiographs.imaging.interventions import Intervention

if TYPE_CHECKING:
    from radiographs.runtime.bundle import Bundle
    from radiographs.store.rows import Rows

MOST_STUDIED = 200  # films whose heatmaps are put to the test; they cost many answers each
AT_ONCE = 32


@dataclass(frozen=True)
class Audited:
    """The films of an audit, prepared as the bundle prepares them.

    Attributes:
        films: (n, side, side) uint8 when indexed.
        marks_handled: the same films with burnt-in marks masked, or left in where the bundle masks them.
        marks_words: which of the two, for people.
        lungs: n of (side, side) uint8 lung masks, 255 = lung; None where there is none.
        lesions: likewise of lesions.
        truth: (n,) positions of the findings.
        groups: (n,) names of the films' groups.
        sources: (n,) where each film comes from.
    """

    films: Rows
    marks_handled: Rows
    marks_words: str
    lungs: Sequence[NDArray[np.uint8] | None]
    lesions: Sequence[NDArray[np.uint8] | None]
    truth: NDArray[np.int64]
    groups: Sequence[str]
    sources: Sequence[str]


@dataclass(frozen=True)
class Studied:
    """Films whose heatmaps were put to the test, with what was drawn of them.

    Attributes:
        rows: (k,) their places among the audited films.
        heatmaps: (k, h, w) of their answers.
        shuffled: (k, h, w) of the same findings, by shuffled weights.
        curves: while places were blurred and brought back.
    """

    rows: NDArray[np.int64]
    heatmaps: NDArray[np.float32]
    shuffled: NDArray[np.float32]
    curves: Curves

    def of(self, places: NDArray[np.int64]) -> Studied:
        """Some of the films; the curves stay those of all."""
        return Studied(self.rows[places], self.heatmaps[places], self.shuffled[places], self.curves)


@dataclass(frozen=True)
class Told:
    """An audit's findings, and the films that its pictures are drawn from."""

    shortcuts: Shortcuts
    studied: Studied


def audit(
    bundle: Bundle,
    folder: Path,
    audited: Audited,
    findings: Findings,
    *,
    seed: int,
    threads: int = 0,
    advance: Callable[[int], None] = lambda n: None,
) -> Told:
    """Asks everything.

    Args:
        bundle: the compiled classifier.
        folder: where it lies; its weights are shuffled in a copy.
        audited: the films.
        findings: names of the C scores.
        seed: whole number ≥ 0, of all that is drawn.
        threads: of the shuffled network.
        advance: told after each of `PASSES` passes, and once more at the end.

    Raises:
        InvalidScores: an answer is NaN or infinite.
    """
    asked = _Asked(bundle, audited, findings, seed, advance)
    found = [asked.changed(each) for each in interventions.ALL]
    found += [
        asked.swapped(SWAPPED, interventions.border_swapped),
        asked.swapped(GREYS, interventions.greys_swapped),
        asked.marks(),
    ]
    found += asked.heat()
    studied = asked.studied(folder, threads)
    found += asked.measured(studied)
    probes = source_probe.compute(
        Embedded(asked.embeddings, audited.truth, audited.groups, audited.sources), findings, seed=seed
    )
    advance(1)
    return Told(Shortcuts(tuple(found), probes, len(audited.truth)), studied)


class _Asked:
    """One audit on its way: the answers to the films as they are, and what is asked of them."""

    def __init__(
        self, bundle: Bundle, audited: Audited, findings: Findings, seed: int, advance: Callable[[int], None]
    ) -> None:
        self._bundle, self._audited, self._findings = bundle, audited, findings
        self._seed, self._advance = seed, advance
        answered = [bundle.answer_prepared(audited.films[rows]) for rows in _batches(len(audited.truth))]
        self._scores = np.concatenate([each.scores for each in answered])
        if not np.isfinite(self._scores).all():
            raise InvalidScores("expected finite scores to audit, got NaN or infinity")
        self._answers = self._scores.argmax(axis=1)
        self._heatmaps = np.concatenate([
            each.heatmaps[np.arange(len(each.scores)), each.scores.argmax(axis=1)] for each in answered
        ])  # fmt: skip
        self.embeddings = np.concatenate([each.embeddings for each in answered])
        self._films = Films(self._scores, audited.truth, audited.groups)
        advance(1)

    def changed(self, change: Intervention) -> Observation:
        """One intervention, on the films that it can be done to."""
        audited = self._audited
        rows = np.arange(len(audited.truth))
        if change.needs_lungs:
            rows = np.array(
                [row for row, lungs in enumerate(audited.lungs) if interventions.has_lungs(lungs)], np.int64
            )

        def film(row: int, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
            return interventions.applied(change, pixels, audited.lungs[row])

        question = Question(change.name, change.words, KINDS.get(change.name, "spares"))
        return self._observed(question, rows, audited.films, film)

    def swapped(self, asked: Question, swap: Callable[..., NDArray[np.uint8]]) -> Observation:
        """Films without the guarded finding get something of films with it."""
        audited, guarded = self._audited, self._findings.index(self._findings.guarded)
        donors = np.flatnonzero(audited.truth == guarded)
        random = np.random.default_rng((self._seed, 1))
        chosen = donors[random.integers(len(donors), size=len(audited.truth))] if len(donors) else None

        def film(row: int, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
            if chosen is None or audited.truth[row] == guarded:
                return pixels
            return swap(pixels, audited.films[int(chosen[row])])

        question = replace(asked, words=asked.words.format(guarded=self._findings.guarded))
        return self._observed(question, np.arange(len(audited.truth)), audited.films, film)

    def marks(self) -> Observation:
        """The other handling of burnt-in marks."""
        question = Question(MARKS.name, self._audited.marks_words, MARKS.kind)
        rows = np.arange(len(self._audited.truth))
        return self._observed(question, rows, self._audited.marks_handled, lambda row, pixels: pixels)

    def heat(self) -> list[Observation]:
        """Where the heat of each answer lies."""
        measures = ((LUNG_HEAT, heat.share_over_uniform, self._audited.lungs),
                    (LESION_HEAT, heat.pointing_over_uniform, self._audited.lesions))  # fmt: skip
        every = np.arange(len(self._audited.truth))
        return [self._measured(question, of(self._heatmaps, masks), every) for question, of, masks in measures]

    def studied(self, folder: Path, threads: int) -> Studied:
        """Shuffles weights, blurs and brings back places, on at most `MOST_STUDIED` films, alike of each finding."""
        rows = _drawn(self._audited.truth, self._heatmaps, self._seed)
        films, answers, heatmaps = self._audited.films[rows], self._answers[rows], self._heatmaps[rows]
        if not len(rows):
            nothing = np.empty((0, len(faithfulness.SHARES)))
            curves = Curves(np.array(faithfulness.SHARES), *[nothing] * 4)
            return Studied(rows, heatmaps, heatmaps, curves)
        maps = randomised.heatmaps(folder, films, seed=self._seed, threads=threads)
        shuffled = maps[np.arange(len(rows)), answers]
        curves = faithfulness.curves(films, heatmaps, answers, self._answered, seed=self._seed)
        return Studied(rows, heatmaps, shuffled, curves)

    def measured(self, studied: Studied) -> list[Observation]:
        """What the studied films came to."""
        correlations = randomised.correlations(studied.heatmaps, studied.shuffled)
        numbers = ((RANDOMISED, correlations), (DELETED, studied.curves.deletion_gain),
                   (INSERTED, studied.curves.insertion_gain))  # fmt: skip
        return [self._measured(question, values, studied.rows) for question, values in numbers]

    def _observed(
        self,
        question: Question,
        rows: NDArray[np.int64],
        films: Rows,
        change: Callable[[int, NDArray[np.uint8]], NDArray[np.uint8]],
    ) -> Observation:
        parts = [np.empty((0, len(self._findings)), np.float32)]
        for at in _batches(len(rows)):
            shown = films[rows[at]]
            changed = [change(int(row), pixels) for row, pixels in zip(rows[at], shown, strict=True)]
            parts.append(self._answered(np.stack(changed)))
        self._advance(1)
        return judging.observe(question, self._films.of(rows), np.concatenate(parts), self._findings, seed=self._seed)

    def _measured(self, question: Question, values: NDArray[np.float64], rows: NDArray[np.int64]) -> Observation:
        films = self._films.of(rows)
        return judging.measure(question, values, films.truth, films.groups, self._findings, seed=self._seed)

    def _answered(self, films: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(self._bundle.answer_prepared(films).scores)


def _batches(n: int) -> Iterator[NDArray[np.int64]]:
    return (np.arange(start, min(start + AT_ONCE, n)) for start in range(0, n, AT_ONCE))


def _drawn(truth: NDArray[np.int64], heatmaps: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    """Films with heat, at most `MOST_STUDIED`, as many of each finding as there are."""
    random = np.random.default_rng((seed, 2))
    warm = np.array([bool(each.max() > each.min()) for each in heatmaps], bool)
    present = np.unique(truth)
    most = MOST_STUDIED // max(1, len(present))
    parts = [random.permutation(np.flatnonzero(warm & (truth == each)))[:most] for each in present]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
