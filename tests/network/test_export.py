"""The exported graph answers as Keras does, or nothing is kept."""

from __future__ import annotations

import lively_nets
import numpy as np
import pytest

from radiographs.errors import ParityFailed
from radiographs.network import export
from radiographs.runtime.engine import Engine
from radiographs.runtime.extractor import FeatureExtractor


@pytest.fixture(scope="module")
def lenet():
    return lively_nets.lively("LeNet-5", 32)


@pytest.mark.parametrize(("name", "side_px"), [("LeNet-5", 32), ("MobileNetV2(0.35)", 64)])
def test_the_exported_graph_answers_as_keras_and_gradient_tape_do(name, side_px, tmp_path):
    built, films = lively_nets.lively(name, side_px), lively_nets.films(5, side_px, seed=8)
    parity = export.export_graph(built, films, tmp_path / "graph")
    assert parity.n_films == 5
    assert 0 < parity.logits_difference <= parity.limit
    assert 0 < parity.heatmaps_difference <= parity.limit
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["graph", "graph.bin", "graph.xml"]
    engine = Engine(tmp_path / "graph" / "graph.xml")
    assert engine.outputs == ("logits", "heatmaps", "embedding")
    assert engine.infer(films[:1])["logits"].std() > 0


@pytest.mark.long
@pytest.mark.parametrize("name", ["VGG16", "ResNet50V2", "DenseNet121", "EfficientNetB0", "ConvNeXtTiny"])
def test_families_keep_parity_when_exported(name, tmp_path):
    built, films = lively_nets.lively(name, 64), lively_nets.films(4, 64, seed=8)
    network = export.export_graph(built, films, tmp_path)
    assert network.heatmaps_difference <= network.limit
    assert Engine(tmp_path / "graph.xml").outputs == ("logits", "heatmaps", "embedding")


@pytest.mark.parametrize("share", [1.01, float("nan")])
def test_a_graph_that_answers_differently_is_refused_and_leaves_nothing(share, tmp_path, monkeypatch):
    built = lively_nets.lively("LeNet-5", 32)

    def departing(model, graph, names):
        real(model, graph, names)
        built.tail[-1].kernel.assign(built.tail[-1].kernel * share)

    real = export._export
    monkeypatch.setattr(export, "_export", departing)
    with pytest.raises(ParityFailed, match="was not kept"):
        export.export_graph(built, lively_nets.films(3, 32), tmp_path / "graph")
    assert list(tmp_path.iterdir()) == []


def test_exporting_the_same_network_twice_gives_the_same_bytes(lenet, tmp_path):
    for folder in ("one", "two"):
        export.export_graph(lenet, lively_nets.films(1, 32), tmp_path / folder)
    for name in ("graph.xml", "graph.bin"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_films_of_another_side_are_refused_before_anything_is_written(lenet, tmp_path):
    with pytest.raises(ValueError, match=r"\(n, 32, 32\) uint8"):
        export.export_graph(lenet, lively_nets.films(1, 48), tmp_path / "graph")
    assert list(tmp_path.iterdir()) == []


def test_exported_features_are_those_of_keras(tmp_path):
    built, films = lively_nets.lively("MobileNet(0.25)", 64), lively_nets.films(40, 64)
    extractor = FeatureExtractor(export.export_features(built, tmp_path))
    features = extractor(films)
    assert features.shape == (40, extractor.dim) and features.dtype == np.float32
    np.testing.assert_allclose(features, built.features(films.astype(np.float32)), atol=1e-4)
    np.testing.assert_array_equal(extractor(films[3:4]), features[3:4])


def test_lenet_has_no_features_to_export(lenet, tmp_path):
    with pytest.raises(ValueError, match="no frozen stage"):
        export.export_features(lenet, tmp_path)
