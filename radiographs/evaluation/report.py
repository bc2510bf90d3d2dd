"""Writes the self-contained page on which a person reads, and can contest, the verdict on a model."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiographs.errors import InvalidScores
from radiographs.evaluation import across_sources, claim, model_card, pages, strata
from radiographs.evaluation.across_sources import Claim
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.intervals import decimal
from radiographs.evaluation.score_proof import ScoreProof
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Verdict

if TYPE_CHECKING:
    from radiographs.records.cohort import Cohort

TEMPLATE = "report.html.j2"
WEBP_QUALITY = 85
SPLITS = ("train", "tune", "held_out")
Rows = tuple[tuple[str, ...], ...]
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
        score_proof: what its scores, thresholds and sets are worth.
        shortcuts: what the audit found.
        claims: what is left of it in a source that it never saw; empty where no head could be fitted again.
    """

    version: str
    champion: str
    scorecard: Scorecard
    comparison: Comparison | None
    verdict: Verdict
    verdicts_served: int
    score_proof: ScoreProof | None = None
    shortcuts: Shortcuts | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Where a model came from.

    Attributes:
        backbone: its name.
        bundle: digest of the bundle that was judged.
        cohort: digest of the cohort it was trained and judged on.
        named_patients: held-out films whose patient is named.
        rows: facts to list, name and value, below the headings in the first row.
        counts: films by finding, source and split, below the headings in the first row; see `cohort_counts`.
        excluded: films that are in no cohort, by reason, below the headings in the first row.
    """

    backbone: str
    bundle: str
    cohort: str
    named_patients: int
    rows: Rows
    counts: Rows
    excluded: Rows = (("Left out because", "Films"),)

    def row(self, name: str) -> str:
        """The value of a fact that is listed, "" where it is not."""
        return next((value for fact, value in self.rows[1:] if fact == name), "")


@dataclass(frozen=True)
class Picture:
    """A PNG with its caption.

    Attributes:
        file: it is copied into the page.
        caption: one sentence.
        wide: takes the whole width of the page.
        photograph: shows films, whose greys stay as they are on a dark page.
    """

    file: Path
    caption: str
    wide: bool = False
    photograph: bool = False

    @property
    def address(self) -> str:
        """The picture as a data address: films as WEBP, which takes a tenth of their PNG; charts as they are."""
        kind, data = "png", self.file.read_bytes()
        if self.photograph:
            kind, data = "webp", _webp(data)
        return f"data:image/{kind};base64," + base64.b64encode(data).decode("ascii")


@dataclass(frozen=True)
class Pictures:
    """Pictures by the section they stand in, each in order of reading."""

    scores: Sequence[Picture] = ()
    audit: Sequence[Picture] = ()
    others: Sequence[Picture] = ()


def cohort_counts(cohort: Cohort) -> Rows:
    """Films by finding, source and split as printed: headings, a row for each finding and source, and the sum."""
    counted = Counter((film.finding, film.source, film.split) for film in cohort.films)
    strata = sorted({(cohort.findings.index(film.finding), film.source) for film in cohort.films})
    counts = [[counted[cohort.findings.names[index], source, split] for split in SPLITS] for index, source in strata]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    rows = [
        (cohort.findings.names[index], source, *map(str, row), str(sum(row)))
        for (index, source), row in zip(strata, counts, strict=True)
    ]
    return (
        ("Finding", "Source", "Train", "Tune", "Held-out", "All"),
        *rows,
        ("All", "", *map(str, sums), str(sum(sums))),
    )


def _webp(png: bytes) -> bytes:
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise InvalidScores("expected a PNG to copy into the page, got something else")
    _, packed = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    return packed.tobytes()


def group_note(scorecard: Scorecard, named_patients: int) -> str:
    """What the groups are, and so what the intervals leave out."""
    resampled = (
        f"Intervals are 95 %, with a group of films as the unit ({scorecard.n_groups} groups): Wilson's for shares of "
        f"films, from {scorecard.samples} resamples for all else."
    )
    if named_patients == 0:
        return (
            f"{resampled} No held-out film names its patient: groups are only clusters of near-duplicate films, so the "
            "intervals ignore patients and hospitals, and are narrower than the truth."
        )
    if named_patients < scorecard.n:
        return (
            f"{resampled} {named_patients} of {scorecard.n} held-out films name their patient; the others are only "
            "grouped as near-duplicates, and for them the intervals ignore patients. All intervals ignore hospitals."
        )
    return f"{resampled} A group is a patient; the intervals ignore hospitals."


def write(path: Path, judged: Judged, facts: Facts, pictures: Pictures) -> Path:
    """Writes one HTML file that needs nothing beside it, under a temporary name first.

    Args:
        path: the file to write.
        judged: the model with scorecard, comparison and verdict.
        facts: where it came from.
        pictures: by section.
    """
    return pages.write(
        path,
        TEMPLATE,
        judged=judged,
        card=judged.scorecard,
        verdict=judged.verdict,
        outcome=OUTCOMES[judged.verdict.outcome],
        facts=facts,
        pictures=pictures,
        fewest=strata.FEWEST,
        floor_words=_floor_words(judged.scorecard),
        claim_table=(across_sources.HEADINGS, *(claim.as_row() for claim in judged.claims)),
        audit_words=_audit_words(judged.verdict),
        card_parts=model_card.english(judged, facts),
        french_parts=model_card.french(judged, facts),
        claim=claim.fill(judged, facts),
        kinds=_listed([table[0][0].lower() for table in judged.scorecard.stratum_tables()]),
        group_note=group_note(judged.scorecard, facts.named_patients),
    )


def _audit_words(verdict: Verdict) -> str:
    """What the audit says of this model, in a few sentences above everything else."""
    asked = [each for each in verdict.reasons if each.audits]
    if not asked or any(each.check == "Audit" for each in asked):
        return "No audit for shortcuts was made of this one."
    blind = [each for each in asked if not each.judged]
    failed = [each for each in asked if each.judged and each.consequence in ("holds", "rejects")]
    warned = [each for each in asked if each.judged and each.consequence == "warns"]
    said = f"The audit for shortcuts says of this one that it failed: {_checks(failed)}." if failed else ""
    if warned:
        said += f" {'It also warns' if failed else 'The audit for shortcuts warns'} of: {_checks(warned)}."
    said = said or "The audit for shortcuts found nothing beyond its limits in this one."
    left = f" {len(blind)} of {len(asked)} questions could not be judged on these films." if blind else ""
    return said.strip() + left


def _checks(reasons: Sequence[Reason]) -> str:
    return _listed([each.check.removeprefix("Audit: ") for each in reasons])


def _floor_words(scorecard: Scorecard) -> tuple[str, str]:
    """What balanced accuracy and accuracy have to be held against."""
    floor = scorecard.best_floor
    if floor is None:
        return ("no floor was computed", "no floor was computed")
    figures = (floor.balanced_accuracy, floor.accuracy)
    reached = ("too few films" if each is None else decimal(each.estimate) for each in figures)
    balanced, plain = (f"a rule that sees {floor.sees} reaches {each}" for each in reached)
    return (balanced, plain)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
