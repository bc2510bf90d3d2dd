"""Immutable sets of films, named by the digest of their content, that a classifier is trained and judged on."""

from __future__ import annotations

import csv
import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from radiographs import findings as findings_file
from radiographs.errors import CohortRejected, InvalidFindings
from radiographs.findings import Findings
from radiographs.records.catalogue import Catalogue, current_versions, usable
from radiographs.records.schema import GroupRow, RadiographRow, VersionRow

SPLITS = ("train", "tune", "held_out")
_DIGITS = 32


@dataclass(frozen=True)
class Film:
    """One film of a cohort; "" or None is unknown, files are relative to the originals folder."""

    id: str
    finding: str
    source: str
    group_id: str
    split: str
    tune_half: str
    patient_id: str
    view_position: str
    sex: str
    age: float | None
    original: str
    lung_mask: str
    lesion_mask: str


_COLUMNS = tuple(spec.name for spec in fields(Film))


@dataclass(frozen=True)
class Cohort:
    """Films in order of their ids, with the findings that they are labelled with."""

    digest: str
    findings: Findings
    films: tuple[Film, ...]

    def of(self, split: str, half: str = "") -> tuple[Film, ...]:
        """Films of a split; of one half of it where `half` is "select" or "calibrate"."""
        return tuple(film for film in self.films if film.split == split and half in ("", film.tune_half))

    @property
    def held_out_digest(self) -> str:
        """Names the held-out films, their labels and groups, whatever else the cohort holds."""
        return _digest([self.findings.names, [(film.id, film.finding, film.group_id) for film in self.of("held_out")]])

    def labels(self, films: Sequence[Film]) -> np.ndarray:
        """(n,) int64 positions of the films' findings."""
        return np.array([self.findings.index(film.finding) for film in films], np.int64)


def snapshot(catalogue: Catalogue, findings: Findings, cohorts: Path) -> Path:
    """Freezes all films that may be used now; the same catalogue gives the same folder.

    Films that are excluded, or labelled with a finding that `findings` does not name, are left out.

    Raises:
        CohortRejected: a finding has no film in train, tune or held-out.
    """
    films = _usable_films(catalogue, findings)
    _require_all_findings(films, findings)
    digest = _content_digest(films, findings)
    folder = cohorts / digest
    if not folder.exists():
        _write(folder, Cohort(digest, findings, films))
    return folder


def load(folder: Path) -> Cohort:
    """Reads a cohort back.

    Raises:
        CohortRejected: it is missing or incomplete, or its content does not have the digest that it is named by.
    """
    try:
        stated = json.loads((folder / "cohort.json").read_text(encoding="utf-8"))["digest"]
        findings = findings_file.read(folder / "findings.yaml")
        with (folder / "films.csv").open(encoding="utf-8", newline="") as file:
            films = tuple(_from_text(record) for record in csv.DictReader(file))
    except (OSError, ValueError, KeyError, TypeError, InvalidFindings) as error:
        raise CohortRejected(f"{folder}: no readable cohort ({error}); restore it from a backup") from error
    if not _content_digest(films, findings) == stated == folder.name:
        raise CohortRejected(f"{folder}: the cohort was changed after it was made; restore it from a backup")
    return Cohort(stated, findings, films)


def _usable_films(catalogue: Catalogue, findings: Findings) -> tuple[Film, ...]:
    version, film, group = VersionRow, RadiographRow, GroupRow
    said = (version.patient_id, version.view_position, version.sex, version.age)
    masks = (version.lung_mask, version.lesion_mask)
    place = (film.group_id, group.split, group.tune_half)
    with catalogue.reading() as session:
        rows = session.execute(
            select(film.id, version.finding, version.source, *place, *said, film.original, *masks)
            .join(version, version.radiograph_id == film.id)
            .join(group, group.id == film.group_id)
            .where(version.id.in_(current_versions()), usable(), version.finding.in_(findings.names))
        ).all()
    return tuple(sorted((Film(**row._mapping) for row in rows), key=lambda one: one.id))


def _require_all_findings(films: Sequence[Film], findings: Findings) -> None:
    present = {(film.finding, film.split) for film in films}
    missing = [f"{name} in {split}" for name in findings.names for split in SPLITS if (name, split) not in present]
    if missing:
        raise CohortRejected(
            f"the catalogue holds {len(films)} usable films, but no {', no '.join(missing)}; "
            "admit films of more patients with these findings"
        )


def _content_digest(films: Iterable[Film], findings: Findings) -> str:
    return _digest([findings.as_yaml(), [[_text(film)[name] for name in _COLUMNS] for film in films]])


def _digest(content: Any) -> str:
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]


def _write(folder: Path, cohort: Cohort) -> None:
    draft = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.part")
    draft.mkdir(parents=True)
    try:
        with (draft / "films.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_text(film) for film in cohort.films)
        (draft / "findings.yaml").write_text(cohort.findings.as_yaml(), encoding="utf-8")
        facts = {"digest": cohort.digest, "held_out_digest": cohort.held_out_digest, "n_films": len(cohort.films)}
        (draft / "cohort.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _publish(draft: Path, folder: Path) -> None:
    """Renames the draft, unless another process has made the same cohort meanwhile."""
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / "cohort.json").is_file():
            raise


def _text(film: Film) -> dict[str, str]:
    age = "" if film.age is None else f"{film.age:.6g}"
    return {name: getattr(film, name) for name in _COLUMNS} | {"age": age}


def _from_text(record: Mapping[str, str]) -> Film:
    values: dict[str, Any] = {name: record[name] for name in _COLUMNS}
    values["age"] = float(record["age"]) if record["age"] else None
    return Film(**values)
