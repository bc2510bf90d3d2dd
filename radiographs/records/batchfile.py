"""The folder in which an inspected batch waits for its verdict: rows.csv, thumbnails.npy, batch.json."""

from __future__ import annotations

import contextlib
import csv
import json
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from radiographs.errors import BatchRefused
from radiographs.imaging.quality import ImageFacts

_STALE_S = 24 * 60 * 60
_FACTS: dict[str, type] = get_type_hints(ImageFacts)


@dataclass(frozen=True)
class InspectedBatch:
    """An inspected batch: `n_new` rows are new, changed or spoiled, `n_known` bring nothing that is not known.

    `n_waiting` of the known ones are in quarantine.
    """

    folder: Path
    batch_id: str
    n_rows: int
    n_new: int
    n_known: int
    n_waiting: int = 0


@dataclass(frozen=True)
class Line:
    """One line of rows.csv; "" or None is unknown, and nothing in it identifies a patient.

    Attributes:
        row: position in rows.csv and in thumbnails.npy.
        change: "new" film, "changed" metadata of a film that is known, or "spoiled" with its problem.
        original, lung_mask, lesion_mask: relative to the originals folder.
        header: the cleaned DICOM header, relative to the originals folder.
        header_objection: why the header says that this is no frontal chest radiograph.
        stated_…: what a table says of the file itself.
        regions, corrections, removed: JSON lists of burnt-in text, of what was put right, of what was taken out.
        identified: the file as it came, where a setting keeps it; relative to the folder of such files.
        told: digest of what the delivery said of the film; known_as: digest by which the row is known in quarantine.
        facts: an ImageFacts as a mapping; empty where the film was not decoded.
    """

    row: int
    name: str
    problem: str
    change: str
    finding: str
    finding_word: str
    source: str
    patient_id: str
    study_id: str
    view_position: str
    sex: str
    age: float | None
    offset_days: float | None
    radiograph_id: str
    file_digest: str
    original: str
    lung_mask: str
    lesion_mask: str
    phash: str
    told: str
    known_as: str
    accession: str = ""
    study_date: str = ""
    modality: str = ""
    body_part: str = ""
    manufacturer: str = ""
    header: str = ""
    header_objection: str = ""
    stated_width: str = ""
    stated_height: str = ""
    stated_format: str = ""
    stated_channels: str = ""
    regions: str = "[]"
    corrections: str = "[]"
    removed: str = "[]"
    identified: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class BatchContent:
    """What a batch's folder holds.

    Attributes:
        thumbnails: (n lines, 64, 64) uint8; all 0 where a line has no newly decoded film.
        originals: the folder that the lines' originals are relative to.
        aliases: further files (keyed digest, radiograph id) that hold a film of the batch or the catalogue.
    """

    lines: tuple[Line, ...]
    thumbnails: np.ndarray
    originals: Path
    aliases: tuple[tuple[str, str], ...]


_PLAIN = tuple(spec.name for spec in fields(Line) if spec.name != "facts")
COLUMNS = (*_PLAIN, *_FACTS)


def begin(batches: Path) -> Path:
    """A new draft folder, whose name without .part is the batch's id; what killed calls left long ago goes."""
    sweep(batches)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.part"
    draft = batches / name
    draft.mkdir(parents=True)
    return draft


def sweep(batches: Path) -> None:
    """Removes folders older than any admission lasts: those of killed calls, which hold thumbnails and pseudonyms."""
    latest = time.time() - _STALE_S
    for folder in batches.iterdir() if batches.is_dir() else ():
        with contextlib.suppress(OSError):  # another call may have removed it
            if folder.stat().st_mtime < latest:
                remove(folder)


def finish(draft: Path, content: BatchContent, n_rows: int, n_waiting: int = 0) -> InspectedBatch:
    """Writes the content into the draft folder and gives the folder its name."""
    batch_id = draft.name.removesuffix(".part")
    with (draft / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_as_text(line) for line in content.lines)
    with (draft / "thumbnails.npy").open("wb") as array:
        # np.save would report a full disk as an error without a number.
        np.lib.format.write_array_header_1_0(array, np.lib.format.header_data_from_array_1_0(content.thumbnails))
        array.write(np.ascontiguousarray(content.thumbnails).data)
    known = n_rows - len(content.lines)
    facts = {"batch_id": batch_id, "n_rows": n_rows, "n_known": known, "originals": str(content.originals.resolve())}
    (draft / "batch.json").write_text(json.dumps({**facts, "aliases": content.aliases}), encoding="utf-8")
    folder = draft.with_name(batch_id)
    draft.replace(folder)
    return InspectedBatch(folder, batch_id, n_rows, len(content.lines), known, n_waiting)


def read(folder: Path) -> BatchContent:
    """Reads what `finish` wrote.

    Raises:
        BatchRefused: the folder is gone.
    """
    if not folder.is_dir():
        raise BatchRefused(
            f"batch {folder.name}: what was inspected is gone, since a film of it was withdrawn or it waited for more "
            "than a day; admit the delivery again"
        )
    facts = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        lines = tuple(_from_text(record) for record in csv.DictReader(file))
    aliases = tuple((digest, radiograph_id) for digest, radiograph_id in facts["aliases"])
    return BatchContent(lines, np.load(folder / "thumbnails.npy"), Path(facts["originals"]), aliases)


def remove(folder: Path) -> None:
    """Removes a batch's folder once its rows are in the catalogue and its report is written."""
    shutil.rmtree(folder, ignore_errors=True)


def stack(thumbnails: Sequence[np.ndarray | None]) -> np.ndarray:
    """(n, 64, 64) uint8 of thumbnails, zeros where there is none."""
    array = np.zeros((len(thumbnails), 64, 64), np.uint8)
    for row, thumbnail in enumerate(thumbnails):
        if thumbnail is not None:
            array[row] = thumbnail
    return array


def _as_text(line: Line) -> dict[str, str]:
    values = {name: getattr(line, name) for name in _PLAIN} | dict(line.facts)
    return {name: "" if value is None else f"{value:.6g}" if name in ("age", "offset_days") else str(value)
            for name, value in values.items()}  # fmt: skip


def _from_text(record: Mapping[str, str]) -> Line:
    values: dict[str, Any] = {name: record[name] for name in _PLAIN}
    values["row"] = int(record["row"])
    for name in ("age", "offset_days"):
        values[name] = float(record[name]) if record[name] else None
    facts = {name: kind(record[name]) for name, kind in _FACTS.items()} if record["width"] else {}
    return Line(**values, facts=facts)
