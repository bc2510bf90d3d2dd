"""Takes an inspected batch into the catalogue: films that passed are admitted, the others quarantined, or none is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from radiographs.records import batchfile, conflicts, placing, quarantined, recall, sketches, statements
from radiographs.records import originals as kept
from radiographs.records.batchfile import BatchContent, InspectedBatch, Line
from radiographs.records.catalogue import Catalogue, n_withdrawn, pieces
from radiographs.records.placing import Newcomer, Placement
from radiographs.records.schema import (
    BatchRow,
    CorrectionRow,
    FileRow,
    GroupRow,
    LikenessRow,
    LinkRow,
    RadiographRow,
)
from radiographs.records.statements import Exclusion
from radiographs.records.summary import AdmissionSummary

_AT_ONCE = 256


def enrol(
    catalogue: Catalogue,
    inspected: InspectedBatch,
    failures: Mapping[int, str],
    *,
    quarantine: Path,
    tolerated_share: float,
    pulled: bool = False,
    seed: int = 0,
) -> AdmissionSummary:
    """Enrols a batch in one transaction; called again for the same batch it only repeats its answer.

    Where too many rows fail, nothing is admitted, the failing rows are in the quarantine and the answer says so.

    Args:
        catalogue: an open catalogue.
        inspected: the batch.
        failures: reason in words by position in rows.csv, beside the problems that the rows have themselves.
        quarantine: folder that files of failing rows are copied to.
        tolerated_share: of the rows in rows.csv that may be at fault, in [0, 1]; known rows do not count. A film whose
            header says that it is no frontal chest film is not at fault, nor is a row that failed before.
        pulled: whether a PACS was asked, which holds films of all kinds: only what it could not give is its fault.
        seed: of the draw of splits.

    Raises:
        CatalogueUnavailable: the catalogue cannot be written; nothing is admitted.
        BatchRefused: a film was discarded or withdrawn since the batch was inspected; nothing is admitted.
    """
    content = batchfile.read(inspected.folder)
    reasons = {line.row: line.problem or failures.get(line.row, "") for line in content.lines}
    failing = [line for line in content.lines if reasons[line.row]]
    at_fault = _at_fault(catalogue, failing, pulled=pulled)
    refused = len(at_fault) > tolerated_share * len(content.lines)
    passing = [] if refused else [line for line in content.lines if not reasons[line.row]]
    stored = {line.row: quarantined.set_apart(line, content, quarantine) for line in failing}
    if content.lines:
        kept.make_durable(content.originals)
    with catalogue.writing() as session:
        batch = session.get(BatchRow, inspected.batch_id)
        if batch is None:
            status = "refused" if refused else "admitted"
            batch = BatchRow(id=inspected.batch_id, status=status, n_rows=inspected.n_rows, summary={})
            session.add(batch)
            session.flush()
            quarantined.leave(session, inspected.batch_id, passing)
            quarantined.add(session, inspected.batch_id, failing, reasons, stored)
            failed = Counter(reasons[line.row] for line in failing)
            summary = take_in(session, inspected, content, passing, reasons=failed, seed=seed)
            words = _refusal(summary, len(at_fault), len(content.lines), tolerated_share) if refused else ""
            batch.summary = asdict(replace(summary, refusal=words))
        return AdmissionSummary.recorded(batch.summary)


def _at_fault(catalogue: Catalogue, failing: Sequence[Line], *, pulled: bool) -> list[Line]:
    """The failing rows that speak against their delivery."""
    if pulled:
        candidates = [line for line in failing if line.problem]
    else:
        candidates = [line for line in failing if not line.header_objection]
    before = recall.of_delivery(catalogue, candidates).quarantined
    return [line for line in candidates if line.known_as not in before]


def _refusal(summary: AdmissionSummary, n_at_fault: int, n_lines: int, tolerated_share: float) -> str:
    worst = "; ".join(f"{count} × {reason}" for reason, count in summary.reasons[:3])
    share = n_at_fault / n_lines
    return (
        f"batch {summary.batch_id}: {n_at_fault} of {n_lines} new rows ({share:.0%}) failed, more than "
        f"the tolerated {tolerated_share:.0%}, so none was admitted ({worst}); "
        "mend or remove these files, or raise RADIOGRAPHS_TOLERATED_FAILURE_SHARE"
    )


def take_in(
    session: Session,
    inspected: InspectedBatch,
    content: BatchContent,
    passing: Sequence[Line],
    *,
    reasons: Counter[str],
    seed: int,
) -> AdmissionSummary:
    """Writes the passing lines of a batch into the catalogue, within a transaction that already knows the batch.

    Raises:
        BatchRefused: a film was discarded or withdrawn since the batch was inspected.
    """
    old = _present(session, {line.radiograph_id for line in passing} | {film for _, film in content.aliases})
    files = (name for ln in passing for name in (ln.original, ln.header, ln.lung_mask, ln.lesion_mask))
    kept.require(inspected.batch_id, content.originals, files, n_withdrawn=n_withdrawn(session, old))
    first: dict[str, Line] = {}
    for line in passing:
        if line.radiograph_id not in old:
            first.setdefault(line.radiograph_id, line)
    new = list(first.values())
    placement = _place(session, new, content.thumbnails)
    _write_films(session, inspected.batch_id, new, placement, content.thumbnails)
    _write_files(session, inspected.batch_id, passing, content.aliases, old | first.keys())
    said = statements.write(session, inspected.batch_id, passing, frozenset(first))
    disputed = conflicts.within_films(said.contradictions)
    disputed += conflicts.among_twins(session, {line.radiograph_id for line in passing})
    exclusions = [Exclusion(film, "bridge", reason) for film, reason in placement.bridges.items()]
    disputes = conflicts.write(session, inspected.batch_id, disputed)
    exclusions += [*said.retired, *conflicts.exclusions(disputes)]
    statements.exclude(session, inspected.batch_id, exclusions)
    placing.assign(session, seed=seed)
    corrections = _write_corrections(session, inspected.batch_id, passing)
    left_out = {exclusion.radiograph_id for exclusion in exclusions}
    by_finding = Counter(line.finding for line in new if line.radiograph_id not in left_out)
    failed = sum(reasons.values())
    reasons += Counter(exclusion.reason for exclusion in exclusions)
    return AdmissionSummary(
        batch_id=inspected.batch_id,
        admitted=sum(by_finding.values()),
        known=inspected.n_known - inspected.n_waiting,
        waiting=inspected.n_waiting,
        updated=len(passing) - len(new),
        quarantined=failed,
        excluded=len(left_out),
        reasons=tuple(reasons.most_common()),
        by_finding=tuple(sorted((finding, count) for finding, count in by_finding.items() if finding)),
        unlabelled=by_finding[""],
        conflicts=len(disputes),
        corrections=corrections,
        removed=_removed(content.lines),
    )


def _write_corrections(session: Session, batch_id: str, passing: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    """Notes what was put right in each film; returns how often each was."""
    rows = [
        {"radiograph_id": line.radiograph_id, "batch_id": batch_id, "words": words}
        for line in passing
        for words in json.loads(line.corrections)
    ]
    if rows:
        session.execute(insert(CorrectionRow), rows)
    return tuple(Counter(row["words"] for row in rows).most_common())


def _removed(lines: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    """What was taken out of newly opened films, and of how many."""
    counted = Counter(name for line in lines if line.change != "changed" for name in json.loads(line.removed))
    return tuple(counted.most_common())


def _present(session: Session, films: set[str]) -> set[str]:
    present: set[str] = set()
    for piece in pieces(films):
        present.update(session.scalars(select(RadiographRow.id).where(RadiographRow.id.in_(piece))))
    return present


def _place(session: Session, new: Sequence[Line], thumbnails: np.ndarray) -> Placement:
    newcomers = [Newcomer(line.radiograph_id, line.patient_id) for line in new]
    phashes = np.array([int(line.phash, 16) for line in new], np.uint64)
    return placing.place(session, newcomers, phashes, thumbnails[[line.row for line in new]])


def _write_films(
    session: Session, batch_id: str, new: Sequence[Line], placement: Placement, thumbnails: np.ndarray
) -> None:
    groups = [{"id": group, "split": "", "tune_half": "", "batch_id": batch_id} for group in placement.groups]
    films = [
        {"id": line.radiograph_id, "group_id": placement.group_of.get(line.radiograph_id), "batch_id": batch_id,
         "original": line.original, "header": line.header, "facts": dict(line.facts),
         "regions": json.loads(line.regions)}
        for line in new
    ]  # fmt: skip
    likenesses = [
        {"radiograph_id": line.radiograph_id, "phash": placing.signed(int(line.phash, 16)),
         "sketch": sketch, "thumbnail": thumbnails[line.row].tobytes()}
        for line, sketch in zip(new, _sketches(new, thumbnails), strict=True)
    ]  # fmt: skip
    links = [
        {
            "radiograph_id": twin.id,
            "other_id": twin.other_id,
            "distance": twin.distance,
            "correlation": twin.correlation,
            "detail": twin.detail,
            "orientation": twin.orientation,
        }
        for twin in placement.twins
    ]
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (GroupRow, groups), (RadiographRow, films), (LikenessRow, likenesses), (LinkRow, links)
    )  # fmt: skip
    for table, rows in tables:
        if rows:
            session.execute(insert(table), rows)


def _sketches(lines: Sequence[Line], thumbnails: np.ndarray) -> Iterator[bytes]:
    """The sketches of films as they are stored, made of some hundred at a time."""
    for start in range(0, len(lines), _AT_ONCE):
        some = sketches.of(thumbnails[[line.row for line in lines[start : start + _AT_ONCE]]])
        yield from (sketch.tobytes() for sketch in some)


def _write_files(
    session: Session, batch_id: str, passing: Sequence[Line], aliases: Sequence[tuple[str, str]], films: set[str]
) -> None:
    """Remembers all files that hold a film of the catalogue."""
    wanted = {digest: film for digest, film in aliases if film in films}
    wanted |= {line.file_digest: line.radiograph_id for line in passing if line.file_digest}
    for piece in pieces(list(wanted)):
        for digest in session.scalars(select(FileRow.digest).where(FileRow.digest.in_(piece))):
            wanted.pop(digest)
    rows = [{"digest": digest, "radiograph_id": film, "batch_id": batch_id} for digest, film in wanted.items()]
    if rows:
        session.execute(insert(FileRow), rows)
