"""Draws the charts of one admitted batch: findings by source, sizes, and exposure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.evaluation import paper

if TYPE_CHECKING:
    from radiographs.evaluation.batch_report import NewFilm

MOST_SOURCES = len(paper.COLOURS) - 1  # the rest are drawn as one
OTHERS = "other sources"
BIN = 8


@dataclass(frozen=True)
class Chart:
    """A PNG beside the page, by its file name, with a caption."""

    file: str
    caption: str


def draw(films: Sequence[NewFilm], folder: Path) -> tuple[Chart, ...]:
    """Draws all charts of the new films of a batch into a folder."""
    named = _named(films)
    return (
        _findings(films, named, folder),
        _sizes(films, named, folder),
        _intensities(films, named, folder),
    )


def _named(films: Sequence[NewFilm]) -> dict[str, str]:
    """The name that each source is drawn under, the most frequent first."""
    order = [source for source, _ in Counter(film.source for film in films).most_common()]
    return {source: source if at < MOST_SOURCES else OTHERS for at, source in enumerate(order)}


def _colours(named: dict[str, str]) -> dict[str, str]:
    return dict(zip(dict.fromkeys(named.values()), paper.COLOURS, strict=False))


def _findings(films: Sequence[NewFilm], named: dict[str, str], folder: Path) -> Chart:
    findings = sorted({film.finding for film in films}, key=lambda word: (not word, word), reverse=True)
    counted = Counter((film.finding, named[film.source]) for film in films)
    sheet = paper.sheet(7, 0.7 + 0.5 * len(findings))
    (axes,) = sheet.axes
    left = dict.fromkeys(findings, 0)
    for source, colour in _colours(named).items():
        widths = [counted[finding, source] for finding in findings]
        axes.barh([word or "unlabelled" for word in findings], widths, left=list(left.values()), color=colour,
                  label=source, height=0.62)  # fmt: skip
        left = {word: left[word] + counted[word, source] for word in findings}
    paper.tidy(axes, title="New films by finding and source", x="films")
    _legend(axes)
    sheet.save(folder / "findings.png")
    return Chart("findings.png", "A finding that one source alone brings cannot be told from that source.")


def _sizes(films: Sequence[NewFilm], named: dict[str, str], folder: Path) -> Chart:
    sheet = paper.sheet(5.2, 4)
    (axes,) = sheet.axes
    for source, colour in _colours(named).items():
        mine = Counter((film.width, film.height) for film in films if named[film.source] == source)
        axes.scatter([size[0] for size in mine], [size[1] for size in mine], s=[12 + 3 * n**0.5 for n in mine.values()],
                     color=colour, alpha=0.6, linewidths=0, label=source)  # fmt: skip
    paper.tidy(axes, title="Size of the files", x="width in pixels", y="height in pixels")
    _legend(axes)
    sheet.save(folder / "sizes.png")
    return Chart("sizes.png", "One point a size, larger where more files have it.")


def _intensities(films: Sequence[NewFilm], named: dict[str, str], folder: Path) -> Chart:
    sheet = paper.sheet(5.2, 4)
    (axes,) = sheet.axes
    by_source: dict[str, list[float]] = defaultdict(list)
    for film in films:
        by_source[named[film.source]].append(film.mean_intensity)
    for source, colour in _colours(named).items():
        axes.hist(by_source[source], bins=range(0, 257, BIN), histtype="step", density=True, color=colour,
                  linewidth=1.6, label=f"{source} (n = {len(by_source[source])})")  # fmt: skip
    paper.tidy(axes, title="Mean intensity", x="0 = air, 255 = bone", y="share of films per level")
    _legend(axes)
    sheet.save(folder / "intensities.png")
    return Chart(
        "intensities.png", "Sources whose films differ at a glance are told apart at a glance, by any network."
    )


def _legend(axes) -> None:  # type: ignore[no-untyped-def]
    axes.legend(frameon=False, prop=paper.font(8.5), labelcolor=paper.SOFT, loc="upper left", bbox_to_anchor=(1.0, 1.0))
