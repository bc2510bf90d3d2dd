"""The order of a scheduled retrain: admit, freeze a cohort, ask whether it is new, train, prove, promote."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows import admit, environment, promote, recipes, train
from flows.promote import Challenger, Promotion
from radiographs import findings, settings
from radiographs.errors import EmptyInbox
from radiographs.evaluation import release_rule
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.network.fit_settings import Balance, FitSettings
from radiographs.network.oracles import Method
from radiographs.network.recipe import Recipe, Start
from radiographs.places import Places
from radiographs.records.admission import AdmissionSummary
from radiographs.records.entries import RetrainRecord
from radiographs.settings import Settings
from tasks import cohort, fitting, registry, tracking
from tasks.fitting import Work
from tasks.tracking import Tracking


@dataclass(frozen=True)
class Outcome:
    """What one retrain did.

    Attributes:
        admission: what the inbox held; None where it was empty.
        record: the retrain that stands for this cohort and recipe: this one, or an earlier one if nothing was new.
        promotion: None where nothing was new.
    """

    admission: AdmissionSummary | None
    cohort: Path
    record: RetrainRecord
    promotion: Promotion | None


@flow(name="retrain")
def retrain(
    inbox: Path | None = None,
    metadata: Path | None = None,
    source: str | None = None,
    backbone: str | None = None,
    weights: str | None = None,
    side_px: int | None = None,
    trials: int | None = None,
    search: Method | None = None,
    folds: int | None = None,
    fine_trials: int | None = None,
    epochs: int = 30,
    fine_tune_epochs: int = 4,
    balance: Balance = "weights",
    by_source: bool = False,
    augmentation: float | None = None,
    start: Start | None = None,
    force: bool = False,
    reason: str = "by hand",
) -> Outcome:
    """Admits what lies in the inbox and, where the cohort or the recipe is new, makes and judges a challenger.

    Args:
        inbox: folder to admit; RADIOGRAPHS_INBOX if not named.
        metadata: its table, where it is not `metadata.csv` in the folder.
        source: hospital or data set, where the table does not say.
        backbone: RADIOGRAPHS_BACKBONE if not named.
        weights: imagenet, none or a file; RADIOGRAPHS_WEIGHTS if not named.
        side_px: side of the prepared film; RADIOGRAPHS_SIDE_PX if not named.
        trials: heads that the search tries; RADIOGRAPHS_TRIALS if not named.
        search: how it chooses the next one: random, bayesian or hyperband; RADIOGRAPHS_SEARCH if not named.
        folds: of train, by groups, in which each head is tried, 1 for none; RADIOGRAPHS_FOLDS if not named.
        fine_trials: ways of fine-tuning tried after it, 0 for the one set; RADIOGRAPHS_FINE_TRIALS if not named.
        epochs: at most, for the head or for a network from scratch.
        fine_tune_epochs: at most, for each group of layers unfrozen; 0 leaves the backbone as it came.
        balance: what gives every finding the same say.
        by_source: films are drawn so that within a finding each source comes equally often.
        augmentation: how far films are changed while fitting, 1 as by default, 0 not at all; if not named, 1 for a
            network from scratch and 0 for fine-tuning, whose rates were chosen without.
        start: from the backbone's weights as they came (fresh) or from the champion's; RADIOGRAPHS_START if not named.
        force: train even if this cohort and recipe were trained before.
        reason: why, for the record.
    """
    chosen = settings.read()
    places = environment.prepare(chosen)
    rule = release_rule.read(chosen.release_rule)
    fit = FitSettings(
        epochs=epochs,
        fine_tune_epochs=fine_tune_epochs,
        balance=balance,
        by_source=by_source,
        augmentation=recipes.augmentation(augmentation, backbone or chosen.backbone),
        seed=chosen.seed,
    )
    searches = recipes.searches(chosen, search, trials, folds, fine_trials)
    recipe = recipes.recipe(chosen, backbone, weights, side_px, searches, fit, start)
    recipe.preparation.require_servable()
    recipe_digest = recipe.digest  # reads the weights file: one that is absent is refused before anything is admitted
    admission = _admit_if_any(inbox, metadata, source)
    folder = cohort.snapshot(chosen.catalogue_address, findings.read(chosen.findings_file), places.cohorts)
    cohort.prove(chosen.catalogue_address, folder, places)
    cohort.require_trainable(folder, by_source)
    key = _key(folder.name, recipe_digest, rule.digest)
    earlier = cohort.earlier_retrain(chosen.catalogue_address, key)
    if earlier is not None and not force:
        return Outcome(admission, folder, earlier, None)
    promotion = _make_and_judge(chosen, places, Retrain(key, folder, recipe, reason), rule)
    record = RetrainRecord(
        key, promotion.run_id, promotion.version, promotion.proof.verdict.outcome, str(promotion.report), folder.name
    )
    cohort.remember_retrain(chosen.catalogue_address, record)
    return Outcome(admission, folder, record, promotion)


@dataclass(frozen=True)
class Retrain:
    """What is to be trained on what, why, and the name that makes it the same retrain again."""

    key: str
    cohort: Path
    recipe: Recipe
    reason: str


def _make_and_judge(chosen: Settings, places: Places, wanted: Retrain, rule: ReleaseRule) -> Promotion:
    """Trains and promotes under one MLflow run, which ends as FAILED if either does."""
    tracked = Tracking(chosen.tracking_address, places.artifacts)
    recipe, folder = wanted.recipe, wanted.cohort
    run_id = tracking.open_run(tracked, recipe.backbone, _parameters(recipe, folder.name, wanted.reason), folder)
    try:
        initial = None
        if recipe.start == "champion":
            initial = fitting.weights_to_start_from(places, registry.champion(tracked))
        work = Work(folder, recipe, places, tracked, run_id, initial)
        trained = train.train(work, rule.scores, chosen.threads)
        promotion = promote.promote(Challenger(work, trained, wanted.key), rule, chosen)
    except BaseException:
        tracking.close_run(tracked, run_id, "FAILED")
        raise
    tracking.close_run(tracked, run_id)
    return promotion


def _admit_if_any(inbox: Path | None, metadata: Path | None, source: str | None) -> AdmissionSummary | None:
    """An empty inbox is no fault of a schedule: the catalogue is trained on as it stands."""
    try:
        return admit.admit(inbox, metadata, source)
    except EmptyInbox:
        return None


def _key(cohort_digest: str, recipe_digest: str, rule_digest: str) -> str:
    """Names a retrain: the same cohort, recipe and rule are the same retrain."""
    return hashlib.sha256(f"{cohort_digest} {recipe_digest} {rule_digest}".encode()).hexdigest()


def _parameters(recipe: Recipe, cohort_digest: str, reason: str) -> dict[str, str]:
    return {
        "backbone": recipe.backbone,
        "weights": recipe.weights_identity,
        "side_px": str(recipe.preparation.side_px),
        "fit": recipe.preparation.fit,
        "marks": recipe.preparation.marks,
        "contrast": recipe.preparation.contrast,
        "border": str(recipe.preparation.border),
        "balance": recipe.fit.balance,
        "by_source": str(recipe.fit.by_source),
        "augmentation": str(recipe.fit.augmentation),
        "start": recipe.start,
        "search": recipe.search.method,
        "trials": str(recipe.search.trials),
        "folds": str(recipe.search.folds),
        "fine_trials": str(recipe.search.fine_trials),
        "seed": str(recipe.seed),
        "cohort": cohort_digest,
        "recipe": recipe.digest,
        "reason": reason,
    }
