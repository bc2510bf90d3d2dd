"""Shows on which films a model was right and wrong, finding by finding, with where it looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidScores
from radiographs.evaluation import figures
from radiographs.evaluation.audits import heat
from radiographs.findings import Findings
from radiographs.imaging import overlays

SHOWN = figures.PANEL_COLUMNS
CONTOUR = 0.5


@dataclass(frozen=True)
class Picked:
    """Positions of films with one finding: the surest right answers, and the surest wrong ones.

    Attributes:
        finding: name of the true finding.
        right: films that were answered so, by falling score of it.
        wrong: films that were answered otherwise, by falling score of that answer.
        n_right, n_wrong: how many there are of each in all.
    """

    finding: str
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    n_right: int
    n_wrong: int

    @property
    def rows(self) -> tuple[int, ...]:
        """All films picked, the right ones first."""
        return (*self.right, *self.wrong)

    @property
    def caption(self) -> str:
        """One sentence on what the panel shows."""
        name = self.finding.replace("_", " ")
        return (
            f"{name}: the surest of {self.n_right} right answers, then the surest of {self.n_wrong} wrong ones; "
            "colour: where the network looked for its answer."
        )


def pick(
    scores: np.ndarray, truth: np.ndarray, findings: Findings, *, shown: int = SHOWN, groups: Sequence[str] = ()
) -> tuple[Picked, ...]:
    """Chooses the films to show of each finding; only these need heatmaps.

    Args:
        scores: (n, C) float, finite.
        truth: (n,) whole numbers, the position of the true finding.
        findings: names of the columns.
        shown: right, and wrong, films of each finding at most.
        groups: name of each film's group: one film of a group is shown; empty for none.

    Raises:
        InvalidScores: scores that are not finite or do not fit the truth.
    """
    scores, truth = np.asarray(scores, np.float64), np.asarray(truth)
    if scores.shape != (len(truth), len(findings)) or not np.isfinite(scores).all():
        raise InvalidScores(f"expected finite scores ({len(truth)}, {len(findings)}), got {scores.shape}")
    answers = scores.argmax(axis=1)
    names = list(groups) or [str(row) for row in range(len(truth))]
    found = []
    for index, finding in enumerate(findings.names):
        right, wrong = (np.flatnonzero((truth == index) & ((answers == index) == said)) for said in (True, False))
        first, second = (_surest(rows, scores.max(axis=1), names, shown) for rows in (right, wrong))
        found.append(Picked(finding, first, second, len(right), len(wrong)))
    return tuple(found)


def panel(
    picked: Picked,
    films: NDArray[np.uint8],
    heatmaps: NDArray[np.float32],
    scores: NDArray[np.floating],
    findings: Findings,
    path: Path,
) -> Path:
    """Draws the picked films of one finding, each with the heatmap of its answer beneath.

    Args:
        picked: k films in the order of `picked.rows`.
        films: (k, side, side) uint8, prepared.
        heatmaps: (k, C, h, w) float32 in [0, 1] over the prepared square.
        scores: (k, C) in [0, 1].
        findings: names of the C columns.
        path: PNG to write.

    Raises:
        InvalidScores: no film, or arrays that do not belong to `picked.rows`.
    """
    count = len(picked.rows)
    if not count or not len(films) == len(heatmaps) == len(scores) == count:
        came = f"{len(films)} films, {len(heatmaps)} heatmaps, {len(scores)} scores"
        raise InvalidScores(f"expected {count} of each, at least one, got {came}")
    answers = np.argmax(scores, axis=1)
    coloured = [
        overlays.blend(film, heat.laid(maps[answer], film.shape[0]), contour=CONTOUR)
        for film, maps, answer in zip(films, heatmaps, answers, strict=True)
    ]
    titles = [
        f"{'right' if place < len(picked.right) else 'wrong'}: {findings.names[answer].replace('_', ' ')}\n"
        f"score {float(row[answer]):.2f}"
        for place, (row, answer) in enumerate(zip(scores, answers, strict=True))
    ]
    return figures.heatmap_panel(list(films), coloured, titles, path)


def _surest(rows: NDArray[np.int64], sureness: np.ndarray, groups: Sequence[str], shown: int) -> tuple[int, ...]:
    """The first `shown` by falling sureness, one of each group; ties in the order of the films."""
    ordered = rows[np.argsort(-sureness[rows], kind="stable")]
    first = {groups[row]: int(row) for row in reversed(ordered.tolist())}  # the surest of a group is set last
    return tuple(row for row in ordered.tolist() if first[groups[row]] == row)[:shown]
