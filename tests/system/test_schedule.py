"""A real server, a real worker and a real schedule: the guard that finds a server whose schedules never fire."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import environment
from tasks.ports import free_port
from tests.conftest import Loop

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
    pause = __import__("threading").Event()
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


def test_a_deployment_run_by_hand_completes_and_an_interval_schedule_fires(served: dict[str, str], loop: Loop) -> None:
    wait_for("the deployment", lambda: "weekly" in prefect(served, "deployment", "ls").stdout, served, timeout_s=150)
    by_hand = prefect(served, "deployment", "run", "retrain/weekly", "--watch")
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    assert "Completed" in by_hand.stdout + by_hand.stderr

    scheduled = prefect(served, "deployment", "schedule", "create", "retrain/weekly", "--interval", "5")
    assert scheduled.returncode == 0, scheduled.stdout + scheduled.stderr

    def completed() -> int:
        listed = prefect(served, "flow-run", "ls", "--state", "COMPLETED", "--flow-name", "retrain").stdout
        return listed.count("retrain") >= 2

    wait_for("a run of the schedule", completed, served)
    log = Path(served["TEST_SERVER_LOG"]).read_text(errors="replace")
    assert "evaluate bulk DML" not in log
