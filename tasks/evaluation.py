"""Tasks that score bundles on held-out films, decide, and write down why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import InvalidBundle
from radiographs.evaluation import comparison, score_proof, scorecard, scoring, seen, strata, verdict
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.checks.bundle import Weight
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.score_proof import Fitted, ScoreProof
from radiographs.evaluation.scorecard import Knowledge, Scorecard
from radiographs.evaluation.scoring import ScoredFilms
from radiographs.evaluation.verdict import Evidence, Verdict
from radiographs.imaging.preprocessing import Preparation
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records import shapes
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort, Film
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle
from radiographs.runtime.manifest import Manifest
from radiographs.store import pixels
from tasks import auditing, progress

COMPARED_PARTS = ("Source", "View", "Sex")


@dataclass(frozen=True)
class Proof:
    """What is known of a challenger when the verdict is asked for."""

    scores: Path
    scorecard: Scorecard
    comparison: Comparison | None
    score_proof: ScoreProof | None
    shortcuts: Shortcuts
    audit: Path
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


@task(cache_policy=NO_CACHE)
def weigh(bundle: Path, threads: int) -> Weight:
    """Megabytes of a bundle's files, and the median time of its answer to one film on this machine."""
    size = sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file())
    return Weight(size / 1e6, Bundle.load(bundle, threads=threads, verify=False).median_ms())


@task(cache_policy=NO_CACHE)
def trouble_with(champion: Path, version: str, cohort_folder: Path) -> str:
    """Why nothing can be compared with the champion; "" where something can."""
    findings = cohorts.load(cohort_folder).findings
    try:
        known = manifest.read_verified(champion).findings
    except InvalidBundle as error:
        return (
            f"The champion, version {version}, cannot answer: {error}. Restore its bundle from a backup, or go back to "
            "the champion before with `radiographs rollback`; until then no challenger is compared with it."
        )
    if known.names != findings.names:
        return (
            f"The champion, version {version}, knows other findings ({', '.join(known.names)}) than this cohort "
            f"({', '.join(findings.names)}), so nothing can be compared. Delete the registry's alias champion to begin "
            "anew with these findings."
        )
    return ""


@dataclass(frozen=True)
class Contest:
    """The challenger's scores with what is known beside them, and the champion's scores on the same films if any."""

    cohort: Path
    bundle: Path
    challenger: Path
    champion: Path | None
    audit: Path
    weight: Weight
    champion_trouble: str
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
    parts = strata.parts_of(films)
    card = scorecard.compute(
        scored.scores,
        scored.truth,
        scored.groups,
        findings=cohort.findings,
        cohort_digest=cohort.digest,
        bundle_digest=contest.bundle.name,
        seed=seed,
        parts=parts,
        prevalences=rule.scores.prevalences,
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
            parts={kind: parts[kind] for kind in COMPARED_PARTS},
        )
    proven = _proven(scored, films, sealed, cohort, seed)
    shortcuts = auditing.read(contest.audit)
    with Catalogue.open(catalogue_url) as catalogue:
        served = catalogue.verdicts_served(cohort.held_out_digest)
        decided = verdict.decide(
            rule,
            Evidence(
                scorecard=card,
                comparison=compared,
                parity=sealed.parity,
                verdicts_served=served,
                scores=proven,
                shortcuts=shortcuts,
                weight=contest.weight,
                champion_trouble=contest.champion_trouble,
            ),
        )
        catalogue.record_verdict(
            cohort.held_out_digest,
            contest.run_id,
            decided.outcome,
            [reason.words for reason in decided.reasons],
            rule.digest,
        )
    get_run_logger().info("verdict: %s", decided.outcome)
    return Proof(contest.challenger, card, compared, proven, shortcuts, contest.audit, decided, served + 1)


def _proven(
    scored: ScoredFilms, films: tuple[Film, ...], sealed: Manifest, cohort: Cohort, seed: int
) -> ScoreProof | None:
    """None for a bundle without thresholds, which is then held for want of proof."""
    if sealed.thresholds is None:
        return None
    return score_proof.compute(
        scored.logits,
        scored.truth,
        scored.groups,
        [film.source for film in films],
        fitted=Fitted(sealed.temperature, sealed.thresholds),
        findings=cohort.findings,
        seed=seed,
    )


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
