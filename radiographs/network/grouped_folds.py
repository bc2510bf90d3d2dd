"""Folds of train in which a group is never parted, for a search that must not learn a patient by heart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiographs.errors import CohortRejected


@dataclass(frozen=True)
class Fold:
    """Rows (n,) int64 to fit on, and those of the groups that are left out."""

    fitted: NDArray[np.int64]
    left_out: NDArray[np.int64]


def parted(labels: NDArray[np.int64], groups: NDArray[np.str_], folds: int, seed: int) -> Iterator[Fold]:
    """Folds with groups whole and each finding spread evenly; every row is left out once.

    Args:
        labels: (n,) positions in the findings.
        groups: (n,) names of the groups.
        folds: how many, at least 2.
        seed: of what falls to which fold.

    Raises:
        CohortRejected: a finding has fewer groups than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    for label in np.unique(labels):
        count = len(np.unique(groups[labels == label]))
        if count < folds:
            raise CohortRejected(
                f"finding {label} has {count} groups in train, and a search in {folds} folds needs one in each; "
                "admit films of more patients with it, or search in fewer folds"
            )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    for fitted, left_out in splitter.split(np.zeros(len(labels)), labels, groups):
        yield Fold(fitted, left_out)
