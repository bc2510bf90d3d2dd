"""The table of backbones: what Keras calls each, how it wants its input, which maps Grad-CAM explains."""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from typing import Any, Literal

from radiographs.errors import UnknownBackbone

Scaling = Literal["caffe", "tf", "torch", "unit", "inside"]
SCRATCH = "LeNet-5"


@dataclass(frozen=True)
class BackboneEntry:
    """One row of the table.

    Attributes:
        name: as `--backbone` takes it.
        builder: the function's name in keras.applications; empty for LeNet-5.
        native_side_px: side that the pretrained weights were made for.
        min_side_px: the smallest side that Keras builds.
        scaling: what maps 0–255 to the network's input; "inside" where the Keras graph begins with it.
        width: the alpha of a width variant.
        map_layer: layer whose output Grad-CAM explains; empty for the last one.
        doubly_scaled: the pretrained weights want a second division by the square root of the deviation
            (EfficientNetB0–B7, https://github.com/tensorflow/tensorflow/issues/49930).
        weights_by_side: Keras keeps different ImageNet files for different sides; the native one serves all here.
        stage_starts: patterns of layer names; a group of layers to unfreeze begins at the first layer of each.
        stage_ends: the same where only a stage's last layer has a name of its own.
    """

    name: str
    builder: str
    native_side_px: int = 224
    min_side_px: int = 32
    scaling: Scaling = "inside"
    width: float | None = None
    map_layer: str = ""
    doubly_scaled: bool = False
    weights_by_side: bool = False
    stage_starts: tuple[str, ...] = ()
    stage_ends: tuple[str, ...] = ()


MOBILENET_WIDTHS = (0.25, 0.5, 0.75)
MOBILENET_V2_WIDTHS = (0.35, 0.5, 0.75, 1.3, 1.4)
# A stage of MobileNetV2 is here a run of blocks that take as many channels at the same resolution.
MOBILENET_V2_STAGES = ("block_2_", "block_4_", "block_7_", "block_11_", "block_14_")
MOBILENET_STAGES = ("conv_pad_2", "conv_pad_4", "conv_pad_6", "conv_pad_12")


def _blocks(*numbers: int, form: str) -> tuple[str, ...]:
    return tuple(form.format(number) for number in numbers)


def _family(names: str, scaling: Scaling = "inside", **facts: Any) -> list[BackboneEntry]:
    return [BackboneEntry(name=name, builder=name, scaling=scaling, **facts) for name in names.split()]


def _efficientnets() -> list[BackboneEntry]:
    sides = (224, 240, 260, 300, 380, 456, 528, 600)
    seven, six = (_blocks(*range(2, last + 1), form="block{}a_") for last in (7, 6))
    first = [
        BackboneEntry(name, name, native_side_px=side, doubly_scaled=True, stage_starts=seven)
        for name, side in ((f"EfficientNetB{step}", side) for step, side in enumerate(sides))
    ]
    second = {"B0": 224, "B1": 240, "B2": 260, "B3": 300, "S": 384, "M": 480, "L": 480}
    return first + [
        BackboneEntry(name, name, native_side_px=side, stage_starts=seven if size in "ML" else six)
        for name, size, side in ((f"EfficientNetV2{size}", size, side) for size, side in second.items())
    ]


def _inceptions() -> list[BackboneEntry]:
    large: dict[str, Any] = {"native_side_px": 299, "min_side_px": 75}
    return [
        *_family("InceptionV3", "tf", stage_ends=("mixed2$", "mixed7$"), **large),
        *_family("InceptionResNetV2", "tf", stage_ends=("mixed_5b$", "block35_10_ac", "block17_20_ac"), **large),
        *_family(
            "Xception",
            "tf",
            native_side_px=299,
            min_side_px=71,
            stage_starts=_blocks(3, 4, 5, 13, form="block{}_"),
        ),
    ]


def _residual() -> list[BackboneEntry]:
    stages = _blocks(2, 3, 4, 5, form="conv{}_block1_")
    return [
        *_family("ResNet50 ResNet101 ResNet152", "caffe", stage_starts=stages),
        *_family("ResNet50V2 ResNet101V2 ResNet152V2", "tf", stage_starts=stages),
        *_family("DenseNet121 DenseNet169 DenseNet201", "torch", stage_starts=stages),
        *_family(
            "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
            stage_starts=_blocks(0, 1, 2, form=".*_downsampling_block_{}"),
        ),
    ]


def _mobile() -> list[BackboneEntry]:
    return [
        *_wide("MobileNet", MOBILENET_WIDTHS, MOBILENET_STAGES),
        *_wide("MobileNetV2", MOBILENET_V2_WIDTHS, MOBILENET_V2_STAGES),
        *_family("MobileNetV3Small", stage_starts=_blocks(1, 3, 6, 8, form="expanded_conv_{}_")),
        *_family("MobileNetV3Large", stage_starts=_blocks(1, 3, 6, 10, 12, form="expanded_conv_{}_")),
        *_family("NASNetMobile", "tf", stage_ends=_cells("stem_2", "reduce_4", "reduce_8")),
        *_family("NASNetLarge", "tf", native_side_px=331, stage_ends=_cells("stem_2", "reduce_6", "reduce_12")),
    ]


def _wide(name: str, widths: tuple[float, ...], stages: tuple[str, ...]) -> list[BackboneEntry]:
    """A network at its own width, then its variants, each an entry of its own."""
    whole = BackboneEntry(name, name, scaling="tf", weights_by_side=True, stage_starts=stages)
    return [whole, *(dataclasses.replace(whole, name=f"{name}({width})", width=width) for width in widths)]


def _cells(*suffixes: str) -> tuple[str, ...]:
    return tuple(f"reduction_concat_{suffix}$" for suffix in suffixes)


def _table() -> dict[str, BackboneEntry]:
    vgg = _blocks(2, 3, 4, 5, form="block{}_conv1")
    rows = [
        BackboneEntry(SCRATCH, "", native_side_px=64, scaling="unit"),
        *_family("VGG16", "caffe", map_layer="block5_conv3", stage_starts=vgg),
        *_family("VGG19", "caffe", map_layer="block5_conv4", stage_starts=vgg),
        *_residual(),
        *_inceptions(),
        *_mobile(),
        *_efficientnets(),
    ]
    return {row.name: row for row in rows}


_TABLE = _table()


def names() -> tuple[str, ...]:
    """All backbones, LeNet-5 first."""
    return tuple(_TABLE)


def entry(name: str) -> BackboneEntry:
    """The row of one backbone.

    Raises:
        UnknownBackbone: no backbone of that name; the nearest names are offered.
    """
    if name in _TABLE:
        return _TABLE[name]
    lower = {known.lower(): known for known in _TABLE}
    near = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.4)
    offered = ", ".join(lower[match] for match in near) or ", ".join(_TABLE)
    raise UnknownBackbone(f"{name!r} is no backbone; nearest: {offered}")


def require_side(name: str, side_px: int) -> None:
    """Refuses a side that the backbone cannot be built for.

    Raises:
        UnknownBackbone: no backbone of that name, or the side is below its minimum.
    """
    least = entry(name).min_side_px
    if side_px < least:
        raise UnknownBackbone(f"{name} needs a side of at least {least} px, got {side_px}")
