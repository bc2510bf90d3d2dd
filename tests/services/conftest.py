"""The service in this process, answering with a real compiled bundle that is small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import drawn_bundle
import pytest
from starlette.testclient import TestClient

LOCAL = ("127.0.0.1", 50000)
Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed bundle."""
    return drawn_bundle.write(tmp_path_factory.mktemp("bundle") / "bundles" / "drawn")


@pytest.fixture(scope="session")
def state(bundle_folder: Path) -> Path:
    """A state folder whose pointer names that bundle as version 7."""
    home = bundle_folder.parents[1]
    drawn_bundle.point(home, "bundles/drawn", "7")
    return home


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts the service on a state folder, with more settings when given, for a peer of the test's choice."""
    started: list[TestClient] = []

    def begin(home: Path, peer: tuple[str, int] = LOCAL, **chosen: str) -> TestClient:
        from _bentoml_impl.server.app import ServiceAppFactory

        from services.classifier import RadiographClassifier

        settings = {"HOME": str(home), "FOLLOW_CHAMPION": "true", "THREADS": "1"} | chosen
        for name, value in settings.items():
            monkeypatch.setenv(f"RADIOGRAPHS_{name}", value)
        RadiographClassifier.inject_config()
        app = ServiceAppFactory(RadiographClassifier, is_main=True, enable_metrics=False)()  # metrics are of a process
        client = TestClient(app, client=peer, raise_server_exceptions=False)
        client.__enter__()
        started.append(client)
        return client

    yield begin
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve: Serve, state: Path) -> TestClient:
    """The service with a champion, asked from this machine."""
    return serve(state)


@pytest.fixture
def post(client: TestClient) -> Callable[..., Any]:
    """Posts bytes as the film, with other fields of the form."""

    def send(film: bytes, route: str = "/predict", /, **fields: str) -> Any:
        return client.post(route, files={"file": ("of a patient.png", film)}, data=fields)

    return send
