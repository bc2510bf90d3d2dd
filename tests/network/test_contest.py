"""Which networks a few words enter in a benchmark, and when a result may be taken up again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from radiographs.errors import InvalidSettings, UnknownBackbone, WeightsUnavailable
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import contest
from radiographs.network.contest import Contender, Protocol

PROTOCOL = Protocol(epochs=7, seed=3)


def entered(*backbones: str, vary: tuple[str, ...] = (), **options) -> tuple[Contender, ...]:
    return contest.entered(backbones, vary, PROTOCOL, Preparation(), **options)


def test_a_backbone_is_entered_frozen_with_the_epochs_and_the_seed_of_all() -> None:
    (one,) = entered("MobileNetV2")
    assert (one.name, one.recipe.backbone, one.recipe.weights) == ("MobileNetV2", "MobileNetV2", "imagenet")
    assert (one.recipe.fit.epochs, one.recipe.seed, one.recipe.fit.seed) == (7, 3, 3)
    assert one.recipe.fit.fine_tuning is None and one.recipe.fit.augmentation is None


def test_weights_are_those_named_else_the_default_ones_and_none_for_a_network_from_scratch(tmp_path: Path) -> None:
    file = tmp_path / "w.h5"
    file.write_bytes(b"weights")
    default = {"MobileNet": "none"}
    named, defaulted, scratch = entered(f"MobileNetV2={file}", "MobileNet", "LeNet-5", default_weights=default)
    assert (named.recipe.weights, defaulted.recipe.weights, scratch.recipe.weights) == (str(file), "none", "none")


def test_a_backbone_made_for_a_smaller_side_keeps_its_own_unless_sides_are_varied() -> None:
    assert [one.recipe.preparation.side_px for one in entered("LeNet-5", "MobileNetV2")] == [64, 224]
    varied = entered("LeNet-5", vary=("side_px=32,96",))
    assert [one.recipe.preparation.side_px for one in varied] == [32, 96]
    assert [one.name for one in varied] == ["LeNet-5, side_px 32", "LeNet-5, side_px 96"]


def test_all_combinations_of_what_is_varied_are_entered() -> None:
    found = entered("LeNet-5", vary=("epochs=2,4", "lungs=all,lung crop"))
    assert [(one.recipe.fit.epochs, one.recipe.preparation.lungs) for one in found] == [
        (2, "all"), (2, "lung crop"), (4, "all"), (4, "lung crop"),
    ]  # fmt: skip
    assert found[1].varied == (("epochs", "2"), ("lungs", "lung crop"))
    assert [one.films for one in entered("LeNet-5", vary=("films=20,50",))] == [20, 50]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("colour=red", "one of side_px"),
        ("epochs", "SETTING=VALUE,VALUE"),
        ("epochs=many", "takes int values"),
        ("epochs=0", "at least 1"),
        ("films=0", "at least 1"),
        ("contrast=loud", "contrast must be one of"),
        ("epochs=2,2", "entered twice"),
    ],
)
def test_words_that_vary_nothing_are_refused_with_what_can_be_said(words: str, said: str) -> None:
    with pytest.raises(InvalidSettings, match=said):
        entered("LeNet-5", vary=(words,))


def test_an_unknown_backbone_and_an_absent_file_are_refused_before_anything_is_run(tmp_path: Path) -> None:
    with pytest.raises(UnknownBackbone, match="nearest"):
        entered("MobileNet2")
    with pytest.raises(WeightsUnavailable):
        entered(f"MobileNetV2={tmp_path / 'absent.h5'}")
    with pytest.raises(InvalidSettings, match="entered twice"):
        entered("LeNet-5", "LeNet-5")


def test_a_result_is_named_by_recipe_protocol_and_films() -> None:
    (one,) = entered("LeNet-5")
    (fewer,) = entered("LeNet-5", vary=("films=20",))
    key = one.key(PROTOCOL, "films")
    assert key == entered("LeNet-5")[0].key(PROTOCOL, "films")
    others = {
        one.key(PROTOCOL, "other films"),
        one.key(dataclasses.replace(PROTOCOL, folds=3), "films"),
        fewer.key(PROTOCOL, "films"),
        entered("LeNet-5", vary=("epochs=8",))[0].key(PROTOCOL, "films"),
    }
    assert len(others | {key}) == 5
