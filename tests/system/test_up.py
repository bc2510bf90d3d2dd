"""`radiographs up` starts four processes on loopback, and one Ctrl-C ends them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from flows import environment
from tasks.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.system


def listens_on(process: psutil.Process) -> set[str]:
    """The addresses that a process listens on; one that has ended meanwhile listens on none."""
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return set()
    return {connection.laddr.ip for connection in connections if connection.status == psutil.CONN_LISTEN}


def test_everything_comes_up_on_loopback_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    ports = {name: free_port() for name in ("PREFECT", "MLFLOW", "SERVICE")}
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "RADIOGRAPHS_"))}
    variables |= {f"RADIOGRAPHS_{name}_PORT": str(port) for name, port in ports.items()}
    variables |= environment.QUIET | {"RADIOGRAPHS_HOME": str(tmp_path / "state")}
    variables.pop("BENTOML_HOME", None)
    log = tmp_path / "up.log"
    runner = subprocess.Popen(
        [sys.executable, "-m", "flows", "up"],
        env=variables,
        cwd=PROJECT,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    family: list[psutil.Process] = []
    try:
        addresses = (
            f"http://127.0.0.1:{ports['PREFECT']}/api/deployments/name/retrain/weekly",
            f"http://127.0.0.1:{ports['MLFLOW']}/health",
            f"http://127.0.0.1:{ports['SERVICE']}/livez",
        )
        deadline, pause = time.monotonic() + 150, threading.Event()
        while not all(environment.answers(address) for address in addresses):
            words = log.read_text(errors="replace")[-3000:]
            assert runner.poll() is None, words
            assert time.monotonic() < deadline, words
            pause.wait(0.5)
        family = psutil.Process(runner.pid).children(recursive=True)
        listening = {address for process in family for address in listens_on(process)}
        assert listening == {"127.0.0.1"}
    finally:
        os.killpg(runner.pid, signal.SIGINT)
        try:
            runner.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(runner.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, log.read_text(errors="replace")[-3000:]
    assert "Traceback" not in log.read_text(errors="replace")
