"""Backbones: the whole input scaling, weights and their refusals."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import random
import re
from typing import Any

import keras_graphs
import numpy as np
import pytest

from radiographs.errors import UnknownBackbone, WeightsMismatch, WeightsUnavailable
from radiographs.network import backbones, layer_groups

MODULES = {
    "VGG16": "vgg16",
    "ResNet50": "resnet",
    "ResNet50V2": "resnet_v2",
    "DenseNet121": "densenet",
    "MobileNetV2(0.35)": "mobilenet_v2",
    "MobileNet(0.25)": "mobilenet",
}
SMALL = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"


def film(side_px: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, side_px, side_px)).astype(np.float32)


def coloured(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=-1)


@pytest.mark.parametrize("name", ["VGG16", "EfficientNetB0"])
def test_a_grey_film_gives_the_maps_of_the_graph_that_keras_builds(name, monkeypatch):
    built = backbones.build(name, 32, "none", 1)
    expected = keras_graphs.maps(name, built.layers, film(32), monkeypatch)
    np.testing.assert_allclose(built.model(film(32)), expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_scaling_layers_do_what_preprocess_input_does(name):
    module = importlib.import_module(f"keras.applications.{MODULES[name]}")
    scale = backbones._scaling(backbones.entry(name))
    expected = module.preprocess_input(coloured(film(4)))
    np.testing.assert_allclose(scale(coloured(film(4))), expected, atol=1e-4)


def test_an_efficientnet_scales_as_the_graph_that_keras_builds_for_imagenet_weights(tmp_path):
    built = backbones.build("EfficientNetB0", 32, "none", 1)
    path = tmp_path / "b0.weights.h5"
    native = backbones._native(built.entry, 32)
    native.set_weights([np.asarray(weight) for layer in built.layers for weight in layer.weights])
    native.save_weights(path)
    again = backbones.build("EfficientNetB0", 32, str(path), 2)
    # Keras for "imagenet": x / 255, minus mean, over sqrt of "variance" (the file holds deviations), and over it again
    expected = (coloured(film(32)) / 255 - backbones.IMAGENET_MEAN) / np.array(backbones.IMAGENET_STD)
    inner = again.model.get_layer("second_scaling")
    import keras

    scaled = keras.Model(again.model.inputs, inner.output)(film(32))
    np.testing.assert_allclose(scaled, expected, atol=1e-4)
    np.testing.assert_allclose(again.model(film(32)), built.model(film(32)), atol=1e-6)


def test_every_application_of_keras_with_images_is_in_the_table():
    from keras import applications

    in_keras = {name for name in dir(applications) if name[0].isupper()}
    assert in_keras <= set(backbones.names())
    widths = {f"MobileNet({width})" for width in (0.25, 0.5, 0.75)}
    widths |= {f"MobileNetV2({width})" for width in (0.35, 0.5, 0.75, 1.3, 1.4)}
    assert set(backbones.names()) - in_keras == {"LeNet-5", *widths}


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("mobilnetv2", "MobileNetV2"), ("vgg", "VGG"), ("MobileNetV2(0.3)", "MobileNetV2"), ("zzz", "LeNet-5, VGG16")],
)
def test_an_unknown_backbone_is_refused_with_the_nearest_names(asked, nearest):
    with pytest.raises(UnknownBackbone, match=rf"is no backbone; nearest: .*{nearest}"):
        backbones.entry(asked)


def test_a_side_below_the_minimum_is_refused_by_number():
    with pytest.raises(UnknownBackbone, match="at least 75 px, got 64"):
        backbones.build("InceptionV3", 64, "none", 0)


def test_the_same_seed_gives_the_same_random_weights_and_another_seed_others():
    one, two, three = (backbones.build("LeNet-5", 32, "none", seed).weights_digest for seed in (1, 1, 2))
    assert one == two != three


@pytest.mark.parametrize("name", ["LeNet-5", "MobileNet(0.25)", "EfficientNetB0"])
def test_random_weights_follow_from_the_seed_whatever_else_draws_random_numbers(name, monkeypatch):
    def drawn(first: int) -> tuple[str, list[list[int]]]:
        numbers = itertools.count(first)
        monkeypatch.setattr(random, "randint", lambda low, high: next(numbers))
        built = backbones.build(name, 32, "none", 3)
        dropping = [layer.seed_generator for layer in built.layers if getattr(layer, "seed_generator", None)]
        return built.weights_digest, [np.asarray(generator.state).tolist() for generator in dropping]

    one, two = drawn(1), drawn(10_000)
    assert one == two
    assert bool(one[1]) == (name == "EfficientNetB0")


def test_no_two_layers_of_random_weights_are_drawn_alike():
    built = backbones.build("MobileNet(0.25)", 32, "none", 3)
    alike = [np.asarray(layer.kernel).tobytes() for layer in built.layers if hasattr(layer, "kernel")]
    assert len(set(alike)) == len(alike) == 27


def block_numbers(group: tuple[Any, ...]) -> set[int]:
    return {int(found[1]) for layer in group if (found := re.match(r"block_(\d+)_", layer.name))}


def test_groups_of_mobilenet_v2_are_its_runs_of_alike_blocks():
    groups = backbones.build("MobileNetV2(0.35)", 32, "none", 0).groups
    runs = [{1}, {2, 3}, {4, 5, 6}, {7, 8, 9, 10}, {11, 12, 13}, {14, 15, 16}]
    assert [block_numbers(group) for group in groups] == runs
    assert {"Conv_1", "Conv_1_bn", "out_relu"} <= {layer.name for layer in groups[-1]}
    assert "Conv1" in {layer.name for layer in groups[0]}


def test_a_stage_that_a_backbone_does_not_have_is_refused_by_its_pattern():
    built = backbones.build("MobileNet(0.25)", 32, "none", 0)
    row = dataclasses.replace(built.entry, stage_starts=("conv_pad_9",))
    with pytest.raises(LookupError, match="conv_pad_9"):
        layer_groups.of(row, built.layers)


def test_an_absent_weights_file_is_refused_by_path(tmp_path):
    with pytest.raises(WeightsUnavailable, match=r"absent\.h5 does not exist"):
        backbones.build("MobileNetV2", 64, str(tmp_path / "absent.h5"), 0)


def test_a_file_that_holds_no_weights_is_refused(tmp_path):
    path = tmp_path / "page.h5"
    path.write_text("<html>")
    with pytest.raises(WeightsMismatch, match=r"page\.h5"):
        backbones.build("MobileNetV2(0.35)", 64, str(path), 0)


def test_imagenet_weights_that_cannot_be_had_are_refused_with_three_remedies(monkeypatch):
    def offline(row, side_px, weights=None):
        if weights == "imagenet":
            raise OSError("no route to host")
        return real(row, side_px, weights)

    real = backbones._native
    monkeypatch.setattr(backbones, "_native", offline)
    with pytest.raises(WeightsUnavailable) as refusal:
        backbones.build("MobileNetV2(0.35)", 64, "imagenet", 0)
    for remedy in ("$KERAS_HOME/models", "--weights PATH", "--weights none"):
        assert remedy in str(refusal.value)


def test_lenet_has_no_pretrained_weights():
    with pytest.raises(WeightsUnavailable, match="--weights none"):
        backbones.build("LeNet-5", 32, "imagenet", 0)


def test_weights_of_another_width_are_refused(shared):
    with pytest.raises(WeightsMismatch, match=r"MobileNetV2 without its top"):
        backbones.build("MobileNetV2", 64, str(shared / "weights" / SMALL), 0)


@pytest.mark.parametrize(
    ("saved", "asked", "said"),
    [
        ("MobileNet(0.25)", "MobileNet(0.5)", "54 of its layers do not fit, the first of them conv1$"),
        ("MobileNet(0.25)", "VGG16", "13 of its layers do not fit, the first of them block1_conv1$"),
    ],
)
def test_weights_of_another_network_are_refused_in_one_sentence(saved, asked, said, tmp_path):
    path = tmp_path / "other.weights.h5"
    backbones._native(backbones.entry(saved), 32).save_weights(path)
    with pytest.raises(WeightsMismatch, match=f"without its top: {said}") as refusal:
        backbones.build(asked, 32, str(path), 0)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < len(str(path)) + 150


def test_given_weights_work_at_another_side_than_they_were_made_for(shared):
    digests = {
        backbones.build("MobileNetV2(0.35)", side, str(shared / "weights" / SMALL), side).weights_digest
        for side in (64, 96)
    }
    assert len(digests) == 1
