"""What one network of a benchmark came to, as it is kept so that it is never run twice."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cost:
    """What a network takes.

    Attributes:
        parameters: of backbone and head.
        file_mb: megabytes (10⁶ bytes) of the compiled graph in f32.
        latency_ms: median for one prepared film with the heatmaps of all findings, f32.
        fit_s: seconds of the fits of all folds.
    """

    parameters: int
    file_mb: float
    latency_ms: float
    fit_s: float


@dataclass(frozen=True)
class ContestResult:
    """Answers out of fold.

    Attributes:
        scores: (n, C) float32, rows of sum 1, not calibrated.
        best_epochs: the epoch that each fold kept.
        cost: of the network of the last fold.
    """

    scores: NDArray[np.float32]
    best_epochs: tuple[int, ...]
    cost: Cost

    def save(self, file: Path) -> None:
        """Writes an .npz under a temporary name first."""
        file.parent.mkdir(parents=True, exist_ok=True)
        facts = json.dumps({"best_epochs": self.best_epochs, "cost": asdict(self.cost)})
        temporary = file.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez_compressed(temporary, scores=self.scores, facts=np.array(facts))
        temporary.replace(file)


def found(file: Path) -> ContestResult | None:
    """What `save` wrote; None where there is nothing that can be read."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            return ContestResult(stored["scores"], tuple(facts["best_epochs"]), Cost(**facts["cost"]))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
