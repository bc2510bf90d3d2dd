"""Batches of stored films or features for any Keras backend, read from the memory-mapped store as asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiographs.store.shards import Rows

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class LabelledRows:
    """Rows to learn from: `rows[indices]` gives (n, …); labels (n,) int64, positions in the findings; sources (n,)."""

    rows: Rows
    labels: NDArray[np.int64]
    sources: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.labels) or not len(self.labels):
            raise ValueError(
                f"expected as many labels as rows and one at least, got {len(self.labels)} labels for "
                f"{len(self.rows)} rows"
            )


@dataclass(frozen=True)
class Mixing:
    """Mixup of a batch with itself in another order; `alpha` 0 leaves the batch as it is."""

    alpha: float
    seed: tuple[int, ...]

    def mixed(
        self, number: int, rows: NDArray[Any], shares: NDArray[np.float32]
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Rows and shares of findings of batch `number`, each film with a part of another (arXiv 1710.09412, eq. 1)."""
        random = np.random.default_rng([*self.seed, number])
        partner = random.permutation(len(rows))
        part = np.float32(random.beta(self.alpha, self.alpha))
        films = rows * part + rows[partner] * (1 - part)
        if rows.dtype == np.uint8:
            films = np.rint(films)
        return films.astype(rows.dtype), shares * part + shares[partner] * (1 - part)


def whole(order: NDArray[np.int64], batch: int, number: int) -> NDArray[np.int64]:
    """Batch `number` of an order: all are of one size, since another is traced anew; the last starts over to fill."""
    return np.take(order, range(number * batch, (number + 1) * batch), mode="wrap")


def count(films: int, batch: int) -> int:
    """How many whole batches show every film."""
    return -(-films // batch)


def of(
    labelled: LabelledRows, order: NDArray[np.int64], weights: NDArray[np.float32], batch: int, mixing: Mixing
) -> keras.utils.PyDataset:
    """Batches (rows (B, …), shares of findings (B, C), weights (B,)) in the order given; deterministic.

    Args:
        labelled: where the rows are read.
        order: positions of the rows to show.
        weights: (C,) of the findings.
        batch: rows in each.
        mixing: whether films are mixed.
    """
    return _dataset_class()(labelled, order, weights, batch, mixing)


@cache
def _dataset_class() -> Any:
    import keras

    class StoredBatches(keras.utils.PyDataset):
        def __init__(
            self,
            labelled: LabelledRows,
            order: NDArray[np.int64],
            weights: NDArray[np.float32],
            batch: int,
            mixing: Mixing,
        ) -> None:
            super().__init__()
            self._labelled, self._order, self._weights = labelled, order, weights
            self._batch, self._mixing = batch, mixing

        def __len__(self) -> int:
            return count(len(self._order), self._batch)

        def __getitem__(self, number: int) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]:
            picked = whole(self._order, self._batch, number)
            labels = self._labelled.labels[picked]
            rows = self._labelled.rows[picked]
            shares = np.eye(len(self._weights), dtype=np.float32)[labels]
            if self._mixing.alpha:
                rows, shares = self._mixing.mixed(number, rows, shares)
            return rows, shares, self._weights[labels]

    return StoredBatches
