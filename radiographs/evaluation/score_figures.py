"""Draws what scores are worth: reliability before and after the temperature, and the risk of the surest answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.evaluation import paper
from radiographs.evaluation.reliability import Reliability
from radiographs.evaluation.score_proof import ScoreProof

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def reliability(proof: ScoreProof, path: Path) -> Path:
    """The share of right answers over the score, without the temperature and with it."""
    page = paper.sheet(8.6, 4.2, columns=2)
    parts = (("Without temperature", proof.before), (f"As served, temperature {proof.temperature:.2f}", proof.after))
    for axes, (title, found) in zip(page.axes, parts, strict=True):
        _diagram(axes, found)
        paper.tidy(axes, title=f"{title} (n={found.n})", x="Score of the answer", y="Share of right answers")
    return page.save(path)


def _diagram(axes: Axes, found: Reliability) -> None:
    axes.plot([0, 1], [0, 1], color=paper.SOFT, linewidth=0.9, linestyle=(0, (2, 3)))
    for each in found.bins:
        axes.plot([each.score] * 2, [each.right.low, each.right.high], color=paper.COLOURS[5], linewidth=2)
    scores, shares = [each.score for each in found.bins], [each.right.estimate for each in found.bins]
    axes.plot(scores, shares, color=paper.COLOURS[0], linewidth=1.2, marker="o", markersize=4)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")


def abstention(proof: ScoreProof, path: Path) -> Path:
    """The share of wrong answers over the share of films that are answered."""
    page = paper.sheet(5.6, 4.2)
    (axes,) = page.axes
    shown = [(each.coverage, each.risk) for each in proof.answered if each.risk is not None]
    for coverage, risk in shown:
        axes.plot([coverage] * 2, [risk.low, risk.high], color=paper.COLOURS[5], linewidth=2)
    axes.plot([each[0] for each in shown], [each[1].estimate for each in shown], color=paper.COLOURS[0],
              linewidth=1.6, marker="o", markersize=4)  # fmt: skip
    axes.set(xlim=(0.45, 1.02))
    axes.set_ylim(bottom=0)
    paper.tidy(axes, title="Wrong answers, surest films first", x="Share of films answered", y="Share of wrong answers")
    return page.save(path)
