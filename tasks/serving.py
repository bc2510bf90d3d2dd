"""A built Bento, run for a moment on loopback: started, asked, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiographs.errors import SelfTestFailed
from tasks.ports import LOOPBACK, free_port

START_SECONDS = 60.0
STOP_SECONDS = 15.0


@dataclass(frozen=True)
class ServedBento:
    """A running service."""

    url: str
    seconds_to_ready: float

    def predict(self, film: bytes, *, overlay: str = "none", timeout_s: float = 60) -> tuple[int, dict[str, Any]]:
        """Posts one film; returns the HTTP status and the JSON answer."""
        import httpx

        with httpx.Client(trust_env=False, timeout=timeout_s) as client:
            reply = client.post(f"{self.url}/predict", files={"file": ("film", film)}, data={"overlay": overlay})
        return reply.status_code, reply.json()


@contextlib.contextmanager
def serve_bento(bento: str, bentoml_home: Path | None = None, *, threads: int = 0) -> Iterator[ServedBento]:
    """Runs a Bento by its tag on a free loopback port for as long as the context lasts.

    Args:
        bento: the tag.
        bentoml_home: the store that holds it; None takes the one of this process's BENTOML_HOME.
        threads: of inference; 0 takes all cores.

    Raises:
        SelfTestFailed: it did not become ready; the sentence ends with the last words of its log.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="radiographs-serve-") as folder:
        log = Path(folder) / "service.log"
        started = time.monotonic()
        service = _start(bento, port, log, _environment(bentoml_home, threads))
        try:
            _wait_until_ready(service, bento, port, log)
            yield ServedBento(f"http://{LOOPBACK}:{port}", time.monotonic() - started)
        finally:
            _stop(service)


def bentoml_environment(bentoml_home: Path | None) -> dict[str, str]:
    """This process's environment with BentoML quiet and, if one is given, pointed at a store."""
    located = {} if bentoml_home is None else {"BENTOML_HOME": str(bentoml_home)}
    return os.environ | {"BENTOML_DO_NOT_TRACK": "True", "DO_NOT_TRACK": "true"} | located


def _environment(bentoml_home: Path | None, threads: int) -> dict[str, str]:
    own = {"RADIOGRAPHS_FOLLOW_CHAMPION": "false", "RADIOGRAPHS_THREADS": str(threads)}
    return bentoml_environment(bentoml_home) | own


def _start(bento: str, port: int, log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that a Ctrl-C meant for us does not cut it short; and away from our sources."""
    command = [sys.executable, "-m", "bentoml", "serve", bento, "--host", LOOPBACK, "--port", str(port)]
    with log.open("wb") as sink:
        return subprocess.Popen(
            command, cwd=log.parent, env=environment, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )


def _wait_until_ready(service: subprocess.Popen[bytes], bento: str, port: int, log: Path) -> None:
    import httpx

    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=2) as client:
        while time.monotonic() < deadline and service.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"http://{LOOPBACK}:{port}/readyz").status_code == 200:
                    return
            time.sleep(0.05)
    how = "did not become ready" if service.poll() is None else "stopped by itself"
    raise SelfTestFailed(f"the Bento {bento} {how} within {START_SECONDS:.0f} s; its log ends: {_last_words(log)}")


def _last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-3:]) or "(nothing)"


def _stop(service: subprocess.Popen[bytes]) -> None:
    """Asks the server to end, which ends its workers; whatever of them is left after a while is killed."""
    import psutil

    family = [psutil.Process(service.pid)] if service.poll() is None else []
    family += [worker for parent in family for worker in parent.children(recursive=True)]
    if service.poll() is None:
        service.send_signal(signal.SIGINT)
    _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    service.wait(timeout=STOP_SECONDS)
