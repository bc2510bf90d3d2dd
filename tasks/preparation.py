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
    get_run_logger().info("prepared films: %d computed, %d reused", count.computed, count.reused)
    return count


@task(cache_policy=NO_CACHE)
def extract_features(cohort_folder: Path, recipe: Recipe, places: Places, threads: int) -> StoreCount:
    """Runs the frozen backbone over the films that it has not seen."""
    ids = [film.id for film in cohorts.load(cohort_folder).films]
    prepared = pixels.open_store(places.pixels, recipe.preparation)
    extractor = extraction.ready_extractor(recipe, places.graphs, threads=threads)
    with progress.bar("extracting features", len(ids)) as advance:
        count = features.extract_missing(
            ids,
            prepared,
            extractor,
            places.features,
            key=recipe.feature_key,
            dim=extractor.dim,
            about=recipe.feature_facts,
            advance=advance,
        )
    get_run_logger().info("features: %d computed, %d reused", count.computed, count.reused)
    return count
