"""The head: the small dense network on pooled features that is fitted to the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


MOST_LAYERS = 1000  # of a head, so that no two seeds share a layer's


@dataclass(frozen=True)
class HeadSettings:
    """What a search may choose.

    Attributes:
        units: widths of the hidden layers, each followed by ReLU; may be empty.
        dropout: share of a hidden layer's outputs dropped while fitting, in [0, 1).
        l2: weight of the kernels' squares in the loss.
        learning_rate: of the frozen stage, or of the whole fit for LeNet-5.
        label_smoothing: share of each label that is spread over all findings while fitting, in [0, 1).
    """

    units: tuple[int, ...] = (128,)
    dropout: float = 0.3
    l2: float = 1e-4
    learning_rate: float = 1e-3
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if any(width < 1 for width in self.units):
            raise ValueError(f"expected widths of at least 1, got {self.units}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"expected dropout in [0, 1), got {self.dropout}")
        if self.l2 < 0:
            raise ValueError(f"expected l2 of at least 0, got {self.l2}")
        if not self.learning_rate > 0:
            raise ValueError(f"expected a learning_rate above 0, got {self.learning_rate}")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"expected label_smoothing in [0, 1), got {self.label_smoothing}")


def layers(n_findings: int, head: HeadSettings, seed: int) -> tuple[Any, ...]:
    """Fresh layers from a vector to the logits: Dense with ReLU and Dropout for each width, then a bare Dense.

    Their weights follow from `seed` alone: without a seed of its own a layer would draw one from Python's `random`, and
    other threads draw from that too.
    """
    from keras.initializers import GlorotUniform
    from keras.layers import Dense, Dropout
    from keras.regularizers import L2

    def dense(place: int, width: int, name: str, **options: Any) -> Any:
        kernel = GlorotUniform(seed=seed * MOST_LAYERS + place)
        return Dense(width, kernel_initializer=kernel, kernel_regularizer=L2(head.l2), name=name, **options)

    hidden: list[Any] = []
    for place, width in enumerate(head.units, start=1):
        hidden.append(dense(place, width, f"hidden{place}", activation="relu"))
        if head.dropout:
            hidden.append(Dropout(head.dropout, seed=seed + place, name=f"dropout{place}"))
    return (*hidden, dense(0, n_findings, "logits"))


def build(n_inputs: int, n_findings: int, head: HeadSettings, seed: int) -> keras.Model:
    """Pooled features (B, n_inputs) float32 → logits (B, n_findings) float32; as `layers`."""
    import keras

    vector = keras.Input((n_inputs,), name="features")
    outputs = vector
    for layer in layers(n_findings, head, seed):
        outputs = layer(outputs)
    return keras.Model(vector, outputs, name="head")
