"""Draws a search: what was chosen in each trial, and the tune loss that came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidScores
from radiographs.evaluation import paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

LOSS = "tune_loss"
WIDE = 20.0  # positive values that differ by more than this factor are drawn on a scale of powers


class TrialRow(Protocol):
    """One trial: what was chosen by name, in the same order in all trials, and its loss on tune/select."""

    @property
    def choices(self) -> tuple[tuple[str, float | str], ...]: ...
    @property
    def tune_loss(self) -> float: ...


@dataclass(frozen=True)
class _Scale:
    """One upright line: its name, the height in [0, 1] of each trial, and the marks with their heights."""

    name: str
    heights: NDArray[np.float64]
    marks: tuple[tuple[float, str], ...]


def parallel_coordinates(trials: Sequence[TrialRow], path: Path) -> Path:
    """Draws each trial as a line through its choices to its tune loss; the best is blue and drawn last.

    What was the same in all trials is left out.

    Args:
        trials: those that came to figures, in any order.
        path: PNG to write.

    Raises:
        InvalidScores: no trial, a loss that is not finite, or trials of different searches.
    """
    scales = _scales(trials)
    losses = np.array([trial.tune_loss for trial in trials])
    order = np.argsort(-losses, kind="stable")
    best = int(np.argmin(losses))
    page = paper.sheet(1.45 * len(scales) + 1.6, 4.2)
    (axes,) = page.axes
    for rank, row in enumerate(order):
        is_best = row == best
        share = 1.0 if len(order) == 1 else rank / (len(order) - 1)
        axes.plot(
            range(len(scales)),
            [scale.heights[row] for scale in scales],
            color=paper.COLOURS[0] if is_best else _faint_to_dark()(share),
            linewidth=2.6 if is_best else 1.1,
            marker="o",
            markersize=6 if is_best else 3,
            zorder=4 if is_best else 2,
        )
    _draw_scales(axes, scales)
    count = f"{len(trials)} trials" if len(trials) > 1 else "1 trial"
    paper.tidy(axes, title=f"{count}; the best, in blue, has a tune loss of {losses[best]:.3f}")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(scales)), [scale.name.replace("_", " ") for scale in scales])
    for label in axes.get_xticklabels():
        label.set(color=paper.INK, fontproperties=paper.font(9, bold=True))
    axes.set_yticks([])
    return page.save(path)


def _scales(trials: Sequence[TrialRow]) -> list[_Scale]:
    if not trials:
        raise InvalidScores("expected at least one trial to draw, got none")
    if not all(math.isfinite(trial.tune_loss) for trial in trials):
        raise InvalidScores("expected finite tune losses to draw, got NaN or infinity")
    names = [name for name, _ in trials[0].choices]
    if any([name for name, _ in trial.choices] != names for trial in trials):
        raise InvalidScores(f"expected trials of one search, all with {', '.join(names)}")
    columns = {name: [trial.choices[place][1] for trial in trials] for place, name in enumerate(names)}
    varied = [_scale(name, values) for name, values in columns.items() if len(set(values)) > 1]
    return [*varied, _scale(LOSS, [trial.tune_loss for trial in trials])]


def _scale(name: str, values: Sequence[float | str]) -> _Scale:
    """Words and few numbers stand evenly spaced; other numbers on a straight scale or one of powers."""
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < len(values) or (len(set(values)) <= 6 and name != LOSS):
        kinds = sorted(set(values), key=_word_order)
        heights = [kinds.index(value) / max(1, len(kinds) - 1) for value in values]
        marks = [(place / max(1, len(kinds) - 1), _in_words(kind)) for place, kind in enumerate(kinds)]
        return _Scale(name, np.array(heights), tuple(marks))
    array = np.array(numbers, np.float64)
    powers = array.min() > 0 and array.max() / array.min() > WIDE
    moved = np.log(array) if powers else array
    low, span = moved.min(), float(np.ptp(moved)) or 1.0
    steps = [low + share * span for share in (0, 0.25, 0.5, 0.75, 1)]
    shown = [math.exp(step) if powers else step for step in steps]
    marks = [(float((step - low) / span), _in_words(value)) for step, value in zip(steps, shown, strict=True)]
    return _Scale(name, (moved - low) / span, tuple(marks))


def _word_order(value: float | str) -> tuple[float, str]:
    """Numbers by size, also those that words begin with ("256-128"); other words first."""
    text = str(value)
    first = text.split("-")[0]
    try:
        return (float(value if not isinstance(value, str) else first), text)
    except ValueError:
        return (-math.inf, text)


def _in_words(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _draw_scales(axes: Axes, scales: Sequence[_Scale]) -> None:
    for place, scale in enumerate(scales):
        axes.axvline(place, color=paper.FAINT, linewidth=1.2, zorder=1)
        for height, words in scale.marks:
            axes.annotate(
                words,
                (place, height),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                color=paper.SOFT,
                fontproperties=paper.font(8),
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
                zorder=5,
            )
    axes.set_xlim(-0.15, len(scales) - 0.35)
    axes.set_ylim(-0.06, 1.06)


def _faint_to_dark() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("faint to dark", [paper.FAINT, paper.SOFT])
