"""Whether a heatmap depends on what was learnt: with its weights shuffled, a network must show other maps."""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import InvalidBundle
from radiographs.runtime.bundle import GRAPH
from radiographs.runtime.engine import Engine

FEWEST_VALUES = 64  # of a tensor; smaller ones scale the film, and are not learnt kernels


def heatmaps(bundle: Path, films: NDArray[np.uint8], *, seed: int, threads: int = 0) -> NDArray[np.float32]:
    """Heatmaps of a network whose learnt tensors were each shuffled in themselves (Adebayo et al. 2018).

    Args:
        bundle: a sealed folder; it is left as it is.
        films: (n, side, side) uint8, prepared.
        seed: whole number ≥ 0, of the shuffling.
        threads: of inference; 0 takes all cores.

    Returns:
        (n, C, h, w) float32 in [0, 1].

    Raises:
        InvalidBundle: the graph cannot be read, or holds no tensor that could have been learnt.
    """
    with tempfile.TemporaryDirectory(prefix="radiographs-audit-") as folder:
        graph = shuffled(bundle / GRAPH, Path(folder), seed)
        return Engine(graph, threads=threads).infer(films)["heatmaps"]


def shuffled(graph: Path, folder: Path, seed: int) -> Path:
    """Writes a graph like the one given with every float tensor of at least 64 values shuffled in itself.

    Raises:
        InvalidBundle: the graph is no OpenVINO graph, or has no such tensor.
    """
    try:
        layers = ElementTree.parse(graph).getroot().iter("layer")  # noqa: S314 (a bundle is ours, and sealed)
        weights = bytearray(graph.with_suffix(".bin").read_bytes())
    except (OSError, ElementTree.ParseError) as error:
        raise InvalidBundle(f"{graph} is missing or is no OpenVINO graph; package the model again") from error
    random, found = np.random.default_rng(seed), 0
    for layer in layers:
        data = layer.find("data")
        if layer.get("type") != "Const" or data is None or data.get("element_type") != "f32":
            continue
        first, size = int(data.get("offset", "0")), int(data.get("size", "0"))
        if size < 4 * FEWEST_VALUES:
            continue
        values = np.frombuffer(weights, np.float32, count=size // 4, offset=first)
        values[:] = random.permutation(values)
        found += 1
    if not found:
        raise InvalidBundle(f"{graph} holds no float tensor of {FEWEST_VALUES} values: nothing in it was learnt")
    copied = folder / graph.name
    copied.write_bytes(graph.read_bytes())
    copied.with_suffix(".bin").write_bytes(weights)
    return copied


def correlations(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Spearman's rank correlation of two maps of each film.

    Args:
        one: (n, h, w) float32.
        other: (n, h, w) float32, of the same films.

    Returns:
        (n,) float64 from −1 to 1; NaN where the first map is flat, 0 where only the second one is: it has nothing left
        of the first.
    """
    from scipy.stats import rankdata

    found = []
    for before, after in zip(one, other, strict=True):
        if before.max() == before.min():
            found.append(float("nan"))
        elif after.max() == after.min():
            found.append(0.0)
        else:
            found.append(float(np.corrcoef(rankdata(before), rankdata(after))[0, 1]))
    return np.array(found, np.float64)
