"""A real server, a real worker and a real schedule: the guard that finds a server whose schedules never fire."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from flows import environment
from tasks.ports import free_port
from tests.conftest import QUICK, Loop

PROJECT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
pytestmark = pytest.mark.system


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGINT) -> None:
    """Ends a process group and waits; kills what does not listen."""
    try:
        os.killpg(process.pid, how)
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def served(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server and a worker on the loop's state; yields the environment that reaches them."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    address = f"http://127.0.0.1:{port}/api"
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    variables |= environment.QUIET | {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": address,
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_SCHEDULER_INSERT_BATCH_SIZE": "10",
        "RADIOGRAPHS_INBOX": str(loop.inbox),
    }
    server = subprocess.Popen(
        [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=variables,
        cwd=PROJECT,
        stdout=(folder / "server.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "flows", "worker"],
        env=variables,
        cwd=PROJECT,
        stdout=(folder / "worker.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield variables | {"TEST_WORKER_LOG": str(folder / "worker.log"), "TEST_SERVER_LOG": str(folder / "server.log")}
    finally:
        stop(worker)
        stop(server)


def wait_for(what: str, happened, variables: dict[str, str], timeout_s: float = 120) -> object:
    """Polls a condition of another process; on time-out fails with that process's last words."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = happened()
        if found:
            return found
        pause.wait(0.5)
    last = Path(variables["TEST_WORKER_LOG"]).read_text(errors="replace")[-2000:]
    pytest.fail(f"{what} did not happen within {timeout_s:.0f} s; the worker said:\n{last}")


def prefect(variables: dict[str, str], *words: str, timeout_s: float = 180) -> subprocess.CompletedProcess[str]:
    """Runs the prefect command line against the server."""
    return subprocess.run(
        [PREFECT, *words], env=variables, cwd=PROJECT, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def ask(variables: dict[str, str], path: str, content: object = None) -> object:
    """One call of the Prefect server's API."""
    body = None if content is None else json.dumps(content).encode()
    address = f"{variables['PREFECT_API_URL']}/{path}"
    call = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    while True:
        try:
            with urllib.request.urlopen(call, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:  # its way of saying that SQLite is locked: ask again
                raise


def test_a_deployment_run_by_hand_completes_and_an_interval_schedule_fires(served: dict[str, str], loop: Loop) -> None:
    def deployed() -> object:
        try:
            return ask(served, "deployments/name/retrain/weekly")
        except OSError:  # not up yet, or nothing of that name yet
            return None

    wait_for("the deployment", deployed, served, timeout_s=150)
    parameters = [word for name, value in QUICK.items() for word in ("--param", f"{name}={value}")]
    by_hand = prefect(served, "deployment", "run", "retrain/weekly", "--watch", *parameters)
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    assert "Completed" in by_hand.stdout + by_hand.stderr

    weekly = ask(served, "deployments/name/retrain/weekly")
    assert [schedule["schedule"]["cron"] for schedule in weekly["schedules"]] == ["0 3 * * 1"]
    often = [{"schedule": {"interval": 5}, "active": True, "parameters": QUICK}]
    ask(served, f"deployments/{weekly['id']}/schedules", often)

    def completed() -> bool:
        runs = ask(served, "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}})
        return any(run["auto_scheduled"] and run["deployment_id"] == weekly["id"] for run in runs)

    wait_for("a run of the schedule", completed, served)
    log = Path(served["TEST_SERVER_LOG"]).read_text(errors="replace")
    assert "evaluate bulk DML" not in log
