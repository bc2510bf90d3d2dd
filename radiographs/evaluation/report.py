"""Writes the one page that a person reads before trusting a model: self-contained HTML with all its pictures."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Verdict
from radiographs.records.cohort import Cohort

TEMPLATE = "report.html.j2"
SPLITS = ("train", "tune", "held_out")
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A PNG with the sentence beneath it; `wide` ones take the whole width."""

    file: Path
    caption: str
    wide: bool = False

    @property
    def base64(self) -> str:
        return base64.b64encode(self.file.read_bytes()).decode("ascii")


@dataclass(frozen=True)
class Facts:
    """Where a model comes from.

    Attributes:
        backbone: its name.
        bundle: digest of the bundle.
        cohort: digest of the cohort.
        named_patients: held-out films whose patient is named.
        rows: headings, then name and value of each fact.
        counts: headings, then films by finding, source and split.
    """

    backbone: str
    bundle: str
    cohort: str
    named_patients: int
    rows: Rows
    counts: Rows


@dataclass(frozen=True)
class Judged:
    """What was decided, and on what.

    Attributes:
        version: of the registered model.
        champion: version that it was compared with; empty for the first.
        verdicts_served: by these held-out films, this one included.
    """

    version: str
    champion: str
    scorecard: Scorecard
    comparison: Comparison | None
    verdict: Verdict
    verdicts_served: int


def cohort_counts(cohort: Cohort) -> Rows:
    """Films by finding and source in each split, with headings."""
    counted = Counter((film.finding, film.source, film.split) for film in cohort.films)
    strata = sorted({(finding, source) for finding, source, _ in counted})
    rows = [
        (finding, source, *(str(counted[finding, source, split]) for split in SPLITS)) for finding, source in strata
    ]
    return (("Finding", "Source", "train", "tune", "held-out"), *rows)


def write(path: Path, judged: Judged, facts: Facts, pictures: tuple[Picture, ...]) -> Path:
    """Writes the page under a temporary name and renames it; returns `path`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("radiographs.evaluation", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    text = pages.get_template(TEMPLATE).render(
        version=judged.version,
        champion=judged.champion,
        card=judged.scorecard,
        comparison=judged.comparison,
        verdict=judged.verdict,
        verdicts_served=judged.verdicts_served,
        facts=facts,
        pictures=pictures,
    )
    arriving = path.with_name(f".{path.name}")
    arriving.write_text(text, encoding="utf-8")
    return arriving.replace(path)
