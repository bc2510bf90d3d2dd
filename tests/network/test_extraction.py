"""The compiled frozen backbone: made once, and its features and maps are those of Keras."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lively_nets
import numpy as np
import pytest

from radiographs.errors import InvalidBundle, ParityFailed
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import export, extraction
from radiographs.network.recipe import Recipe
from radiographs.runtime.extractor import FeatureExtractor
from radiographs.store import features
from radiographs.store.shards import ShardStore

SIDE = 64
RECIPE = Recipe(backbone="MobileNet(0.25)", weights="none", preparation=Preparation(side_px=SIDE))


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def test_a_backbone_is_exported_once(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films = lively_nets.films(3, SIDE)
    first = [extraction.ready_extractor(RECIPE, graphs, maps=maps)(films) for maps in (False, True)]
    monkeypatch.setattr(extraction, "_untrained", lambda recipe: pytest.fail("built again"))
    again = [extraction.ready_extractor(RECIPE, graphs, maps=maps)(films) for maps in (False, True)]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert first[1].shape[1] > first[0].shape[1]


@pytest.mark.parametrize("name", ["MobileNet(0.25)", pytest.param("VGG16", marks=pytest.mark.long)])
def test_features_and_maps_of_one_pass_are_those_of_keras(name: str, tmp_path: Path) -> None:
    built, films = lively_nets.lively(name, SIDE), lively_nets.films(6, SIDE, seed=4)
    extraction.export_mapped(built, tmp_path / "graph")
    shape = extraction._shape(tmp_path / "graph" / extraction.SHAPE)
    extractor = extraction.Extractor(tmp_path / "graph" / export.FEATURES, shape)
    values = extractor(films)
    pooled, maps = values[:, : extractor.dim], values[:, extractor.dim :].reshape(6, *shape)
    assert pooled.std(axis=0).max() > 0 and maps.std(axis=0).max() > 0
    expected = np.asarray(built.maps(films.astype(np.float32)))
    np.testing.assert_allclose(pooled, built.features(films.astype(np.float32)), atol=1e-4)
    np.testing.assert_allclose(maps, expected, atol=1e-4 * max(1.0, np.abs(expected).max()))
    np.testing.assert_array_equal(extractor(films[2:3]), values[2:3])


def test_a_film_s_features_are_those_of_the_plain_engine_whoever_asks_and_with_whom(graphs: Path) -> None:
    films = lively_nets.films(40, SIDE, seed=9)
    extractor = extraction.ready_extractor(RECIPE, graphs)
    expected = extractor(films)
    plain = FeatureExtractor(graphs / RECIPE.feature_key / export.FEATURES)
    np.testing.assert_allclose(plain(films), expected, atol=1e-5 * max(1.0, np.abs(expected).max()))
    with ThreadPoolExecutor(4) as pool:
        for place, values in enumerate(pool.map(lambda at: extractor(films[at : at + 10]), range(30))):
            np.testing.assert_array_equal(values, expected[place : place + 10])
    np.testing.assert_array_equal(extraction.ready_extractor(RECIPE, graphs, threads=1)(films), expected)


@pytest.mark.parametrize("films", [np.zeros((1, 32, 32), np.uint8), np.zeros((1, SIDE, SIDE), np.float32)])
def test_films_of_another_side_or_type_are_refused(graphs: Path, films: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected films \(B, 64, 64\) uint8"):
        extraction.ready_extractor(RECIPE, graphs)(films)


def test_a_graph_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidBundle, match=r"features\.xml is missing"):
        extraction.Extractor(tmp_path / "features.xml")


def test_a_graph_of_something_else_is_refused(tmp_path: Path) -> None:
    export.export_graph(lively_nets.lively("LeNet-5", 32), lively_nets.films(2, 32), tmp_path / "graph")
    with pytest.raises(InvalidBundle, match="expected one output named features"):
        extraction.Extractor(tmp_path / "graph" / "graph.xml")


def test_maps_reach_their_store_in_half_precision(graphs: Path, tmp_path: Path) -> None:
    ids = ["a", "b", "c"]
    pixels = ShardStore(tmp_path / "pixels", (SIDE, SIDE), np.uint8)
    films = lively_nets.films(3, SIDE)
    pixels.append(ids, films)
    extractor = extraction.ready_extractor(RECIPE, graphs, maps=True)
    features.extract_missing(
        ids, pixels, extractor, tmp_path, key=RECIPE.feature_key, dim=extractor.dim, maps=extractor.maps
    )
    plain = extraction.ready_extractor(RECIPE, graphs)
    stored = features.open_found(tmp_path, RECIPE.feature_key).reader(ids)[:]
    np.testing.assert_allclose(stored, plain(films), atol=1e-5)
    maps = features.open_found_maps(tmp_path, RECIPE.feature_key).reader(ids)[:]
    assert maps.shape == (3, 2, 2, plain.dim)
    np.testing.assert_allclose(maps.astype(np.float32).mean(axis=(1, 2)), stored, atol=2e-3 * max(1, stored.max()))


def test_a_graph_that_gives_other_features_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = lively_nets.lively("MobileNet(0.25)", SIDE)
    real = export._export

    def departing(model, graph, names):
        real(model, graph, names)
        first = next(layer for layer in built.backbone_layers if layer.weights)
        first.set_weights([weight * 1.5 for weight in first.get_weights()])

    monkeypatch.setattr(export, "_export", departing)
    with pytest.raises(ParityFailed):
        extraction.export_mapped(built, tmp_path / "graph")
    assert not (tmp_path / "graph").exists()


def test_a_note_of_the_maps_that_cannot_be_read_is_named(graphs: Path) -> None:
    extraction.ready_extractor(RECIPE, graphs, maps=True)
    note = graphs / f"{RECIPE.feature_key}-maps" / extraction.SHAPE
    said = note.read_text()
    note.write_text("[1, 2]")
    with pytest.raises(InvalidBundle, match=r"maps\.json cannot be read"):
        extraction.ready_extractor(RECIPE, graphs, maps=True)
    note.write_text(said)


def test_lenet_has_no_maps_to_extract(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="LeNet-5 has no frozen stage"):
        extraction.export_mapped(lively_nets.lively("LeNet-5", 32), tmp_path)
