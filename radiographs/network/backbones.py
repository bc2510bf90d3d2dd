"""Builds a backbone so that it takes grey films as they are, with its weights and its own input scaling inside."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiographs.errors import WeightsMismatch, WeightsUnavailable
from radiographs.network import initial_weights, layer_groups
from radiographs.network.backbone_table import SCRATCH, BackboneEntry, entry, names, require_side

if TYPE_CHECKING:
    import keras
    import numpy as np

__all__ = [
    "SCRATCH",
    "BackboneEntry",
    "BackboneGraph",
    "build",
    "digest_of",
    "entry",
    "names",
    "require_file",
    "require_side",
]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)


@dataclass(frozen=True)
class BackboneGraph:
    """A built backbone.

    Attributes:
        entry: its row of the table.
        side_px: side of the films that it takes.
        model: (B, side, side) float32 in 0–255 → maps (B, h, w, K) that Grad-CAM explains.
        layers: the backbone's own layers from input to output; variables are shared with `model`.
        groups: those layers parted at the backbone's stages, for unfreezing; one group for LeNet-5.
        pool: layer between the explained maps and global pooling (VGG's last max-pool), or None.
        weights_digest: sha256 over the initial weight values.
    """

    entry: BackboneEntry
    side_px: int
    model: keras.Model
    layers: tuple[Any, ...]
    groups: tuple[tuple[Any, ...], ...]
    pool: Any | None
    weights_digest: str


def require_file(weights: str) -> Path:
    """The weights file at a path.

    Raises:
        WeightsUnavailable: there is no file.
    """
    path = Path(weights).expanduser()
    if not path.is_file():
        raise WeightsUnavailable(
            f"weights file {weights} does not exist; give --weights the path of a Keras weights file, imagenet, or none"
        )
    return path


def build(name: str, side_px: int, weights: str, seed: int) -> BackboneGraph:
    """Builds a backbone with its input scaling inside.

    Random numbers of Keras, NumPy and Python are seeded with `seed`; random weights follow from it alone, whatever else
    draws meanwhile.

    Args:
        name: one of `names()`.
        side_px: side of the films.
        weights: "imagenet" (Keras's file from $KERAS_HOME/models, downloaded where that is possible),
            "none" (random), or the path of a weights file without top.
        seed: of random weights.

    Raises:
        UnknownBackbone: no such name, or the side is too small for it.
        WeightsUnavailable: the weights cannot be had; nothing is put in their place.
        WeightsMismatch: the file belongs to another architecture.
    """
    import keras

    row = entry(name)
    require_side(name, side_px)
    path = None if weights in ("imagenet", "none") else require_file(weights)
    if row.name == SCRATCH and weights != "none":
        raise WeightsUnavailable(f"{SCRATCH} is trained from scratch and has no pretrained weights; use --weights none")
    keras.utils.set_random_seed(seed)
    if row.name == SCRATCH:
        return _lenet(row, side_px, seed)
    native = _native(row, side_px)
    initial_weights.reseed(native.layers, seed)
    if weights == "imagenet":
        native.set_weights(_imagenet_values(row, side_px))
    elif path is not None:
        _load(native, path, row)
    else:
        initial_weights.redraw(native.layers, seed)
        if row.doubly_scaled:
            _standardise(native)
    return _with_input(row, side_px, native)


def digest_of(values: list[np.ndarray]) -> str:
    """Sha256 (hex) over shapes and values of weights, in order."""
    import numpy as np

    digest = hashlib.sha256()
    for value in values:
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    return digest.hexdigest()


def _native(row: BackboneEntry, side_px: int, weights: str | None = None) -> keras.Model:
    from keras import applications

    width = {} if row.width is None else {"alpha": row.width}
    builder = getattr(applications, row.builder)
    return builder(include_top=False, weights=weights, input_shape=(side_px, side_px, 3), **width)


def _imagenet_values(row: BackboneEntry, side_px: int) -> list[np.ndarray]:
    """Weights of the graph that Keras itself builds for "imagenet"."""
    try:
        built = _native(row, row.native_side_px if row.weights_by_side else side_px, "imagenet")
    except Exception as error:
        raise WeightsUnavailable(
            f"ImageNet weights of {row.name} cannot be had ({error}); place Keras's file in $KERAS_HOME/models,"
            " give --weights PATH of a file, or train without them by --weights none"
        ) from error
    return built.get_weights()


def _load(native: keras.Model, path: Path, row: BackboneEntry) -> None:
    try:
        native.load_weights(path)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise WeightsMismatch(
            f"{path} does not hold the weights of {row.name} without its top: {_misfit(str(error))}"
        ) from error


def _misfit(error: str) -> str:
    """What Keras says of weights that do not fit, in a line."""
    said = " ".join(error.split())
    counted = re.match(r"A total of (\d+) objects could not be loaded\..*?object <\w+ name=([^,>]+)", said)
    if counted:
        return f"{counted[1]} of its layers do not fit, the first of them {counted[2]}"
    return said.replace(")for weight", ") for weight")[:200]


def _standardise(native: keras.Model) -> None:
    """Gives an EfficientNet without pretrained weights the input statistics that the pretrained files hold."""
    import numpy as np

    _statistics(native).set_weights(
        [np.array(IMAGENET_MEAN, np.float32), np.array(IMAGENET_STD, np.float32), np.array(0)]
    )


def _statistics(native: keras.Model) -> keras.layers.Normalization:
    from keras.layers import Normalization

    return next(layer for layer in native.layers if isinstance(layer, Normalization))


def _scaling(row: BackboneEntry) -> keras.layers.Layer | None:
    """The layer that does what `preprocess_input` of the backbone's module does (keras.applications)."""
    from keras.layers import Rescaling

    if row.scaling == "caffe":
        return Rescaling([1.0, 1.0, 1.0], offset=[-mean for mean in CAFFE_MEAN_BGR], name="scaling")
    if row.scaling == "tf":
        return Rescaling(1 / 127.5, offset=-1.0, name="scaling")
    if row.scaling == "torch":
        moments = list(zip(IMAGENET_MEAN, IMAGENET_STD, strict=True))
        return Rescaling(
            [1 / (255 * std) for _, std in moments], offset=[-mean / std for mean, std in moments], name="scaling"
        )
    return Rescaling(1 / 255, name="scaling") if row.scaling == "unit" else None


def _grey_input(row: BackboneEntry, side_px: int, channels: int) -> tuple[Any, Any]:
    """The film's input tensor, and what the backbone's first layer is fed."""
    import keras

    film = keras.Input((side_px, side_px), name="radiograph", dtype="float32")
    grey = keras.layers.Reshape((side_px, side_px, 1), name="channel")(film)
    fed = keras.layers.Concatenate(name="colour")([grey] * channels) if channels > 1 else grey
    scaling = _scaling(row)
    return film, fed if scaling is None else scaling(fed)


def _with_input(row: BackboneEntry, side_px: int, native: keras.Model) -> BackboneGraph:
    import keras

    film, fed = _grey_input(row, side_px, channels=3)
    explained = native.get_layer(row.map_layer) if row.map_layer else native.layers[-1]
    if row.doubly_scaled:
        statistics = _statistics(native)
        statistics.finalize_state()
        fed = keras.Model(native.inputs, statistics.output, name="statistics")(fed)
        fed = keras.layers.Rescaling([1 / math.sqrt(std) for std in IMAGENET_STD], name="second_scaling")(fed)
        maps = keras.Model(statistics.output, explained.output, name="backbone")(fed)
    else:
        maps = keras.Model(native.inputs, explained.output, name="backbone")(fed)
    return BackboneGraph(
        entry=row,
        side_px=side_px,
        model=keras.Model(film, maps, name="maps"),
        layers=tuple(native.layers),
        groups=layer_groups.of(row, tuple(native.layers)),
        pool=native.layers[-1] if row.map_layer else None,
        weights_digest=digest_of(native.get_weights()),
    )


def _lenet(row: BackboneEntry, side_px: int, seed: int) -> BackboneGraph:
    """The convolutions of LeNet-5 (LeCun 1998) with ReLU and max-pooling; Grad-CAM explains the second one's maps."""
    import keras

    film, fed = _grey_input(row, side_px, channels=1)
    first = keras.layers.Conv2D(6, 5, activation="relu", name="conv1")
    second = keras.layers.Conv2D(16, 5, activation="relu", name="conv2")
    maps = second(keras.layers.MaxPooling2D(name="pool1")(first(fed)))
    model = keras.Model(film, maps, name="maps")
    initial_weights.redraw((first, second), seed)
    return BackboneGraph(
        entry=row,
        side_px=side_px,
        model=model,
        layers=(first, second),
        groups=((first, second),),
        pool=keras.layers.MaxPooling2D(name="pool2"),
        weights_digest=digest_of(model.get_weights()),
    )
