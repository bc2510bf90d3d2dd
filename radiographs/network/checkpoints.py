"""Weights and stage boundaries in files that are there whole or not at all, without pickles."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import WeightsMismatch, WeightsUnavailable
from radiographs.network.batches import LabelledRows
from radiographs.network.classifier import Classifier
from radiographs.network.epochs import EpochFigures, FitHistory, StageFigures
from radiographs.network.heads import HeadSettings
from radiographs.store.shards import write_whole

_ABOUT = "about"
_HEAD = "head"
SAMPLED_ROWS = 64
TENSORFLOWS_OWN = "TF_NUM_INTRAOP_THREADS"  # TensorFlow reads it, and does not say so when asked


def save_weights(classifier: Classifier, path: Path) -> None:
    """Writes all weights of a classifier, so that a later fit can start from them."""
    about = _architecture(classifier) | {_HEAD: dataclasses.asdict(classifier.head)}
    _write(path, classifier.model.get_weights(), about)


def head_of(path: Path) -> HeadSettings:
    """The head that weights were saved with: who starts from them takes it over.

    Raises:
        WeightsUnavailable, WeightsMismatch: as `load_weights`.
    """
    head = _required(path)[1].get(_HEAD)
    if not isinstance(head, dict):
        raise WeightsMismatch(f"{path} does not tell which head its weights belong to; start fresh")
    return HeadSettings(**head | {"units": tuple(head["units"])})


def load_weights(classifier: Classifier, path: Path) -> None:
    """Gives a classifier the weights that `save_weights` wrote.

    Raises:
        WeightsUnavailable: there is no such file.
        WeightsMismatch: it cannot be read, or holds the weights of another architecture.
    """
    values, about = _required(path)
    own = _architecture(classifier)
    for name, expected in own.items():
        if about.get(name) != expected:
            raise WeightsMismatch(
                f"{path}: expected weights with {name} {expected}, got {about.get(name)}; start fresh"
            )
    classifier.model.set_weights(values)


def _required(path: Path) -> tuple[list[NDArray[Any]], dict[str, Any]]:
    if not path.is_file():
        raise WeightsUnavailable(f"{path} does not exist; start fresh, or name the weights beside a champion's bundle")
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsMismatch(f"{path} holds no weights that can be read ({error}); start fresh") from error


def save_boundary(folder: Path, stage: int, classifier: Classifier, history: FitHistory) -> None:
    """Writes the weights with which a stage ended, and the figures of all stages so far."""
    about = _architecture(classifier) | {"history": dataclasses.asdict(history)}
    _write(_boundary_path(folder, stage), classifier.model.get_weights(), about)


def load_boundary(folder: Path, stage: int, classifier: Classifier) -> FitHistory | None:
    """Takes up the weights with which a stage ended; None where it did not end or its file is spoilt."""
    path = _boundary_path(folder, stage)
    try:
        values, about = _read(path)
        history = _history(about["history"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
    if any(about.get(name) != expected for name, expected in _architecture(classifier).items()):
        return None
    classifier.model.set_weights(values)
    return history


def name_of(parts: Sequence[object], *data: LabelledRows | None) -> str:
    """Names a fit by all that determines it, so that no other films, settings or seed take up its boundaries.

    Args:
        parts: what can be told in JSON.
        data: rows, of which labels, sources and some rows count.
    """
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=dataclasses.asdict).encode())
    for labelled in data:
        if labelled is None:
            continue
        some = np.unique(np.linspace(0, len(labelled.labels) - 1, num=SAMPLED_ROWS).astype(np.int64))
        digest.update(np.ascontiguousarray(labelled.labels).tobytes())
        digest.update(json.dumps([] if labelled.sources is None else list(map(str, labelled.sources))).encode())
        digest.update(np.ascontiguousarray(labelled.rows[some]).tobytes())
    return digest.hexdigest()[:16]


def digest_of(values: Sequence[NDArray[Any]]) -> str:
    """Sha256 (hex) of weights as they are now."""
    digest = hashlib.sha256()
    for value in values:
        digest.update(np.ascontiguousarray(value).tobytes())
    return digest.hexdigest()


def _architecture(classifier: Classifier) -> dict[str, Any]:
    shapes = [list(weight.shape) for weight in classifier.model.weights]
    return {
        "backbone": classifier.backbone,
        "side": classifier.side_px,
        "findings": classifier.n_findings,
        "shapes": hashlib.sha256(json.dumps(shapes).encode()).hexdigest()[:16],
    }


def _write(path: Path, values: Sequence[NDArray[Any]], about: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = io.BytesIO()
    named = {f"weight{place:04}": value for place, value in enumerate(values)}
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(whole, allow_pickle=False, **{_ABOUT: text}, **named)
    write_whole(path, whole.getbuffer())


def _read(path: Path) -> tuple[list[NDArray[Any]], dict[str, Any]]:
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(file[_ABOUT].tobytes())
        return [file[name] for name in sorted(file.files) if name != _ABOUT], about


def _boundary_path(folder: Path, stage: int) -> Path:
    return folder / f"stage-{stage}.npz"


def _history(content: dict[str, Any]) -> FitHistory:
    return FitHistory(
        epochs=tuple(EpochFigures(**figures) for figures in content["epochs"]),
        best_epoch=content["best_epoch"],
        stages=tuple(StageFigures(**figures) for figures in content["stages"]),
        batch=content["batch"],
        threads=content["threads"],
        notes=tuple(content["notes"]),
    )


def threads_in_use() -> int:
    """Processor threads of a step: what TensorFlow was given, or every core that this process may use."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        given = int(tf.config.threading.get_intra_op_parallelism_threads() or os.environ.get(TENSORFLOWS_OWN) or 0)
        if given:
            return given
    return len(os.sched_getaffinity(0))
