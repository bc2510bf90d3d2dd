"""Models for the tests of flows that move the champion, without a training and without building Bentos."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from registered import Models, opened

from tests.conftest import point_at


@pytest.fixture(scope="session")
def empty_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables and nothing in them, made once."""
    from mlflow import MlflowClient

    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{file}", f"sqlite:///{file}").search_registered_models()
    return file


@pytest.fixture
def models(
    prefect_server: None, empty_mlflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Models]:
    """A state folder without any model, in which Bentos are noted instead of built."""
    from prefect.settings import PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW, temporary_settings

    from tasks import packaging

    point_at(tmp_path / "state", monkeypatch)
    made = opened(empty_mlflow)

    def package(
        bundle: Path, version: str, run_id: str, bentoml_home: Path | None = None, cautions: tuple[str, ...] = ()
    ) -> str:
        made.packaged.append((version, cautions))
        return f"radiographs:v{version}"

    monkeypatch.setattr(packaging, "package", package)
    with temporary_settings({PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}):
        yield made


@pytest.fixture
def call(prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs `radiographs WORDS` in a fresh state folder; returns exit code, output and errors."""
    from flows import cli

    point_at(tmp_path / "state", monkeypatch)

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["radiographs", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return called
