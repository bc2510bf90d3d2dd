"""Light changes of a film while training, as layers in front of the classifier that its export never sees."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from radiographs.network.fit_settings import Augmentation

if TYPE_CHECKING:
    import keras

__all__ = ["Augmentation", "before"]


def before(model: keras.Model, side_px: int, augmentation: Augmentation, seed: int) -> keras.Model:
    """A model for fitting only: the same weights behind random changes, which are off outside training.

    Turn, shift and zoom are one affine map, so that a film is resampled once; what comes from beyond its edge is the
    nearest film, never black. Mixup is not here: it changes the label too.

    Args:
        model: grey (B, side, side) to logits.
        side_px: side of its films.
        augmentation: how far films may be changed.
        seed: of the random changes.

    Returns:
        A model of the same input and output that shares all weights with `model`.
    """
    import keras

    films = keras.Input((side_px, side_px), dtype="uint8", name="films_to_change")
    grey = keras.ops.expand_dims(keras.ops.cast(films, "float32"), -1)
    changed = _layer_class()(augmentation, seed)(grey)
    return keras.Model(films, model(keras.ops.squeeze(changed, -1)), name="fitted_with_changes")


def affine(angle: Any, zoom: Any, across: Any, down: Any, side_px: int) -> Any:
    """Rows (B, 8) float32 that tell, for each place of the changed film, where in the film it comes from.

    Args:
        angle: (B,) turns in radians.
        zoom: (B,) lengths in the film for one in the changed film, 1 for no change.
        across: (B,) shifts to the right, in pixels.
        down: (B,) shifts downwards, in pixels.
        side_px: side of the film; it is turned about its middle.
    """
    from keras import ops

    middle = (side_px - 1) / 2
    a, b = zoom * ops.cos(angle), zoom * ops.sin(angle)
    zero = ops.zeros_like(a)
    x0 = middle - a * middle + b * middle - across
    y0 = middle - b * middle - a * middle - down
    return ops.stack([a, -b, x0, b, a, y0, zero, zero], axis=1)


@cache
def _layer_class() -> Any:
    import keras
    from keras import ops

    class RandomFilmChange(keras.layers.Layer):
        """Turn, shift, zoom, contrast and cutout of films (B, side, side, 1) in 0–255, while training only."""

        def __init__(self, augmentation: Augmentation, seed: int) -> None:
            super().__init__(name="random_change", dtype="float32")
            self.augmentation = augmentation
            self.generator = keras.random.SeedGenerator(seed)

        def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
            return input_shape

        def call(self, films: Any, training: bool = False) -> Any:
            if not training:
                return films
            changed = ops.clip(self._contrasted(self._moved(films)), 0.0, 255.0)
            return self._cut(changed) if self.augmentation.cutout else changed

        def _between(self, films: Any, most: float) -> Any:
            return keras.random.uniform((ops.shape(films)[0],), -most, most, seed=self.generator)

        def _moved(self, films: Any) -> Any:
            side, bounds = films.shape[1], self.augmentation
            if not (bounds.rotation_degrees or bounds.zoom or bounds.shift):
                return films
            angle = self._between(films, math.radians(bounds.rotation_degrees))
            zoom = 1 + self._between(films, bounds.zoom)
            across, down = (self._between(films, bounds.shift * side) for _ in range(2))
            transforms = affine(angle, zoom, across, down, side)
            return ops.image.affine_transform(films, transforms, interpolation="bilinear", fill_mode="nearest")

        def _contrasted(self, films: Any) -> Any:
            mean = ops.mean(films, axis=(1, 2, 3), keepdims=True)
            factor = 1 + ops.reshape(self._between(films, self.augmentation.contrast), (-1, 1, 1, 1))
            return (films - mean) * factor + mean

        def _cut(self, films: Any) -> Any:
            """A square of the film's mean grey, wholly inside the film."""
            side = films.shape[1]
            size = max(1, round(self.augmentation.cutout * side))
            span = (side - size) / 2
            places = [ops.reshape(self._between(films, span) + (side - 1) / 2, (-1, 1)) for _ in range(2)]
            line = ops.reshape(ops.arange(side, dtype="float32"), (1, -1))
            down, across = (ops.abs(line - place) <= size / 2 for place in places)
            inside = ops.logical_and(ops.expand_dims(down, 2), ops.expand_dims(across, 1))
            return ops.where(ops.expand_dims(inside, -1), ops.mean(films, axis=(1, 2, 3), keepdims=True), films)

    return RandomFilmChange
