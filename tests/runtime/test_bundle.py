"""A bundle answers the same from any thread, in any batch, and without Keras."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import drawn_bundle
import numpy as np
import pytest

from radiographs.errors import InvalidBundle
from radiographs.findings import Findings
from radiographs.imaging import preprocessing
from radiographs.runtime import bundle as bundles
from radiographs.runtime import manifest as manifests
from radiographs.runtime.bundle import Bundle
from radiographs.runtime.engine import LARGEST_BATCH, Engine


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return drawn_bundle.write(tmp_path_factory.mktemp("bundle") / "drawn")


@pytest.fixture(scope="module")
def bundle(folder):
    return Bundle.load(folder, threads=1)


def films(count: int, side_px: int = 64) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, side_px, side_px), np.uint8)


def test_a_film_of_any_size_is_answered_with_scores_and_a_heatmap_for_every_finding(bundle):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 70), np.uint8)
    answer = bundle.answer(pixels)
    count = len(bundle.manifest.findings)
    assert answer.finding == bundle.manifest.findings.names[answer.scores.argmax()]
    assert answer.scores.dtype == np.float32 and answer.scores.sum() == pytest.approx(1)
    assert answer.heatmaps.shape == (count, 8, 8) and answer.heatmaps.min() >= 0 and answer.heatmaps.max() <= 1
    assert answer.embedding.ndim == 1
    prepared = preprocessing.prepare(pixels, bundle.manifest.preparation)
    np.testing.assert_array_equal(bundle.answer_prepared(prepared[None]).scores[0], answer.scores)


def test_scores_are_the_softmax_of_logits_over_the_temperature(bundle):
    answered = bundle.answer_prepared(films(3))
    raised = np.exp(answered.logits / 1.5)
    np.testing.assert_allclose(answered.scores, raised / raised.sum(axis=1, keepdims=True), rtol=1e-5)


def test_large_logits_do_not_overflow():
    scores = bundles.calibrated(np.array([[1000.0, 0.0], [-1000.0, -1000.0]], np.float32), 0.5)
    np.testing.assert_array_equal(scores, [[1, 0], [0.5, 0.5]])


def test_a_large_batch_is_answered_as_its_films_one_by_one(bundle):
    batch = films(2 * LARGEST_BATCH + 3)
    together = bundle.answer_prepared(batch)
    alone = [bundle.answer_prepared(film[None]) for film in batch]
    assert len(together.logits) == len(batch)
    np.testing.assert_allclose(together.logits, np.concatenate([one.logits for one in alone]), atol=1e-5)
    np.testing.assert_allclose(together.heatmaps, np.concatenate([one.heatmaps for one in alone]), atol=1e-4)


def test_answers_under_many_threads_are_those_of_one(bundle):
    batch = films(48)
    expected = [bundle.answer(film) for film in batch]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(bundle.answer, [*batch, *batch]))
    for answer, wanted in zip(answers, [*expected, *expected], strict=True):
        np.testing.assert_array_equal(answer.logits, wanted.logits)
        np.testing.assert_array_equal(answer.heatmaps, wanted.heatmaps)


def test_an_answer_is_not_overwritten_by_the_next(bundle):
    first = bundle.answer(films(1)[0])
    kept = first.heatmaps.copy()
    bundle.answer(255 - films(1)[0])
    np.testing.assert_array_equal(first.heatmaps, kept)


@pytest.mark.parametrize(
    "batch", [films(2, 32), films(2).astype(np.float32), films(1)[0], np.empty((0, 64, 64), np.uint8)]
)
def test_films_of_another_shape_or_type_are_refused(bundle, batch):
    with pytest.raises(ValueError, match=r"\(B, 64, 64\) uint8"):
        bundle.answer_prepared(batch)


def test_a_colour_picture_is_refused(bundle):
    with pytest.raises(ValueError, match="2-D uint8"):
        bundle.answer(np.zeros((8, 8, 3), np.uint8))


def test_an_altered_graph_is_refused_unless_verification_is_waived(tmp_path):
    folder = drawn_bundle.write(tmp_path / "drawn")
    with (folder / "graph.xml").open("a") as stream:
        stream.write("<!-- -->")
    with pytest.raises(InvalidBundle, match=r"graph\.xml was altered"):
        Bundle.load(folder)
    assert Bundle.load(folder, verify=False).manifest.temperature == 1.5


def test_a_graph_that_is_none_is_refused(tmp_path):
    (tmp_path / "graph.xml").write_text("<html>")
    with pytest.raises(InvalidBundle, match="no OpenVINO graph"):
        Engine(tmp_path / "graph.xml")


def test_a_manifest_that_contradicts_its_graph_is_refused(tmp_path):
    folder = drawn_bundle.write(tmp_path / "drawn")
    stated = manifests.read(folder)
    manifests.seal(folder, dataclasses.replace(stated, findings=Findings(("one", "two"), "one")))
    with pytest.raises(InvalidBundle, match="for 2 findings"):
        Bundle.load(folder)
    manifests.seal(folder, dataclasses.replace(stated, preparation=preprocessing.Preparation(32)))
    with pytest.raises(InvalidBundle, match="prepares 32 px"):
        Bundle.load(folder)


def test_answering_imports_neither_keras_nor_tensorflow_nor_pandas(folder):
    code = (
        "import sys, numpy; from pathlib import Path; from radiographs.runtime.bundle import Bundle\n"
        f"Bundle.load(Path({str(folder)!r})).answer(numpy.zeros((80, 60), numpy.uint8))\n"
        "sys.exit(','.join({'keras', 'tensorflow', 'pandas', 'sklearn', 'scipy'} & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
