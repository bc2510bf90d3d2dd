"""Rules that give the gradient of a logit with respect to the last feature maps without automatic differentiation.

Between those maps and a logit lie only pooling and a small dense network, so the gradient is a product of kernels and
ReLU masks. Grad-CAM (Selvaraju et al., 2017, eq. 1) needs its mean over places, one weight per channel. Pooling passes
on each cell's gradient whole, so the sum over places is the same before and after it; a constant factor cancels
when the map is divided by its maximum, and is left out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from radiographs.errors import UnsupportedHead


@dataclass(frozen=True)
class Explanation:
    """Tensors of one forward pass.

    Attributes:
        logits: (B, C).
        heatmaps: (B, C, h, w) in [0, 1]; all zero where no place speaks for the finding.
        embedding: (B, D), the pooled vector, or after Flatten what the last Dense takes.
    """

    logits: Any
    heatmaps: Any
    embedding: Any


def check(tail: tuple[Any, ...]) -> None:
    """Refuses layers between maps and logits whose gradient has no rule here.

    Raises:
        UnsupportedHead: the layer and the rule that it breaks are named.
    """
    from keras import layers

    reduction, dense = _parted(tail)
    if len(reduction) > 1 and type(reduction[0]) not in (layers.MaxPooling2D, layers.AveragePooling2D):
        raise UnsupportedHead(f"{_named(reduction[0])}: before the reduction to a vector only one pooling is supported")
    for layer in dense:
        _check_dense_part(layer)
    last = dense[-1] if dense else None
    if type(last) is not layers.Dense or _activation(last) != "linear":
        raise UnsupportedHead("the last layer must be Dense without activation, so that it gives logits")
    if type(reduction[-1]) is layers.Flatten:
        first = next(layer for layer in dense if type(layer) is not layers.Dropout)
        if type(first) is not layers.Dense:
            raise UnsupportedHead(f"{_named(first)}: Flatten must be followed by Dense")


def explain(tail: tuple[Any, ...], maps: Any) -> Explanation:
    """Runs the tail on maps and backwards through its rules.

    Args:
        tail: layers that `check` accepts.
        maps: (B, h, w, K) float32 tensor of the last feature maps.

    Returns:
        Logits before temperature, Grad-CAM of every finding, and the embedding.
    """
    from keras import layers

    reduction, dense = _parted(tail)
    outputs = [_through(reduction, maps)]
    for layer in dense:
        outputs.append(layer(outputs[-1]))
    flat = type(reduction[-1]) is layers.Flatten
    weights = _channel_weights(dense, outputs, maps.shape[-1] if flat else None)
    return Explanation(outputs[-1], _heatmaps(weights, maps), outputs[-2] if flat else outputs[0])


def _channel_weights(dense: tuple[Any, ...], outputs: list[Any], channels: int | None) -> Any:
    """The Jacobian (B or 1, C, K) of the logits, summed over places if `channels` says that a Flatten came before."""
    from keras import layers, ops

    first = next(place for place, layer in enumerate(dense) if type(layer) is layers.Dense)
    jacobian = None
    for place in reversed(range(len(dense))):
        layer, output = dense[place], outputs[place + 1]
        if _clips(layer):
            jacobian = jacobian * ops.expand_dims(ops.cast(output > 0, "float32"), 1)
        if type(layer) is layers.Dense:
            kernel = layer.kernel
            if channels is not None and place == first:
                kernel = ops.sum(ops.reshape(kernel, (-1, channels, kernel.shape[-1])), axis=0)
            turned = ops.transpose(kernel)
            jacobian = turned[None] if jacobian is None else ops.matmul(jacobian, turned)
        elif type(layer) is layers.BatchNormalization:
            jacobian = jacobian * _normalising_scale(layer)
    return jacobian


def _heatmaps(weights: Any, maps: Any) -> Any:
    """ReLU of the weighted sum of maps (B, C, h, w), divided by its maximum over places; zero stays zero."""
    from keras import ops

    _, height, width, channels = maps.shape
    places = ops.reshape(maps, (-1, height * width, channels))
    raised = ops.relu(ops.matmul(weights, ops.transpose(places, (0, 2, 1))))
    top = ops.max(raised, axis=-1, keepdims=True)
    heat = raised / ops.where(top > 0, top, ops.ones_like(top))
    return ops.reshape(heat, (-1, weights.shape[1], height, width))


def _parted(tail: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Layers up to the reduction to a vector, and the ones after it."""
    from keras import layers

    for place, layer in enumerate(tail[:2]):
        if type(layer) in (layers.GlobalAveragePooling2D, layers.Flatten):
            return tail[: place + 1], tail[place + 1 :]
    found = ", ".join(_named(layer) for layer in tail[:2]) or "nothing"
    raise UnsupportedHead(f"expected [pooling,] GlobalAveragePooling2D or Flatten after the last maps, got {found}")


def _check_dense_part(layer: Any) -> None:
    from keras import layers

    if type(layer) is layers.Dense:
        if _activation(layer) not in ("linear", "relu"):
            raise UnsupportedHead(f"{_named(layer)}: expected no activation or relu, got {_activation(layer)}")
    elif type(layer) is layers.ReLU:
        if layer.max_value is not None or layer.negative_slope or layer.threshold:
            raise UnsupportedHead(f"{_named(layer)}: expected a plain ReLU without limit, slope or threshold")
    elif type(layer) is layers.Activation:
        if _activation(layer) != "relu":
            raise UnsupportedHead(f"{_named(layer)}: expected relu, got {_activation(layer)}")
    elif type(layer) not in (layers.Dropout, layers.BatchNormalization):
        raise UnsupportedHead(
            f"{_named(layer)}: heatmaps have rules for Dense, ReLU, Dropout and batch-norm in a head, and for no other"
        )


def _normalising_scale(layer: Any) -> Any:
    from keras import ops

    scale = ops.rsqrt(layer.moving_variance + layer.epsilon)
    return scale if layer.gamma is None else scale * layer.gamma


def _clips(layer: Any) -> bool:
    from keras import layers

    return type(layer) is layers.ReLU or (
        type(layer) in (layers.Dense, layers.Activation) and _activation(layer) == "relu"
    )


def _activation(layer: Any) -> str:
    return getattr(layer.activation, "__name__", type(layer.activation).__name__)


def _named(layer: Any) -> str:
    return f"{type(layer).__name__} {layer.name!r}"


def _through(layers: tuple[Any, ...], tensor: Any) -> Any:
    for layer in layers:
        tensor = layer(tensor)
    return tensor
