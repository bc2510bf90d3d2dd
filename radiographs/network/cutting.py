"""Cuts a classifier where fine-tuning begins: what lies below is computed once for each film, not in each epoch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiographs.network.batches import LabelledRows
from radiographs.network.classifier import Classifier

if TYPE_CHECKING:
    import keras

FILMS_AT_ONCE = 64
MOST_BYTES = 8 * 2**30  # on disk, for one stage


@dataclass(frozen=True)
class Cut:
    """The two parts of a classifier; they share its variables.

    Attributes:
        below: films (B, side, side) → the one tensor that the upper part needs.
        above: that tensor → logits (B, C).
    """

    below: keras.Model
    above: keras.Model


def at(classifier: Classifier, unfrozen: int) -> Cut | None:
    """Cuts beneath the topmost groups; None where all groups are unfrozen, or more than one tensor passes there.

    Args:
        classifier: as `classifier.build` gives it.
        unfrozen: so many of its layer groups are fine-tuned, at least 1.
    """
    import keras

    groups = classifier.layer_groups
    if not 0 < unfrozen < len(groups) or "backbone" not in [layer.name for layer in classifier.maps.layers]:
        return None
    backbone = classifier.maps.get_layer("backbone")
    last = groups[-unfrozen - 1][-1].name
    if last not in [layer.name for layer in backbone.layers]:
        return None
    passing = backbone.get_layer(last).output
    try:
        upper, lower = keras.Model(passing, backbone.output), keras.Model(backbone.inputs, passing)
    except ValueError:  # something above needs another tensor too
        return None
    tensor = upper.output
    for layer in classifier.tail:
        tensor = layer(tensor)
    fed = classifier.maps.layers[-2].output
    return Cut(keras.Model(classifier.maps.inputs, lower(fed)), keras.Model(upper.inputs, tensor))


@dataclass(frozen=True)
class _OnDisk:
    """Rows of a file that is opened for each read: nothing holds it open, and its room on disk, when it is gone."""

    path: Path
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Any) -> NDArray[np.float32]:
        return np.array(np.load(self.path, mmap_mode="r")[indices])


@contextmanager
def kept(
    cut: Cut, train: LabelledRows, select: LabelledRows, parent: Path | None
) -> Iterator[tuple[LabelledRows, LabelledRows] | None]:
    """What the lower part gives for each film, float32 and mapped from disk; None where that would take too much room.

    Args:
        cut: what lies below it does not change meanwhile.
        train, select: films; their labels and sources are passed on.
        parent: the files lie in a folder in it for so long; None takes the system's.
    """
    row_bytes = 4 * int(np.prod(cut.below.output_shape[1:]))
    if row_bytes * (len(train.labels) + len(select.labels)) > MOST_BYTES:
        yield None
        return
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="below-", dir=parent) as folder:
        yield _computed(cut, train, Path(folder) / "train.npy"), _computed(cut, select, Path(folder) / "select.npy")


def _computed(cut: Cut, films: LabelledRows, path: Path) -> LabelledRows:
    shape = (len(films.labels), *cut.below.output_shape[1:])
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    for start in range(0, len(rows), FILMS_AT_ONCE):
        some = films.rows[np.arange(start, min(start + FILMS_AT_ONCE, len(rows)))]
        rows[start : start + len(some)] = cut.below.predict_on_batch(some)
    return LabelledRows(_OnDisk(path, len(rows)), films.labels, films.sources)
