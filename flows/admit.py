"""The order of an admission: read and decode, hold the promises against it, enrol or quarantine."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows import environment
from radiographs import findings, settings
from radiographs.imaging import quality
from radiographs.records.admission import AdmissionSummary
from tasks import catalogue, validation
from tasks.catalogue import Delivery


@flow(name="admit", validate_parameters=False)
def admit(folder: Path | None = None, metadata: Path | None = None, source: str | None = None) -> AdmissionSummary:
    """Admits a folder of films (the inbox, if none is named) into the catalogue.

    Args:
        folder: one folder per finding, or any tree with a metadata table.
        metadata: the table; `metadata.csv` in the folder is found by itself.
        source: the hospital or data set, where the table does not say.
    """
    chosen = settings.read()
    places = environment.prepare(chosen)
    delivery = Delivery(Path(folder or chosen.inbox_folder), Path(metadata) if metadata else None, source)
    known = findings.read(chosen.findings_file)
    inspected = catalogue.inspect_batch(delivery, known, places, chosen.catalogue_address)
    validated = validation.validate_batch(inspected, known, quality.Limits(), places.data_docs)
    return catalogue.enrol_batch(
        inspected, validated.failures, places, chosen.catalogue_address, chosen.tolerated_failure_share
    )
