"""From a Keras classifier to the OpenVINO graph that answers in its stead, kept only if both say the same."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from radiographs.errors import ParityFailed
from radiographs.network import heatmaps
from radiographs.network.classifier import Classifier
from radiographs.runtime import bundle, extractor
from radiographs.runtime.engine import Engine

if TYPE_CHECKING:
    import keras

LIMIT = 1e-4
FEATURES = "features.xml"
CHECKED_FEATURES = 4
PORTION = 8
CANCELLING_RELIEF = 0.25


@dataclass(frozen=True)
class Parity:
    """How far the exported graph's answers lie from the network's.

    Attributes:
        logits_difference: largest absolute difference, as a share of the largest logit where that exceeds 1.
        heatmaps_difference: largest absolute difference from Keras's closed form and from GradientTape. Where the terms
            of a map cancel to less than a quarter of their magnitude, division by its maximum scales their rounding
            up; its difference is taken in units of that quarter, which undoes the scaling.
        n_films: how many films were compared.
        limit: what neither may exceed.
    """

    logits_difference: float
    heatmaps_difference: float
    n_films: int
    limit: float = LIMIT


def export_graph(classifier: Classifier, sample: np.ndarray, folder: Path) -> Parity:
    """Writes graph.xml and graph.bin, from films (B, side, side) uint8 to logits, heatmaps and embedding.

    Args:
        classifier: a fitted classifier.
        sample: (n, side, side) uint8 films to compare on, n ≥ 1.
        folder: where the two files go; made if it is absent.

    Raises:
        ParityFailed: the graph answers differently; then nothing is written.
    """
    _require_films(classifier, sample)
    model = heatmaps.explained(classifier)
    with _written_whole(folder, bundle.GRAPH) as graph:
        _export(model, graph, heatmaps.OUTPUTS)
        parity = compare(classifier, model, graph, sample)
        if not (parity.logits_difference <= parity.limit and parity.heatmaps_difference <= parity.limit):
            raise ParityFailed(
                f"the exported graph of {classifier.backbone} differs from Keras by {parity.logits_difference:.1e} in"
                f" logits and {parity.heatmaps_difference:.1e} in heatmaps over {parity.n_films} films, allowed is"
                f" {parity.limit:.0e}; it was not kept: check the fitted weights and the OpenVINO version"
            )
    return parity


def export_features(classifier: Classifier, folder: Path) -> Path:
    """Writes features.xml and features.bin, from films (B, side, side) uint8 to pooled features (B, D) float32.

    Returns:
        The path of features.xml.

    Raises:
        ValueError: the classifier has no frozen stage (LeNet-5).
        ParityFailed: the graph gives other features; then nothing is written.
    """
    if classifier.features is None:
        raise ValueError(f"{classifier.backbone} has no frozen stage, so no features to export")
    side = classifier.side_px
    noise = np.random.default_rng(0).integers(0, 256, (CHECKED_FEATURES, side, side), np.uint8)
    with _written_whole(folder, FEATURES) as graph:
        _export(classifier.features, graph, (extractor.OUTPUT,))
        expected = np.asarray(classifier.features(noise.astype(np.float32)))
        difference = _difference(extractor.FeatureExtractor(graph)(noise), expected)
        if not difference <= LIMIT:
            raise ParityFailed(
                f"the exported {classifier.backbone} gives features {difference:.1e} from Keras's, allowed is"
                f" {LIMIT:.0e}; it was not kept: check the weights file and the OpenVINO version"
            )
    return folder / FEATURES


def compare(classifier: Classifier, model: keras.Model, graph: Path, sample: np.ndarray) -> Parity:
    """Compares a graph with the network: one film at a time and all together, with Keras and with GradientTape.

    Args:
        classifier: the network.
        model: `heatmaps.explained(classifier)`.
        graph: the .xml file.
        sample: (n, side, side) uint8 films.
    """
    portions = [sample[at : at + PORTION] for at in range(0, len(sample), PORTION)]
    outputs = [model(portion.astype(np.float32)) for portion in portions]
    logits = np.concatenate([np.asarray(output[0]) for output in outputs])
    closed = np.concatenate([np.asarray(output[1]) for output in outputs])
    references = [heatmaps.reference(classifier, portion) for portion in portions]
    taped = np.concatenate([reference.heatmaps for reference in references])
    weight = np.minimum(1.0, np.concatenate([reference.relief for reference in references]) / CANCELLING_RELIEF)
    answers = [Engine(graph, films=1).infer(sample), Engine(graph).infer(sample)]
    differences = [
        np.abs(answer["heatmaps"] - maps).max(axis=(2, 3)) * weight for answer in answers for maps in (closed, taped)
    ]
    return Parity(
        logits_difference=float(np.max([_difference(answer["logits"], logits) for answer in answers])),
        heatmaps_difference=float(np.max(differences)),
        n_films=len(sample),
    )


def _difference(got: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(got - expected).max() / max(1.0, float(np.abs(expected).max())))


def _export(model: keras.Model, graph: Path, names: tuple[str, ...]) -> None:
    """Exports with any number of films, a uint8 input and named outputs; the same weights give the same bytes."""
    import openvino

    raw = graph.with_name("raw.xml")
    model.export(str(raw), format="openvino", verbose=False)
    network = _taking_bytes(_with_outputs(openvino.Core().read_model(raw), len(names)))
    for place, node in enumerate(network.get_ordered_ops()):
        node.set_friendly_name(f"{node.get_type_name()}_{place}")
        for output in node.outputs():
            output.get_tensor().set_names(set())
    network.inputs[0].get_tensor().set_names({"radiograph"})
    for output, name in zip(network.outputs, names, strict=True):
        output.get_tensor().set_names({name})
    openvino.serialize(network, str(graph), str(graph.with_suffix(".bin")))


def _with_outputs(network: Any, count: int) -> Any:
    """Drops outputs that nobody asked for: swish leaves one for each activation (TensorFlow's IdentityN)."""
    import openvino

    wanted = [network.output(f"Identity_{place}:0" if place else "Identity:0") for place in range(count)]
    return openvino.Model([output.get_node() for output in wanted], network.get_parameters(), "radiographs")


def _taking_bytes(network: Any) -> Any:
    import openvino
    from openvino.preprocess import PrePostProcessor

    entrance = PrePostProcessor(network)
    entrance.input().tensor().set_element_type(openvino.Type.u8)
    return entrance.build()


@contextlib.contextmanager
def _written_whole(folder: Path, name: str) -> Iterator[Path]:
    """A path to write a graph to; it and its .bin move into `folder` when the block ends without a refusal."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".exporting-", dir=folder.parent) as temporary:
        graph = Path(temporary) / name
        yield graph
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in (".bin", ".xml"):
            graph.with_suffix(suffix).replace((folder / name).with_suffix(suffix))


def _require_films(classifier: Classifier, sample: np.ndarray) -> None:
    side = classifier.side_px
    if sample.ndim != 3 or sample.shape[1:] != (side, side) or sample.dtype != np.uint8 or not len(sample):
        raise ValueError(f"expected films (n, {side}, {side}) uint8, got {sample.dtype} {sample.shape}")
