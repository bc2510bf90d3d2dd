"""The standard protocol under which networks are compared: one head, one set of folds, answers out of fold."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from radiographs.errors import InvalidSettings
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import backbone_table
from radiographs.network.backbone_table import SCRATCH
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe

VERSION = "1"  # of the protocol's code: results of another one are not taken up
VARIED: Mapping[str, type] = {
    "side_px": int, "epochs": int, "films": int, "border": float, "fit": str, "marks": str, "contrast": str,
    "lungs": str,
}  # fmt: skip
_OF_PREPARATION = {spec.name for spec in dataclasses.fields(Preparation)}


@dataclass(frozen=True)
class Protocol:
    """What is the same for all networks of a benchmark.

    Attributes:
        films_per_finding: drawn from train and tune/select, at most.
        folds: each film is answered by the network that was fitted on the other folds.
        epochs: at most, for a head or for a network from scratch; a fit ends earlier by its watched films.
        head: its settings; no search is made.
        seed: of drawing, folds and fits.
    """

    films_per_finding: int = 500
    folds: int = 5
    epochs: int = 30
    head: HeadSettings = field(default_factory=HeadSettings)
    seed: int = 0

    @property
    def fit(self) -> FitSettings:
        """Frozen backbone, films as they are."""
        return FitSettings(self.epochs, fine_tuning=None, augmentation=None, fine_tune_epochs=0, seed=self.seed)


@dataclass(frozen=True)
class Contender:
    """One network of a benchmark.

    Attributes:
        name: unique in its benchmark.
        recipe: backbone, weights, preparation and fit.
        films: at most so many films of each finding are learnt from in a fold; 0 for all.
        varied: what sets it apart from others of its backbone, name and value, as a person reads it.
    """

    name: str
    recipe: Recipe
    films: int = 0
    varied: tuple[tuple[str, str], ...] = ()

    def key(self, protocol: Protocol, sample_digest: str) -> str:
        """Names its result: the same recipe under the same protocol on the same films is never run twice."""
        parts = [VERSION, self.recipe.digest, self.films, dataclasses.asdict(protocol), sample_digest]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def entered(
    backbones: Sequence[str],
    vary: Sequence[str],
    protocol: Protocol,
    preparation: Preparation,
    default_weights: Mapping[str, str] | None = None,
) -> tuple[Contender, ...]:
    """The contenders that words name: each backbone, with each combination of what is varied.

    Args:
        backbones: each `NAME` or `NAME=WEIGHTS`, weights being imagenet, none or a file.
        vary: each `SETTING=VALUE,VALUE`, a setting being one of `VARIED`.
        protocol: gives epochs and seed.
        preparation: of all; its side is an upper bound, a backbone made for a smaller one keeps its own.
        default_weights: by backbone, where the word names none; else imagenet.

    Raises:
        UnknownBackbone: no such backbone, or a side below its minimum.
        WeightsUnavailable: a weights file is absent.
        InvalidSettings: an unknown setting, a value that cannot work, or a contender that is named twice.
    """
    grid = [[(name, value) for value in values] for name, values in map(_varied, vary)]
    found = [
        _contender(word, chosen, protocol, preparation, default_weights or {})
        for word in backbones
        for chosen in itertools.product(*grid)
    ]
    names = [contender.name for contender in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidSettings(f"{name} is entered twice; name each network and each value once")
    return tuple(found)


def _varied(words: str) -> tuple[str, list[Any]]:
    name, _, stated = words.partition("=")
    if name not in VARIED or not stated:
        raise InvalidSettings(f"expected SETTING=VALUE,VALUE with one of {', '.join(VARIED)}, got {words!r}")
    try:
        return name, [VARIED[name](value) for value in stated.split(",")]
    except ValueError as error:
        raise InvalidSettings(f"{name} takes {VARIED[name].__name__} values, got {stated!r}") from error


def _contender(
    word: str,
    chosen: tuple[tuple[str, Any], ...],
    protocol: Protocol,
    preparation: Preparation,
    default_weights: Mapping[str, str],
) -> Contender:
    backbone, _, weights = word.partition("=")
    row = backbone_table.entry(backbone)
    values = dict(chosen)
    for name in ("epochs", "films"):
        if values.get(name, 1) < 1:
            raise InvalidSettings(f"expected {name} of at least 1, got {values[name]}")
    side = min(preparation.side_px, row.native_side_px)
    changed = {"side_px": side} | {name: value for name, value in values.items() if name in _OF_PREPARATION}
    recipe = Recipe(
        backbone=backbone,
        weights="none" if backbone == SCRATCH else weights or default_weights.get(backbone, "imagenet"),
        preparation=dataclasses.replace(preparation, **changed),
        fit=dataclasses.replace(protocol.fit, epochs=values.get("epochs", protocol.epochs)),
        seed=protocol.seed,
    )
    said = tuple((name, str(value)) for name, value in chosen)
    name = ", ".join([backbone, *(f"{setting} {value}" for setting, value in said)])
    return Contender(name, recipe, values.get("films", 0), said)
