"""The order of a training: films, features, search, fit, seal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from radiographs.network.making import Fitted
from tasks import fitting, preparation
from tasks.fitting import Searched, Work


@dataclass(frozen=True)
class Trained:
    """A sealed bundle and how it came about."""

    bundle: Path
    fitted: Fitted
    searched: Searched


@flow(name="train", validate_parameters=False)
def train(work: Work, threads: int = 0) -> Trained:
    """Makes one bundle from one cohort by one recipe."""
    preparation.prepare_films(work.cohort, work.recipe.preparation, work.places, threads)
    if not work.recipe.from_scratch:
        preparation.extract_features(work.cohort, work.recipe, work.places, threads)
    search = fitting.search_head(work)
    settings, fine = work.recipe.fit, None
    if work.recipe.search.fine_trials:
        fine = fitting.search_fine_tuning(work, search.best)
        settings = fine.best.of(settings)
    fitted = fitting.fit_classifier(work, search.best, settings)
    return Trained(fitting.seal_bundle(work, fitted, threads), fitted, Searched(search, fine))
