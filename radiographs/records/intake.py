"""Reads what a delivered folder says of its films, before any film is opened."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from radiographs.errors import EmptyInbox
from radiographs.findings import Findings
from radiographs.records import inbox, tables
from radiographs.records.inbox import Inbox
from radiographs.records.remote import Remote

PUBLIC_SOURCE = "radiography-database"
PUBLIC_TABLE = ".metadata.xlsx"


@dataclass(frozen=True)
class IntakeRow:
    """One film as it was announced; None or "" is unknown.

    Attributes:
        name: relative to the delivered folder, as shown to people.
        path: the file, where there is one to read.
        finding: the recognised finding; finding_word is how it was spelt.
        remote: the film where it is not a file; then path is None.
        stated_width, stated_height, stated_format, stated_channels: what the table says of the file itself.
        accession, study_date: of the examination; the date as YYYYMMDD.
        repairs: known errors of the table that were put right, one sentence each.
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


def read_batch(
    root: Path, findings: Findings, *, metadata: Path | None = None, source: str | None = None
) -> tuple[IntakeRow, ...]:
    """The rows of a delivered folder, in order of its table or of its file names.

    A table (given, or metadata.csv / metadata.xlsx in the folder) speaks first; without one, folders named after
    findings do, among them the COVID-19 Radiography Database as downloaded. `source` names the origin of films whose
    table or folder does not.

    Raises:
        EmptyInbox: the folder is not there, or holds neither a film nor a row.
        UnreadableTable: a table is broken or lacks a column.
    """
    if not root.is_dir():
        raise EmptyInbox(f"{root}: no such folder; name the folder that holds the films")
    files = inbox.look(root)
    table = metadata or next(
        (root / f"metadata{end}" for end in tables.SUFFIXES if (root / f"metadata{end}").is_file()), None
    )
    rows = _from_table(files, table, findings, source) if table else _from_folders(files, findings, source)
    if not rows:
        raise EmptyInbox(f"{root}: holds no film to admit; put images into it, or name another folder")
    return rows


# Tables


def _from_table(files: Inbox, table: Path, findings: Findings, source: str | None) -> tuple[IntakeRow, ...]:
    lines = tables.read(table, ("path", "finding")).rows
    present = set(files.films)
    rows: dict[str, IntakeRow] = {}
    clashes: list[IntakeRow] = []
    for line in lines:
        row = _table_row(line, files, findings, source)
        told = rows.setdefault(row.name, row)
        if told != row:
            clashes.append(
                replace(row, problem=row.problem or "the table names this file twice and says different things")
            )
    strays = [
        IntakeRow(
            name,
            files.root / name,
            source=source or files.root.resolve().name,
            problem="the metadata table has no row for this file",
        )
        for name in files.films
        if name in present - rows.keys() and name not in files.outside
    ]
    return (*rows.values(), *clashes, *strays)


def _table_row(line: Mapping[str, str], files: Inbox, findings: Findings, source: str | None) -> IntakeRow:
    word, problems = line["finding"], []
    name = inbox.tidy_name(line["path"]) if line["path"] else ""
    path = files.root / name if name else None
    if name is None:
        problems.append("the path leads out of the delivered folder; give a path relative to it")
    elif not name:
        problems.append("the row names no file")
    elif path is not None and not files.fence.holds(path):
        problems.append("the path is a link that leads out of the delivered folder")
        path = None
    elif path is not None and not path.is_file():
        problems.append("the metadata table names this file, and it is not there")
        path = None
    finding = findings.recognise(word)
    if finding is None:
        problems.append(_unknown(word, findings))
    age, offset = _number(line, "age", problems), _number(line, "offset_days", problems)
    return IntakeRow(
        name=name or line["path"] or "(no path)",
        path=path,
        finding=finding,
        finding_word=word,
        source=line.get("source", "") or source or files.root.resolve().name,
        patient_id=line.get("patient_id") or None,
        view_position=line.get("view_position") or None,
        sex=line.get("sex") or None,
        age=age,
        offset_days=offset,
        study_id=line.get("study_id") or None,
        lung_mask=_mask(line, "lung_mask", files, problems),
        lesion_mask=_mask(line, "lesion_mask", files, problems),
        problem="; ".join(problems),
    )


def _number(line: Mapping[str, str], column: str, problems: list[str]) -> float | None:
    text = line.get(column, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(f"{column} is '{text[:40]}', which is no number")
        return None
    return value


def _mask(line: Mapping[str, str], column: str, files: Inbox, problems: list[str]) -> Path | None:
    word = line.get(column, "")
    if not word:
        return None
    name = inbox.tidy_name(word)
    path = files.root / name if name else None
    if path is None or not files.fence.holds(path) or not path.is_file():
        problems.append(f"{column} names a file that is not in the delivered folder")
        return None
    return path


def _unknown(word: str, findings: Findings) -> str:
    known = ", ".join(findings.names)
    return f"the finding '{word[:60]}' is unknown (known: {known})" if word else f"no finding is given (known: {known})"


# Folders


def _from_folders(files: Inbox, findings: Findings, source: str | None) -> tuple[IntakeRow, ...]:
    announced = _announced(files.root, findings)
    rows = tuple(_folder_row(name, files, findings, source, announced) for name in files.films)
    return (*rows, *_absent(files, announced, findings, source))


def _folder_row(
    name: str, files: Inbox, findings: Findings, source: str | None, announced: Mapping[str, frozenset[str]]
) -> IntakeRow:
    place = PurePosixPath(name)
    folder = next((up for up in place.parents if up.name and findings.recognise(up.name)), None)
    word = folder.name if folder else _word_above(place, files.root)
    finding = findings.recognise(word)
    listed = announced.get(str(folder)) if folder else None
    problem = "" if finding else f"no folder above it is named after a finding; {_unknown(word, findings)}"
    if name in files.outside:
        problem = "the file is a link that leads out of the delivered folder"
    elif listed is not None and place.stem.lower() not in listed:
        problem = f"{folder}{PUBLIC_TABLE} has no row for this file"
    return IntakeRow(
        name=name,
        path=None if name in files.outside else files.root / name,
        finding=finding,
        finding_word=word,
        source=source or (PUBLIC_SOURCE if listed is not None else _source_of(folder, files.root)),
        lung_mask=files.mask_of(name, "lung"),
        lesion_mask=files.mask_of(name, "lesion"),
        problem=problem,
    )


def _word_above(place: PurePosixPath, root: Path) -> str:
    """The folder's name that a finding was sought in; the delivered folder itself may be named after one."""
    named = [part for part in place.parts[:-1] if part.lower() != "images"]
    return named[-1] if named else root.resolve().name


def _source_of(folder: PurePosixPath | None, root: Path) -> str:
    """The folder above the finding's folder names the source; at the top the delivered folder does."""
    above = folder.parent.name if folder else ""
    return above or root.resolve().name


def _announced(root: Path, findings: Findings) -> dict[str, frozenset[str]]:
    """Lower-cased stems that the tables of a Radiography Database list, by the finding's folder."""
    return {
        folder: frozenset(
            line["file name"].lower() for line in tables.read(root / (folder + PUBLIC_TABLE), ("file name",)).rows
        )
        for folder in _public_folders(root, findings)
    }


def _public_folders(root: Path, findings: Findings) -> Iterator[str]:
    for table in sorted(root.rglob(f"*{PUBLIC_TABLE}")):
        word = table.name.removesuffix(PUBLIC_TABLE)
        if findings.recognise(word) and not table.name.startswith((".", "~")):
            yield (table.parent / word).relative_to(root).as_posix()


def _absent(
    files: Inbox, announced: Mapping[str, frozenset[str]], findings: Findings, source: str | None
) -> Iterator[IntakeRow]:
    """Rows of a Radiography Database's tables without a file."""
    present = {str(PurePosixPath(name).with_suffix("")).lower() for name in files.films}
    for folder, stems in announced.items():
        word = PurePosixPath(folder).name
        for stem in sorted(stems):
            if not {f"{folder}/images/{stem}".lower(), f"{folder}/{stem}".lower()} & present:
                problem = f"{folder}{PUBLIC_TABLE} names this file, and it is not there"
                yield IntakeRow(
                    name=f"{folder}/images/{stem}",
                    finding=findings.recognise(word),
                    finding_word=word,
                    source=source or PUBLIC_SOURCE,
                    problem=problem,
                )
