"""Tasks that register a bundle in the MLflow registry and move its aliases."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import NoChampion, UnknownModel
from radiographs.findings import Findings
from radiographs.runtime import manifest
from tasks.tracking import Tracking, reached

MODEL = "radiographs"
CHAMPION = "champion"
CHALLENGER = "challenger"
SHORTEST = 8  # characters of a run id, or of a bundle's digest, that may stand for it


@dataclass(frozen=True)
class RegisteredVersion:
    """A version of the registered model and the bundle it was made from."""

    version: str
    run_id: str
    bundle: str


@task(cache_policy=NO_CACHE)
def register(tracking: Tracking, run_id: str, bundle: Path) -> RegisteredVersion:
    """Logs the bundle as a pyfunc model with a signature, registers it and points `challenger` at it."""
    import mlflow

    mlflow.set_tracking_uri(tracking.address)
    mlflow.set_registry_uri(tracking.address)
    with reached(tracking) as client, mlflow.start_run(run_id=run_id):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it advises hints; the signature says more
            info = mlflow.pyfunc.log_model(
                name="classifier",
                python_model=str(Path(__file__).with_name("registered_model.py")),
                artifacts={"bundle": str(bundle)},
                signature=_signature(manifest.read_verified(bundle).findings),
                pip_requirements=["radiographs[training]"],
            )
        if not client.search_registered_models(f"name = '{MODEL}'"):
            client.create_registered_model(MODEL, description="Research use only, not a medical device.")
        created = client.create_model_version(MODEL, info.model_uri, run_id=run_id, model_id=info.model_id)
        version = str(created.version)
        client.set_model_version_tag(MODEL, version, "bundle", bundle.name)
        client.set_registered_model_alias(MODEL, CHALLENGER, version)
    get_run_logger().info("registered %s version %s", MODEL, version)
    return RegisteredVersion(version=version, run_id=run_id, bundle=bundle.name)


def _signature(findings: Findings):  # type: ignore[no-untyped-def]  # mlflow's types are imported only here
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

    films = Schema([TensorSpec(np.dtype("uint8"), (-1, -1, -1))])
    return ModelSignature(films, Schema([ColSpec("double", name) for name in findings.names]))


@task(cache_policy=NO_CACHE)
def champion(tracking: Tracking) -> RegisteredVersion | None:
    """The version that `champion` points at, or None before the first promotion."""
    return crowned(tracking)


def crowned(tracking: Tracking) -> RegisteredVersion | None:
    """The same for a command that looks and runs no flow."""
    from mlflow.exceptions import MlflowException

    with reached(tracking) as client:
        try:
            found = client.get_model_version_by_alias(MODEL, CHAMPION)
        except MlflowException as error:
            if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                return None
            raise
        return RegisteredVersion(str(found.version), str(found.run_id), found.tags["bundle"])


@task(cache_policy=NO_CACHE)
def describe(tracking: Tracking, version: str, description: str, tags: dict[str, str]) -> None:
    """Writes what the version's page shows: the description and its links as tags."""
    with reached(tracking) as client:
        client.update_model_version(MODEL, version, description=description)
        for name, value in tags.items():
            client.set_model_version_tag(MODEL, version, name, value)


@task(cache_policy=NO_CACHE)
def crown(tracking: Tracking, version: str) -> None:
    """Points `champion` at a version."""
    with reached(tracking) as client:
        client.set_registered_model_alias(MODEL, CHAMPION, version)
    get_run_logger().info("champion is now version %s", version)


@dataclass(frozen=True)
class Listed:
    """A registered version as the registry lists it.

    Attributes:
        model: the version itself.
        verdict: promote, hold or reject; empty before it was judged.
        at: when it was registered.
    """

    model: RegisteredVersion
    verdict: str
    at: datetime


def listed(tracking: Tracking) -> tuple[Listed, ...]:
    """All registered versions, oldest first."""
    with reached(tracking) as client:
        found = client.search_model_versions(f"name = '{MODEL}'")
    versions = (
        Listed(
            RegisteredVersion(str(each.version), str(each.run_id), each.tags["bundle"]),
            each.tags.get("verdict", ""),
            datetime.fromtimestamp(each.creation_timestamp / 1000, UTC),
        )
        for each in found
        if "bundle" in each.tags  # one whose registration was cut short answers nothing
    )
    return tuple(sorted(versions, key=lambda each: int(each.model.version)))


def asked_for(tracking: Tracking, word: str) -> RegisteredVersion:
    """The version that an alias, a number, or the beginning of a run's or a bundle's name stands for.

    Raises:
        UnknownModel: there is none, or several begin so.
        NoChampion: the alias champion or challenger is on no version yet.
    """
    versions = listed(tracking)
    if word not in (CHAMPION, CHALLENGER):
        return find(versions, word)
    with reached(tracking) as client:
        known = client.search_registered_models(f"name = '{MODEL}'")
        aliases = client.get_registered_model(MODEL).aliases if known else {}
    if word not in aliases:
        raise NoChampion(
            f"no model is {word} yet; `radiographs retrain` makes one, `radiographs promote` lists held ones"
        )
    return find(versions, str(aliases[word]))


def find(versions: Sequence[Listed], asked: str) -> RegisteredVersion:
    """The version of that number, or of the one run or bundle whose name is or begins so.

    Raises:
        UnknownModel: there is none, or several runs begin so.
    """
    by_number = [each.model for each in versions if each.model.version == asked]
    named = [each.model for each in versions if each.model.run_id.startswith(asked)]
    named = named or [each.model for each in versions if each.model.bundle.startswith(asked)]
    found = by_number or (named if len(asked) >= SHORTEST else [])
    if len(found) == 1:
        return found[0]
    fault = (
        f"the runs or bundles of {len(found)} begin with '{asked}'" if found else f"no model is registered as '{asked}'"
    )
    raise UnknownModel(
        f"a version number, or the first {SHORTEST} or more characters of an MLflow run id or a bundle's digest, names "
        f"a model: {fault}; "
        "`radiographs promote` lists the models that wait, MLflow's page of the model all of them"
    )


@task(cache_policy=NO_CACHE)
def note_approval(tracking: Tracking, version: str, bento: str, tags: dict[str, str]) -> None:
    """Writes on a version's page who approved it and the Bento that it got; the verdict stays as it was."""
    with reached(tracking) as client:
        page = client.get_model_version(MODEL, version).description or ""
        client.update_model_version(MODEL, version, page.replace("Bento: `none`", f"Bento: `{bento}`"))
        for name, value in (tags | {"bento": bento}).items():
            client.set_model_version_tag(MODEL, version, name, value)
