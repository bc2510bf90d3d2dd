"""Tasks that search, fit, export and seal one classifier."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.evaluation import calibration, scoring, stage_gain, thresholds
from radiographs.evaluation.release_rule import ScoreCriteria
from radiographs.evaluation.stage_gain import StageGain
from radiographs.network import checkpoints, choosing, making
from radiographs.network.fine_search import FineSearchResult
from radiographs.network.heads import HeadSettings
from radiographs.network.making import FitPlaces, Fitted, Stores
from radiographs.network.recipe import Recipe
from radiographs.network.training import EpochFigures, FitSettings
from radiographs.network.tuning import SearchResult
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records.cohort import Cohort
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle, calibrated
from radiographs.runtime.manifest import Manifest
from radiographs.store import features, pixels
from tasks import progress, tracking
from tasks.registry import RegisteredVersion
from tasks.tracking import NestedTrial, Tracking, TrialRuns


@dataclass(frozen=True)
class Work:
    """Where one training works: its cohort, its recipe, its places and its run."""

    cohort: Path
    recipe: Recipe
    places: Places
    tracking: Tracking
    run_id: str
    initial: Path | None = None

    @property
    def folder(self) -> Path:
        """Where search and fit keep what a killed one goes on from: the same for the same cohort and recipe."""
        return self.places.tuning / f"{self.cohort.name[:16]}-{self.recipe.digest}"


@dataclass(frozen=True)
class Searched:
    """What was tried before the fit: heads, unless the champion's is taken over; ways of fine-tuning, if asked for."""

    heads: SearchResult | None
    fine_tuning: FineSearchResult | None


@task(cache_policy=NO_CACHE)
def weights_to_start_from(places: Places, champion: RegisteredVersion | None) -> Path | None:
    """The weights that the champion was exported from; None, and said so, where there are none."""
    if champion is not None and (places.fitted / f"{champion.bundle}.npz").is_file():
        return places.fitted / f"{champion.bundle}.npz"
    get_run_logger().warning("no champion's weights are kept: this fit starts fresh")
    return None


@task(cache_policy=NO_CACHE)
def take_over_head(initial: Path) -> HeadSettings:
    """The head of the champion that a fit starts from: its weights fit no other, so that none is searched."""
    head = checkpoints.head_of(initial)
    get_run_logger().info("head of the champion: %s", head)
    return head


def stores(places: Places, recipe: Recipe) -> Stores:
    """Prepared films, and features unless the network is fitted from scratch."""
    prepared = pixels.open_store(places.pixels, recipe.preparation)
    if recipe.from_scratch:
        return Stores(prepared, None)
    return Stores(prepared, features.open_found(places.features, recipe.feature_key))


@contextmanager
def _watched(work: Work, search: str, most: int) -> Iterator[Callable[[NestedTrial], None]]:
    """What is called with each trial: it moves a bar and gets a run under the retrain's."""
    runs = TrialRuns(work.tracking, work.run_id, search, work.folder.name)
    with progress.bar(f"searching the {search}", most) as advance:

        def finished(trial: NestedTrial) -> None:
            runs.log(trial)
            advance(1)

        yield finished


@task(cache_policy=NO_CACHE)
def search_head(work: Work) -> SearchResult:
    """Chooses the head by keras-tuner on train and tune/select."""
    cohort = cohorts.load(work.cohort)
    with _watched(work, "head", choosing.most_heads(work.recipe)) as finished:
        found = choosing.search(work.recipe, cohort, stores(work.places, work.recipe), work.folder / "search", finished)
    get_run_logger().info("best head of %d trials: %s", len(found.trials), found.best)
    return found


@task(cache_policy=NO_CACHE)
def search_fine_tuning(work: Work, head: HeadSettings) -> FineSearchResult:
    """Chooses how the backbone is fine-tuned by keras-tuner on train and tune/select."""
    cohort, stored = cohorts.load(work.cohort), stores(work.places, work.recipe)
    with _watched(work, "fine-tuning", choosing.most_ways(work.recipe)) as finished:
        found = choosing.search_fine_tuning(work.recipe, head, cohort, stored, _places(work), finished)
    best = found.best
    get_run_logger().info(
        "best of %d ways: %s, films changed by %s", len(found.trials), best.settings, best.augmentation
    )
    return found


@task(cache_policy=NO_CACHE)
def fit_classifier(work: Work, head: HeadSettings, settings: FitSettings) -> Fitted:
    """Fits, exports and checks parity; the curves reach MLflow epoch by epoch."""
    cohort, stored = cohorts.load(work.cohort), stores(work.places, work.recipe)
    with tracking.reached(work.tracking) as client, progress.bar("fitting (epochs)", work.recipe.epochs) as advance:
        steps = iter(range(1_000_000))

        def on_epoch(figures: EpochFigures) -> None:
            tracking.log_epochs(client, work.run_id, [figures], next(steps))
            advance(1)

        with tracking.utilisation(work.tracking, work.run_id):
            fitted = making.fit(work.recipe, head, cohort, stored, _places(work), on_epoch, settings=settings)
        for note in fitted.history.notes:
            get_run_logger().warning("%s", note)
        gains = gains_of(fitted, cohort, work.recipe.seed)
        tracking.note(client, work.run_id, _conditions(fitted) | {"fine_tuning": "; ".join(g.words for g in gains)})
    for gain in gains:
        get_run_logger().info("fine-tuning against its own frozen stage, %s", gain.words)
    get_run_logger().info("fitted %d epochs, parity %s", len(fitted.history.epochs), fitted.parity)
    return fitted


def gains_of(fitted: Fitted, cohort: Cohort, seed: int) -> tuple[StageGain, ...]:
    """What fine-tuning gained over its frozen stage: on tune, whose half chose its epochs, and on the other half."""
    if fitted.tune is None:
        return ()
    films = fitted.tune.films
    truth, groups = cohort.labels(films), np.array([film.group_id for film in films])
    untouched = np.array([film.tune_half == "calibrate" for film in films])
    found = []
    for where, rows in (("all of tune", np.ones(len(films), bool)), ("tune/calibrate", untouched)):
        tuned, frozen = fitted.tune.tuned[rows], fitted.tune.frozen[rows]
        of = cohort.findings
        found.append(
            stage_gain.of(tuned, frozen, truth[rows], groups[rows].tolist(), findings=of, seed=seed, where=where)
        )
    return tuple(found)


def _conditions(fitted: Fitted) -> dict[str, str]:
    """What a fit depends on beside its recipe, and what happened to it."""
    history = fitted.history
    return {"threads": str(history.threads), "batch": str(history.batch), "notes": "; ".join(history.notes)}


def _places(work: Work) -> FitPlaces:
    return FitPlaces(
        graph=work.folder / "graph",
        weights=work.folder / "weights.npz",
        checkpoints=work.folder / "stages",
        initial=work.initial,
    )


@task(cache_policy=NO_CACHE)
def seal_bundle(work: Work, fitted: Fitted, asked: ScoreCriteria, threads: int) -> Path:
    """Fits temperature and thresholds on the graph's own answers to tune/calibrate; names the bundle by its digest."""
    cohort = cohorts.load(work.cohort)
    parity = {"logits": fitted.parity.logits_difference, "heatmaps": fitted.parity.heatmaps_difference}
    draft = Manifest(
        findings=cohort.findings,
        preparation=work.recipe.preparation,
        backbone=work.recipe.backbone,
        weights_digest=fitted.weights_digest,
        temperature=1.0,
        cohort_digest=cohort.digest,
        parity=parity,
    )
    manifest.seal(fitted.graph, draft)
    films = cohort.of("tune", "calibrate")
    prepared = pixels.open_store(work.places.pixels, work.recipe.preparation)
    answered = scoring.score(Bundle.load(fitted.graph, threads=threads), cohort, films, prepared)
    temperature = calibration.fit_temperature(answered.logits, answered.truth)
    chosen = thresholds.choose(
        calibrated(answered.logits, temperature),
        answered.truth,
        cohort.findings,
        targets={name: asked.sensitivity_targets.of(name, cohort.findings.guarded) for name in cohort.findings.names},
        coverage=asked.set_coverage,
    )
    digest = manifest.seal(fitted.graph, dataclasses.replace(draft, temperature=temperature, thresholds=chosen))
    bundle = _keep(fitted.graph, work.places.bundles / digest)
    work.places.fitted.mkdir(parents=True, exist_ok=True)
    fitted.weights.replace(work.places.fitted / f"{digest}.npz")
    shutil.rmtree(work.folder, ignore_errors=True)
    get_run_logger().info("bundle %s, temperature %.3f on %d films", digest[:12], temperature, len(films))
    return bundle


def _keep(graph: Path, bundle: Path) -> Path:
    """Copies under a temporary name and renames, so that a bundle is whole or absent; an existing one is the same."""
    if not bundle.is_dir():
        bundle.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".sealing-", dir=bundle.parent)) / "bundle"
        shutil.copytree(graph, temporary)
        temporary.rename(bundle)
        temporary.parent.rmdir()
    return bundle
