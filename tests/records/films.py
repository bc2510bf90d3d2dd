"""Small films that are nobody's near-duplicate, and a desk that admits folders of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from radiographs import findings
from radiographs.records import admission, cohort, intake
from radiographs.records.admission import AdmissionSummary, InspectedBatch
from radiographs.records.catalogue import Catalogue

FINDINGS = findings.read()
KEY = b"k" * 32


def film(seed: int, *, side_px: int = 48) -> np.ndarray:
    """(side, side) uint8: a random smooth pattern, unlike that of any other seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(40, 215, (8, 8)).astype(np.float32)
    smooth = cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + rng.normal(0, 2, smooth.shape), 0, 255).astype(np.uint8)


def write(path: Path, pixels: np.ndarray) -> Path:
    """Writes an image file, making its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def table(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Writes a CSV table with all columns that the rows have."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def delivery(folder: Path, rows: Sequence[Mapping[str, str]], first_seed: int = 0) -> Path:
    """A folder with one film and one table row for each row."""
    folder.mkdir(parents=True, exist_ok=True)
    for offset, row in enumerate(rows):
        write(folder / row["path"], film(first_seed + offset))
    table(folder / "metadata.csv", rows)
    return folder


@dataclass(frozen=True)
class Desk:
    """A home folder with an open catalogue."""

    home: Path
    catalogue: Catalogue

    def inspect(self, folder: Path) -> InspectedBatch:
        rows = intake.read_batch(folder, FINDINGS)
        return admission.inspect(rows, self.catalogue, self.place)

    @property
    def place(self) -> admission.Workplace:
        return admission.Workplace(self.home / "originals", self.home / "batches", KEY)

    def enrol(
        self, inspected: InspectedBatch, failures: Mapping[int, str] | None = None, tolerated_share: float = 1.0
    ) -> AdmissionSummary:
        quarantine = self.home / "quarantine"
        return admission.enrol(
            self.catalogue, inspected, failures or {}, quarantine=quarantine, tolerated_share=tolerated_share
        ).accepted()

    def admit(self, folder: Path) -> AdmissionSummary:
        return self.enrol(self.inspect(folder))

    def cohort(self) -> cohort.Cohort:
        return cohort.load(cohort.snapshot(self.catalogue, FINDINGS, self.home / "cohorts"))
