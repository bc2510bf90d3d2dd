"""Tasks that take a batch into the catalogue: read and decode it, then enrol what kept its promises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.findings import Findings
from radiographs.places import Places
from radiographs.records import admission, intake
from radiographs.records.admission import AdmissionSummary, InspectedBatch
from radiographs.records.catalogue import Catalogue
from tasks import progress


@dataclass(frozen=True)
class Delivery:
    """What a person or a schedule brings: a folder, perhaps with a table, perhaps from one source."""

    folder: Path
    metadata: Path | None = None
    source: str | None = None


@task(cache_policy=NO_CACHE)
def inspect_batch(delivery: Delivery, findings: Findings, places: Places, catalogue_url: str) -> InspectedBatch:
    """Decodes each film that is new, once, and writes the facts of the batch."""
    rows = intake.read_batch(delivery.folder, findings, metadata=delivery.metadata, source=delivery.source)
    key = admission.read_or_make_key(places.key_file)
    with Catalogue.open(catalogue_url) as catalogue, progress.bar("decoding films", len(rows)) as advance:
        inspected = admission.inspect(
            rows, catalogue, originals=places.originals, batches=places.batches, key=key, advance=advance
        )
    get_run_logger().info(
        "batch %s: %d rows, %d new, %d known", inspected.batch_id, inspected.n_rows, inspected.n_new, inspected.n_known
    )
    return inspected


@task(cache_policy=NO_CACHE)
def enrol_batch(
    inspected: InspectedBatch, failures: dict[int, str], places: Places, catalogue_url: str, tolerated_share: float
) -> AdmissionSummary:
    """Writes the films that passed into the catalogue and the others into the quarantine, with their reasons."""
    with Catalogue.open(catalogue_url) as catalogue:
        summary = admission.enrol(
            catalogue, inspected, failures, quarantine=places.quarantine, tolerated_share=tolerated_share
        )
    get_run_logger().info(
        "batch %s: %d admitted, %d quarantined", summary.batch_id, summary.admitted, summary.quarantined
    )
    return summary
