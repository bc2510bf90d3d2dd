"""One film as a delivery announces it, before any film is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from radiographs.records.remote import Remote


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One film as it was announced; None or "" is unknown.

    Attributes:
        name: relative to the delivered folder, as shown to people.
        path: the file, where there is one to read.
        finding: the recognised finding, None of an unlabelled film; finding_word is how it was spelt.
        remote: the film where it is not a file; then path is None.
        stated_width, stated_height, stated_format, stated_channels: what the table says of the file itself.
        accession, study_date: of the examination; the date as YYYYMMDD.
        repairs: what of the table was put right, one sentence each, with nothing in it that names a patient.
        problem: empty, or a sentence that says why this row cannot be admitted.
    """

    name: str
    path: Path | None = None
    finding: str | None = None
    finding_word: str = ""
    source: str = ""
    patient_id: str | None = None
    view_position: str | None = None
    sex: str | None = None
    age: float | None = None
    offset_days: float | None = None
    study_id: str | None = None
    lung_mask: Path | None = None
    lesion_mask: Path | None = None
    remote: Remote | None = None
    stated_width: int | None = None
    stated_height: int | None = None
    stated_format: str | None = None
    stated_channels: int | None = None
    accession: str | None = None
    study_date: str | None = None
    repairs: tuple[str, ...] = ()
    problem: str = ""


def unknown_finding(word: str, known: tuple[str, ...]) -> str:
    """Why a finding's word cannot be used."""
    return f"the finding '{word[:60]}' is unknown (known: {', '.join(known)})"


def spelling_repair(word: str, finding: str) -> str:
    """What is noted where a finding is not spelt as its name."""
    return f"the finding '{word}' is read as {finding}"
