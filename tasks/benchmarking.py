"""Tasks that run networks under one protocol, each once, and write down how they compare."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import CohortRejected, Refusal
from radiographs.evaluation import contest_result, leaderboard, leaderboard_page
from radiographs.evaluation.contest_result import ContestResult
from radiographs.evaluation.leaderboard import Judges, Leaderboard
from radiographs.evaluation.leaderboard_page import Described, Failure
from radiographs.network import extraction, out_of_fold
from radiographs.network.contest import Contender, Protocol
from radiographs.network.making import Stores
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records import drawing
from radiographs.records.drawing import Sample
from radiographs.store import features, pixels
from tasks import progress, tracking
from tasks.tracking import Tracking


@dataclass(frozen=True)
class Contest:
    """One benchmark: a cohort, a protocol, and the networks that take part."""

    cohort: Path
    protocol: Protocol
    contenders: tuple[Contender, ...]
    places: Places
    threads: int = 0

    @property
    def sample(self) -> Sample:
        """The films; those with a lung mask only, where one of the networks needs it.

        Raises:
            CohortRejected, InvalidSettings: as `drawing.draw`.
        """
        return drawing.draw(
            cohorts.load(self.cohort),
            self.protocol.films_per_finding,
            self.protocol.folds,
            self.protocol.seed,
            masked_only=any(one.recipe.preparation.needs_lungs for one in self.contenders),
        )

    @property
    def digest(self) -> str:
        """Names the benchmark: cohort, films, protocol and networks."""
        sample = self.sample.digest
        parts = [self.cohort.name, sorted((one.name, one.key(self.protocol, sample)) for one in self.contenders)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    @property
    def folder(self) -> Path:
        """Where its page lies."""
        return self.places.reports / "benchmarks" / self.digest


@dataclass(frozen=True)
class Ran:
    """How a network fared: the file of its result, or why there is none."""

    contender: Contender
    result: Path | None
    failure: str = ""


@task(cache_policy=NO_CACHE)
def run_contender(contest: Contest, contender: Contender) -> Ran:
    """Films, features and fits of one network, unless they were done before; a refusal is noted, not raised."""
    sample, logger = contest.sample, get_run_logger()
    key = contender.key(contest.protocol, sample.digest)
    file = contest.places.root / "benchmarks" / f"{key}.npz"
    if contest_result.found(file) is not None:
        logger.info("%s: done before", contender.name)
        return Ran(contender, file)
    try:
        stores = _filled(contest, contender, sample)
        with progress.bar(f"{contender.name} (folds)", sample.n_folds) as advance:
            result = out_of_fold.run(
                contender,
                contest.protocol,
                sample,
                stores,
                threads=contest.threads,
                on_fold=lambda: advance(1),
            )
    except Refusal as refusal:
        logger.warning("%s: %s", contender.name, refusal)
        return Ran(contender, None, str(refusal))
    result.save(file)
    logger.info("%s: %d films answered out of fold, %.0f s", contender.name, len(sample.films), result.cost.fit_s)
    return Ran(contender, file)


def _filled(contest: Contest, contender: Contender, sample: Sample) -> Stores:
    """The stores, with the sample's films in them."""
    recipe, places = contender.recipe, contest.places
    with progress.bar(f"{contender.name} (films)", len(sample.films)) as advance:
        pixels.prepare_missing(
            sample.films,
            places.originals,
            recipe.preparation,
            places.pixels,
            threads=contest.threads,
            advance=advance,
        )
    prepared = pixels.open_store(places.pixels, recipe.preparation)
    if recipe.from_scratch:
        return Stores(prepared, None)
    extractor = extraction.ready_extractor(recipe, places.graphs, threads=contest.threads)
    with progress.bar(f"{contender.name} (features)", len(sample.films)) as advance:
        features.extract_missing(
            pixels.keys(sample.films, recipe.preparation),
            prepared,
            extractor,
            places.features,
            key=recipe.feature_key,
            dim=extractor.dim,
            about=recipe.feature_facts,
            advance=advance,
        )
    return Stores(prepared, features.open_store(places.features, recipe.feature_key, extractor.dim))


@task(cache_policy=NO_CACHE)
def compare(contest: Contest, ran: Sequence[Ran]) -> Leaderboard:
    """The leaderboard of the networks that could be judged.

    Raises:
        CohortRejected: none could.
    """
    judged = _judged(ran)
    if not judged:
        reasons = "; ".join(f"{one.contender.name}: {one.failure}" for one in ran)
        raise CohortRejected(f"no network could be judged: {reasons}")
    sample = contest.sample
    judges = Judges(sample.findings, sample.labels, sample.groups, sample.sources, contest.protocol.seed)
    board = leaderboard.compute([name for name, _ in judged], [result for _, result in judged], judges)
    get_run_logger().info("%s", board.headline)
    return board


def _judged(ran: Sequence[Ran]) -> list[tuple[str, ContestResult]]:
    found = [(one.contender.name, contest_result.found(one.result)) for one in ran if one.result is not None]
    return [(name, result) for name, result in found if result is not None]


@task(cache_policy=NO_CACHE)
def write_page(contest: Contest, board: Leaderboard, ran: Sequence[Ran]) -> Path:
    """Writes the page of a benchmark with its pictures; returns it."""
    sample = contest.sample
    described = Described(
        digest=contest.digest,
        cohort=contest.cohort.name,
        findings=sample.findings.names,
        varied={one.name: (one.recipe.backbone, one.varied) for one in contest.contenders},
        facts=_facts(contest, sample),
        counts=_counts(sample),
        failures=tuple(Failure(one.contender.name, one.failure) for one in ran if one.failure),
    )
    return leaderboard_page.write(contest.folder, board, described)


@task(cache_policy=NO_CACHE)
def log_standings(tracked: Tracking, run_id: str, contest: Contest, board: Leaderboard) -> None:
    """Nests one MLflow run for each network under the benchmark's."""
    from mlflow.entities import Metric, Param

    entered = {one.name: one for one in contest.contenders}
    with tracking.reached(tracked) as client:
        for rank, row in enumerate(board.standings, start=1):
            tags = {"mlflow.parentRunId": run_id, "mlflow.runName": row.name, "against_the_best": row.verdict}
            child = client.create_run(tracking.experiment_id(client, tracked), tags=tags)
            figures = {"rank": float(rank), **{name: float(value) for name, value in asdict(row.cost).items()}}
            for name in ("balanced_accuracy", "accuracy", "auc"):
                interval = getattr(row, name)
                figures |= {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
            client.log_batch(
                child.info.run_id,
                metrics=[Metric(name, value, 0, 0) for name, value in figures.items()],
                params=[Param(name, value) for name, value in _parameters(entered[row.name])],
            )
            client.set_terminated(child.info.run_id)


def _parameters(contender: Contender) -> list[tuple[str, str]]:
    recipe = contender.recipe
    prepared = [(name, str(value)) for name, value in asdict(recipe.preparation).items()]
    return [
        ("backbone", recipe.backbone),
        ("weights", recipe.weights_identity),
        ("epochs", str(recipe.fit.epochs)),
        ("films", str(contender.films)),
        *prepared,
    ]


def _facts(contest: Contest, sample: Sample) -> tuple[tuple[str, str], ...]:
    protocol, head = contest.protocol, contest.protocol.head
    hidden = ", ".join(map(str, head.units)) or "none"
    networks = [(one.name, one.recipe) for one in contest.contenders]
    return (
        ("Films", f"{len(sample.films)} of train and tune/select, at most {protocol.films_per_finding} of a finding, "
         "its sources by their share"),
        ("Folds", f"{protocol.folds}, groups kept whole; each film is answered by a network fitted on the other folds"),
        ("Early stopping", f"on an eighth of the other folds, after at most {protocol.epochs} epochs"),
        ("Head", f"hidden units {hidden}, dropout {head.dropout:g}, L2 {head.l2:g}, rate {head.learning_rate:g}; "
         "LeNet-5 keeps its own 120 and 84 units"),
        ("Backbones", "frozen, films as they are; LeNet-5 is fitted from scratch"),
        *((name, f"{one.preparation.side_px} px, weights {one.weights_identity[:16]}") for name, one in networks),
        ("Seed", str(protocol.seed)),
        ("Threads", str(contest.threads or "all cores")),
        ("Cohort", contest.cohort.name),
        ("Films and folds, digest", sample.digest),
    )  # fmt: skip


def _counts(sample: Sample) -> tuple[tuple[str, ...], ...]:
    counted = Counter((film.source, film.finding) for film in sample.films)
    names = sample.findings.names
    rows = [[counted[source, name] for name in names] for source in sorted(set(sample.sources))]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    return (
        ("Source", *names, "All"),
        *(
            (source, *map(str, row), str(sum(row)))
            for source, row in zip(sorted(set(sample.sources)), rows, strict=True)
        ),
        ("All", *map(str, sums), str(sum(sums))),
    )
