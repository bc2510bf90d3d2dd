"""The self-contained page of a benchmark: who leads, by how much, at what cost, and how that was found out."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from radiographs.evaluation import intervals, leaderboard_figures, pages, pareto
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.leaderboard import Leaderboard, Standing
from radiographs.evaluation.leaderboard_figures import Line
from radiographs.evaluation.pareto import Point
from radiographs.evaluation.report import Picture

TEMPLATE = "leaderboard_page.html.j2"
HEADINGS = (
    "Network", "Balanced accuracy", "Mean AUROC", "Against the best", "Latency, ms", "Size, MB", "Parameters, M",
)  # fmt: skip
NUMBERS = ("side_px", "epochs", "films", "border")
WORDS = {
    "side_px": "Side in px",
    "epochs": "Epochs at most",
    "films": "Films of each finding learnt from",
    "border": "Border cut off, share",
}
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Failure:
    """A network that could not be judged, and why, in one sentence."""

    name: str
    reason: str


@dataclass(frozen=True)
class Described:
    """What is said of a benchmark beside its figures.

    Attributes:
        digest: names it.
        cohort: digest of the cohort.
        findings: names of the findings.
        varied: of each network by name, its backbone and what was varied on it, name and value.
        facts: name and value, to list.
        counts: films by finding and source; headings first, the sum last.
        failures: networks that could not be judged.
    """

    digest: str
    cohort: str
    findings: tuple[str, ...]
    varied: dict[str, tuple[str, tuple[tuple[str, str], ...]]]
    facts: Rows
    counts: Rows
    failures: tuple[Failure, ...] = ()


def write(folder: Path, board: Leaderboard, described: Described) -> Path:
    """Writes index.html, which needs nothing beside it, with leaderboard.json and the pictures; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    points = [Point(row.name, row.balanced_accuracy, row.cost.latency_ms, row.cost.file_mb) for row in board.standings]
    pictures = [
        Picture(
            leaderboard_figures.standings(board, folder / "standings.png"),
            "Estimates with 95 % intervals over groups; blue: the best, and what the films cannot tell from it; "
            "dashed: the rule that sees only where a film comes from.",
            wide=True,
        ),
        Picture(
            pareto.draw(points, "Balanced accuracy", folder / "pareto.png"),
            "Area of a circle: size on disk; line: 95 % interval. Blue: no other network is at least as good in "
            "score, latency and size and better in one of them; hollow: one is.",
            wide=True,
        ),
        *_studies(folder, board, described),
    ]
    (folder / "leaderboard.json").write_text(to_json(board), encoding="utf-8")
    return pages.write(
        folder / "index.html",
        TEMPLATE,
        board=board,
        described=described,
        headings=HEADINGS,
        rows=[cells(row) for row in board.standings],
        auc_rows=[_aucs(row) for row in board.standings],
        pictures=pictures,
    )


def cells(row: Standing) -> tuple[str, ...]:
    """A row of the leaderboard below `HEADINGS`; the distance from the best and its verdict are two lines."""
    cost = row.cost
    against = row.verdict if row.difference is None else f"{row.difference.words(signed=True)}\n{row.verdict}"
    return (
        row.name,
        row.balanced_accuracy.words(),
        row.auc.words(),
        against,
        f"{cost.latency_ms:.1f}",
        f"{cost.file_mb:.1f}",
        f"{cost.parameters / 1e6:.2f}",
    )


def to_json(board: Leaderboard) -> str:
    """The leaderboard with all its figures, for machines."""
    return json.dumps(asdict(board) | {"headline": board.headline}, indent=1, sort_keys=True, allow_nan=False)


def _aucs(row: Standing) -> tuple[str, ...]:
    return (row.name, *(intervals.in_words(auc) for auc in row.aucs))


def _studies(folder: Path, board: Leaderboard, described: Described) -> list[Picture]:
    """A picture for each number that was varied, while all else that was varied stays as it is."""
    drawn = []
    for what in NUMBERS:
        lines = study(board, described, what)
        if lines:
            path = leaderboard_figures.varied(lines, WORDS[what], folder / f"{what}.png")
            drawn.append(Picture(path, "The band is the 95 % interval; all points answered the same films."))
    return drawn


def study(board: Leaderboard, described: Described, what: str) -> tuple[Line, ...]:
    """The networks that differ in one varied number alone, as lines of at least two points."""
    points: dict[str, list[tuple[float, Interval]]] = defaultdict(list)
    for row in board.standings:
        backbone, chosen = described.varied[row.name]
        values = dict(chosen)
        if what in values:
            rest = [f"{name} {value}" for name, value in chosen if name != what]
            points[", ".join([backbone, *rest])].append((float(values[what]), row.balanced_accuracy))
    drawn = [(name, sorted(found, key=lambda point: point[0])) for name, found in points.items() if len(found) > 1]
    return tuple(Line(name, tuple(at for at, _ in found), tuple(score for _, score in found)) for name, found in drawn)
