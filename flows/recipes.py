"""Turns what a person names, and the settings for what is not named, into a recipe."""

from __future__ import annotations

from radiographs.imaging.preprocessing import Preparation
from radiographs.network.backbone_table import SCRATCH
from radiographs.network.fit_settings import Augmentation, FitSettings
from radiographs.network.oracles import Method
from radiographs.network.recipe import Recipe, SearchSettings, Start
from radiographs.settings import Settings


def recipe(
    chosen: Settings,
    backbone: str | None,
    weights: str | None,
    side_px: int | None,
    searches: SearchSettings,
    fit: FitSettings,
    start: Start | None,
) -> Recipe:
    """The recipe that words and settings name; a word that is None leaves it to the settings."""
    return Recipe(
        backbone=backbone or chosen.backbone,
        weights=weights or chosen.weights,
        preparation=Preparation(
            side_px or chosen.side_px, chosen.fit, chosen.marks, contrast=chosen.contrast, border=chosen.border
        ),
        search=searches,
        fit=fit,
        start=start or chosen.start,
        seed=chosen.seed,
    )


def searches(
    chosen: Settings, method: Method | None, trials: int | None, folds: int | None, fine_trials: int | None
) -> SearchSettings:
    """The searches that words and settings name."""
    return SearchSettings(
        method=method or chosen.search,
        trials=chosen.trials if trials is None else trials,
        folds=chosen.folds if folds is None else folds,
        fine_trials=chosen.fine_trials if fine_trials is None else fine_trials,
    )


def augmentation(strength: float | None, backbone: str) -> Augmentation | None:
    """1 for a network from scratch and none for fine-tuning, where no strength is named."""
    strength = strength if strength is not None else float(backbone == SCRATCH)
    return Augmentation().scaled(strength) if strength else None
