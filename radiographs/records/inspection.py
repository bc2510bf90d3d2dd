"""Opens each film of a delivery that is new, once, keeping its original and noting its facts."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode, quality
from radiographs.imaging.filefacts import DecodedRadiograph, DecodeLimits, FileFacts
from radiographs.records import batchfile, grouping, identity, recall
from radiographs.records import originals as kept
from radiographs.records.batchfile import InspectedBatch, Line
from radiographs.records.catalogue import Catalogue
from radiographs.records.intake import IntakeRow
from radiographs.records.noting import Notebook, Opened
from radiographs.records.recall import Memory

Advance = Callable[[int], None]
_SHOWN = "film"  # reasons name no file: the row does, without the patient's identity


@dataclass(frozen=True)
class Arrival:
    """An announced row with the line drafted for it."""

    row: IntakeRow
    line: Line


@dataclass(frozen=True)
class Workplace:
    """Where films are kept and what pseudonyms are made with."""

    originals: Path
    draft: Path
    key: bytes


def inspect(
    rows: Sequence[IntakeRow],
    catalogue: Catalogue,
    *,
    originals: Path,
    batches: Path,
    key: bytes,
    advance: Advance = lambda n: None,
) -> InspectedBatch:
    """Notes all that is new in a delivery; what the catalogue or its quarantine knows already is only counted.

    Each file is hashed, each new one decoded once, in threads; no pixels are held beyond the film in work.

    Raises:
        CatalogueUnavailable: the catalogue cannot be read.
    """
    import imagehash  # noqa: F401 — imported here once, not raced for by the threads

    place = Workplace(originals, batchfile.begin(batches), key)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            notebook = _read_through(rows, catalogue, pool, place, advance)
        return batchfile.finish(place.draft, notebook.content(), len(rows))
    finally:
        shutil.rmtree(place.draft, ignore_errors=True)


def _read_through(
    rows: Sequence[IntakeRow], catalogue: Catalogue, pool: ThreadPoolExecutor, place: Workplace, advance: Advance
) -> Notebook:
    arrivals = list(pool.map(partial(_draft, key=place.key), rows))
    memory = recall.of_delivery(catalogue, [arrival.line for arrival in arrivals])
    to_open, rows_known_by_file = _sort(arrivals, memory)
    advance(len(rows) - len(to_open))
    opened = dict(zip(to_open, _opened(pool, [arrivals[at] for at in to_open], place, advance), strict=True))
    opened |= rows_known_by_file
    memory = memory.with_films(catalogue, {row.line.radiograph_id for row in opened.values()} - {""})
    notebook = Notebook(memory, place.originals)
    for at in sorted(opened):
        notebook.note(opened[at])
    return notebook


def _draft(row: IntakeRow, key: bytes) -> Arrival:
    """Hashes the film and its masks, and takes identity out of the row."""
    row = replace(row, name=_writable(row.name), finding_word=_writable(row.finding_word), source=_writable(row.source))
    problem, file_digest, masks = row.problem, "", ["", ""]
    try:
        if row.path is not None and not row.path.is_file():
            problem = problem or "it is no regular file, or a link to none"
        elif row.path is not None:
            file_digest = identity.file_digest(key, row.path)
        masks = [kept.plain_digest(path) if path else "" for path in (row.lung_mask, row.lesion_mask)]
    except OSError as error:
        problem = problem or f"the file or a mask of it cannot be read ({error.strerror})"
    patient = identity.pseudonym(key, row.source, row.patient_id or "")
    study = identity.pseudonym(key, row.source, row.study_id or "")
    seen = (row.view_position or "", row.sex or "", row.age, row.offset_days)
    told = _digest(row.finding or row.finding_word, row.source, patient, study, *seen, *masks)
    name = identity.veil(row.name, row.patient_id, patient)
    line = Line(
        row=-1,
        name=name,
        problem=problem,
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
        staged="",
        phash="",
        told=told,
        known_as=_digest(decode.DECODER_VERSION, file_digest, told, problem, "" if file_digest else name),
    )
    return Arrival(row, line)


def _writable(text: str) -> str:
    """A file name's bytes that are no UTF-8 become question marks, so that the name can be stored."""
    return text.encode("utf-8", "replace").decode()


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _sort(arrivals: Sequence[Arrival], memory: Memory) -> tuple[list[int], dict[int, Opened]]:
    """Positions of the films to open, each file once; and the rows whose film is known by its file."""
    to_open: dict[str, int] = {}
    known = {}
    for at, arrival in enumerate(arrivals):
        line = arrival.line
        if line.known_as in memory.quarantined:
            continue
        if line.problem:
            to_open[f"spoiled {at}"] = at
        elif line.file_digest in memory.films_by_file or line.file_digest in to_open:
            film = memory.films_by_file.get(line.file_digest, "")
            known[at] = _as_opened(arrival, replace(line, radiograph_id=film))
        else:
            to_open[line.file_digest] = at
    return list(to_open.values()), known


def _as_opened(arrival: Arrival, line: Line) -> Opened:
    return Opened(line, arrival.row.lung_mask, arrival.row.lesion_mask)


def _opened(
    pool: ThreadPoolExecutor, arrivals: Sequence[Arrival], place: Workplace, advance: Advance
) -> Iterator[Opened]:
    for opened in pool.map(partial(_open, place=place), arrivals):
        advance(1)
        yield opened


def _open(arrival: Arrival, place: Workplace) -> Opened:
    """Decodes, measures and keeps one film; a spoiled one is set aside with its problem."""
    line, path = arrival.line, arrival.row.path
    if line.problem or path is None:
        return _set_aside(arrival, line.problem, place)
    try:
        film, data = _decoded(path, line, place)
    except UnreadableRadiograph as error:
        sentence = str(error).removeprefix(f"{_SHOWN}: ").removeprefix(f"{path.name}: ")
        return replace(_set_aside(arrival, sentence, place), first_of_file=True)
    facts, like = quality.measure(film.pixels, film.facts), grouping.likeness(film.pixels)
    radiograph_id = decode.pixel_digest(film.pixels)
    original = kept.keep_film(place.originals, radiograph_id, data, film.pixels, film.facts.format)
    line = replace(
        _completed(line, film.facts, place.key),
        change="new",
        radiograph_id=radiograph_id,
        original=original,
        facts=asdict(facts),
        phash=f"{like.phash:016x}",
    )
    return replace(_as_opened(arrival, line), thumbnail=like.thumbnail, first_of_file=True)


def _decoded(path: Path, line: Line, place: Workplace) -> tuple[DecodedRadiograph, bytes]:
    """The film, and the file's bytes that it was decoded from."""
    try:
        too_large = path.stat().st_size > DecodeLimits().max_bytes
        data = b"" if too_large else path.read_bytes()
    except OSError as error:
        raise UnreadableRadiograph(f"{_SHOWN}: the file cannot be read ({error.strerror})") from error
    if too_large:
        return decode.decode_file(path), data
    if identity.bytes_digest(place.key, data) != line.file_digest:
        raise UnreadableRadiograph(f"{_SHOWN}: the file changed while it was read; deliver it again")
    return decode.decode_bytes(data, _SHOWN), data


def _completed(line: Line, facts: FileFacts, key: bytes) -> Line:
    """What the delivery left open is taken from the film's own header."""
    return replace(
        line,
        patient_id=line.patient_id or identity.pseudonym(key, line.source, facts.patient_id or ""),
        study_id=line.study_id or identity.pseudonym(key, line.source, facts.study_id or ""),
        view_position=line.view_position or facts.view_position or "",
        sex=line.sex or facts.sex or "",
        age=facts.age if line.age is None else line.age,
    )


def _set_aside(arrival: Arrival, problem: str, place: Workplace) -> Opened:
    """Copies a spoiled file into the batch's folder, from where it goes to the quarantine."""
    staged, path = "", arrival.row.path
    if path is not None and path.is_file() and arrival.line.file_digest:
        staged = f"{batchfile.UNREAD}/{arrival.line.file_digest}{path.suffix.lower()[:12]}"
        kept.copy(path, place.draft / staged)
    return Opened(replace(arrival.line, problem=problem, change="spoiled", staged=staged))
