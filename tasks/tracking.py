"""Tasks around one MLflow run: opened before training, fed live, closed with its outcome."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from prefect import task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import TrackingUnavailable
from radiographs.network.training import EpochFigures
from radiographs.records import cohort as cohorts

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "radiographs"


@dataclass(frozen=True)
class Tracking:
    """Where MLflow keeps its tables and its artifacts."""

    address: str
    artifacts: Path


@contextmanager
def reached(tracking: Tracking) -> Iterator[MlflowClient]:
    """A client of the tracking database, with its failures turned into one sentence.

    Raises:
        TrackingUnavailable: the database cannot be reached or written.
    """
    import sqlalchemy.exc
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        _require_writable(tracking.address)
        yield MlflowClient(tracking_uri=tracking.address, registry_uri=tracking.address)
    except (MlflowException, sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise TrackingUnavailable(
            f"the MLflow database {_without_password(tracking.address)} cannot be used ({first_line}); "
            "mend it or set RADIOGRAPHS_TRACKING_URL to one that can be written"
        ) from error


def _require_writable(address: str) -> None:
    """A plain OSError at once instead of minutes of retries inside MLflow when the SQLite file cannot be written."""
    if not address.startswith("sqlite:///"):
        return
    file = Path(address.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab"):
        pass


def _without_password(address: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(address).render_as_string(hide_password=True)
    except ArgumentError:
        return address


def experiment_id(client: MlflowClient, tracking: Tracking) -> str:
    """The experiment's id; it is made at first use, with its artifacts where the state lies."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(EXPERIMENT, artifact_location=tracking.artifacts.as_uri()))


@task(cache_policy=NO_CACHE)
def open_run(tracking: Tracking, name: str, parameters: dict[str, str], cohort_folder: Path) -> str:
    """Starts a run with its parameters and its cohort as dataset input; returns the run's id."""
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.entities import DatasetInput, InputTag, Param

    cohort = cohorts.load(cohort_folder)
    with reached(tracking) as client:
        run = client.create_run(experiment_id(client, tracking), run_name=name)
        client.log_batch(run.info.run_id, params=[Param(key, value[:6000]) for key, value in parameters.items()])
        source = CodeDatasetSource({"cohort": cohort.digest, "films": str(len(cohort.films))})
        dataset = MetaDataset(source, name="cohort", digest=cohort.digest[:36])
        context = [InputTag("mlflow.data.context", "training")]
        client.log_inputs(run.info.run_id, datasets=[DatasetInput(dataset._to_mlflow_entity(), context)])
        return str(run.info.run_id)


def log_epochs(client: MlflowClient, run_id: str, epochs: Sequence[EpochFigures], first_step: int) -> None:
    """Writes the curves of one or more epochs in one batch; steps count over all stages."""
    from mlflow.entities import Metric

    now_ms = _now_ms()
    figures = ("loss", "accuracy", "tune_loss", "tune_accuracy")
    client.log_batch(
        run_id,
        metrics=[
            Metric(f"{epoch.stage.replace(' ', '_')}/{name}", getattr(epoch, name), now_ms, first_step + offset)
            for offset, epoch in enumerate(epochs)
            for name in figures
        ],
    )


class NestedTrial(Protocol):
    """One trial of a search: what was chosen, by name, and what it came to on tune/select."""

    @property
    def choices(self) -> tuple[tuple[str, float | str], ...]: ...
    @property
    def tune_loss(self) -> float: ...
    @property
    def tune_accuracy(self) -> float | None: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True)
class TrialRuns:
    """Runs nested under a retrain's, one for each trial of one search, written as the trials come.

    Attributes:
        tracking: where.
        run_id: of the retrain.
        search: what is searched.
        training: names cohort and recipe, and so the trials that a search which was killed has left.
    """

    tracking: Tracking
    run_id: str
    search: str
    training: str

    def log(self, trial: NestedTrial) -> None:
        """Writes a trial once: one that an unfinished retrain has written is taken over from it."""
        from mlflow.entities import Metric, Param

        with reached(self.tracking) as client:
            experiment, key = experiment_id(client, self.tracking), self._key(trial)
            left = _left_by_unfinished(client, experiment, key, self.run_id)
            if left is not None:
                client.set_tag(left, "mlflow.parentRunId", self.run_id)
                return
            tags = {"mlflow.parentRunId": self.run_id, "search": self.search, "trial": key}
            child = client.create_run(experiment, tags=tags, run_name=f"{self.search} trial").info.run_id
            figures = {name: getattr(trial, name) for name in ("tune_loss", "tune_accuracy", "seconds")}
            client.log_batch(
                child,
                metrics=[Metric(name, value, _now_ms(), 0) for name, value in figures.items() if value is not None],
                params=[Param(name, str(value)) for name, value in trial.choices],
            )
            client.set_terminated(child)

    def _key(self, trial: NestedTrial) -> str:
        chosen = json.dumps([self.training, self.search, trial.choices])
        return hashlib.sha256(chosen.encode()).hexdigest()[:32]


def _left_by_unfinished(client: MlflowClient, experiment: str, key: str, run_id: str) -> str | None:
    """The run of the same trial under this retrain or under one that came to no end."""
    for run in client.search_runs([experiment], filter_string=f"tags.trial = '{key}'"):
        parent = run.data.tags["mlflow.parentRunId"]
        if parent == run_id or client.get_run(parent).info.status != "FINISHED":
            return str(run.info.run_id)
    return None


def _now_ms() -> int:
    return int(time.time() * 1000)


@contextmanager
def utilisation(tracking: Tracking, run_id: str) -> Iterator[None]:
    """MLflow's own watch over processor, memory and graphics card while the block runs, as `system/…` of the run."""
    from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

    watch = SystemMetricsMonitor(run_id, resume_logging=True, tracking_uri=tracking.address)
    watch.start()
    try:
        yield
    finally:
        watch.finish()


def note(client: MlflowClient, run_id: str, facts: Mapping[str, str]) -> None:
    """Writes facts on a run's page as tags; empty ones are left out."""
    for name, value in facts.items():
        if value:
            client.set_tag(run_id, name, value)


@task(cache_policy=NO_CACHE)
def log_folder(tracking: Tracking, run_id: str, folder: Path, name: str) -> None:
    """Attaches a folder of files to the run."""
    with reached(tracking) as client:
        client.log_artifacts(run_id, str(folder), name)


@task(cache_policy=NO_CACHE)
def log_figures(tracking: Tracking, run_id: str, figures: dict[str, float]) -> None:
    """Writes the final figures of the run."""
    from mlflow.entities import Metric

    with reached(tracking) as client:
        client.log_batch(run_id, metrics=[Metric(name, value, 0, 0) for name, value in figures.items()])


@task(cache_policy=NO_CACHE)
def close_run(tracking: Tracking, run_id: str, status: str = "FINISHED") -> None:
    """Ends the run as FINISHED or FAILED."""
    with reached(tracking) as client:
        client.set_terminated(run_id, status=status)
