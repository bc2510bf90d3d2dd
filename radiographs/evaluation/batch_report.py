"""The page that shows one admitted batch: what came, from where, what was put right, and what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from radiographs.evaluation import batch_figures, pages

SHOWN_FILMS = 60
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NewFilm:
    """A newly admitted film; sizes in pixels, intensity as mean in 0–255, finding "" where it has none."""

    finding: str
    source: str
    width: int
    height: int
    mean_intensity: float


@dataclass(frozen=True)
class SetAside:
    """A row in quarantine: its id, its reason, and the file name of its picture beside the page ("" without one)."""

    key: str
    name: str
    reason: str
    picture: str


@dataclass(frozen=True)
class Batch:
    """All that the page shows.

    Attributes:
        batch_id: of the batch; outcome: admitted or refused, in words.
        counts: pairs of what was counted and how many, in order of reading.
        reasons, corrections, removed: words with the number of films.
        films: what is new; set_aside: what is in quarantine.
        data_docs: address of the Data Docs, relative to the page; "" without.
    """

    batch_id: str
    outcome: str
    counts: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    corrections: tuple[tuple[str, int], ...]
    removed: tuple[tuple[str, int], ...]
    films: tuple[NewFilm, ...]
    set_aside: tuple[SetAside, ...]
    data_docs: str


def write(path: Path, batch: Batch) -> Path:
    """Writes the page, and its charts beside it.

    Args:
        path: the HTML file.
        batch: what it shows; at most 60 of the quarantined films are pictured.
    """
    charts = batch_figures.draw(batch.films, path.parent) if batch.films else ()
    return pages.write(
        path,
        "batch_report.html.j2",
        batch=batch,
        strata=strata(batch.films),
        charts=charts,
        shown=batch.set_aside[:SHOWN_FILMS],
        hidden=max(0, len(batch.set_aside) - SHOWN_FILMS),
    )


def strata(films: Sequence[NewFilm]) -> Rows:
    """New films by finding and source: headings, a row for each source, and the sum; empty where there are none."""
    if not films:
        return ()
    counted = Counter((film.source, film.finding or "unlabelled") for film in films)
    findings = sorted({finding for _, finding in counted})
    sources = sorted({source for source, _ in counted})
    rows = [(source, *(str(counted[source, finding]) for finding in findings)) for source in sources]
    sums = tuple(str(sum(counted[source, finding] for source in sources)) for finding in findings)
    return (("Source", *findings), *rows, ("All", *sums))
