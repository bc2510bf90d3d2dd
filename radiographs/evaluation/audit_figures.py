"""Draws the figures of an audit against the limits that the release rule gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.evaluation import paper
from radiographs.evaluation.audits.limits import AtLeast, AtMost, AuditLimits
from radiographs.evaluation.audits.observations import Observation
from radiographs.evaluation.audits.shortcuts import Shortcuts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAD, UNSURE = "#b3261e", "#b26a00"


def against_limits(found: Shortcuts, limits: AuditLimits, path: Path) -> Path:
    """One line a question: the figure with its interval, and in grey what the limit forbids."""
    rows = found.observations
    page = paper.sheet(8.6, 0.34 * len(rows) + 1.2)
    (axes,) = page.axes
    low = min([-0.5, *(row.figure.low for row in rows if row.figure)]) - 0.05
    high = max([0.5, *(row.figure.high for row in rows if row.figure)]) + 0.05
    for place, row in enumerate(rows):
        _row(axes, -place, row, getattr(limits, row.name), (low, high))
    axes.axvline(0, color=paper.SOFT, linewidth=0.8, zorder=1)
    axes.set_yticks([-place for place in range(len(rows))], [row.name.replace("_", " ") for row in rows])
    axes.set(xlim=(low, high), ylim=(-len(rows) + 0.4, 0.6))
    paper.tidy(axes, title="What the audit found, with 95 % intervals; grey is beyond the limit")
    axes.grid(visible=False, axis="y")
    return page.save(path)


def _row(axes: Axes, y: float, row: Observation, limit: AtMost | AtLeast, ends: tuple[float, float]) -> None:
    forbidden = (limit.at_most, ends[1]) if isinstance(limit, AtMost) else (ends[0], limit.at_least)
    axes.barh(y, forbidden[1] - forbidden[0], left=forbidden[0], height=0.72, color=paper.FAINT, zorder=0)
    if row.figure is None:
        axes.text(0.01, y, "not judged", va="center", color=paper.SOFT, fontproperties=paper.font(8))
        return
    colour = paper.COLOURS[0]
    if limit.beyond(row.figure.estimate):
        colour = BAD if limit.proven_beyond(row.figure) else UNSURE
    axes.plot([row.figure.low, row.figure.high], [y, y], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
    axes.plot([row.figure.estimate], [y], color=colour, marker="o", markersize=5, zorder=3)
