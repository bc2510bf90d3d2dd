"""A small sealed bundle whose graph is written node by node: a real one for the runtime, made without Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from radiographs import findings as packaged
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.runtime import manifest
from radiographs.runtime.manifest import Manifest

CELL_PX, N_MAPS = 8, 6
# Two checks that a model of the tests did not pass; the second tries what JSON, YAML and HTML might spoil.
CAUTIONS = (
    "COVID sensitivity 0.86 [0.79, 0.91] (n=120) is not proven above 0.80: its low end 0.79 lies below 0.80.",
    "Accuracy against the champion: difference −0.01; films of <b>one source</b> & fewer than 50.",
)


def write(folder: Path, *, seed: int = 0, side_px: int = 64, findings: Findings | None = None) -> Path:
    """A folder with graph.xml, graph.bin and bundle.json; another seed answers otherwise."""
    import openvino

    findings = findings or packaged.read()
    folder.mkdir(parents=True)
    openvino.save_model(_graph(side_px, len(findings), np.random.default_rng(seed)), folder / "graph.xml", False)
    manifest.seal(
        folder,
        Manifest(
            findings=findings,
            preparation=Preparation(side_px=side_px),
            backbone="LeNet-5",
            weights_digest="0" * 64,
            temperature=1.5,
            cohort_digest=f"{seed:064x}",
            parity={"logits": 0.0, "heatmaps": 0.0},
        ),
    )
    return folder


def point(home: Path, bundle: str, version: str, **more: object) -> None:
    """Replaces the pointer file in one move, as a promotion does; `more` are further keys of it."""
    arriving = home / "champion.json.new"
    named = {"bundle": bundle, "version": version, "name": "radiographs", "run_id": "a-run"}
    arriving.write_text(json.dumps(named | more))
    arriving.replace(home / "champion.json")


def _graph(side_px: int, n_findings: int, rng: np.random.Generator):  # type: ignore[no-untyped-def]
    """Patches to maps by one convolution, maps to logits by their means, heatmaps by Grad-CAM's closed form."""
    import openvino
    from openvino import opset13 as ops

    films = ops.parameter([-1, side_px, side_px], np.uint8, name="films")
    grey = ops.unsqueeze(ops.divide(ops.convert(films, np.float32), np.float32(255)), np.int64(1))
    kernels = rng.normal(0, 0.3, (N_MAPS, 1, CELL_PX, CELL_PX)).astype(np.float32)
    zero = [0, 0]
    maps = ops.relu(ops.convolution(grey, kernels, [CELL_PX, CELL_PX], zero, zero, [1, 1]))
    weights = rng.normal(0, 3, (N_MAPS, n_findings)).astype(np.float32)
    embedding = ops.reduce_mean(maps, np.array([2, 3]), False)
    logits = ops.matmul(embedding, weights, False, False)
    rising = ops.relu(ops.convolution(maps, weights.T[:, :, None, None].copy(), [1, 1], zero, zero, [1, 1]))
    heatmaps = ops.divide(rising, ops.add(ops.reduce_max(rising, np.array([2, 3]), True), np.float32(1e-6)))
    outputs = {"logits": logits, "heatmaps": heatmaps, "embedding": embedding}
    for name, node in outputs.items():
        node.output(0).get_tensor().set_names({name})
    return openvino.Model(list(outputs.values()), [films], "drawn")
