"""The films of a delivery without a table, by the folders that they lie in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from radiographs.findings import Findings
from radiographs.records import published
from radiographs.records.inbox import Inbox
from radiographs.records.intake_row import IntakeRow, spelling_repair, unknown_finding
from radiographs.records.published import Announced, Entry

LINK = "the file is a link that leads out of the delivered folder"


def rows(files: Inbox, findings: Findings, source: str | None) -> tuple[IntakeRow, ...]:
    """One row a film, among them those of a COVID-19 Radiography Database as downloaded.

    Where not one folder is named after a finding, the delivery labels nothing and its films are unlabelled; where one
    is, a film outside such folders was forgotten, and a person must say what it shows.

    Raises:
        UnreadableTable: a table of the Radiography Database is broken.
    """
    announced = published.announced(files, findings)
    places = {PurePosixPath(name): _word(PurePosixPath(name), files, findings) for name in files.films}
    labels = bool(announced) or any(findings.recognise(word.text) for word in places.values())
    found = tuple(
        _unlabelled(place, files, source)
        if not labels
        else _labelled(place, word, files, findings=findings, announced=announced, source=source)
        for place, word in places.items()
    )
    return (*found, *published.absent(files, announced, findings, source))


@dataclass(frozen=True)
class _Word:
    """What a film's folder is called, and where it lies; None for the delivered folder and for one not recognised."""

    text: str
    folder: PurePosixPath | None


def _word(place: PurePosixPath, files: Inbox, findings: Findings) -> _Word:
    """The nearest folder named after a finding, else the one where such a name was to be expected."""
    folder = next((up for up in place.parents if up.name and findings.recognise(up.name)), None)
    if folder:
        return _Word(folder.name, folder)
    named = [part for part in place.parts[:-1] if part.lower() != "images"]
    return _Word(named[-1] if named else files.root.resolve().name, None)


def _unlabelled(place: PurePosixPath, files: Inbox, source: str | None) -> IntakeRow:
    name = str(place)
    outside = name in files.outside
    return IntakeRow(
        name=name,
        path=None if outside else files.root / name,
        source=source or files.root.resolve().name,
        lung_mask=files.mask_of(name, "lung"),
        lesion_mask=files.mask_of(name, "lesion"),
        problem=LINK if outside else "",
    )


def _labelled(
    place: PurePosixPath, word: _Word, files: Inbox, *, findings: Findings, announced: Announced, source: str | None
) -> IntakeRow:
    row = _unlabelled(place, files, source)
    finding = findings.recognise(word.text)
    listed = announced.get(str(word.folder)) if word.folder else None
    entry = listed.get(place.stem.lower()) if listed is not None else None
    problem = ""
    if finding is None:
        problem = f"no folder above it is named after a finding; {unknown_finding(word.text, findings.names)}"
    elif listed is not None and entry is None:
        problem = f"{word.folder}{published.TABLE} has no row for this file"
    repairs = [spelling_repair(word.text, finding)] if finding and word.text != finding else []
    above = word.folder.parent.name if word.folder else ""
    row = replace(
        row,
        finding=finding,
        finding_word=word.text,
        source=source or (published.SOURCE if listed is not None else above or row.source),
        repairs=tuple(repairs),
        problem=row.problem or problem,
    )
    return _with_statements(row, place, entry) if entry else row


def _with_statements(row: IntakeRow, place: PurePosixPath, entry: Entry) -> IntakeRow:
    """The row with what the Radiography Database's table says of the file."""
    return replace(
        row,
        stated_width=entry.size.width if entry.size else None,
        stated_height=entry.size.height if entry.size else None,
        stated_format=entry.format,
        stated_channels=published.CHANNELS,
        repairs=(*row.repairs, *([published.CAPITALS] if entry.stem != place.stem else [])),
    )
