"""Films with their findings, as a fit is given them: pixels from the store, features where they are kept, sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.network.batches import LabelledRows
from radiographs.store.shards import Rows


@dataclass(frozen=True)
class LabelledFeatures:
    """Pooled features (n, d) float32 and labels (n,) int64."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class LabelledPixels:
    """A reader of prepared films (n, side, side) uint8 and labels (n,) int64."""

    reader: Rows
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """Films to learn from or to be judged on.

    Attributes:
        pixels: a reader of prepared films (n, side, side) uint8.
        labels: (n,) int64, positions in the findings.
        features: pooled features (n, d) float32 of the backbone as it comes, or None to compute them in each epoch.
        sources: (n,) names of the films' sources, or None where they have no say.
    """

    pixels: Rows
    labels: NDArray[np.int64]
    features: NDArray[np.float32] | None = None
    sources: NDArray[np.str_] | None = None

    @property
    def films(self) -> LabelledRows:
        """The prepared films as rows."""
        return LabelledRows(self.pixels, self.labels, self.sources)


@dataclass(frozen=True)
class TrainingData:
    """What a fit sees: films to fit on, and tune/select, which ends stages and chooses epochs."""

    train: Labelled
    select: Labelled
