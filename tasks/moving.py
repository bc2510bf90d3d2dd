"""What a move of the champion needs to know and leaves behind: where models stand, what waits, the audit row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from radiographs.errors import InvalidBundle, NoChampion, VerdictUnreadable
from radiographs.imaging import phantoms
from radiographs.places import Places
from radiographs.records import model_moves
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import ModelMove
from radiographs.runtime.bundle import Bundle
from tasks import judgements, packaging, registry
from tasks.registry import RegisteredVersion
from tasks.tracking import Tracking


@dataclass(frozen=True)
class Site:
    """Where registry, state folder and catalogue are."""

    tracking: Tracking
    places: Places
    catalogue_url: str


@dataclass(frozen=True)
class Standing:
    """Who is champion by each record of it; the three agree unless a move was cut short.

    Attributes:
        champion: by the registry's alias; None before the first promotion.
        pointed: version in the pointer that services follow; empty where there is none.
        moves: the history, oldest first.
    """

    champion: RegisteredVersion | None
    pointed: str
    moves: tuple[ModelMove, ...]

    def require_champion(self) -> RegisteredVersion:
        """The champion.

        Raises:
            NoChampion: nothing was promoted yet.
        """
        if self.champion is None:
            raise NoChampion("no champion has been promoted yet; `radiographs promote` lists the models that wait")
        return self.champion

    def is_settled_on(self, version: str) -> bool:
        """Whether alias, pointer and history all name this version."""
        return set(self._named) == {version}

    def before(self, version: str) -> str:
        """The champion that this version replaces, also where the alias or the pointer has moved already."""
        return next((each for each in self._named if each not in ("", version)), "")

    @property
    def _named(self) -> tuple[str, str, str]:
        by_alias = self.champion.version if self.champion else ""
        return by_alias, self.pointed, self.moves[-1].version if self.moves else ""


def standing(site: Site) -> Standing:
    """Reads who is champion now."""
    with Catalogue.open(site.catalogue_url) as catalogue:
        moves = model_moves.list_moves(catalogue)
    return Standing(registry.crowned(site.tracking), _pointed(site.places.root), moves)


@dataclass(frozen=True)
class Held:
    """A model that waits for a person.

    Attributes:
        model: the version.
        at: when it was registered.
        cautions: what held it, in words.
        report: its page.
    """

    model: RegisteredVersion
    at: datetime
    cautions: tuple[str, ...]
    report: Path


def waiting(site: Site) -> tuple[Held, ...]:
    """The held models that were never champion, oldest first."""
    decided = {move.version for move in standing(site).moves}
    return tuple(
        Held(
            each.model,
            each.at,
            _cautions(site.places, each.model),
            judgements.folder_of(site.places, each.model) / judgements.REPORT,
        )
        for each in registry.listed(site.tracking)
        if each.verdict == "hold" and each.model.version not in decided
    )


@task(cache_policy=NO_CACHE)
def verify(places: Places, digest: str) -> Path:
    """The folder of a bundle that is as it was sealed and answers a film.

    Raises:
        InvalidBundle: it is gone, altered, another one, or does not answer.
    """
    folder = places.bundles / digest
    bundle = Bundle.load(folder)
    if bundle.digest != digest:
        raise InvalidBundle(f"bundle {folder} was sealed anew: expected the digest {digest[:12]}, got {bundle.digest}")
    answer = bundle.answer(phantoms.draw("Normal", seed=1).pixels)
    if not np.isfinite(answer.scores).all():
        raise InvalidBundle(f"bundle {folder} does not answer: its scores of a film are not numbers")
    return folder


@task(cache_policy=NO_CACHE)
def record(catalogue_url: str, move: ModelMove) -> None:
    """Writes the audit row of a move that was made."""
    with Catalogue.open(catalogue_url) as catalogue:
        model_moves.record_move(catalogue, move)
    get_run_logger().info("%s: version %s after %s", move.action, move.version, move.previous_version or "none")


def _pointed(root: Path) -> str:
    """The version that services are told to follow; a pointer that cannot be read tells them none."""
    try:
        return str(json.loads((root / packaging.POINTER).read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _cautions(places: Places, model: RegisteredVersion) -> tuple[str, ...]:
    """What held a model; one whose verdict cannot be read stays on the list and says so."""
    try:
        return judgements.verdict_on(places, model).cautions
    except VerdictUnreadable as refusal:
        return (str(refusal),)
