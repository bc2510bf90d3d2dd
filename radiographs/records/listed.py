"""The films that a metadata table lists, row by row, and those that it forgets."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from radiographs.findings import Findings
from radiographs.records import cellwords, studydates, tables, viewwords
from radiographs.records.cellwords import Size
from radiographs.records.inbox import Found, Inbox
from radiographs.records.intake_row import IntakeRow, spelling_repair, unknown_finding
from radiographs.records.studydates import Order
from radiographs.records.tables import Row

TWICE = "the table names this file twice and says different things"
FORGOTTEN = "the metadata table has no row for this file"
Meaning = Callable[..., float | None]


@dataclass(frozen=True)
class Reading:
    """How the cells of one table are to be taken.

    Attributes:
        source: of rows that name none.
        decimal_comma, date_order: of numbers, and of dates that end in their year.
    """

    files: Inbox
    findings: Findings
    source: str
    decimal_comma: bool
    date_order: Order


@dataclass
class _Remarks:
    """What is found on the way through one row."""

    problems: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


def rows(files: Inbox, path: Path, findings: Findings, source: str | None) -> tuple[IntakeRow, ...]:
    """One row for each file that the table names, one more for each contradiction and each film it does not name.

    Of two rows that name one file and contradict each other neither is believed.

    Raises:
        UnreadableTable: the table is broken or names no files.
    """
    table = tables.read(path, ("path",))
    order = studydates.order_of((line.get("study_date") for line in table.rows), french=table.french)
    reading = Reading(files, findings, source or files.root.resolve().name, table.decimal_comma, order)
    told: dict[str, IntakeRow] = {}
    clashes = []
    for line in table.rows:
        row = _row(line, reading)
        before = told.setdefault(row.name, row)
        if before is not row and _as_meant(replace(before, problem=row.problem)) != _as_meant(row):
            told[row.name] = replace(before, problem=before.problem or TWICE)
            clashes.append(replace(row, problem=row.problem or TWICE))
    masks = {path for row in told.values() for path in (row.lung_mask, row.lesion_mask) if path}
    named = told.keys() | {path.relative_to(files.root).as_posix() for path in masks}
    return (*told.values(), *clashes, *_forgotten(files, named, reading.source))


def _as_meant(row: IntakeRow) -> IntakeRow:
    """Without its spelling, in which two rows may differ and say the same."""
    return replace(row, finding_word="", repairs=()) if row.finding else row


def _forgotten(files: Inbox, told: Container[str], source: str) -> Iterator[IntakeRow]:
    for name in files.films:
        if name not in told and name not in files.outside:
            yield IntakeRow(name, files.root / name, source=source, problem=FORGOTTEN)


def _row(line: Row, reading: Reading) -> IntakeRow:
    said = _Remarks()
    found = _film(line, reading.files, said)
    if line.fault:
        return IntakeRow(found.name, found.path, source=reading.source, problem=line.fault)
    size = _size(line, said)
    word = line.get("finding")
    return IntakeRow(
        name=found.name,
        path=found.path,
        finding=_finding(word, reading.findings, said),
        finding_word=word,
        source=line.get("source") or reading.source,
        patient_id=line.get("patient_id") or None,
        view_position=_known(viewwords.view(line.get("view_position")), line.get("view_position")),
        sex=_known(cellwords.sex(line.get("sex")), line.get("sex")),
        age=_figure(line, "age", cellwords.age, reading, said),
        offset_days=_figure(line, "offset_days", cellwords.number, reading, said),
        study_id=line.get("study_id") or None,
        lung_mask=_mask(line, "lung_mask", reading.files, said),
        lesion_mask=_mask(line, "lesion_mask", reading.files, said),
        stated_width=size.width if size else None,
        stated_height=size.height if size else None,
        stated_format=cellwords.file_format(line.get("format")),
        stated_channels=_channels(line, said),
        accession=line.get("accession") or None,
        study_date=_date(line.get("study_date"), reading.date_order, said),
        repairs=tuple(said.repairs),
        problem="; ".join(said.problems),
    )


def _film(line: Row, files: Inbox, said: _Remarks) -> Found:
    word = line.get("path")
    if not word:
        said.problems.append("the row names no file")
        return Found(f"(line {line.line_number})")
    found = files.find(word)
    if found.objection:
        said.problems.append(f"the path {found.objection}")
    elif found.path is None:
        said.problems.append(f"the metadata table names this file, and it is not there{found.near}")
    return found


def _mask(line: Row, column: str, files: Inbox, said: _Remarks) -> Path | None:
    word = line.get(column)
    if not word:
        return None
    found = files.find(word)
    if found.objection:
        said.problems.append(f"the path of {column} {found.objection}")
    elif found.path is None:
        said.problems.append(f"{column} names a file that is not in the delivered folder{found.near}")
    return found.path


def _finding(word: str, findings: Findings, said: _Remarks) -> str | None:
    """None without a word, which leaves the film unlabelled, and for a word that is no finding."""
    finding = findings.recognise(word) if word else None
    if word and finding is None:
        said.problems.append(unknown_finding(word, findings.names))
    elif finding is not None and word != finding:
        said.repairs.append(spelling_repair(word, finding))
    return finding


def _known(meaning: str | None, word: str) -> str | None:
    """What a word means; a word that is not known stays, for the expectations to refuse it by its name."""
    return (word if meaning is None else meaning) or None


def _figure(line: Row, column: str, meaning: Meaning, reading: Reading, said: _Remarks) -> float | None:
    text = line.get(column)
    value = meaning(text, decimal_comma=reading.decimal_comma) if text else None
    if text and value is None:
        said.problems.append(f"{column} is '{text[:40]}', which is no number")
    return value


def _size(line: Row, said: _Remarks) -> Size | None:
    """The picture's size where both sides are stated; a size in other words says nothing of pixels."""
    sides = {column: line.get(column) for column in ("width", "height")}
    if not any(sides.values()):
        return cellwords.size(line.get("size"))
    pixels = {column: cellwords.whole(text) for column, text in sides.items() if text}
    for column in [column for column, value in pixels.items() if value is None]:
        said.problems.append(f"{column} is '{sides[column][:40]}', which is no whole number above 0")
    width, height = pixels.get("width"), pixels.get("height")
    return Size(width, height) if width and height else None


def _channels(line: Row, said: _Remarks) -> int | None:
    """As a number or a colour model; a mode in other words says nothing of channels."""
    text = line.get("channels")
    if not text:
        return cellwords.channels(line.get("mode"))
    stated = cellwords.whole(text) or cellwords.channels(text)
    if stated is None:
        said.problems.append(f"channels is '{text[:40]}', which is no whole number above 0")
    return stated


def _date(text: str, order: Order, said: _Remarks) -> str | None:
    """The day; what cannot be read for sure is left out with a remark, which does not repeat a patient's date."""
    if not text:
        return None
    day = studydates.day(text, order)
    if not day:
        said.repairs.append(studydates.UNREADABLE if day is None else studydates.AMBIGUOUS)
    return day or None
