"""The order of an admission: read and decode, hold the promises against it, enrol or quarantine, report."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from pydantic import SecretStr

from flows import deliveries, environment
from radiographs import findings, settings
from radiographs.findings import Findings
from radiographs.imaging import quality
from radiographs.records.admission import AdmissionSummary
from radiographs.settings import Settings
from tasks import batch_reporting, catalogue, validation
from tasks.catalogue import Announcement, Custody, Tolerance


@flow(name="admit", validate_parameters=False)
def admit(
    folder: Path | None = None,
    metadata: Path | None = None,
    source: str | None = None,
    dicomweb: str | SecretStr | None = None,
    query: str | SecretStr | None = None,
    poll: bool = False,
) -> AdmissionSummary:
    """Admits a folder of films (the inbox, if none is named), or what a PACS holds that is new, into the catalogue.

    Args:
        folder: one folder per finding, or any tree with a metadata table, or loose films without a finding.
        metadata: the table; `metadata.csv` in the folder is found by itself.
        source: the hospital or data set, where the table does not say.
        dicomweb: address of a PACS' DICOMweb service, instead of a folder.
        query: QIDO filters for it as key=value, separated by blanks.
        poll: admits whatever the inbox and the PACS of the settings hold, and is content if that is nothing.
    """
    chosen = settings.read()
    known = findings.read(chosen.findings_file)
    custody = Custody(
        environment.prepare(chosen), chosen.pseudonym_key, chosen.keep_identified, chosen.catalogue_address
    )
    wanted = (
        deliveries.polled(chosen)
        if poll
        else (deliveries.of(chosen, folder, metadata, source, dicomweb=dicomweb, query=query),)
    )
    parts = (part for delivery in wanted for part in catalogue.announced(delivery, known, custody))
    # One refused part keeps no other away: it is told at the end.
    return AdmissionSummary.total([_admit(part, custody, known, chosen) for part in parts]).accepted()


def _admit(part: Announcement, custody: Custody, known: Findings, chosen: Settings) -> AdmissionSummary:
    places = custody.places
    inspected = catalogue.inspect_batch(part, custody, chosen.catalogue_address)
    validated = validation.validate_batch(inspected, known, quality.Limits(), places.data_docs)
    tolerated = Tolerance(chosen.tolerated_failure_share, pulled=part.pulled)
    enrolled = catalogue.enrol_batch(inspected, validated.failures, places, chosen.catalogue_address, tolerated)
    batch_reporting.report_batch(inspected, validated, enrolled, places)
    return enrolled
