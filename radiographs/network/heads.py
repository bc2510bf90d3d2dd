"""The head: the small dense network on pooled features that is fitted to the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class HeadSettings:
    """What a search may choose.

    Attributes:
        units: widths of the hidden layers, each followed by ReLU; may be empty.
        dropout: share of a hidden layer's outputs dropped while fitting, in [0, 1).
        l2: weight of the kernels' squares in the loss.
        learning_rate: of the frozen stage, or of the whole fit for LeNet-5.
    """

    units: tuple[int, ...] = (128,)
    dropout: float = 0.3
    l2: float = 1e-4
    learning_rate: float = 1e-3

    def __post_init__(self) -> None:
        if any(width < 1 for width in self.units):
            raise ValueError(f"expected widths of at least 1, got {self.units}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"expected dropout in [0, 1), got {self.dropout}")


def layers(n_findings: int, head: HeadSettings) -> tuple[Any, ...]:
    """Fresh layers from a vector to the logits: Dense with ReLU and Dropout for each width, then a bare Dense."""
    from keras.layers import Dense, Dropout
    from keras.regularizers import L2

    hidden: list[Any] = []
    for place, width in enumerate(head.units, start=1):
        hidden.append(Dense(width, activation="relu", kernel_regularizer=L2(head.l2), name=f"hidden{place}"))
        if head.dropout:
            hidden.append(Dropout(head.dropout, name=f"dropout{place}"))
    return (*hidden, Dense(n_findings, kernel_regularizer=L2(head.l2), name="logits"))


def build(n_inputs: int, n_findings: int, head: HeadSettings) -> keras.Model:
    """Pooled features (B, n_inputs) float32 → logits (B, n_findings) float32."""
    import keras

    vector = keras.Input((n_inputs,), name="features")
    outputs = vector
    for layer in layers(n_findings, head):
        outputs = layer(outputs)
    return keras.Model(vector, outputs, name="head")
