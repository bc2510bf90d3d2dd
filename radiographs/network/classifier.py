"""A classifier: a backbone with a head on it, taking grey films."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from radiographs.network import backbones, closed_form, heads
from radiographs.network.backbones import SCRATCH, BackboneGraph
from radiographs.network.heads import HeadSettings

if TYPE_CHECKING:
    import keras

LENET_UNITS = (120, 84)


@dataclass(frozen=True)
class Classifier:
    """Keras models that share their variables: fitting one changes all.

    Attributes:
        backbone: its name in the table.
        side_px: side of the films.
        n_findings: number of logits.
        head: its settings; LeNet-5 keeps its own 120 and 84 units and takes the other settings.
        model: (B, side, side) float32 in 0–255 → logits (B, n_findings).
        maps: the same films → maps (B, h, w, K) that Grad-CAM explains.
        tail: the layers from those maps to the logits, in order.
        backbone_layers: the backbone's own layers from input to output, for unfreezing. Batch-norm among them runs in
            inference mode only while its `trainable` is False.
        features: films → pooled (B, D); None for LeNet-5, which has no frozen stage.
        head_model: pooled (B, D) → logits; None for LeNet-5.
        weights_digest: sha256 over the backbone's initial weight values.
        layer_groups: `backbone_layers` parted at its stages, from input to output; fine-tuning unfreezes from the last.
    """

    backbone: str
    side_px: int
    n_findings: int
    head: HeadSettings
    model: keras.Model
    maps: keras.Model
    tail: tuple[Any, ...]
    backbone_layers: tuple[Any, ...]
    features: keras.Model | None
    head_model: keras.Model | None
    weights_digest: str
    layer_groups: tuple[tuple[Any, ...], ...] = ()


def build(backbone: str, side_px: int, weights: str, n_findings: int, head: HeadSettings, seed: int) -> Classifier:
    """Builds an unfitted classifier; random numbers of Keras, NumPy and Python are seeded.

    Args:
        backbone: a name in the table of backbones.
        side_px: side of the prepared films.
        weights: "imagenet", "none" or a path, for the backbone.
        n_findings: how many findings it tells apart, at least 2.
        head: settings of the head.
        seed: of the head's initial weights, and the backbone's where there are no others.

    Raises:
        UnknownBackbone, WeightsUnavailable, WeightsMismatch: as `backbones.build`.
    """
    import keras

    if n_findings < 2:
        raise ValueError(f"expected at least 2 findings, got {n_findings}")
    graph = backbones.build(backbone, side_px, weights, seed)
    keras.utils.set_random_seed(seed)
    made = _scratch if backbone == SCRATCH else _transfer
    return made(graph, n_findings, head, seed)


def _transfer(graph: BackboneGraph, n_findings: int, head: HeadSettings, seed: int) -> Classifier:
    import keras

    average = keras.layers.GlobalAveragePooling2D(name="pooled")
    reduction = (average,) if graph.pool is None else (graph.pool, average)
    film = graph.model.inputs[0]
    pooled = _through(reduction, graph.model.outputs[0])
    head_model = heads.build(pooled.shape[-1], n_findings, head, seed)
    return _assembled(
        graph,
        n_findings,
        head,
        model=keras.Model(film, head_model(pooled), name="classifier"),
        tail=(*reduction, *head_model.layers[1:]),
        features=keras.Model(film, pooled, name="features"),
        head_model=head_model,
    )


def _scratch(graph: BackboneGraph, n_findings: int, head: HeadSettings, seed: int) -> Classifier:
    import keras

    own = heads.layers(n_findings, dataclasses.replace(head, units=LENET_UNITS), seed)
    tail = (graph.pool, keras.layers.Flatten(name="flat"), *own)
    model = keras.Model(graph.model.inputs[0], _through(tail, graph.model.outputs[0]), name="classifier")
    return _assembled(graph, n_findings, head, model=model, tail=tail, features=None, head_model=None)


def _assembled(graph: BackboneGraph, n_findings: int, head: HeadSettings, **parts: Any) -> Classifier:
    closed_form.check(parts["tail"])
    return Classifier(
        backbone=graph.entry.name,
        side_px=graph.side_px,
        n_findings=n_findings,
        head=head,
        maps=graph.model,
        backbone_layers=graph.layers,
        weights_digest=graph.weights_digest,
        layer_groups=graph.groups,
        **parts,
    )


def _through(layers: tuple[Any, ...], tensor: Any) -> Any:
    for layer in layers:
        tensor = layer(tensor)
    return tensor
