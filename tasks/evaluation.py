"""Tasks that score bundles on held-out films, decide, and write down why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.evaluation import comparison, scorecard, scoring, seen, strata, verdict
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.scorecard import Knowledge, Scorecard
from radiographs.evaluation.scoring import ScoredFilms
from radiographs.evaluation.verdict import Verdict
from radiographs.imaging.preprocessing import Preparation
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records import shapes
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort, Film
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle
from radiographs.store import pixels
from tasks import progress


@dataclass(frozen=True)
class Proof:
    """What is known of a challenger when the verdict is asked for."""

    scores: Path
    scorecard: Scorecard
    comparison: Comparison | None
    verdict: Verdict
    verdicts_served: int


@task(cache_policy=NO_CACHE)
def score_held_out(bundle: Path, cohort_folder: Path, places: Places, threads: int) -> Path:
    """Scores the held-out films once for each bundle and cohort; prepares what the bundle's preparation lacks."""
    cohort = cohorts.load(cohort_folder)
    file = places.reports / "scores" / f"{bundle.name[:16]}-{cohort.digest[:16]}.npz"
    if file.is_file():
        return file
    films = cohort.of("held_out")
    loaded = Bundle.load(bundle, threads=threads)
    preparation = loaded.manifest.preparation
    pixels.prepare_missing(films, places.originals, preparation, places.pixels, threads=threads)
    with progress.bar("scoring held-out films", len(films)) as advance:
        answered = scoring.score(loaded, cohort, films, pixels.open_store(places.pixels, preparation), advance=advance)
    answered.save(file)
    get_run_logger().info("scored %d held-out films with bundle %s", len(films), bundle.name[:12])
    return file


@dataclass(frozen=True)
class Contest:
    """The challenger's scores and, where there is one, the champion's on the same films."""

    cohort: Path
    bundle: Path
    challenger: Path
    champion: Path | None
    run_id: str
    places: Places


@task(cache_policy=NO_CACHE)
def judge(contest: Contest, rule: ReleaseRule, catalogue_url: str, seed: int) -> Proof:
    """The scorecard, the paired comparison and the verdict, which is recorded as one more look at held-out."""
    cohort = cohorts.load(contest.cohort)
    scored = ScoredFilms.read(contest.challenger)
    sealed = manifest.read_verified(contest.bundle)
    by_id = {film.id: film for film in cohort.films}
    films = tuple(by_id[key] for key in scored.ids)
    card = scorecard.compute(
        scored.scores,
        scored.truth,
        scored.groups,
        findings=cohort.findings,
        cohort_digest=cohort.digest,
        bundle_digest=contest.bundle.name,
        seed=seed,
        parts=strata.parts_of(films),
        known=_known(contest, cohort, films, sealed.preparation, catalogue_url),
    )
    compared = None
    if contest.champion is not None:
        compared = comparison.compare(
            scored.scores,
            ScoredFilms.read(contest.champion).scores,
            scored.truth,
            scored.groups,
            findings=cohort.findings,
            seed=seed,
        )
    with Catalogue.open(catalogue_url) as catalogue:
        served = catalogue.verdicts_served(cohort.held_out_digest)
        decided = verdict.decide(rule, card, compared, parity=sealed.parity, verdicts_served=served)
        catalogue.record_verdict(
            cohort.held_out_digest,
            contest.run_id,
            decided.outcome,
            [reason.words for reason in decided.reasons],
            rule.digest,
        )
    get_run_logger().info("verdict: %s", decided.outcome)
    return Proof(contest.challenger, card, compared, decided, served + 1)


def _known(
    contest: Contest, cohort: Cohort, held_out: tuple[Film, ...], preparation: Preparation, catalogue_url: str
) -> Knowledge:
    """What rules may know that cannot read films; what the bundle's preparation lacks of train is prepared."""
    train, places = cohort.of("train"), contest.places
    pixels.prepare_missing(train, places.originals, preparation, places.pixels)
    with Catalogue.open(catalogue_url) as catalogue:
        found = shapes.of(catalogue, [film.id for film in (*train, *held_out)])
    store = pixels.open_store(places.pixels, preparation)
    on_train, on_held_out = (seen.of(cohort, films, found, store, preparation) for films in (train, held_out))
    return Knowledge(on_train, on_held_out)
