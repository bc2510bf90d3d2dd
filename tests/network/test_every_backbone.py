"""Every backbone: scaled as Keras scales, explained as GradientTape explains, exported, and parted into stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import keras_graphs
import lively_nets
import numpy as np
import pytest

from radiographs.network import backbones, export, heatmaps, stages
from radiographs.network.classifier import Classifier
from radiographs.network.stages import Stage
from radiographs.runtime.engine import Engine


@dataclass(frozen=True)
class Known:
    """What is known of a backbone without its top.

    Attributes:
        side_px: a small side, at which its last maps still have places.
        parameters: all of them.
        topmost: those of its topmost group that fine-tuning may change, so without batch-norm.
    """

    side_px: int
    parameters: int
    topmost: int


EVERY = {
    "LeNet-5": Known(32, 2_572, 2_572),
    "VGG16": Known(48, 14_714_688, 7_079_424),
    "VGG19": Known(48, 20_024_384, 9_439_232),
    "ResNet50": Known(64, 23_587_712, 14_953_472),
    "ResNet50V2": Known(64, 23_564_800, 14_950_400),
    "ResNet152V2": Known(64, 58_331_648, 14_950_400),
    "InceptionResNetV2": Known(128, 54_336_736, 27_408_704),
    "DenseNet121": Known(64, 7_037_504, 2_129_920),
    "DenseNet201": Known(64, 18_321_984, 6_881_280),
    "ConvNeXtTiny": Known(64, 27_820_128, 15_472_128),
    "ConvNeXtBase": Known(64, 87_566_464, 27_445_248),
    "EfficientNetB0": Known(64, 4_049_571, 1_121_584),
    "EfficientNetB1": Known(64, 6_575_239, 2_676_864),
    "EfficientNetB2": Known(64, 7_768_569, 3_216_588),
    "EfficientNetB3": Known(64, 10_783_535, 3_857_722),
    "EfficientNetB4": Known(64, 17_673_823, 5_253_748),
    "EfficientNetB5": Known(64, 28_513_527, 10_758_540),
    "EfficientNetB6": Known(64, 40_960_143, 13_624_406),
    "EfficientNetB7": Known(64, 64_097_687, 23_010_880),
    "EfficientNetV2B0": Known(64, 5_919_312, 4_446_124),
    "MobileNet": Known(64, 3_228_864, 1_586_688),
    "MobileNet(0.25)": Known(64, 218_544, 101_760),
    "MobileNet(0.5)": Known(64, 829_536, 400_128),
    "MobileNet(0.75)": Known(64, 1_832_976, 895_104),
    "MobileNetV2": Known(64, 2_257_984, 1_510_720),
    "MobileNetV2(0.35)": Known(64, 410_208, 284_144),
    "MobileNetV2(0.5)": Known(64, 706_224, 486_560),
    "MobileNetV2(0.75)": Known(64, 1_382_064, 931_440),
    "MobileNetV2(1.3)": Known(64, 3_766_048, 2_543_008),
    "MobileNetV2(1.4)": Known(64, 4_363_712, 2_946_496),
}
QUICK = ("LeNet-5", "MobileNet(0.25)")
NEVER_TUNED = ("BatchNormalization", "Normalization")


NAMES = [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in EVERY]


@pytest.fixture(scope="module", params=NAMES)
def built(request: pytest.FixtureRequest) -> Iterator[Classifier]:
    import keras

    yield lively_nets.lively(request.param, EVERY[request.param].side_px)
    keras.backend.clear_session()


@pytest.fixture
def films(built: Classifier) -> np.ndarray:
    return lively_nets.films(4, built.side_px, seed=7)


def test_the_whole_input_scaling_is_that_of_the_graph_that_keras_builds(built, films, monkeypatch):
    expected = keras_graphs.maps(built.backbone, built.backbone_layers, films, monkeypatch)
    got = np.asarray(built.maps(films.astype(np.float32)))
    assert expected.std(axis=0).max() > 0.01, "maps must vary over films, else nothing is compared"
    np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())


def test_the_closed_form_is_what_gradient_tape_says_and_answers_vary(built, films):
    logits, maps, _ = (np.asarray(output) for output in heatmaps.explained(built)(films.astype(np.float32)))
    assert logits.std(axis=0).min() > 0.02, "answers must vary over films, else nothing is compared"
    assert maps.std(axis=0).max() > 0.01, "maps must vary over films, else nothing is compared"
    assert maps.shape[2] > 1 and maps.shape[3] > 1
    assert np.abs(maps - heatmaps.reference_heatmaps(built, films)).max() <= 1e-4


def test_the_exported_graph_answers_as_keras_does(built, films, tmp_path):
    parity = export.export_graph(built, films, tmp_path)
    assert 0 < parity.logits_difference <= 1e-4
    assert 0 < parity.heatmaps_difference <= 1e-4
    answered = Engine(tmp_path / "graph.xml").infer(films)
    assert answered["logits"].std(axis=0).min() > 0.02
    assert answered["heatmaps"].std(axis=0).max() > 0.01


REST = sorted(set(backbones.names()) - set(EVERY))


@pytest.mark.long
@pytest.mark.parametrize("name", REST)
def test_the_rest_of_the_table_is_built_at_its_least_side_and_parted(name):
    import keras

    graph = backbones.build(name, backbones.entry(name).min_side_px, "none", 0)
    assert [id(layer) for group in graph.groups for layer in group] == [id(layer) for layer in graph.layers]
    assert len(graph.groups) >= 3
    assert all(any(layer.weights for layer in group) for group in graph.groups)
    keras.backend.clear_session()


def trainable(built: Classifier) -> int:
    return sum(int(np.prod(weight.shape)) for layer in built.backbone_layers for weight in layer.trainable_weights)


def test_as_many_parameters_learn_as_groups_are_unfrozen(built):
    known, groups = EVERY[built.backbone], built.layer_groups
    layers = built.backbone_layers
    assert sum(layer.count_params() for layer in layers) == known.parameters
    counted = []
    for unfrozen in (0, 1, len(groups)):
        stages.unfreeze(built, Stage("counted", unfrozen))
        counted.append(trainable(built))
    fixed = sum(layer.count_params() for layer in layers if type(layer).__name__ in NEVER_TUNED)
    assert counted == [0, known.topmost, known.parameters - fixed]
    stages.unfreeze(built, Stage("from scratch", None))
    moving = sum(int(np.prod(weight.shape)) for layer in layers for weight in layer.non_trainable_weights)
    assert trainable(built) == known.parameters - moving


def test_groups_part_the_layers_and_the_topmost_holds_the_explained_maps(built):
    grouped = [layer for group in built.layer_groups for layer in group]
    assert [id(layer) for layer in grouped] == [id(layer) for layer in built.backbone_layers]
    assert all(any(layer.weights for layer in group) for group in built.layer_groups)
    assert len(built.layer_groups) >= (1 if built.features is None else 3)
    named = backbones.entry(built.backbone).map_layer
    assert not named or named in {layer.name for layer in built.layer_groups[-1]}
