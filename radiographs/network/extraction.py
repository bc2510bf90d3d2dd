"""The frozen backbone of a recipe as a compiled graph that turns films into features."""

from __future__ import annotations

from pathlib import Path

from radiographs.network import classifier, export
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import Recipe
from radiographs.runtime.extractor import FeatureExtractor


def ready_extractor(recipe: Recipe, graphs: Path, *, threads: int = 0) -> FeatureExtractor:
    """The compiled frozen backbone; exported once, then found again without Keras."""
    folder = graphs / recipe.feature_key
    graph = folder / "features.xml"
    if not graph.is_file():
        untrained = classifier.build(
            recipe.backbone, recipe.preparation.side_px, recipe.weights, 2, HeadSettings(), recipe.seed
        )
        export.export_features(untrained, folder)
    return FeatureExtractor(graph, threads=threads)
