"""The order of a benchmark: freeze a cohort, run each network under one protocol, compare, write down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows import environment
from radiographs import findings, settings
from radiographs.evaluation.leaderboard import Leaderboard
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import contest as contests
from radiographs.network.backbone_table import SCRATCH
from radiographs.network.contest import Protocol
from radiographs.settings import Settings
from tasks import benchmarking, cohort, tracking
from tasks.benchmarking import Contest
from tasks.tracking import Tracking


@dataclass(frozen=True)
class Benchmarked:
    """What a benchmark came to.

    Attributes:
        board: the leaderboard.
        page: its report.
        run_id: of MLflow.
    """

    board: Leaderboard
    page: Path
    run_id: str


@flow(name="benchmark")
def benchmark(
    backbones: list[str] | None = None,
    vary: list[str] | None = None,
    films_per_finding: int = 500,
    folds: int = 5,
    epochs: int = 30,
    side_px: int | None = None,
) -> Benchmarked:
    """Compares networks on train and tune/select of the catalogue as it stands; held-out films have no part in it.

    A network that was run before on the same films is not run again.

    Args:
        backbones: each `NAME` or `NAME=WEIGHTS`; LeNet-5 and RADIOGRAPHS_BACKBONE if none is named.
        vary: each `SETTING=VALUE,VALUE`: every network at each value, e.g. `epochs=5,10,20` or `lungs=all,lung`.
        films_per_finding: drawn at most.
        folds: each film is answered by a network fitted on the other folds.
        epochs: at most, for a head or a network from scratch.
        side_px: of prepared films at most; a backbone made for a smaller side keeps its own.
    """
    chosen = settings.read()
    places = environment.prepare(chosen)
    protocol = Protocol(films_per_finding, folds, epochs, seed=chosen.seed)
    entered = contests.entered(
        backbones or [SCRATCH, *([chosen.backbone] if chosen.backbone != SCRATCH else [])],
        vary or [],
        protocol,
        _preparation(chosen, side_px),
        {chosen.backbone: chosen.weights},
    )
    folder = cohort.snapshot(chosen.catalogue_address, findings.read(chosen.findings_file), places.cohorts)
    cohort.prove(chosen.catalogue_address, folder, places)
    return _compared(Contest(folder, protocol, entered, places, chosen.threads), chosen)


def _compared(contest: Contest, chosen: Settings) -> Benchmarked:
    """Runs the networks under one MLflow run, which ends as FAILED if it cannot be finished."""
    tracked = Tracking(chosen.tracking_address, contest.places.artifacts)
    parameters = {"benchmark": contest.digest, "cohort": contest.cohort.name}
    run_id = tracking.open_run(tracked, f"benchmark {contest.digest}", parameters, contest.cohort)
    try:
        ran = [benchmarking.run_contender(contest, contender) for contender in contest.contenders]
        board = benchmarking.compare(contest, ran)
        page = benchmarking.write_page(contest, board, ran)
        benchmarking.log_standings(tracked, run_id, contest, board)
        tracking.log_folder(tracked, run_id, page.parent, "benchmark")
    except BaseException:
        tracking.close_run(tracked, run_id, "FAILED")
        raise
    tracking.close_run(tracked, run_id)
    return Benchmarked(board, page, run_id)


def _preparation(chosen: Settings, side_px: int | None) -> Preparation:
    return Preparation(
        side_px or chosen.side_px, chosen.fit, chosen.marks, contrast=chosen.contrast, border=chosen.border
    )
