"""The built Bento over real sockets: closed to proxies on every route, open to this machine, free of training code."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

import drawn_film
import httpx
import psutil
import pytest

from tasks import packaging
from tasks.serving import ServedBento

pytestmark = pytest.mark.system

TRAINING = ("tensorflow", "keras", "prefect", "mlflow", "great_expectations", "pandas", "sklearn", "matplotlib")
ROUTES = (
    "/",
    "/page/page.js",
    "/model",
    "/docs.json",
    "/schema.json",
    "/livez",
    "/readyz",
    "/metrics",
    "/static_content/index.css",
)


@pytest.fixture
def ask(served: ServedBento) -> Any:
    with httpx.Client(base_url=served.url, trust_env=False, timeout=30) as client:
        yield client


def test_a_film_is_answered_with_the_version_that_was_packaged(served: ServedBento) -> None:
    status, answer = served.predict(drawn_film.png(), overlay="top")
    assert (status, answer["model"]["version"]) == (200, "7")
    assert answer["overlay_png"]


def test_metrics_and_every_other_route_are_closed_to_a_proxy(ask: Any) -> None:
    codes = {route: ask.get(route, headers={"X-Forwarded-For": "127.0.0.1"}).status_code for route in ROUTES}
    assert set(codes.values()) == {401}, codes
    assert ask.get("/metrics").status_code == 200


def test_it_listens_on_loopback_only(served: ServedBento) -> None:
    port = int(served.url.rsplit(":", 1)[1])
    listening = [
        link.laddr for link in psutil.net_connections("tcp") if link.status == "LISTEN" and link.laddr.port == port
    ]
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_a_body_cut_short_by_its_sender_does_not_stop_the_service(served: ServedBento) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n"
    head += b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as caller:
        caller.sendall(head + b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nabc')
    assert served.predict(drawn_film.png())[0] == 200


def test_after_the_context_nothing_of_it_is_left_running(built: Any) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with packaging.serve_bento(built.tag, built.home) as service:
        started = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
        url = service.url
    assert started and not any(process.is_running() and process.status() != "zombie" for process in started)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/livez", trust_env=False)


def test_the_service_imports_no_training_library() -> None:
    code = f"import sys, services.classifier; print(sorted(set({TRAINING!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=packaging.PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
