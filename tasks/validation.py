"""Holds one inspected batch against its expectations and shows the outcome in Data Docs."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from expectations import image_facts, metadata, reasons
from radiographs.errors import UnreadableTable
from radiographs.findings import Findings
from radiographs.imaging.quality import Limits
from radiographs.records.admission import InspectedBatch
from tasks import data_docs

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = (
    "age", "offset_days", "width", "height", "tint", "contrast", "entropy", "exposure", "border_share", "text_share",
    "frontal_score",
)  # fmt: skip
# No promise is about these; every condition of a suite looks at all columns that are there, which takes time.
UNSEEN = frozenset({
    "change", "file_digest", "original", "lung_mask", "lesion_mask", "phash", "told", "known_as", "header", "regions",
    "corrections", "removed", "identified", "modality", "body_part", "manufacturer", "bit_depth", "mean_intensity",
    "sharpness", "black_share",
})  # fmt: skip


@dataclass(frozen=True)
class Validation:
    """What came of a batch: the failing rows with their reasons, and the page that shows them.

    Attributes:
        failures: row number to its reasons in words.
        n_rows: rows that were held against the suites.
        data_docs: index page of the Data Docs; absent until a first batch had rows.
    """

    failures: dict[int, str]
    n_rows: int
    data_docs: Path


def validate(inspected: InspectedBatch, findings: Findings, limits: Limits, docs: Path) -> Validation:
    """Validates the rows of an inspected batch; one without new rows costs nothing.

    Args:
        inspected: the batch, whose folder holds rows.csv.
        findings: the findings that a row may be labelled with.
        limits: what the image facts are held against.
        docs: folder of the Data Docs; everything written lies in it.

    Raises:
        UnreadableTable: rows.csv is missing or lacks a column, or a column holds another type than it should.
    """
    path = inspected.folder / "rows.csv"
    index = docs / "index.html"
    if _is_empty(path, inspected):
        return Validation({}, 0, index)
    table = _read(path)
    suites = (metadata.metadata_suite(findings), image_facts.image_facts_suite(limits))
    try:
        of_metadata, of_image = data_docs.failures_of(suites, table, inspected.batch_id, docs)
    except UnreadableTable as error:
        raise UnreadableTable(f"{path}: {error}") from error
    return Validation(_joined(of_metadata, of_image), len(table), index)


@task(name="validate batch", cache_policy=NO_CACHE)
def validate_batch(inspected: InspectedBatch, findings: Findings, limits: Limits, docs: Path) -> Validation:
    """`validate` as a line of a flow run."""
    validation = validate(inspected, findings, limits, docs)
    get_run_logger().info(
        "batch %s: %d of %d rows failed their expectations",
        inspected.batch_id,
        len(validation.failures),
        validation.n_rows,
    )
    return validation


def _is_empty(path: Path, inspected: InspectedBatch) -> bool:
    """Whether there is nothing to validate, found without importing pandas or Great Expectations."""
    if not path.is_file():
        if inspected.n_new:
            raise UnreadableTable(f"{path}: missing, though the batch has {inspected.n_new} new rows; admit it again")
        return True
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.reader(lines)
        next(reader, None)
        return next(reader, None) is None


def _read(path: Path) -> pd.DataFrame:
    """rows.csv with words as words (a source called NA stays one), numbers as numbers and emptiness as null."""
    import pandas as pd

    table = pd.read_csv(
        path,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
        usecols=lambda name: name not in UNSEEN,
    )
    if reasons.ROW_COLUMN not in table:
        raise UnreadableTable(f"{path}: column '{reasons.ROW_COLUMN}' is missing; admit the batch again")
    for column in (reasons.ROW_COLUMN, *(name for name in NUMBERS if name in table)):
        try:
            table[column] = pd.to_numeric(table[column])
        except ValueError as error:
            raise UnreadableTable(f"{path}: column '{column}' must hold numbers ({error})") from error
    return metadata.with_statements(image_facts.with_shape(table))


def _joined(of_metadata: dict[int, list[str]], of_image: dict[int, list[str]]) -> dict[int, str]:
    """One text a row: every fault of its metadata, for one repair, then the first of its film, which tells enough."""
    every = {row: list(texts) for row, texts in of_metadata.items()}
    for row, texts in of_image.items():
        every.setdefault(row, []).append(texts[0])
    return {row: "; ".join(texts) for row, texts in sorted(every.items())}
