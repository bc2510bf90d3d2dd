"""What the catalogue remembers of the films and rows of a delivery, asked for in a few questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from radiographs.records.batchfile import Line
from radiographs.records.catalogue import Catalogue, pieces
from radiographs.records.schema import BatchRow, ExclusionRow, FileRow, QuarantineRow, RadiographRow, VersionRow

HEADER = (
    "source", "patient_id", "study_id", "view_position", "sex", "age",
    "accession", "study_date", "modality", "body_part", "manufacturer",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What was said of a film, by digest, and where."""

    told: str
    source: str
    name: str


@dataclass(frozen=True)
class KnownFilm:
    """A film of the catalogue or an earlier line: its facts, what was said of it in order, and where it lies."""

    facts: Mapping[str, Any]
    header: Mapping[str, Any]
    said: tuple[Said, ...]
    original: str

    def brings_nothing(self, line: Line) -> bool:
        """True where a line repeats what its own place said last, or, from a new place, what anyone said."""
        own = [said.told for said in self.said if (said.source, said.name) == (line.source, line.name)]
        return own[-1] == line.told if own else any(said.told == line.told for said in self.said)

    def also(self, line: Line) -> KnownFilm:
        """The film once a line has been noted."""
        return replace(self, said=(*self.said, Said(line.told, line.source, line.name)))


@dataclass(frozen=True)
class Memory:
    """Known files by keyed digest, known films by id, the rows that are in quarantine already, and withdrawn films.

    `quarantined` says whether a row was at fault by itself, or a person settled it; else it was an expectation that
    did not hold, perhaps because of other rows.
    """

    films_by_file: Mapping[str, str]
    films: Mapping[str, KnownFilm]
    quarantined: Mapping[str, bool]
    withdrawn: frozenset[str]

    def hears_new(self, line: Line) -> bool:
        """Whether a row names a file that is not known, or says something new of one that is."""
        film = self.films.get(self.films_by_file.get(line.file_digest, ""))
        return film is None or not film.brings_nothing(line)

    def with_films(self, catalogue: Catalogue, radiograph_ids: Iterable[str]) -> Memory:
        """The memory with further films looked up by their pixels."""
        return replace(self, films={**self.films, **_films(catalogue, set(radiograph_ids) - self.films.keys())})


def of_delivery(catalogue: Catalogue, lines: Sequence[Line]) -> Memory:
    """Looks up files and rows of a delivery; rows of a refused batch are not known, they must pass again."""
    by_file: dict[str, str] = {}
    quarantined: dict[str, bool] = {}
    with catalogue.reading() as session:
        for piece in pieces({line.file_digest for line in lines}):
            found = select(FileRow.digest, FileRow.radiograph_id).where(FileRow.digest.in_(piece))
            by_file.update((digest, film) for digest, film in session.execute(found))
        for piece in pieces({line.known_as for line in lines}):
            row = QuarantineRow
            known = select(row.key, row.settled, row.line).join(BatchRow, BatchRow.id == row.batch_id)
            for key, settled, said in session.execute(known.where(row.key.in_(piece), BatchRow.status == "admitted")):
                quarantined[key] = bool(settled or said.get("problem"))
        gone = frozenset(session.scalars(select(ExclusionRow.radiograph_id).where(ExclusionRow.kind == "withdrawn")))
    return Memory(by_file, _films(catalogue, set(by_file.values())), quarantined, gone)


def _films(catalogue: Catalogue, radiograph_ids: Iterable[str]) -> dict[str, KnownFilm]:
    said: dict[str, list[Said]] = {}
    headers: dict[str, dict[str, Any]] = {}
    facts: dict[str, Mapping[str, Any]] = {}
    originals: dict[str, str] = {}
    with catalogue.reading() as session:
        for piece in pieces(radiograph_ids):
            rows = select(RadiographRow.id, RadiographRow.facts, RadiographRow.original)
            for film, measured, original in session.execute(rows.where(RadiographRow.id.in_(piece))):
                facts[film], originals[film] = measured, original
            version = VersionRow
            columns = (version.radiograph_id, version.told, version.source, version.name, version.patient_id)
            more = (getattr(version, name) for name in HEADER if name not in ("source", "patient_id"))
            told = select(*columns, *more).where(version.radiograph_id.in_(piece)).order_by(version.id)
            for row in session.execute(told):
                said.setdefault(row.radiograph_id, []).append(Said(row.told, row.source, row.name))
                headers[row.radiograph_id] = {key: getattr(row, key) for key in HEADER}
    return {
        film: KnownFilm(facts[film], headers.get(film, {}), tuple(said.get(film, ())), originals[film])
        for film in facts
    }
