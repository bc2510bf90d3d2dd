"""Draws a scorecard's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals, paper
from radiographs.evaluation.scorecard import Scorecard
from radiographs.findings import Findings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

PANEL_COLUMNS = 5


class EpochRow(Protocol):
    """One epoch of a fit: its stage, number within the stage, and figures on train and on tune/select."""

    @property
    def stage(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def accuracy(self) -> float: ...
    @property
    def tune_loss(self) -> float: ...
    @property
    def tune_accuracy(self) -> float: ...


def confusion_matrix(scorecard: Scorecard, path: Path) -> Path:
    """Draws counts with their share of the row: truth by row, answer by column."""
    names = [figures.name.replace("_", " ") for figures in scorecard.findings]
    counts = np.array(scorecard.confusion)
    having = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, having, out=np.zeros(counts.shape), where=having > 0)
    side = 0.95 * len(names)
    page = paper.sheet(side + 2.0, side + 1.1)
    (axes,) = page.axes
    axes.imshow(shares, cmap=_paper_to_blue(), vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        _cell(axes, row, column, int(counts[row, column]), float(shares[row, column]))
    rows = [f"{name}\n{total} films" for name, total in zip(names, having.ravel(), strict=True)]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), rows)
    paper.tidy(axes, title=f"Truth and answer on {scorecard.n} held-out films", x="Answer", y="Truth")
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    _white_lines_between_cells(axes, len(names))
    return page.save(path)


def _paper_to_blue() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("paper to blue", ["#f4f7f9", "#8fbfda", "#0072b2", "#00486f"])


def _cell(axes: Axes, row: int, column: int, count: int, share: float) -> None:
    colour = "white" if share > 0.5 else paper.INK
    axes.text(column, row - 0.06, str(count), ha="center", va="center", color=colour, fontproperties=paper.font(14))
    words = f"{share:.0%}"
    axes.text(column, row + 0.24, words, ha="center", va="center", color=colour, fontproperties=paper.font(8.5))


def _white_lines_between_cells(axes: Axes, n: int) -> None:
    axes.set_xticks(np.arange(1, n) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, n) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=3)
    axes.tick_params(which="minor", length=0)


def roc_curves(
    scores: np.ndarray, truth: np.ndarray, findings: Findings, path: Path, *, scorecard: Scorecard | None = None
) -> Path:
    """Draws each finding against the rest.

    Args:
        scores: (n, C) float, finite.
        truth: (n,) whole numbers, the position of the true finding.
        findings: names of the columns.
        path: PNG to write.
        scorecard: gives the legend its AUC with interval; without it the legend names the findings only.

    Raises:
        InvalidScores: a score is NaN or infinite.
    """
    if not np.isfinite(scores).all():
        raise InvalidScores("expected finite scores to draw, got NaN or infinity")
    page = paper.sheet(6.2, 5.4)
    (axes,) = page.axes
    axes.plot([0, 1], [0, 1], color=paper.SOFT, linewidth=0.9, linestyle=(0, (2, 3)))
    for index, name in enumerate(findings.names):
        _roc_curve(axes, scores[:, index], np.asarray(truth) == index, index, _roc_label(name, scorecard))
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    legend = axes.legend(loc="lower right", frameon=False, handlelength=1.4, prop=paper.font(9), labelcolor=paper.INK)
    legend.set_title("AUROC [95 % interval]" if scorecard else "", prop=paper.font(8.5))
    legend.get_title().set_color(paper.SOFT)
    legend.set_alignment("left")
    title = "Each finding against the others"
    paper.tidy(axes, title=title, x="1 − specificity", y="Sensitivity")
    return page.save(path)


def _roc_label(name: str, scorecard: Scorecard | None) -> str:
    shown = name.replace("_", " ")
    return f"{shown}  {intervals.in_words(scorecard.finding(name).auroc)}" if scorecard else shown


def _roc_curve(axes: Axes, column: np.ndarray, having: np.ndarray, index: int, label: str) -> None:
    """A finding that no film, or every film, has gets a line in the legend and no curve."""
    from sklearn.metrics import roc_curve

    colour = paper.COLOURS[index % len(paper.COLOURS)]
    style = "-" if index < len(paper.COLOURS) else "--"
    if having.all() or not having.any():
        axes.plot([], [], color=colour, linestyle=style, label=label)
        return
    false_share, true_share, _ = roc_curve(having, column)
    axes.plot(false_share, true_share, color=colour, linestyle=style, linewidth=1.9, label=label)


def training_curves(history: Sequence[EpochRow], path: Path) -> Path:
    """Draws loss and accuracy on train and on tune/select over all epochs, with a rule between stages.

    Raises:
        InvalidScores: no epoch was recorded.
    """
    if not history:
        raise InvalidScores("expected at least one epoch to draw, got none")
    page = paper.sheet(8.6, 3.5, columns=2)
    drawn = (("Loss", "loss"), ("Accuracy", "accuracy"))
    for axes, (title, figure) in zip(page.axes, drawn, strict=True):
        _curve(axes, history, figure, paper.SOFT, "train (while fitting)")
        _curve(axes, history, f"tune_{figure}", paper.COLOURS[0], "tune / select")
        _stages(axes, history)
        axes.set_xlim(0.5, len(history) + 0.5)
        axes.locator_params(axis="x", integer=True)
        axes.margins(y=0.12)
        paper.tidy(axes, title=title, x="Epoch")
        axes.grid(visible=False, axis="x")
    page.axes[1].legend(loc="lower right", frameon=False, handlelength=1.4, prop=paper.font(9), labelcolor=paper.INK)
    return page.save(path)


def _curve(axes: Axes, history: Sequence[EpochRow], figure: str, colour: str, label: str) -> None:
    """One line a stage: what another stage measured is not joined to it."""
    start = 0
    for _, stage in groupby(history, key=lambda row: row.stage):
        values = [getattr(row, figure) for row in stage]
        epochs = range(start + 1, start + 1 + len(values))
        axes.plot(
            epochs, values, color=colour, linewidth=1.9, marker="o", markersize=3, label=label if not start else None
        )
        start += len(values)


def _stages(axes: Axes, history: Sequence[EpochRow]) -> None:
    """Names each stage above its epochs, when there is more than one."""
    stages = [(name, len(list(rows))) for name, rows in groupby(history, key=lambda row: row.stage)]
    start = 0
    for name, n in stages if len(stages) > 1 else []:
        if start:
            axes.axvline(start + 0.5, color=paper.SOFT, linewidth=0.8, linestyle=(0, (2, 3)))
        axes.annotate(
            name,
            (start + 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            color=paper.SOFT,
            fontproperties=paper.font(8),
        )
        start += n


def heatmap_panel(
    films: Sequence[np.ndarray], overlays: Sequence[np.ndarray], titles: Sequence[str], path: Path
) -> Path:
    """Draws films with their overlays beneath, five a row, on black as films are viewed.

    Args:
        films: each (h, w) uint8, 0 = air.
        overlays: each (h, w, 3) uint8 in OpenCV's BGR order, as `imaging.overlays.blend` gives them.
        titles: a line or two above each film.
        path: PNG to write.

    Raises:
        InvalidScores: no film, or not one overlay and one title for each.
    """
    if not films or len(films) != len(overlays) or len(films) != len(titles):
        came = f"{len(films)} films, {len(overlays)} overlays, {len(titles)} titles"
        raise InvalidScores(f"expected at least one film with an overlay and a title each, got {came}")
    columns = min(PANEL_COLUMNS, len(films))
    blocks = -(-len(films) // columns)
    tallest = max(film.shape[0] / film.shape[1] for film in films)
    page = paper.sheet(1.9 * columns, (3.8 * tallest + 0.5) * blocks, rows=2 * blocks, columns=columns)
    for axes in page.axes:
        axes.set_axis_off()
    for index, (film, overlay, title) in enumerate(zip(films, overlays, titles, strict=True)):
        block, column = divmod(index, columns)
        above = page.axes[2 * block * columns + column]
        above.imshow(film, cmap="gray", vmin=0, vmax=255)
        above.set_title(title, parse_math=False, loc="left", color=paper.FAINT, pad=5, fontproperties=paper.font(8))
        page.axes[(2 * block + 1) * columns + column].imshow(overlay[:, :, ::-1])
    return page.save(path, background=paper.VIEWER)
