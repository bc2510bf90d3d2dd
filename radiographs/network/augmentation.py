"""Light changes of a film while training, as layers in front of the classifier that its export never sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Augmentation:
    """How far a film may be changed; there is no mirroring, since the heart has a side.

    Attributes:
        rotation_degrees: largest turn either way.
        shift: largest shift, as a share of the side.
        zoom: largest change of scale, as a share.
        contrast: largest change of contrast about the mean, as a share.
    """

    rotation_degrees: float = 5.0
    shift: float = 0.04
    zoom: float = 0.08
    contrast: float = 0.15


def before(model: keras.Model, side_px: int, augmentation: Augmentation, seed: int) -> keras.Model:
    """A model for fitting only: the same weights behind random changes, which are off outside training.

    Args:
        model: grey (B, side, side) to logits.
        side_px: side of its films.
        augmentation: how far films may be changed.
        seed: of the random changes.

    Returns:
        A model of the same input and output that shares all weights with `model`.
    """
    import keras

    air = {"fill_mode": "constant", "fill_value": 0.0}
    films = keras.Input((side_px, side_px), dtype="uint8", name="films_to_change")
    grey = keras.ops.expand_dims(keras.ops.cast(films, "float32"), -1)
    grey = keras.layers.RandomRotation(augmentation.rotation_degrees / 360, seed=seed, **air)(grey)
    grey = keras.layers.RandomTranslation(augmentation.shift, augmentation.shift, seed=seed + 1, **air)(grey)
    grey = keras.layers.RandomZoom(augmentation.zoom, seed=seed + 2, **air)(grey)
    grey = keras.layers.RandomContrast(augmentation.contrast, value_range=(0, 255), seed=seed + 3)(grey)
    changed = keras.ops.clip(keras.ops.squeeze(grey, -1), 0.0, 255.0)
    return keras.Model(films, model(changed), name="fitted_with_changes")
