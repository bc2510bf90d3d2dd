"""The built Bento answers from an environment made of requirements-serving.lock alone, without TensorFlow in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from flows import environment
from radiographs.imaging import overlays, phantoms
from tasks.ports import free_port
from tests.conftest import Loop

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.long, pytest.mark.system]


def test_the_bento_answers_in_an_environment_made_of_the_serving_lock_alone(loop: Loop, tmp_path: Path) -> None:
    venv, port = tmp_path / "serving", free_port()
    python = venv / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    uv = Path(sys.executable).with_name("uv")
    lock = str(PROJECT / "requirements-serving.lock")
    subprocess.run([uv, "pip", "install", "-q", "--python", str(python), "-r", lock], check=True)
    absent = (
        "import importlib.util as u; print([n for n in ('tensorflow','prefect','mlflow','pandas') if u.find_spec(n)])"
    )
    found = subprocess.run([python, "-c", absent], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("RADIOGRAPHS_", "PYTHONPATH"))}
    service = subprocess.Popen(
        [python, "-m", "bentoml", "serve", loop.outcome.promotion.bento, "--host", "127.0.0.1", "--port", str(port)],
        env=quiet | {"BENTOML_HOME": str(loop.home / "bentoml"), "PATH": f"{venv / 'bin'}:/usr/bin:/bin"},
        cwd=tmp_path,
        stdout=(tmp_path / "service.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        deadline, pause = time.monotonic() + 90, threading.Event()
        while not environment.answers(f"http://127.0.0.1:{port}/readyz"):
            assert time.monotonic() < deadline, (tmp_path / "service.log").read_text()[-2000:]
            pause.wait(0.2)
        answer = _posted(f"http://127.0.0.1:{port}/predict", overlays.to_png(phantoms.draw("Clear", 1).pixels))
    finally:
        service.terminate()
        service.wait(timeout=30)
    assert answer["model"]["bundle"] == loop.outcome.promotion.bundle.name
    assert sum(answer["scores"].values()) == pytest.approx(1, abs=1e-4)


def _posted(address: str, film: bytes) -> dict[str, object]:
    """The answer to one film, sent as a browser would."""
    edge = "frontier"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    call = urllib.request.Request(address, data=head.encode() + film + f"\r\n--{edge}--\r\n".encode())
    call.add_header("Content-Type", f"multipart/form-data; boundary={edge}")
    with urllib.request.urlopen(call, timeout=60) as reply:
        return json.load(reply)
