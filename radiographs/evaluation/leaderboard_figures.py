"""Draws a leaderboard: scores with their intervals, and how a score changes with a number that was varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.errors import InvalidScores
from radiographs.evaluation import paper
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.leaderboard import Leaderboard

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_IN = 0.42
STROKES = ("-", "--", ":")  # after the last colour, the colours come again in another stroke
PANELS_APART = 0.06  # of a panel's width: two axes must not read as one


@dataclass(frozen=True)
class Line:
    """A network at several values of what was varied, by rising value."""

    name: str
    values: tuple[float, ...]
    scores: tuple[Interval, ...]


def standings(board: Leaderboard, path: Path) -> Path:
    """Draws balanced accuracy and mean AUROC with intervals, best on top, and the rule that knows sources only."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    rows = board.standings
    page = paper.sheet(9.2, ROW_IN * len(rows) + 1.5, columns=2)
    page.figure.set_layout_engine("constrained", wspace=PANELS_APART)
    drawn = (("Balanced accuracy", "balanced_accuracy"), ("Mean AUROC of the findings", "auc"))
    for axes, (title, figure) in zip(page.axes, drawn, strict=True):
        for place, row in enumerate(rows):
            best_or_level = row.p is None or row.within_noise
            _bar(axes, getattr(row, figure), place, paper.COLOURS[0] if best_or_level else paper.SOFT)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
        paper.tidy(axes, title=title)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
    left, right = page.axes
    left.set_yticks(range(len(rows)), [row.name for row in rows])
    right.set_yticks(range(len(rows)), [""] * len(rows))
    for label in left.get_yticklabels():
        label.set(color=paper.INK, fontproperties=paper.font(9))
    left.axvline(board.source_rule, color=paper.COLOURS[1], linewidth=1.1, linestyle=(0, (3, 3)), zorder=1)
    left.annotate(
        "source alone",
        (board.source_rule, 0),
        xycoords=("data", "axes fraction"),
        xytext=(4, 4),
        textcoords="offset points",
        color=paper.COLOURS[1],
        fontproperties=paper.font(8),
    )
    return page.save(path)


def _bar(axes: Axes, interval: Interval, place: int, colour: str) -> None:
    axes.plot([interval.low, interval.high], [place, place], color=colour, linewidth=2.2, solid_capstyle="round")
    axes.plot(interval.estimate, place, "o", color=colour, markersize=7, markeredgecolor="white")


def varied(lines: Sequence[Line], what: str, path: Path) -> Path:
    """Draws balanced accuracy over a number that was varied, a line with its intervals for each network.

    Raises:
        InvalidScores: nothing was varied.
    """
    if not lines or max(len(line.values) for line in lines) < 2:
        raise InvalidScores(f"expected at least two values of {what} to draw")
    page = paper.sheet(7.6 if len(lines) > 1 else 6.4, 3.8)
    (axes,) = page.axes
    every = sorted({value for line in lines for value in line.values})
    wide = every[0] > 0 and every[-1] / every[0] >= 8
    for index, line in enumerate(lines):
        again, place = divmod(index, len(paper.COLOURS))
        colour, stroke = paper.COLOURS[place], STROKES[again % len(STROKES)]
        estimates = [score.estimate for score in line.scores]
        ends = [score.low for score in line.scores], [score.high for score in line.scores]
        axes.plot(line.values, estimates, f"o{stroke}", color=colour, linewidth=1.9, markersize=5, label=line.name)
        axes.fill_between(line.values, *ends, color=colour, alpha=0.13, linewidth=0)
    if wide:
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xticks(every, [f"{value:g}" for value in every])
    axes.margins(y=0.1)
    paper.tidy(axes, title=f"Balanced accuracy by {what[0].lower()}{what[1:]}", x=what, y="Balanced accuracy")
    if len(lines) > 1:
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),  # beside the panel, where it hides no line
            frameon=False,
            handlelength=1.4,
            prop=paper.font(9),
            labelcolor=paper.INK,
        )
    return page.save(path)
