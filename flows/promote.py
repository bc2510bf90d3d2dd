"""The order of a promotion: score both, judge, register, build and test the Bento, and only then move the champion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows import moves
from flows.moves import Decision
from flows.train import Trained
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.records import model_moves
from radiographs.records.entries import RetrainRecord
from radiographs.settings import Settings
from tasks import auditing, cohort, evaluation, packaging, registry, reporting, tracking
from tasks.auditing import Refit
from tasks.evaluation import Contest, Proof
from tasks.fitting import Work
from tasks.moving import Site
from tasks.registry import RegisteredVersion
from tasks.reporting import Lineage


@dataclass(frozen=True)
class Challenger:
    """A freshly trained bundle with the work that made it, and the name of the retrain that it belongs to."""

    work: Work
    trained: Trained
    key: str


@dataclass(frozen=True)
class Promotion:
    """The verdict on a challenger and what followed from it."""

    run_id: str
    version: str
    alias: str
    bundle: Path
    bento: str | None
    proof: Proof
    report: Path


@flow(name="promote", validate_parameters=False)
def promote(challenger: Challenger, rule: ReleaseRule, chosen: Settings) -> Promotion:
    """Judges a challenger against the champion on the same held-out films; promotes it only if the rule says so."""
    work, bundle = challenger.work, challenger.trained.bundle
    version = registry.register(work.tracking, work.run_id, bundle)
    # On record before it is judged, so that a withdrawal names every model that learnt from a film.
    cohort.remember_retrain(
        chosen.catalogue_address,
        RetrainRecord(challenger.key, work.run_id, version.version, "", "", work.cohort.name),
    )
    champion = registry.champion(work.tracking)
    contest = _contest(work, bundle, champion, chosen.threads)
    claims = auditing.across(Refit(work.cohort, work.recipe, challenger.trained.head, work.places))
    proof = evaluation.judge(contest, rule, chosen.catalogue_address, work.recipe.seed)
    promoted = proof.verdict.outcome == "promote"
    bento = None
    if promoted:
        bento = packaging.package(bundle, version.version, work.run_id, work.places.bentoml)
    trained = challenger.trained
    lineage = Lineage(work, trained.fitted, trained.searched, bundle, version, champion, bento)
    report = reporting.write_report(lineage, proof, rule, claims, chosen.catalogue_address)
    tracking.log_figures(work.tracking, work.run_id, reporting.figures_of(proof))
    tracking.log_folder(work.tracking, work.run_id, report.parent, "report")
    page = reporting.version_page(lineage, proof, report)
    registry.describe(work.tracking, version.version, page.description, page.tags)
    if promoted:
        site = Site(work.tracking, work.places, chosen.catalogue_address)
        previous = champion.version if champion else ""
        moves.crown(site, version, proof.verdict, action="promoted", previous=previous, decision=_by_the_rule())
    alias = registry.CHAMPION if promoted else registry.CHALLENGER
    return Promotion(work.run_id, version.version, alias, bundle, bento, proof, report)


def _by_the_rule() -> Decision:
    return Decision(model_moves.RELEASE_RULE, "every check that can hold or reject a model was met")


def _contest(work: Work, bundle: Path, champion: RegisteredVersion | None, threads: int) -> Contest:
    """Both sides' scores on the held-out films of this cohort, and what is known of the challenger beside them."""
    mine = evaluation.score_held_out(bundle, work.cohort, work.places, threads)
    audit = auditing.audit(bundle, work.cohort, work.places, threads, work.recipe.seed)
    weight = evaluation.weigh(bundle, threads)
    theirs, trouble = None, ""
    if champion is not None:
        held = work.places.bundles / champion.bundle
        trouble = evaluation.trouble_with(held, champion.version, work.cohort)
        if not trouble:
            theirs = evaluation.score_held_out(held, work.cohort, work.places, threads)
    return Contest(work.cohort, bundle, mine, theirs, audit, weight, trouble, work.run_id, work.places)
