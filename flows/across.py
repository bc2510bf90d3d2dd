"""The order of asking what is left of a classifier in a source that it never saw: films, features, fits, claims."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows import environment, recipes
from radiographs import findings, settings
from radiographs.evaluation.across_sources import Claim
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import SearchSettings
from tasks import auditing, cohort, preparation
from tasks.auditing import Refit


@dataclass(frozen=True)
class Across:
    """The claims on one cohort, and the file that keeps them."""

    claims: tuple[Claim, ...]
    file: Path


@flow(name="across-sources")
def across(
    backbone: str | None = None,
    weights: str | None = None,
    side_px: int | None = None,
    epochs: int = 30,
    fine_tune_epochs: int = 4,
    whole: bool = False,
) -> Across:
    """Fits a head, or with `whole` a whole network, again without each source, and asks it about that source.

    Args:
        backbone: RADIOGRAPHS_BACKBONE if not named.
        weights: imagenet, none or a file; RADIOGRAPHS_WEIGHTS if not named.
        side_px: side of the prepared film; RADIOGRAPHS_SIDE_PX if not named.
        epochs: at most, for a head or a network from scratch.
        fine_tune_epochs: at most, for each group of layers unfrozen; for whole networks only.
        whole: fit head and backbone, which takes as long as a retrain for each source and each of five folds.
    """
    chosen = settings.read()
    places = environment.prepare(chosen)
    fit = FitSettings(
        epochs=epochs,
        fine_tune_epochs=fine_tune_epochs if whole else 0,
        augmentation=recipes.augmentation(None, backbone or chosen.backbone),
        seed=chosen.seed,
    )
    recipe = recipes.recipe(chosen, backbone, weights, side_px, SearchSettings(), fit, "fresh")
    folder = cohort.snapshot(chosen.catalogue_address, findings.read(chosen.findings_file), places.cohorts)
    preparation.prepare_films(folder, recipe.preparation, places, chosen.threads)
    if not recipe.from_scratch:
        preparation.extract_features(folder, recipe, places, chosen.threads)
    wanted = Refit(folder, recipe, HeadSettings(), places, whole or recipe.from_scratch)
    claims = auditing.across(wanted)
    return Across(claims, auditing.keep_claims(claims, wanted))
