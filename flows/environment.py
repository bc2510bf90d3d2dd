"""Points Prefect, MLflow, BentoML and TensorFlow at the state folder before any of them is imported."""

from __future__ import annotations

import os
import urllib.error
import urllib.request

from radiographs.errors import InvalidSettings
from radiographs.places import Places
from radiographs.settings import Settings

QUIET = {
    "DO_NOT_TRACK": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "BENTOML_DO_NOT_TRACK": "True",
    "GX_ANALYTICS_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "GIT_PYTHON_REFRESH": "quiet",
}


def prepare(settings: Settings) -> Places:
    """Makes the state folder, exports what the libraries read, and returns the places.

    Values that the caller's environment already holds win.

    Raises:
        InvalidSettings: the state folder cannot be made.
    """
    places = Places(settings.root)
    try:
        for folder in (places.prefect, places.bentoml, places.artifacts, places.reports):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidSettings(
            f"RADIOGRAPHS_HOME: {settings.root} cannot be written ({error.strerror}); name a folder that can"
        ) from error
    located = {
        "RADIOGRAPHS_HOME": str(settings.root),
        "PREFECT_HOME": str(places.prefect),
        "BENTOML_HOME": str(places.bentoml),
    }
    for name, value in (QUIET | located).items():
        os.environ.setdefault(name, value)
    return places


def server_address(settings: Settings) -> str:
    """Where `radiographs up` puts the Prefect server."""
    return f"http://127.0.0.1:{settings.prefect_port}/api"


def answers(address: str, timeout_s: float = 1.0) -> bool:
    """Whether a loopback server answers 2xx at an http address."""
    try:
        with urllib.request.urlopen(address, timeout=timeout_s) as reply:  # noqa: S310 (loopback http only)
            return 200 <= reply.status < 300
    except (urllib.error.URLError, OSError, ValueError):
        return False


def choose_server(settings: Settings) -> str:
    """Uses the Prefect server that is up, else the library's own short-lived one; returns the choice in words."""
    address = os.environ.get("PREFECT_API_URL") or server_address(settings)
    if answers(f"{address}/health"):
        os.environ["PREFECT_API_URL"] = address
        return f"Prefect server at {address}"
    os.environ.pop("PREFECT_API_URL", None)  # an empty one would be taken for an address by the events client
    return "a short-lived Prefect server of this process"


def quieten_flows() -> None:
    """Leaves the terminal to the command's own words; the server still keeps every log line."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
