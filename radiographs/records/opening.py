"""Opens one film: read or fetch it, decode it once, take identity out of it, keep it, and complete its line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from radiographs.errors import NotGivenOut, UnreadableRadiograph
from radiographs.imaging import decode, header_gate, headervocabulary, reading
from radiographs.imaging.filefacts import DecodeLimits, FileFacts
from radiographs.imaging.reading import Reading
from radiographs.records import drafting, grouping, identity, known_errors, masking, viewwords
from radiographs.records import originals as kept
from radiographs.records.batchfile import Line
from radiographs.records.drafting import Arrival
from radiographs.records.identity import Pseudonyms
from radiographs.records.masking import MaskFiles

WITHDRAWN = "this film was withdrawn and is not taken in again"
_NO_MASKS = MaskFiles()
_SHOWN = "film"  # reasons name no file: the row does, without the patient's identity


@dataclass(frozen=True)
class Workplace:
    """Where films are kept and what pseudonyms are made with; `identified` keeps files as they came, if wanted."""

    originals: Path
    batches: Path
    key: bytes
    identified: Path | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """A row whose film was opened, or is known by its file; then with the masks that are still to be taken in.

    `thumbnail` is there where the film was opened. `first_of_file` marks the row for which the file itself was opened;
    others may share its film, or its fault.
    """

    line: Line
    masks: MaskFiles = _NO_MASKS
    thumbnail: np.ndarray | None = None
    first_of_file: bool = False


def open_film(arrival: Arrival, place: Workplace, withdrawn: frozenset[str]) -> Opened:
    """Decodes, measures and keeps one film; one that cannot be opened is a spoiled line with the reason.

    Args:
        arrival: the row.
        place: where the film is kept.
        withdrawn: ids of films of which nothing may be kept.

    Raises:
        PacsUnavailable: the film lies elsewhere and cannot be fetched now.
        StateUnwritable: the disk is full or read-only.
    """
    line = arrival.line
    if not arrival.has_film:
        return _spoiled(arrival, line.problem)
    data = b""
    try:
        data = _bytes(arrival, place)
        film = reading.read(decode.decode_bytes(data, _SHOWN))
    except UnreadableRadiograph as error:
        spoiled = _spoiled(arrival, "; ".join(filter(None, (line.problem, _sentence(error, arrival)))))
        if isinstance(error, NotGivenOut):  # remembered under another name, so that the next pull asks again
            spoiled = replace(spoiled, line=replace(spoiled.line, known_as=drafting.not_given_out(line)))
        return replace(spoiled, line=replace(spoiled.line, identified=_identified(line, data, place)))
    if film.radiograph_id in withdrawn:
        return _spoiled(arrival, WITHDRAWN)
    like = grouping.likeness(film.pixels)
    line = _with_film(_completed(line, film.file, place.key), film)
    line = _stored(line, film, data, place)
    line = masking.admit(line, _mask_files(arrival), film.pixels, place.originals)
    line = replace(line, change="spoiled" if line.problem else "new", phash=f"{like.phash:016x}")
    return Opened(line, thumbnail=like.thumbnail, first_of_file=True)


def known_film(arrival: Arrival, radiograph_id: str) -> Opened:
    """A row whose film needs no opening: the catalogue or an earlier row holds it."""
    return Opened(replace(arrival.line, radiograph_id=radiograph_id), _mask_files(arrival))


def _mask_files(arrival: Arrival) -> MaskFiles:
    return MaskFiles(arrival.row.lung_mask, arrival.row.lesion_mask)


def _spoiled(arrival: Arrival, problem: str) -> Opened:
    line = replace(arrival.line, problem=problem, change="spoiled", lung_mask="", lesion_mask="")
    return Opened(line, first_of_file=True)


def _sentence(error: UnreadableRadiograph, arrival: Arrival) -> str:
    name = arrival.row.path.name if arrival.row.path else _SHOWN
    return str(error).removeprefix(f"{_SHOWN}: ").removeprefix(f"{name}: ")


def _bytes(arrival: Arrival, place: Workplace) -> bytes:
    """The file's bytes, the same that its digest was taken of."""
    row = arrival.row
    if row.remote is not None:
        return row.remote.fetch()
    if row.path is None:
        raise UnreadableRadiograph(f"{_SHOWN}: there is no file")
    try:
        if row.path.stat().st_size > DecodeLimits().max_bytes:
            decode.decode_file(row.path)  # refuses by weight, before anything is read
        data = row.path.read_bytes()
    except OSError as error:
        raise UnreadableRadiograph(f"{_SHOWN}: the file cannot be read ({error.strerror})") from error
    if identity.bytes_digest(place.key, data) != arrival.line.file_digest:
        raise UnreadableRadiograph(f"{_SHOWN}: the file changed while it was read; deliver it again")
    return data


def _completed(line: Line, facts: FileFacts, key: bytes) -> Line:
    """What the delivery left open is taken from the film's own header; of its words only those that name nobody."""
    if facts.format != "DICOM":
        return line  # no other header is read
    names, patient = Pseudonyms(key, line.source), identity.of_somebody(facts.patient_id) or ""
    return replace(
        line,
        name=identity.veil(line.name, patient, names.patient(patient)),
        patient_id=line.patient_id or names.patient(patient),
        study_id=line.study_id or names.study(facts.study_id or ""),
        accession=line.accession or names.accession(facts.accession or ""),
        study_date=line.study_date or names.date(patient, facts.study_date or ""),
        view_position=line.view_position or viewwords.view(facts.view_position or "") or "",
        sex=line.sex or _word("PatientSex", facts.sex),
        age=facts.age if line.age is None else line.age,
        modality=_word("Modality", facts.modality),
        body_part=_word("BodyPartExamined", facts.body_part),
        manufacturer=_word("Manufacturer", facts.manufacturer),
    )


def _word(keyword: str, stated: str | None) -> str:
    """A header's word where it is one of the element's own: free text may name anybody."""
    return headervocabulary.word(keyword, stated or "") or ""


def _with_film(line: Line, film: Reading) -> Line:
    """The line with what the film itself says, and with the table's known errors put right."""
    settled = known_errors.settle(line, film.file)
    return replace(
        settled.line,
        radiograph_id=film.radiograph_id,
        facts=dict(vars(film.facts)),
        header_objection="; ".join(header_gate.objections(film.file)),
        regions=json.dumps([asdict(region) for region in film.marks.regions]),
        corrections=noted(settled.line, (*settled.repairs, *(reading.IN_WORDS[one] for one in film.corrections))),
    )


def noted(line: Line, words: Sequence[str]) -> str:
    """The line's corrections with some more, as JSON."""
    return json.dumps([*json.loads(line.corrections), *words], ensure_ascii=False)


def _stored(line: Line, film: Reading, data: bytes, place: Workplace) -> Line:
    film_file = kept.keep_film(place.originals, film, data, Pseudonyms(place.key, line.source))
    name = line.name
    for word in film_file.naming:
        name = identity.veil(name, word, "…")
    return replace(
        line,
        name=name,
        original=film_file.original,
        header=film_file.header,
        removed=json.dumps(list(film_file.removed)),
        identified=_identified(line, data, place),
    )


def _identified(line: Line, data: bytes, place: Workplace) -> str:
    """Keeps the file as it came, where that is wanted; its name in the folder of such files."""
    if place.identified is None or not data:
        return ""
    return kept.keep_identified(place.identified, line.file_digest, data)
