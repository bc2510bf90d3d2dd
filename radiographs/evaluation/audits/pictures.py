"""Draws what the audit did to films, where heat went, and how scores followed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiographs.evaluation import figures, paper
from radiographs.evaluation.audits import heat
from radiographs.evaluation.audits.asking import Audited, Studied
from radiographs.evaluation.audits.faithfulness import Curves
from radiographs.findings import Findings
from radiographs.imaging import interventions, overlays

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from radiographs.runtime.bundle import Bundle

SHUFFLED_SHOWN = 5


@dataclass(frozen=True)
class Changed:
    """One film in one state.

    Attributes:
        name: of the change.
        pixels: (side, side) uint8.
    """

    name: str
    pixels: NDArray[np.uint8]


def states(audited: Audited, findings: Findings) -> tuple[Changed, ...]:
    """One film as it is and under each change: the first without the guarded finding, one with lungs where there is."""
    others = np.flatnonzero(audited.truth != findings.index(findings.guarded))
    if not len(others):
        return ()
    row = next((each for each in others.tolist() if interventions.has_lungs(audited.lungs[each])), int(others[0]))
    film, lungs = np.asarray(audited.films[row]), audited.lungs[row]
    shown = [Changed("as it is", film)]
    for change in interventions.ALL:
        if interventions.has_lungs(lungs) or not change.needs_lungs:
            shown.append(Changed(change.name, interventions.applied(change, film, lungs)))
    donors = np.flatnonzero(audited.truth == findings.index(findings.guarded))
    if len(donors):
        donor = np.asarray(audited.films[int(donors[0])])
        shown.append(Changed("border_swapped", interventions.border_swapped(film, donor)))
        shown.append(Changed("greys_swapped", interventions.greys_swapped(film, donor)))
    shown.append(Changed("marks_handled", np.asarray(audited.marks_handled[row])))
    return tuple(shown)


def changes(shown: Sequence[Changed], bundle: Bundle, findings: Findings, path: Path) -> Path:
    """The film in each state, with the answer and where its heat lies beneath."""
    answered = bundle.answer_prepared(np.stack([each.pixels for each in shown]))
    answers = answered.scores.argmax(axis=1)
    titles = [
        f"{each.name.replace('_', ' ')}\n{findings.names[answer].replace('_', ' ')} {scores[answer]:.2f}"
        for each, answer, scores in zip(shown, answers, answered.scores, strict=True)
    ]
    coloured = [
        _coloured(each.pixels, maps[answer])
        for each, maps, answer in zip(shown, answered.heatmaps, answers, strict=True)
    ]
    return figures.heatmap_panel([each.pixels for each in shown], coloured, titles, path)


def shuffled(films: NDArray[np.uint8], studied: Studied, path: Path) -> Path:
    """A few films with their heat above, and beneath it what is left with shuffled weights.

    Args:
        films: (k, side, side) uint8, the first of `studied`.
        studied: the heatmaps of both.
        path: PNG to write.
    """
    above = [_coloured(film, maps)[:, :, ::-1] for film, maps in zip(films, studied.heatmaps, strict=False)]
    beneath = [_coloured(film, maps) for film, maps in zip(films, studied.shuffled, strict=False)]
    return figures.heatmap_panel(above, beneath, ["as learnt, then shuffled"] * len(films), path)


def curves(drawn: Curves, path: Path) -> Path:
    """The mean score of the answers while places are blurred, and while they are brought back."""
    page = paper.sheet(8.6, 3.5, columns=2)
    for axes, title, ours, chance in (
        (page.axes[0], "Places blurred", drawn.deleted, drawn.deleted_at_random),
        (page.axes[1], "Places brought back", drawn.inserted, drawn.inserted_at_random),
    ):
        _curve(axes, drawn.shares, ours, paper.COLOURS[0], "hottest first")
        _curve(axes, drawn.shares, chance, paper.SOFT, "in a random order")
        axes.set_ylim(0, 1)
        paper.tidy(axes, title=title, x="Share of places", y="Score of the answer")
    page.axes[1].legend(loc="lower right", frameon=False, handlelength=1.4, prop=paper.font(9), labelcolor=paper.INK)
    return page.save(path)


def _curve(axes: Axes, shares: NDArray[np.float64], scores: NDArray[np.float64], colour: str, label: str) -> None:
    axes.plot(shares, scores.mean(axis=0), color=colour, linewidth=1.9, marker="o", markersize=3, label=label)


def _coloured(film: NDArray[np.uint8], heatmap: NDArray[np.float32]) -> NDArray[np.uint8]:
    return overlays.blend(film, heat.laid(heatmap, len(film)))
