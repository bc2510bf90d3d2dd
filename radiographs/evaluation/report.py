"""Writes the self-contained page on which a person reads, and can contest, the verdict on a model."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.evaluation import scorecard as scorecards
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Verdict

if TYPE_CHECKING:
    from radiographs.records.cohort import Cohort

TEMPLATE = Path(__file__).with_name("report.html.j2")
OUTCOMES = {"promote": "Promote", "hold": "Hold for a person", "reject": "Reject"}


@dataclass(frozen=True)
class Judged:
    """A model and what was decided about it.

    Attributes:
        version: of the registered model.
        champion: version of the champion it was compared with; "" when there was none.
        scorecard: its figures on held-out films.
        comparison: with the champion on the same films.
        verdict: the outcome with its reasons.
        verdicts_served: verdicts of this held-out set, this one included.
    """

    version: str
    champion: str
    scorecard: Scorecard
    comparison: Comparison | None
    verdict: Verdict
    verdicts_served: int


@dataclass(frozen=True)
class Facts:
    """Where a model came from.

    Attributes:
        backbone: its name.
        bundle_digest: of the bundle that was judged.
        cohort_digest: of the cohort it was trained and judged on.
        films_with_patient: held-out films whose patient is known.
        rows: facts to list, name and value, below the headings in the first row.
        counts: films by finding and split, below the headings in the first row; see `cohort_counts`.
    """

    backbone: str
    bundle_digest: str
    cohort_digest: str
    films_with_patient: int
    rows: Sequence[tuple[str, str]]
    counts: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Picture:
    """A PNG with its caption.

    Attributes:
        path: the file; it is copied into the page.
        caption: one sentence.
        wide: takes the whole width of the page.
        photograph: shows films, whose greys stay as they are on a dark page.
    """

    path: Path
    caption: str
    wide: bool = False
    photograph: bool = False

    @property
    def address(self) -> str:
        """The picture's bytes as a data address."""
        return "data:image/png;base64," + base64.b64encode(self.path.read_bytes()).decode("ascii")


def cohort_counts(cohort: Cohort) -> tuple[tuple[str, ...], ...]:
    """Films by finding and split as printed: headings, a row for each finding, and the sum."""
    parts = {
        "Train": cohort.of("train"),
        "Tune / select": cohort.of("tune", "select"),
        "Tune / calibrate": cohort.of("tune", "calibrate"),
        "Held-out": cohort.of("held_out"),
    }
    counts = [
        [sum(film.finding == name for film in films) for films in parts.values()] for name in cohort.findings.names
    ]
    rows = [(name, *map(str, row), str(sum(row))) for name, row in zip(cohort.findings.names, counts, strict=True)]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    return (("Finding", *parts, "All"), *rows, ("All", *map(str, sums), str(sum(sums))))


def group_note(scorecard: Scorecard, films_with_patient: int) -> str:
    """What the groups are, and so what the intervals leave out."""
    resampled = f"Intervals are 95 %, from {scorecard.samples} samples of {scorecard.n_groups} groups of films."
    if films_with_patient == 0:
        return (
            f"{resampled} No held-out film names its patient: groups are only clusters of near-duplicate films, so the "
            "intervals ignore patients and hospitals, and are narrower than the truth."
        )
    if films_with_patient < scorecard.n:
        return (
            f"{resampled} {films_with_patient} of {scorecard.n} held-out films name their patient; the others are only "
            "grouped as near-duplicates, and for them the intervals ignore patients. All intervals ignore hospitals."
        )
    return f"{resampled} A group is a patient; the intervals ignore hospitals."


def write(path: Path, judged: Judged, facts: Facts, pictures: Sequence[Picture]) -> Path:
    """Writes one HTML file that needs nothing beside it, under a temporary name first.

    Args:
        path: the file to write.
        judged: the model with scorecard, comparison and verdict.
        facts: where it came from.
        pictures: in order of reading.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        judged=judged,
        card=judged.scorecard,
        verdict=judged.verdict,
        outcome=OUTCOMES[judged.verdict.outcome],
        facts=facts,
        pictures=pictures,
        headings=scorecards.HEADINGS,
        group_note=group_note(judged.scorecard, facts.films_with_patient),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path
