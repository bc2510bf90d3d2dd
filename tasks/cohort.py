"""Tasks that freeze the catalogue into a cohort, prove it, and say whether it was trained on before."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from expectations import cohort as cohort_expectations
from radiographs.errors import CohortRejected
from radiographs.evaluation import report
from radiographs.findings import Findings
from radiographs.places import Places
from radiographs.records import cohort, cohort_proof, sufficiency
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import CohortRecord, RetrainRecord
from tasks import data_docs

SHOWN_FAULTS = 5


@task(cache_policy=NO_CACHE)
def snapshot(catalogue_url: str, findings: Findings, cohorts: Path) -> Path:
    """The folder of the immutable cohort of all films that may be used now."""
    with Catalogue.open(catalogue_url) as catalogue:
        folder = cohort.snapshot(catalogue, findings, cohorts)
    get_run_logger().info("cohort %s", folder.name)
    return folder


@task(cache_policy=NO_CACHE)
def prove(catalogue_url: str, folder: Path, places: Places) -> None:
    """Holds a cohort against its suite and its predecessors; one that keeps its promises is recorded.

    Raises:
        CohortRejected: a patient, a group or a near-duplicate is in two splits, a film moved, or held-out shrank.
    """
    frozen = cohort.load(folder)
    with Catalogue.open(catalogue_url) as catalogue:
        rows = cohort_proof.rows(catalogue, frozen, places.cohorts)
        faults = held_against(rows, frozen.findings, f"cohort-{frozen.digest[:12]}", places.data_docs)
        if faults:
            raise CohortRejected(_refusal(frozen.digest, faults))
        catalogue.record_cohort(CohortRecord(frozen.digest, frozen.findings.names, len(frozen.films)))
    headings, *counts = report.cohort_counts(frozen)
    create_table_artifact(
        [dict(zip(headings, row, strict=True)) for row in counts],
        key="cohort",
        description=f"Films of cohort {frozen.digest} by finding, source and split",
    )
    for row in (headings, *counts):
        get_run_logger().info("%-18s %-24s %8s %8s %8s %8s", *row)


@task(cache_policy=NO_CACHE)
def require_trainable(folder: Path, by_source: bool) -> None:
    """Refuses a cohort that is too little to train on; says aloud what a training on it cannot show."""
    for said in sufficiency.require_trainable(cohort.load(folder), by_source=by_source):
        get_run_logger().warning("%s", said)


def held_against(rows: tuple[cohort_proof.ProofRow, ...], findings: Findings, name: str, docs: Path) -> list[str]:
    """The faults of a cohort in words, each film's once."""
    import pandas as pd

    table = pd.DataFrame([asdict(row) for row in rows]).replace("", None)
    (failing,) = data_docs.failures_of((cohort_expectations.cohort_suite(findings),), table, name, docs)
    names = {row.row: row.name for row in rows}
    return [f"{names[row][:12]}: {'; '.join(words)}" for row, words in sorted(failing.items())]


def _refusal(digest: str, faults: list[str]) -> str:
    shown = "; ".join(faults[:SHOWN_FAULTS])
    return (
        f"cohort {digest}: {len(faults)} films break its promises ({shown}); "
        "the Data Docs name all of them: nothing is trained on it"
    )


@task(cache_policy=NO_CACHE)
def earlier_retrain(catalogue_url: str, key: str) -> RetrainRecord | None:
    """The retrain that was already done with this cohort, these settings and this release rule, if any."""
    with Catalogue.open(catalogue_url) as catalogue:
        return catalogue.find_retrain(key)


@task(cache_policy=NO_CACHE)
def remember_retrain(catalogue_url: str, record: RetrainRecord) -> None:
    """Notes a finished retrain, so that the same one is not done twice."""
    with Catalogue.open(catalogue_url) as catalogue:
        catalogue.record_retrain(record)
