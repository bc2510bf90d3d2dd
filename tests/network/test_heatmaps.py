"""Closed-form Grad-CAM against automatic differentiation, on nets whose answers vary."""

from __future__ import annotations

import dataclasses

import lively_nets
import numpy as np
import pytest

from radiographs.errors import UnsupportedHead
from radiographs.network import classifier as classifiers
from radiographs.network import closed_form, heatmaps
from radiographs.network.heads import HeadSettings

LIMIT = 1e-4
MANY = [
    ("VGG19", 32),
    ("ResNet50", 64),
    ("ResNet50V2", 64),
    ("InceptionV3", 128),
    ("Xception", 96),
    ("InceptionResNetV2", 128),
    ("DenseNet121", 64),
    ("MobileNet(0.25)", 64),
    ("MobileNetV3Small", 64),
    ("NASNetMobile", 64),
    ("EfficientNetB0", 64),
    ("EfficientNetV2B0", 64),
    ("ConvNeXtTiny", 64),
]


def assert_closed_form_holds(built, side_px):
    films = lively_nets.films(4, side_px, seed=7).astype(np.float32)
    logits, maps, embedding = (np.asarray(output) for output in heatmaps.explained(built)(films))
    reference = heatmaps.reference_heatmaps(built, films)
    assert logits.std(axis=0).min() > 0.02, "answers must vary over films, else nothing is compared"
    assert maps.std(axis=0).max() > 0.01, "maps must vary over films, else nothing is compared"
    assert maps.min() >= 0 and maps.max() == pytest.approx(1)
    assert np.abs(maps - reference).max() <= LIMIT
    np.testing.assert_allclose(logits, built.model(films), atol=1e-5)
    assert embedding.shape[0] == 4


@pytest.mark.parametrize(("name", "side_px"), [("LeNet-5", 32), ("MobileNetV2(0.35)", 64), ("VGG16", 48)])
def test_the_closed_form_equals_gradient_tape(name, side_px):
    assert_closed_form_holds(lively_nets.lively(name, side_px), side_px)


@pytest.mark.long
@pytest.mark.parametrize(("name", "side_px"), MANY)
def test_the_closed_form_equals_gradient_tape_on_each_family(name, side_px):
    assert_closed_form_holds(lively_nets.lively(name, side_px), side_px)


@pytest.mark.parametrize("units", [(), (8,), (16, 8, 6)])
def test_heads_of_any_depth_are_explained(units):
    assert_closed_form_holds(lively_nets.lively("MobileNet(0.25)", 64, units=units), 64)


def with_head(*layers):
    """A small classifier whose head is the given layers; batch-norm statistics differ from none."""
    import keras

    built = lively_nets.lively("MobileNet(0.25)", 64, units=())
    random = np.random.default_rng(3)
    tensor = built.features.outputs[0]
    for layer in layers:
        tensor = layer(tensor)
        for weight in layer.weights:
            weight.assign(random.uniform(0.5, 1.5, weight.shape) * random.choice([1, -1], weight.shape))
        if type(layer).__name__ == "BatchNormalization":
            layer.moving_variance.assign(random.uniform(0.5, 2, layer.moving_variance.shape))
    tail = (*built.tail[:1], *layers)
    return dataclasses.replace(built, tail=tail, model=keras.Model(built.model.inputs[0], tensor))


def test_batch_norm_relu_and_dropout_in_a_head_have_rules():
    from keras.layers import Activation, BatchNormalization, Dense, Dropout, ReLU

    head = (BatchNormalization(), Dense(12), ReLU(), Dropout(0.5), BatchNormalization(), Dense(9), Activation("relu"))
    assert_closed_form_holds(with_head(*head, Dense(4)), 64)


def test_a_finding_that_no_place_speaks_for_has_an_all_zero_map():
    built = lively_nets.lively("LeNet-5", 32)
    last = built.tail[-1]
    last.kernel.assign(-np.abs(np.asarray(last.kernel)))
    for layer in built.tail[2:-1]:
        if layer.weights:
            layer.kernel.assign(np.abs(np.asarray(layer.kernel)))
    maps = np.asarray(heatmaps.explained(built)(lively_nets.films(2, 32).astype(np.float32))[1])
    assert np.isfinite(maps).all()
    assert (maps == 0).all()


def test_fitting_the_head_changes_what_is_explained():
    built = lively_nets.lively("MobileNet(0.25)", 64)
    model, films = heatmaps.explained(built), lively_nets.films(2, 64).astype(np.float32)
    before = np.asarray(model(films)[0])
    built.head_model.set_weights([weight * 2 for weight in built.head_model.get_weights()])
    assert np.abs(np.asarray(model(films)[0]) - before).max() > 0.01
    np.testing.assert_allclose(model(films)[0], built.model(films), atol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "gelu", "softmax"])
def test_a_head_with_another_activation_is_refused_by_name(activation):
    from keras.layers import Dense

    with pytest.raises(UnsupportedHead, match=activation):
        heatmaps.explained(with_head(Dense(8, activation=activation), Dense(4)))


def test_a_head_that_ends_in_softmax_or_holds_another_layer_is_refused():
    from keras.layers import Dense, Flatten, GlobalMaxPooling2D, LayerNormalization, ReLU

    for tail, word in (
        ((GlobalMaxPooling2D(), Dense(4)), "GlobalAveragePooling2D or Flatten"),
        ((Flatten(), LayerNormalization(), Dense(4)), "LayerNormalization"),
        ((Flatten(), ReLU(max_value=6), Dense(4)), "plain ReLU"),
        ((Flatten(), ReLU(), Dense(4)), "followed by Dense"),
        ((Flatten(), Dense(4, activation="softmax")), "softmax"),
        ((Flatten(), Dense(4, activation="relu")), "logits"),
    ):
        with pytest.raises(UnsupportedHead, match=word):
            closed_form.check(tail)


def test_the_same_seed_builds_the_same_classifier():
    one, two, three = (
        classifiers.build("LeNet-5", 32, "none", 4, HeadSettings(), seed).model.get_weights() for seed in (5, 5, 6)
    )
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert any((a != b).any() for a, b in zip(one, three, strict=True))
