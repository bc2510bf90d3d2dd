"""Tasks that fill the two stores with what is missing, and with nothing else."""

from __future__ import annotations

from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.imaging.preprocessing import Preparation
from radiographs.network import extraction
from radiographs.network.recipe import Recipe
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.store import features, pixels
from radiographs.store.shards import StoreCount
from tasks import progress


@task(cache_policy=NO_CACHE)
def prepare_films(cohort_folder: Path, preparation: Preparation, places: Places, threads: int) -> StoreCount:
    """Decodes and prepares the films of a cohort that this preparation has not seen."""
    films = cohorts.load(cohort_folder).films
    with progress.bar("preparing films", len(films)) as advance:
        count = pixels.prepare_missing(
            films, places.originals, preparation, places.pixels, threads=threads, advance=advance
        )
    _say("prepared films", count)
    return count


@task(cache_policy=NO_CACHE)
def extract_features(
    cohort_folder: Path, recipe: Recipe, places: Places, threads: int, maps: bool = False, view: str = ""
) -> StoreCount:
    """Runs the frozen backbone over the films that it has not seen; with `maps`, keeps its last feature maps too."""
    prepared = pixels.open_store(places.pixels, recipe.preparation)
    ids = pixels.keys(cohorts.load(cohort_folder).films, recipe.preparation)
    extractor = extraction.ready_extractor(recipe, places.graphs, threads=threads, maps=maps)
    with progress.bar("extracting features", len(ids)) as advance:
        count = features.extract_missing(
            ids,
            prepared,
            extractor,
            places.features,
            key=recipe.feature_key,
            dim=extractor.dim,
            about=recipe.feature_facts,
            maps=extractor.maps,
            view=view,
            advance=advance,
        )
    _say("features", count)
    return count


def _say(what: str, count: StoreCount) -> None:
    logger = get_run_logger()
    logger.info("%s: %d computed, %d reused", what, count.computed, count.reused)
    if count.mended:
        logger.warning("%s: %d damaged shards set aside and their films computed again", what, count.mended)
    for note in count.notes:
        logger.warning("%s: %s", what, note)
