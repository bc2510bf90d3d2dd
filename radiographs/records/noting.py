"""Decides row by row what of an opened delivery is worth a line: new films, changed metadata, spoiled files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from radiographs.imaging import decode
from radiographs.records import batchfile, known_errors, masking, recall
from radiographs.records.batchfile import BatchContent, Line
from radiographs.records.opening import Opened, noted
from radiographs.records.recall import KnownFilm, Memory, Said


@dataclass(eq=False)
class Notebook:
    """The lines noted so far."""

    memory: Memory
    originals: Path
    lines: list[Line] = field(default_factory=list)
    thumbnails: list[np.ndarray | None] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    _films: dict[str, KnownFilm] = field(default_factory=dict)
    _noted_at: dict[str, int] = field(default_factory=dict)
    _by_file: dict[str, Line] = field(default_factory=dict)
    _spoiled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._films = dict(self.memory.films)

    def note(self, opened: Opened) -> None:
        """Takes the next row of the delivery."""
        line = self._like_its_file(opened)
        if line.change == "spoiled":
            self._note_spoiled(line)
            return
        film = self._films.get(line.radiograph_id)
        if film is None:
            self._noted_at[line.radiograph_id] = len(self.lines)
            self._films[line.radiograph_id] = _first_known(line)
            self._add(line, opened)
            return
        if line.file_digest not in self.memory.films_by_file:
            self.aliases.append((line.file_digest, line.radiograph_id))
        if not film.brings_nothing(line):
            self._films[line.radiograph_id] = film.also(line)
            self._note_changed(line, film, opened)

    def content(self) -> BatchContent:
        """All that was noted."""
        aliases = tuple(sorted(set(self.aliases)))
        return BatchContent(tuple(self.lines), batchfile.stack(self.thumbnails), self.originals, aliases)

    def _like_its_file(self, opened: Opened) -> Line:
        """A row that names a file for the second time shares its film, or its fault."""
        line = opened.line
        if opened.first_of_file:
            self._by_file[line.file_digest] = line
        if line.radiograph_id or line.change == "spoiled":
            return line
        first = self._by_file[line.file_digest]
        if first.change == "spoiled":
            return replace(line, change="spoiled", problem=first.problem, lung_mask="", lesion_mask="")
        return replace(line, radiograph_id=first.radiograph_id)

    def _note_spoiled(self, line: Line) -> None:
        if line.known_as not in self._spoiled:
            self._spoiled.add(line.known_as)
            self._add(line, None)

    def _note_changed(self, line: Line, film: KnownFilm, opened: Opened) -> None:
        """New metadata of a film that the catalogue or an earlier row holds; the film's own facts are carried over."""
        at = self._noted_at.get(line.radiograph_id)
        settled = known_errors.settle(
            replace(line, change="changed", facts=film.facts), known_errors.known_file(film.facts)
        )
        changed = replace(settled.line, corrections=noted(settled.line, settled.repairs))
        if at is not None:
            film_line = self.lines[at]
            changed = replace(
                changed,
                original=film_line.original,
                phash=film_line.phash,
                header=film_line.header,
                regions=film_line.regions,
            )
            opened = replace(opened, thumbnail=self.thumbnails[at])
        if film.header.get("source") == line.source:  # an empty cell says nothing, so what was said before stays
            stated: dict[str, Any] = {
                key: value for key, value in film.header.items() if getattr(line, key) in ("", None)
            }
            changed = replace(changed, **stated)
        self._add(changed, opened)

    def _add(self, line: Line, opened: Opened | None) -> None:
        if opened is not None and opened.masks:
            film = decode.decode_file(self.originals / (line.original or self._films[line.radiograph_id].original))
            line = masking.admit(line, opened.masks, film.pixels, self.originals)
        self.lines.append(replace(line, row=len(self.lines)))
        self.thumbnails.append(opened.thumbnail if opened else None)


def _first_known(line: Line) -> KnownFilm:
    """A new film as later rows of the batch will know it."""
    header = {key: getattr(line, key) for key in recall.HEADER}
    return KnownFilm(line.facts, header, (Said(line.told, line.source, line.name),), line.original)
