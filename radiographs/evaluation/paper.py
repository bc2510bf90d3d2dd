"""Gives all figures one restrained look, without touching matplotlib's global state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

INK, SOFT, FAINT, VIEWER = "#1b2733", "#66727d", "#dfe4e8", "#0b0f13"
# Okabe and Ito's colours, told apart with any colour vision; ordered so that neighbours differ in lightness too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#e69f00", "#56b4e9", "#555555")
PREFERRED_FONTS = ("Inter", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans")
DOTS_PER_INCH = 160


@dataclass(frozen=True)
class Sheet:
    """A figure with its axes, row by row."""

    figure: Figure
    axes: tuple[Axes, ...]

    def save(self, path: Path, *, background: str = "white") -> Path:
        """Writes a PNG under a temporary name and renames it; the same drawing gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.part")
        self.figure.savefig(
            temporary,
            format="png",
            dpi=DOTS_PER_INCH,
            facecolor=background,
            bbox_inches="tight",
            metadata={"Software": None},
        )
        temporary.replace(path)
        return path


def sheet(width_in: float, height_in: float, *, rows: int = 1, columns: int = 1) -> Sheet:
    """An empty white figure of a size in inches with a grid of axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, squeeze=False)
    return Sheet(figure, tuple(grid.ravel()))


def font(size: float = 9, *, bold: bool = False) -> FontProperties:
    """The first preferred font that this machine has."""
    from matplotlib.font_manager import FontProperties, fontManager

    known = set(fontManager.get_font_names())
    family = next((name for name in PREFERRED_FONTS if name in known), "sans-serif")
    return FontProperties(family=family, size=size, weight="bold" if bold else "normal")


def tidy(axes: Axes, *, title: str = "", x: str = "", y: str = "") -> None:
    """Takes away the frame, lightens the grid and sets title and labels."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=SOFT, pad=5)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(8.5))
    axes.set_title(title, loc="left", color=INK, pad=10, fontproperties=font(11, bold=True))
    axes.set_xlabel(x, color=SOFT, labelpad=7, fontproperties=font(9))
    axes.set_ylabel(y, color=SOFT, labelpad=7, fontproperties=font(9))
