"""The table of backbones: what Keras calls each, how it wants its input, which maps Grad-CAM explains."""

from __future__ import annotations

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


def _family(names: str, scaling: Scaling = "inside", **facts: Any) -> list[BackboneEntry]:
    return [BackboneEntry(name=name, builder=name, scaling=scaling, **facts) for name in names.split()]


def _efficientnets() -> list[BackboneEntry]:
    sides = (224, 240, 260, 300, 380, 456, 528, 600)
    first = [
        BackboneEntry(f"EfficientNetB{step}", f"EfficientNetB{step}", native_side_px=side, doubly_scaled=True)
        for step, side in enumerate(sides)
    ]
    second = {"B0": 224, "B1": 240, "B2": 260, "B3": 300, "S": 384, "M": 480, "L": 480}
    return first + [
        BackboneEntry(f"EfficientNetV2{size}", f"EfficientNetV2{size}", native_side_px=side)
        for size, side in second.items()
    ]


def _table() -> dict[str, BackboneEntry]:
    rows = [
        BackboneEntry(SCRATCH, "", native_side_px=64, scaling="unit"),
        *_family("VGG16", "caffe", map_layer="block5_conv3"),
        *_family("VGG19", "caffe", map_layer="block5_conv4"),
        *_family("ResNet50 ResNet101 ResNet152", "caffe"),
        *_family("ResNet50V2 ResNet101V2 ResNet152V2", "tf"),
        *_family("InceptionV3 InceptionResNetV2", "tf", native_side_px=299, min_side_px=75),
        *_family("Xception", "tf", native_side_px=299, min_side_px=71),
        *_family("DenseNet121 DenseNet169 DenseNet201", "torch"),
        *_family("MobileNet MobileNetV2", "tf", weights_by_side=True),
        BackboneEntry("MobileNet(0.25)", "MobileNet", scaling="tf", width=0.25, weights_by_side=True),
        BackboneEntry("MobileNetV2(0.35)", "MobileNetV2", scaling="tf", width=0.35, weights_by_side=True),
        *_family("MobileNetV3Small MobileNetV3Large"),
        *_family("NASNetMobile", "tf"),
        *_family("NASNetLarge", "tf", native_side_px=331),
        *_efficientnets(),
        *_family("ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge"),
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
