"""Turns an announced row into a line that names nobody, before its film is opened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from radiographs.imaging import decode
from radiographs.records import identity
from radiographs.records import originals as kept
from radiographs.records.batchfile import Line
from radiographs.records.identity import Pseudonyms
from radiographs.records.intake import IntakeRow


@dataclass(frozen=True)
class Arrival:
    """An announced row with the line drafted for it."""

    row: IntakeRow
    line: Line

    @property
    def has_film(self) -> bool:
        """Whether there is anything to open."""
        return self.row.remote is not None or (self.row.path is not None and bool(self.line.file_digest))


def draft(row: IntakeRow, key: bytes) -> Arrival:
    """Digests the film and its masks, and takes identity out of the row; a film that lies elsewhere is not fetched."""
    name, word, source = _writable(row.name), _writable(row.finding_word), _writable(row.source)
    if (name, word, source) != (row.name, row.finding_word, row.source):
        row = replace(row, name=name, finding_word=word, source=source)
    problem, file_digest, masks = row.problem, "", ["", ""]
    try:
        if row.remote is not None:
            file_digest = identity.bytes_digest(key, row.remote.address.encode())
        elif row.path is not None and not row.path.is_file():
            problem = problem or "it is no regular file, or a link to none"
        elif row.path is not None:
            file_digest = identity.file_digest(key, row.path)
        if any(path is not None and not path.is_file() for path in (row.lung_mask, row.lesion_mask)):
            problem = problem or "a mask of it is no regular file"
        else:
            masks = [kept.plain_digest(path) if path else "" for path in (row.lung_mask, row.lesion_mask)]
    except OSError as error:
        problem = problem or f"the file or a mask of it cannot be read ({error.strerror})"
    return Arrival(row, _line(row, Pseudonyms(key, row.source), problem, file_digest, masks))


def not_given_out(line: Line) -> str:
    """What a row is remembered by whose film a PACS did not give out: not its own name, so that it is asked again."""
    return _digest(line.known_as, "not given out")


def _line(row: IntakeRow, names: Pseudonyms, problem: str, file_digest: str, masks: list[str]) -> Line:
    patient = names.patient(identity.of_somebody(row.patient_id) or "")
    study, accession = names.study(row.study_id or ""), names.accession(row.accession or "")
    date = names.date(identity.of_somebody(row.patient_id) or "", row.study_date or "")
    seen = (row.view_position or "", row.sex or "", row.age, row.offset_days)
    # Later columns count where they are given, so that what was told before they existed keeps its digest.
    told = _digest(
        row.finding or row.finding_word, row.source, patient, study, *seen, *masks, *filter(None, (accession, date))
    )
    width, height, channels = (_text(side) for side in (row.stated_width, row.stated_height, row.stated_channels))
    file_format = row.stated_format or ""
    of_file = (("width", width), ("height", height), ("format", file_format), ("channels", channels))
    stated = [f"{what} {value}" for what, value in of_file if value]
    name = identity.veil(row.name, row.patient_id, patient)
    return Line(
        row=-1,
        name=name,
        problem=identity.veil(problem, row.patient_id, patient),
        change="spoiled" if problem else "",
        finding=row.finding or "",
        finding_word=row.finding_word,
        source=row.source,
        patient_id=patient,
        study_id=study,
        view_position=row.view_position or "",
        sex=row.sex or "",
        age=row.age,
        offset_days=row.offset_days,
        radiograph_id="",
        file_digest=file_digest,
        original="",
        lung_mask=masks[0],
        lesion_mask=masks[1],
        phash="",
        told=told,
        known_as=_digest(decode.DECODER_VERSION, file_digest, told, problem, "" if file_digest else name, *stated),
        accession=accession,
        study_date=date,
        stated_width=width,
        stated_height=height,
        stated_format=file_format,
        stated_channels=channels,
        corrections=json.dumps(list(row.repairs), ensure_ascii=False),
    )


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _writable(text: str) -> str:
    """A file name's bytes that are no UTF-8 become question marks, so that the name can be stored."""
    return text.encode("utf-8", "replace").decode()


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
