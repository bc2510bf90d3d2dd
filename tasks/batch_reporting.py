"""Task that shows what became of a batch: a page in the reports, a summary on the flow run's page."""

from __future__ import annotations

import os
from pathlib import Path

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from radiographs.evaluation import batch_report
from radiographs.evaluation.batch_report import Batch, NewFilm, SetAside
from radiographs.imaging import decode, overlays, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.places import Places
from radiographs.records import batchfile
from radiographs.records.admission import AdmissionSummary, InspectedBatch
from radiographs.records.batchfile import BatchContent, Line
from tasks.validation import Validation

TILE = Preparation(192, "letterbox")


@task(cache_policy=NO_CACHE)
def report_batch(
    inspected: InspectedBatch, validated: Validation, summary: AdmissionSummary, places: Places
) -> Path | None:
    """Writes the report of a batch that brought something; the batch's own folder then goes, its rows are elsewhere."""
    content = batchfile.read(inspected.folder)
    page = None
    if content.lines:
        folder = places.batch_reports / inspected.batch_id
        batch = _batch(content, validated, summary, folder)
        page = batch_report.write(folder / "report.html", batch)
        create_markdown_artifact(_markdown(batch, page), key="batch", description=f"Batch {inspected.batch_id}")
        get_run_logger().info("batch %s: report %s", inspected.batch_id, page)
    batchfile.remove(inspected.folder)
    return page


def _batch(content: BatchContent, validated: Validation, summary: AdmissionSummary, folder: Path) -> Batch:
    reasons = {line.row: line.problem or validated.failures.get(line.row, "") for line in content.lines}
    failing = [line for line in content.lines if reasons[line.row]]
    fresh = [] if summary.refusal else [ln for ln in content.lines if ln.change == "new" and not reasons[ln.row]]
    return Batch(
        batch_id=summary.batch_id,
        outcome="Refused" if summary.refusal else "Admitted",
        counts=(
            ("Admitted", summary.admitted),
            ("of these without a finding", summary.unlabelled),
            ("Known already", summary.known),
            ("With new metadata", summary.updated),
            ("Quarantined", summary.quarantined),
            ("Excluded", summary.excluded),
            ("Conflicts for a person", summary.conflicts),
        ),
        reasons=summary.reasons,
        corrections=summary.corrections,
        removed=summary.removed,
        films=tuple(_new_film(line) for line in fresh),
        set_aside=tuple(
            _set_aside(line, reasons[line.row], content.originals, folder if at < batch_report.SHOWN_FILMS else None)
            for at, line in enumerate(failing)
        ),
        data_docs=os.path.relpath(validated.data_docs, folder) if validated.data_docs.exists() else "",
    )


def _new_film(line: Line) -> NewFilm:
    facts = line.facts
    return NewFilm(line.finding, line.source, facts["width"], facts["height"], facts["mean_intensity"])


def _set_aside(line: Line, reason: str, originals: Path, folder: Path | None) -> SetAside:
    """A quarantined row, with its picture in the folder where there is one."""
    return SetAside(line.known_as[:10], line.name, reason, _tile(line, originals, folder) if folder else "")


def _tile(line: Line, originals: Path, folder: Path) -> str:
    """A small picture of a quarantined film, named by the film so that it can be found and erased; "" without one."""
    if not line.original:
        return ""
    name = f"films/{line.radiograph_id}.png"
    small = preprocessing.prepare(decode.decode_file(originals / line.original).pixels, TILE)
    (folder / "films").mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(overlays.to_png(small))
    return name


def _markdown(batch: Batch, page: Path) -> str:
    """Counts and reasons for the flow run's page; films are shown in the report alone."""
    counts = "\n".join(f"| {name} | {n} |" for name, n in batch.counts)
    reasons = "\n".join(f"- {n} × {words}" for words, n in batch.reasons)
    strata = "\n".join(f"| {' | '.join(row)} |" for row in batch_report.strata(batch.films)[1:])
    heading = batch_report.strata(batch.films)[:1]
    table = f"| {' | '.join(heading[0])} |\n|{'---|' * len(heading[0])}\n{strata}\n\n" if heading else ""
    return (
        f"# Batch {batch.batch_id}: {batch.outcome.lower()}\n\n| What | Films |\n|---|---|\n{counts}\n\n"
        f"{table}{reasons}\n\nReport with pictures: [{page}]({page.as_uri()})\n"
    )
