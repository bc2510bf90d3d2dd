"""Tasks that take a batch into the catalogue: read and decode it, then enrol what kept its promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.findings import Findings
from radiographs.places import Places
from radiographs.records import admission, identity, intake, keykeeping, pacs
from radiographs.records.admission import AdmissionSummary, InspectedBatch, Workplace
from radiographs.records.catalogue import Catalogue
from radiographs.records.intake import IntakeRow
from radiographs.records.pacs import Pacs, Query
from tasks import progress


@dataclass(frozen=True)
class Delivery:
    """What a person or a schedule brings: a folder, perhaps with a table, perhaps from one source."""

    folder: Path
    metadata: Path | None = None
    source: str | None = None


@dataclass(frozen=True)
class Pull:
    """What is to be fetched from a PACS, and what its films are said to come from."""

    pacs: Pacs
    query: Query
    source: str


@dataclass(frozen=True)
class Custody:
    """Where films go and how identity is taken out of them.

    Attributes:
        places: the state folder.
        key_file: the pseudonyms' key, where a site gives its own; None for the one of the state folder.
        keep_identified: whether files are also kept as they came.
        catalogue_url: the catalogue that is held to its key; None where whoever opens it holds it to the key.
    """

    places: Places
    key_file: Path | None = None
    keep_identified: bool = False
    catalogue_url: str | None = None

    def workplace(self) -> Workplace:
        """The places with the key read, or made on first use.

        Raises:
            InvalidSettings: the key cannot be read, or is not the one of the catalogue.
            CatalogueUnavailable: the catalogue cannot be opened.
        """
        identified = self.places.identified if self.keep_identified else None
        return Workplace(self.places.originals, self.places.batches, self._key(), identified)

    def _key(self) -> bytes:
        if self.catalogue_url is None:
            return self._read_or_make()
        with Catalogue.open(self.catalogue_url) as catalogue:
            if self.key_file is None and not self.places.key_file.exists() and keykeeping.has_names(catalogue):
                return identity.read_key(self.places.key_file)  # says that it is gone
            key = self._read_or_make()
            keykeeping.keep_to(catalogue, key)
        return key

    def _read_or_make(self) -> bytes:
        if self.key_file is None:
            return identity.read_or_make_key(self.places.key_file)
        return identity.read_key(self.key_file)


class Announcement:
    """Announced rows on their way into a task; no dataclass, because Prefect would walk through every row of one."""

    def __init__(self, rows: tuple[IntakeRow, ...], *, pulled: bool = False) -> None:
        self.rows = rows
        self.pulled = pulled


@dataclass(frozen=True)
class Tolerance:
    """What share of a delivery's rows may be at fault, and whether it was pulled from a PACS; see `enrolment.enrol`."""

    share: float
    pulled: bool = False


def announced(delivery: Delivery | Pull, findings: Findings, custody: Custody) -> Iterator[Announcement]:
    """The rows of a folder at once, or those of a PACS in pieces, so that each piece is admitted before the next.

    Raises:
        EmptyInbox, UnreadableTable: see `intake.read_batch`.
        PacsUnavailable: the PACS cannot be reached.
    """
    if isinstance(delivery, Pull):
        rows = pacs.rows(delivery.pacs, delivery.query, delivery.source, key=custody.workplace().key)
        yield from (Announcement(part, pulled=True) for part in rows)
    else:
        folder = delivery.folder
        yield Announcement(intake.read_batch(folder, findings, metadata=delivery.metadata, source=delivery.source))


@task(cache_policy=NO_CACHE)
def inspect_batch(announcement: Announcement, custody: Custody, catalogue_url: str) -> InspectedBatch:
    """Opens each film that is new, once, and writes the facts of the batch."""
    rows = announcement.rows
    with Catalogue.open(catalogue_url) as catalogue, progress.bar("decoding films", len(rows)) as advance:
        place = replace(custody, catalogue_url=catalogue_url).workplace()
        inspected = admission.inspect(rows, catalogue, place, advance=advance)
    get_run_logger().info(
        "batch %s: %d rows, %d new, %d known", inspected.batch_id, inspected.n_rows, inspected.n_new, inspected.n_known
    )
    return inspected


@task(cache_policy=NO_CACHE)
def enrol_batch(
    inspected: InspectedBatch, failures: dict[int, str], places: Places, catalogue_url: str, tolerated: Tolerance
) -> AdmissionSummary:
    """Writes the films that passed into the catalogue and the others into the quarantine, with their reasons."""
    with Catalogue.open(catalogue_url) as catalogue:
        summary = admission.enrol(
            catalogue,
            inspected,
            failures,
            quarantine=places.quarantine,
            tolerated_share=tolerated.share,
            pulled=tolerated.pulled,
        )
    get_run_logger().info(
        "batch %s: %d admitted, %d quarantined", summary.batch_id, summary.admitted, summary.quarantined
    )
    return summary
