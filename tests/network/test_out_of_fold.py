"""Every film is answered by a network that has not seen its group, and what the network costs is measured."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import TrainingDiverged
from radiographs.evaluation.contest_result import ContestResult
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import contest, out_of_fold
from radiographs.network.contest import Protocol
from radiographs.network.heads import HeadSettings
from radiographs.network.making import Stores
from radiographs.records import drawing
from radiographs.records.cohort import Cohort, Film
from radiographs.records.drawing import Sample
from radiographs.store.shards import ShardStore
from tests.network import small_net

TWO = Findings(("Tuberculosis", "Clear"), "Tuberculosis")
COUNT = 120
PROTOCOL = Protocol(100, 2, 6, HeadSettings(units=(16,), dropout=0.0, learning_rate=1e-2), seed=2)


def sample_of(labels: np.ndarray) -> Sample:
    said = {"patient_id": "", "view_position": "", "sex": "", "age": None}
    files = {"original": "", "lung_mask": "", "lesion_mask": ""}
    films = tuple(
        Film(f"film-{n:03d}", TWO.names[label], "north", f"group-{n // 2}-{label}", "train", "", **said, **files)
        for n, label in enumerate(labels)
    )
    return drawing.draw(Cohort("digest", TWO, films), 100, 2, seed=2)


def lenet(tmp_path: Path) -> tuple[Sample, Stores]:
    made = small_net.films(COUNT, seed=1)
    sample = sample_of(made.labels)
    store = ShardStore(tmp_path / "pixels", (small_net.SIDE, small_net.SIDE), np.uint8)
    store.append([f"film-{n:03d}" for n in range(COUNT)], made.reader[:])
    return sample, Stores(store, None)


def frozen(tmp_path: Path, values: np.ndarray, labels: np.ndarray) -> tuple[Sample, Stores]:
    sample, stores = lenet(tmp_path)
    sample = sample_of(labels)
    store = ShardStore(tmp_path / "features", values.shape[1:], np.float32)
    store.append([f"film-{n:03d}" for n in range(len(values))], values)
    return sample, Stores(stores.pixels, store)


def run(sample: Sample, stores: Stores, backbone: str = "LeNet-5", epochs: int = 6, **changed) -> ContestResult:
    protocol = dataclasses.replace(PROTOCOL, epochs=epochs)
    (contender,) = contest.entered([f"{backbone}=none"], [], protocol, Preparation(small_net.SIDE))
    return out_of_fold.run(dataclasses.replace(contender, **changed), protocol, sample, stores, threads=1)


def accuracy(result: ContestResult, sample: Sample) -> float:
    return float(np.mean(result.scores.argmax(axis=1) == sample.labels))


def test_a_network_from_scratch_answers_every_film_and_is_timed_and_weighed(tmp_path: Path) -> None:
    sample, stores = lenet(tmp_path)
    folds: list[int] = []
    (contender,) = contest.entered(["LeNet-5"], [], PROTOCOL, Preparation(small_net.SIDE))
    result = out_of_fold.run(contender, PROTOCOL, sample, stores, threads=1, on_fold=lambda: folds.append(1))
    assert result.scores.shape == (len(sample.films), 2) and np.allclose(result.scores.sum(axis=1), 1, atol=1e-5)
    assert accuracy(result, sample) > 0.8
    assert len(folds) == len(result.best_epochs) == 2
    assert result.cost.latency_ms > 0 and result.cost.fit_s > 0
    assert result.cost.file_mb * 1e6 > result.cost.parameters * 3.9  # float32


@pytest.fixture
def headed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small network of the tests in the place of a backbone."""
    monkeypatch.setattr(out_of_fold._Contest, "cost", lambda *_: None)


def test_no_film_is_answered_by_a_head_that_saw_its_label(tmp_path: Path, headed: None) -> None:
    """Each film's features are its own name, one-hot: a head can know it by heart and tell nothing of any other."""
    labels = np.random.default_rng(0).integers(0, 2, COUNT)
    sample, stores = frozen(tmp_path, np.eye(COUNT, dtype=np.float32) * 9, labels)
    assert 0.3 < accuracy(run(sample, stores, "MobileNetV2", epochs=30), sample) < 0.7


def test_a_head_on_features_that_tell_is_right_out_of_fold(tmp_path: Path, headed: None) -> None:
    made = small_net.vectors(COUNT, seed=3, n_findings=2)
    sample, stores = frozen(tmp_path, made.values, made.labels)
    assert accuracy(run(sample, stores, "MobileNetV2", epochs=30), sample) > 0.95


def test_the_same_seed_gives_the_same_scores_whatever_ran_before(tmp_path: Path, headed: None) -> None:
    made = small_net.vectors(COUNT, seed=3, n_findings=2)
    sample, stores = frozen(tmp_path, made.values, made.labels)
    first, again = (run(sample, stores, "MobileNetV2").scores for _ in range(2))
    fewer = run(sample, stores, "MobileNetV2", films=10).scores
    assert np.array_equal(first, again)
    assert not np.array_equal(first, fewer)


def test_a_fit_that_diverges_is_refused(tmp_path: Path, headed: None) -> None:
    values = np.full((COUNT, 4), np.nan, np.float32)
    sample, stores = frozen(tmp_path, values, small_net.films(COUNT, 1).labels)
    with pytest.raises(TrainingDiverged):
        run(sample, stores, "MobileNetV2")


@pytest.mark.long
def test_a_frozen_network_is_exported_with_the_head_of_its_last_fold(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(COUNT, 256)).astype(np.float32)
    sample, stores = frozen(tmp_path, values, small_net.films(COUNT, 1).labels)
    result = run(sample, stores, "MobileNet(0.25)")
    assert result.cost.latency_ms > 0
    assert 200_000 < result.cost.parameters < 300_000
