"""A network built in Keras, exported, sealed and packaged: the built Bento answers as Keras does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from radiographs import findings as packaged
from radiographs.imaging import overlays, phantoms, preprocessing
from radiographs.imaging.preprocessing import Preparation
from radiographs.runtime import manifest
from radiographs.runtime.manifest import Manifest
from tasks import packaging

pytestmark = pytest.mark.system
SIDE_PX = 64


def test_the_served_scores_of_a_phantom_are_those_of_the_keras_network(tmp_path: Path) -> None:
    from prefect.logging import disable_run_logger

    from radiographs.network import classifier as classifiers
    from radiographs.network import export
    from radiographs.network.heads import HeadSettings

    findings, preparation = packaged.read(), Preparation(side_px=SIDE_PX)
    network = classifiers.build("LeNet-5", SIDE_PX, "none", len(findings), HeadSettings(), 0)
    film = phantoms.draw("COVID", 5).pixels
    prepared = preprocessing.prepare(film, preparation)[None]
    folder = tmp_path / "bundle"
    parity = export.export_graph(network, prepared, folder)
    limits = {"logits": parity.logits_difference, "heatmaps": parity.heatmaps_difference}
    facts = Manifest(findings, preparation, "LeNet-5", network.weights_digest, 2.0, "c" * 64, limits)
    manifest.seal(folder, facts)

    with disable_run_logger():
        bento = packaging.package.fn(folder, "3", "a-run", tmp_path / "bentoml")
    with packaging.serve_bento(bento, tmp_path / "bentoml") as service:
        status, answer = service.predict(overlays.to_png(film), overlay="top")

    raised = np.exp(np.asarray(network.model(prepared))[0] / 2.0)
    assert status == 200
    assert np.allclose(list(answer["scores"].values()), raised / raised.sum(), atol=1e-4)
    assert answer["model"]["version"] == "3"
