"""Tasks that ask a bundle whether it looks where it should, on held-out films and across sources."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.evaluation import across_sources
from radiographs.evaluation.across_sources import Answers, Claim
from radiographs.evaluation.audits import asking, pictures, questions
from radiographs.evaluation.audits.asking import Audited, Told
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import left_out, making
from radiographs.network.heads import HeadSettings
from radiographs.network.left_out import Asked
from radiographs.network.recipe import Recipe
from radiographs.places import Places
from radiographs.records import cohort as cohorts
from radiographs.records.cohort import Cohort, Film
from radiographs.runtime.bundle import Bundle
from radiographs.store import kept_masks, pixels
from tasks import fitting, progress

FILE = "audit.json"


@task(cache_policy=NO_CACHE)
def audit(bundle: Path, cohort_folder: Path, places: Places, threads: int, seed: int) -> Path:
    """Audits a bundle once on a cohort's held-out films; returns the folder with audit.json and its pictures."""
    cohort = cohorts.load(cohort_folder)
    folder = places.reports / "audits" / f"{bundle.name[:16]}-{cohort.digest[:16]}-{questions.VERSION}"
    if (folder / FILE).is_file():
        return folder
    loaded = Bundle.load(bundle, threads=threads)
    shown = _audited(cohort, cohort.of("held_out"), loaded.manifest.preparation, places, threads)
    with progress.bar("auditing (passes)", questions.PASSES + 1) as advance:
        told = asking.audit(loaded, bundle, shown, cohort.findings, seed=seed, threads=threads, advance=advance)
    folder.mkdir(parents=True, exist_ok=True)
    _draw(folder, loaded, shown, told, cohort)
    arriving = folder / f".{FILE}"
    arriving.write_text(told.shortcuts.to_json(), encoding="utf-8")
    arriving.replace(folder / FILE)
    get_run_logger().info("audited bundle %s on %d held-out films", bundle.name[:12], told.shortcuts.n)
    return folder


def read(folder: Path) -> Shortcuts:
    """What an audit found."""
    return Shortcuts.from_json((folder / FILE).read_text(encoding="utf-8"))


def _audited(
    cohort: Cohort, films: tuple[Film, ...], preparation: Preparation, places: Places, threads: int
) -> Audited:
    """The films as the bundle sees them, and with burnt-in marks handled in the other way."""
    masks = preparation.marks == "mask"
    other = dataclasses.replace(preparation, marks="keep" if masks else "mask")
    pixels.prepare_missing(films, places.originals, other, places.pixels, threads=threads)
    readers = [pixels.open_store(places.pixels, each).reader(pixels.keys(films, each)) for each in (preparation, other)]
    lungs, lesions = (
        kept_masks.prepared([getattr(film, kind) for film in films], places.originals, preparation)
        for kind in ("lung_mask", "lesion_mask")
    )
    return Audited(
        films=readers[0],
        marks_handled=readers[1],
        marks_words=f"burnt-in text and lone marks {'left in, as this model masks them' if masks else 'masked'}",
        lungs=lungs,
        lesions=lesions,
        truth=cohort.labels(films),
        groups=tuple(film.group_id for film in films),
        sources=tuple(film.source for film in films),
    )


def _draw(folder: Path, bundle: Bundle, shown: Audited, told: Told, cohort: Cohort) -> None:
    """Leaves out a picture that there is nothing for."""
    states = pictures.states(shown, cohort.findings)
    if states:
        pictures.changes(states, bundle, cohort.findings, folder / "changes.png")
    rows = told.studied.rows
    if len(rows):
        spread = np.linspace(0, len(rows) - 1, min(len(rows), pictures.SHUFFLED_SHOWN)).astype(int)
        pictures.shuffled(shown.films[rows[spread]], told.studied.of(spread), folder / "shuffled.png")
        pictures.curves(told.studied.curves, folder / "curves.png")


@dataclass(frozen=True)
class Refit:
    """What is fitted again without each source: the head alone, or head and backbone."""

    cohort: Path
    recipe: Recipe
    head: HeadSettings
    places: Places
    whole: bool = False


@task(cache_policy=NO_CACHE)
def across(wanted: Refit) -> tuple[Claim, ...]:
    """What is left in a source that was never seen, on train and tune; no held-out film has a part."""
    cohort, recipe = cohorts.load(wanted.cohort), wanted.recipe
    films = (*cohort.of("train"), *cohort.of("tune"))
    asked, stores = Asked.of(cohort, films), fitting.stores(wanted.places, recipe)
    if wanted.whole:
        fitter = left_out.whole_networks(recipe, wanted.head, cohort, films, stores)
    elif stores.features is None:
        get_run_logger().info("no head is fitted without a source: a network from scratch has no stored features")
        return ()
    else:
        features = making.labelled_features(recipe, cohort, stores.features, films)
        fitter = left_out.heads_alone(features, asked.n_findings, wanted.head, recipe.fit)
    said = left_out.answers(asked, fitter, seed=recipe.seed)
    answers = Answers(said.unseen, said.seen, asked.labels, asked.groups.tolist(), asked.sources.tolist())
    return across_sources.judge(answers, cohort.findings, seed=recipe.seed)


@task(cache_policy=NO_CACHE)
def keep_claims(claims: tuple[Claim, ...], wanted: Refit) -> Path:
    """Writes the claims beside the reports, named by cohort and recipe."""
    how = "whole" if wanted.whole else "head"
    file = (
        wanted.places.reports / "across-sources" / f"{wanted.cohort.name[:16]}-{wanted.recipe.digest[:16]}-{how}.json"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    arriving = file.with_name(f".{file.name}")
    arriving.write_text(across_sources.to_json(claims), encoding="utf-8")
    arriving.replace(file)
    return file
