"""Draws a network's initial weights again so that they follow from one seed alone.

A Keras layer without a seed of its own draws one from Python's `random`, and other threads draw from that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

KERNELS = {
    "kernel_initializer": ("kernel",),
    "depthwise_initializer": ("depthwise_kernel", "kernel"),
    "pointwise_initializer": ("pointwise_kernel",),
}


def redraw(layers: Iterable[Any], seed: int) -> None:
    """Draws every randomly initialised kernel anew, by an initializer of the same class and settings.

    Args:
        layers: built layers, in an order that is always the same.
        seed: at least 0; each kernel has its own, made of this and its layer's place.
    """
    for place, layer in enumerate(_leaves(layers)):
        for kind, (attribute, names) in enumerate(KERNELS.items()):
            initializer: Any = getattr(layer, attribute, None)
            settings = {} if initializer is None else initializer.get_config()
            if "seed" in settings:
                drawn = type(initializer).from_config({**settings, "seed": _own(seed, place, kind)})
                kernel = next(getattr(layer, name) for name in names if hasattr(layer, name))
                kernel.assign(drawn(kernel.shape, kernel.dtype))


def reseed(layers: Iterable[Any], seed: int) -> None:
    """Sets what the backbone's own dropout will drop while it is fitted; arguments as `redraw`."""
    for place, layer in enumerate(_leaves(layers)):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign([_own(seed, place, len(KERNELS)), 0])


def _leaves(layers: Iterable[Any]) -> Iterator[Any]:
    for layer in layers:
        inner = getattr(layer, "layers", None)
        if inner is None:
            yield layer
        else:
            yield from _leaves(inner)


def _own(seed: int, place: int, kind: int) -> int:
    import numpy as np

    return int(np.random.SeedSequence((seed, place, kind)).generate_state(1)[0]) >> 1
