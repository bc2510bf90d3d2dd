"""Which networks no other beats in everything at once: score, latency and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import paper
from radiographs.evaluation.intervals import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AREA_OF_LARGEST = 900.0  # square points
SMALLEST_AREA = 36.0
WIDE_RATIO = 20.0


@dataclass(frozen=True)
class Point:
    """A network: its score, more is better, milliseconds a film and megabytes, less is better."""

    name: str
    score: Interval
    latency_ms: float
    size_mb: float


def front(points: Sequence[Point]) -> tuple[bool, ...]:
    """Whether no other point is at least as good in all three and better in one."""
    costs = np.array([(-point.score.estimate, point.latency_ms, point.size_mb) for point in points])
    return tuple(not ((costs <= mine).all(axis=1) & (costs < mine).any(axis=1)).any() for mine in costs)


def draw(points: Sequence[Point], score: str, path: Path) -> Path:
    """Draws score over latency, area of a circle by size; filled are the points that no other beats.

    Args:
        points: the networks.
        score: what the score is called.
        path: PNG to write.

    Raises:
        InvalidScores: no point, or one whose latency or size is not above 0.
    """
    if not points or min(min(point.latency_ms, point.size_mb) for point in points) <= 0:
        raise InvalidScores("expected at least one network with latency and size above 0 to draw")
    page = paper.sheet(8.6, 4.8)
    (axes,) = page.axes
    largest = max(point.size_mb for point in points)
    for point, unbeaten in zip(points, front(points), strict=True):
        _mark(axes, point, AREA_OF_LARGEST * point.size_mb / largest, unbeaten=unbeaten)
    _scaled(axes, [point.latency_ms for point in points])
    paper.tidy(axes, title=f"{score}, latency and size", x="Milliseconds for one film with its heatmaps", y=score)
    _named(axes, points)
    return page.save(path)


def _mark(axes: Axes, point: Point, area: float, *, unbeaten: bool) -> None:
    colour = paper.COLOURS[0] if unbeaten else paper.SOFT
    x, interval = point.latency_ms, point.score
    axes.plot([x, x], [interval.low, interval.high], color=colour, linewidth=1.2, alpha=0.55, zorder=2)
    axes.scatter(
        [x],
        [interval.estimate],
        s=max(area, SMALLEST_AREA),
        facecolor=colour if unbeaten else "white",
        edgecolor="white" if unbeaten else colour,
        linewidth=1.2,
        zorder=3,
    )


def _scaled(axes: Axes, latencies: Sequence[float]) -> None:
    """Logarithmic, with plain numbers at 1, 2 and 5, and room for the names beside the last points."""
    from matplotlib.ticker import FormatStrFormatter, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    low, high = min(latencies), max(latencies)
    axes.set_xscale("log")
    axes.set_xlim(low / 1.6, high * 2.2 * max(1.0, high / low) ** 0.12)
    axes.xaxis.set_major_locator(LogLocator(10, (1, 2, 5) if high / low < WIDE_RATIO**2 else (1,)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(y=0.12)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%.2f"))


def _named(axes: Axes, points: Sequence[Point]) -> None:
    """Names to the right of the circles, pushed apart where they would touch."""
    canvas = axes.figure.canvas
    canvas.draw()  # the layout decides where a point lies
    taken: list[tuple[float, float, float, float]] = []
    largest = max(point.size_mb for point in points)
    for point in sorted(points, key=lambda one: -one.score.estimate):
        radius = np.sqrt(max(AREA_OF_LARGEST * point.size_mb / largest, SMALLEST_AREA) / np.pi)
        for down in (0, -13, 13, -26, 26, -39, 39, -52, 52):
            words = axes.annotate(
                point.name,
                (point.latency_ms, point.score.estimate),
                xytext=(radius + 5, down),
                textcoords="offset points",
                va="center",
                color=paper.INK,
                fontproperties=paper.font(8.5),
                zorder=4,
            )
            box = words.get_window_extent(canvas.get_renderer())  # type: ignore[attr-defined]
            place = (box.x0, box.y0, box.x1, box.y1)
            if not any(_touch(place, other) for other in taken):
                break
            words.remove()
        else:
            continue  # so crowded that the table has to name it
        taken.append(place)


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
