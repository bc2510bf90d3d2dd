"""Goes through a delivery: what is known is counted, each new film is opened once, on all cores."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from radiographs.records import batchfile, crew, drafting, keykeeping, opening, recall
from radiographs.records import originals as kept
from radiographs.records.batchfile import InspectedBatch, Line
from radiographs.records.catalogue import Catalogue
from radiographs.records.drafting import Arrival
from radiographs.records.intake import IntakeRow
from radiographs.records.noting import Notebook
from radiographs.records.opening import Opened, Workplace
from radiographs.records.recall import Memory

_AT_ONCE = 64  # rows that a thread drafts in one go: handing over takes as long as drafting one
Advance = Callable[[int], None]


def inspect(
    rows: Sequence[IntakeRow], catalogue: Catalogue, place: Workplace, *, advance: Advance = lambda n: None
) -> InspectedBatch:
    """Notes all that is new in a delivery; what the catalogue or its quarantine knows already is only counted.

    Each file is digested, each new one decoded once, on all cores; no pixels are held beyond the films in work.

    Raises:
        CatalogueUnavailable: the catalogue cannot be read.
        InvalidSettings: its patients are named with another key.
        PacsUnavailable: a film that lies elsewhere cannot be fetched.
        StateUnwritable: the disk is full or read-only; a new call goes on from what is there.
    """
    keykeeping.keep_to(catalogue, place.key)
    with kept.writable(place.batches):
        draft = batchfile.begin(place.batches)
        try:
            read = _read_through(rows, catalogue, place, advance)
            return batchfile.finish(draft, read.notebook.content(), len(rows), read.n_waiting)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@dataclass(frozen=True)
class _Read:
    """What was noted, and how many rows are in quarantine already."""

    notebook: Notebook
    n_waiting: int


def _read_through(rows: Sequence[IntakeRow], catalogue: Catalogue, place: Workplace, advance: Advance) -> _Read:
    parts = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        arrivals = list(chain.from_iterable(pool.map(partial(_drafted, key=place.key), parts)))
    memory = recall.of_delivery(catalogue, [arrival.line for arrival in arrivals])
    coming = _coming(arrivals, memory)
    to_open, opened = _sort(arrivals, coming, memory)
    advance(len(rows) - len(to_open))
    fresh = _told(crew.open_films([arrivals[at] for at in to_open], place, memory.withdrawn), advance)
    opened |= dict(zip(to_open, fresh, strict=True))
    memory = memory.with_films(catalogue, {row.line.radiograph_id for row in opened.values()} - {""})
    return _Read(_noted(opened, memory, place.originals), len(rows) - len(coming))


def _drafted(rows: Sequence[IntakeRow], key: bytes) -> list[Arrival]:
    return [drafting.draft(row, key) for row in rows]


def _noted(opened: dict[int, Opened], memory: Memory, originals: Path) -> Notebook:
    notebook = Notebook(memory, originals)
    for at in sorted(opened):
        notebook.note(opened[at])
    return notebook


def _coming(arrivals: Sequence[Arrival], memory: Memory) -> list[int]:
    """Positions of the rows that do not wait in quarantine.

    A row that was not at fault by itself is looked at again once another row brings something new of its study: the
    two may have contradicted each other.
    """
    mended = {
        arrival.line.study_id
        for arrival in arrivals
        if arrival.line.known_as not in memory.quarantined and memory.hears_new(arrival.line)
    } - {""}
    return [at for at, arrival in enumerate(arrivals) if not _waits(arrival.line, memory, mended)]


def _waits(line: Line, memory: Memory, mended: set[str]) -> bool:
    at_fault = memory.quarantined.get(line.known_as)
    return at_fault is not None and (at_fault or line.study_id not in mended)


def _sort(arrivals: Sequence[Arrival], coming: Sequence[int], memory: Memory) -> tuple[list[int], dict[int, Opened]]:
    """Positions of the films to open, each file once; and the rows whose film is known by its file."""
    to_open: dict[str, int] = {}
    known = {}
    for at in coming:
        arrival, line = arrivals[at], arrivals[at].line
        if line.problem:
            to_open[f"spoiled {at}"] = at
        elif line.file_digest in memory.films_by_file or line.file_digest in to_open:
            known[at] = opening.known_film(arrival, memory.films_by_file.get(line.file_digest, ""))
        else:
            to_open[line.file_digest] = at
    return list(to_open.values()), known


def _told(opened: Iterator[Opened], advance: Advance) -> Iterator[Opened]:
    for one in opened:
        advance(1)
        yield one
