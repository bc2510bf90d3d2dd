"""Tasks that freeze the catalogue into a cohort and say whether it was trained on before."""

from __future__ import annotations

from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.findings import Findings
from radiographs.records import cohort
from radiographs.records.catalogue import Catalogue, RetrainRecord


@task(cache_policy=NO_CACHE)
def snapshot(catalogue_url: str, findings: Findings, cohorts: Path) -> Path:
    """The folder of the immutable cohort of all films that may be used now."""
    with Catalogue.open(catalogue_url) as catalogue:
        folder = cohort.snapshot(catalogue, findings, cohorts)
    get_run_logger().info("cohort %s", folder.name)
    return folder


@task(cache_policy=NO_CACHE)
def earlier_retrain(catalogue_url: str, key: str) -> RetrainRecord | None:
    """The retrain that was already done with this cohort, these settings and this release rule, if any."""
    with Catalogue.open(catalogue_url) as catalogue:
        return catalogue.find_retrain(key)


@task(cache_policy=NO_CACHE)
def remember_retrain(catalogue_url: str, record: RetrainRecord) -> None:
    """Notes a finished retrain, so that the same one is not done twice."""
    with Catalogue.open(catalogue_url) as catalogue:
        catalogue.record_retrain(record.key, record.run_id, record.version, record.outcome, record.report)
