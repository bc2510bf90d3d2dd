"""The order of a training: films, features, search, fit, seal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from radiographs.evaluation.release_rule import ScoreCriteria
from radiographs.network.heads import HeadSettings
from radiographs.network.making import Fitted
from tasks import fitting, preparation
from tasks.fitting import Searched, Work


@dataclass(frozen=True)
class Trained:
    """A sealed bundle and how it came about."""

    bundle: Path
    fitted: Fitted
    searched: Searched
    head: HeadSettings


@flow(name="train", validate_parameters=False)
def train(work: Work, asked: ScoreCriteria, threads: int = 0) -> Trained:
    """Makes one bundle from one cohort by one recipe."""
    preparation.prepare_films(work.cohort, work.recipe.preparation, work.places, threads)
    if not work.recipe.from_scratch:
        preparation.extract_features(work.cohort, work.recipe, work.places, threads)
    heads = None
    if work.initial is None:
        heads = fitting.search_head(work)
        head = heads.best
    else:
        head = fitting.take_over_head(work.initial)
    settings, ways = work.recipe.fit, None
    if work.recipe.search.fine_trials:
        ways = fitting.search_fine_tuning(work, head)
        settings = ways.best.of(settings)
    fitted = fitting.fit_classifier(work, head, settings)
    return Trained(fitting.seal_bundle(work, fitted, asked, threads), fitted, Searched(heads, ways), head)
