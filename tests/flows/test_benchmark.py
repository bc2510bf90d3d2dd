"""A benchmark as a whole: what it leaves behind, what it does not do again, and what of a network that fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows import cli_training
from radiographs import settings
from radiographs.errors import CohortRejected, ParityFailed
from radiographs.evaluation.contest_result import ContestResult, Cost
from radiographs.imaging import phantom_batches
from radiographs.network import out_of_fold
from tests.conftest import NAMES, point_at

SMALL = {"films_per_finding": 24, "folds": 2, "epochs": 1}
TWO_SIDES = ["side_px=32,36"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, prefect_server: None) -> Path:
    """A state folder with phantoms admitted."""
    root = tmp_path_factory.mktemp("benchmark") / "state"
    phantom_batches.write_batch(root / "inbox" / "first", 120, 5, side_px=64, findings=NAMES)
    with pytest.MonkeyPatch.context() as patch:
        point_at(root, patch)
        from flows.admit import admit

        admit(root / "inbox" / "first")
    return root


@pytest.fixture
def benchmark(home: Path, monkeypatch: pytest.MonkeyPatch):
    point_at(home, monkeypatch)
    from flows.benchmark import benchmark as flow

    return lambda **changed: flow(["LeNet-5"], **(SMALL | {"vary": TWO_SIDES} | changed))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Puts made-up answers in the place of real fits; the names of the networks that were run, in order."""
    names: list[str] = []

    def pretend(contender, protocol, sample, stores, **options) -> ContestResult:
        names.append(contender.name)
        scores = np.random.default_rng(len(contender.name)).random((len(sample.films), 2))
        scores[np.arange(len(scores)), sample.labels] += 0.3
        return ContestResult(scores.astype(np.float32), (1, 1), Cost(61_000, 0.3, 1.5, 2.0))

    monkeypatch.setattr(out_of_fold, "run", pretend)
    return names


def client():
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=settings.read().tracking_address)


def test_a_benchmark_leaves_a_page_and_a_run_with_one_child_for_each_network(benchmark, home: Path) -> None:
    done = benchmark()
    assert done.page.parent.parent == home.resolve() / "reports" / "benchmarks"
    assert done.board.headline in done.page.read_text(encoding="utf-8")
    tracking = client()
    run = tracking.get_run(done.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["benchmark"] == done.page.parent.name
    assert [file.path for file in tracking.list_artifacts(done.run_id)] == ["benchmark"]
    found = tracking.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{done.run_id}'")
    assert {one.info.run_name for one in found} == {"LeNet-5, side_px 32", "LeNet-5, side_px 36"}
    for one in found:
        (row,) = (row for row in done.board.standings if row.name == one.info.run_name)
        assert one.data.metrics["balanced_accuracy"] == row.balanced_accuracy.estimate
        assert one.data.metrics["latency_ms"] == row.cost.latency_ms
        assert one.data.params["side_px"] == row.name[-2:]


def test_a_network_that_was_run_is_not_run_again_and_a_killed_benchmark_goes_on_after_it(
    benchmark, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = out_of_fold.run

    def killed(contender, *rest, **options):
        if contender.name.endswith("40"):
            raise KeyboardInterrupt
        return noted(contender, *rest, **options)

    sides = ["side_px=38,40"]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(out_of_fold, "run", killed)
        benchmark(vary=sides)
    assert ran == ["LeNet-5, side_px 38"]
    first = benchmark(vary=sides)
    assert ran == ["LeNet-5, side_px 38", "LeNet-5, side_px 40"]
    again = benchmark(vary=sides)
    assert len(ran) == 2
    assert (again.page, again.board) == (first.page, first.board)


def test_a_network_that_fails_is_named_on_the_page_and_the_others_are_judged(
    benchmark, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = out_of_fold.run

    def failing(contender, *rest, **options):
        if contender.name.endswith("44"):
            raise ParityFailed("the exported graph differs from Keras by far")
        return noted(contender, *rest, **options)

    monkeypatch.setattr(out_of_fold, "run", failing)
    done = benchmark(vary=["side_px=42,44"])
    assert [row.name for row in done.board.standings] == ["LeNet-5, side_px 42"]
    assert "the exported graph differs from Keras by far" in done.page.read_text(encoding="utf-8")
    with pytest.raises(CohortRejected, match=r"no network could be judged.*differs from Keras"):
        benchmark(vary=["side_px=44"])
    runs = client().search_runs([client().get_run(done.run_id).info.experiment_id])
    assert runs[0].info.status == "FAILED"


def test_the_command_shows_the_leaderboard_and_where_its_page_lies(
    benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    cli_training.benchmark(["LeNet-5"], TWO_SIDES, films=24, folds=2, epochs=1)
    shown = capsys.readouterr().out
    for row in benchmark().board.standings:
        assert row.name in shown
    assert "index.html" in shown
