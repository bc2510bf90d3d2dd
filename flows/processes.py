"""Starts the long-lived processes: the service, the worker, or all of them under one runner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from flows import environment
from radiographs.errors import NoChampion, Refusal
from radiographs.settings import Settings
from tasks.ports import require_free_port

PROJECT = Path(__file__).resolve().parents[1]
POOL = "default"


def serve(chosen: Settings, *, follow: bool, port: int | None) -> None:
    """Replaces this process by the service on loopback; does not return.

    Raises:
        PortTaken: something listens there already.
        NoChampion: nothing was promoted yet and `follow` is off.
    """
    environment.prepare(chosen)
    wanted = port or chosen.service_port
    require_free_port(wanted, "RADIOGRAPHS_SERVICE_PORT")
    if not follow and not chosen.champion_pointer.is_file():
        raise NoChampion("no champion has been promoted yet; run `radiographs retrain` (or `make demo`) first")
    os.environ["RADIOGRAPHS_FOLLOW_CHAMPION"] = "true"
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "bentoml", "serve", "services.classifier:RadiographClassifier"]
    os.execv(sys.executable, [*command, "--host", "127.0.0.1", "--port", str(wanted)])  # noqa: S606


def worker(chosen: Settings) -> None:
    """Waits for the server, makes the pool, applies prefect.yaml, and becomes the worker; does not return.

    Raises:
        Refusal: the server did not answer, or a deployment was refused.
    """
    environment.prepare(chosen)
    address = os.environ.get("PREFECT_API_URL") or environment.server_address(chosen)
    os.environ["PREFECT_API_URL"] = address
    _wait_for_server(address, timeout_s=120)
    os.chdir(PROJECT)
    _prefect("work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect("--no-prompt", "deploy", "--all")
    program = _program("prefect")
    os.execv(program, [program, "worker", "start", "--pool", POOL, "--type", "process"])  # noqa: S606


def up(chosen: Settings) -> None:
    """Replaces this process by the runner of the Procfile; does not return.

    Raises:
        PortTaken: one of the three ports is taken; nothing is started then.
    """
    environment.prepare(chosen)
    ports = {
        "RADIOGRAPHS_PREFECT_PORT": chosen.prefect_port,
        "RADIOGRAPHS_MLFLOW_PORT": chosen.mlflow_port,
        "RADIOGRAPHS_SERVICE_PORT": chosen.service_port,
    }
    for setting, port in ports.items():
        require_free_port(port, setting)
        os.environ[setting] = str(port)
    os.environ["RADIOGRAPHS_TRACKING_URL"] = chosen.tracking_address
    os.environ["RADIOGRAPHS_HOME"] = str(chosen.root)
    os.environ["PREFECT_API_URL"] = environment.server_address(chosen)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.chdir(PROJECT)
    program = _program("honcho")
    os.execv(program, [program, "start"])  # noqa: S606


def _wait_for_server(address: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not environment.answers(f"{address}/health"):
        if time.monotonic() > deadline:
            raise Refusal(f"no Prefect server answered at {address} within {timeout_s:.0f} s; start it with `make up`")
        time.sleep(0.5)


def _prefect(*arguments: str) -> None:
    done = subprocess.run([_program("prefect"), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Refusal(f"`prefect {' '.join(arguments)}` failed: {' '.join(last)}")


def _program(name: str) -> str:
    """A console script of this very environment."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Refusal(f"{name} is not installed in this environment; run `make` again, which installs the lock")
    return found
