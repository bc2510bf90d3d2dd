"""A search that kills its own process in the middle of a trial, as a machine that fails would."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from radiographs.network import training, tuning
from radiographs.network.training import FitSettings
from radiographs.network.tuning import SearchResult
from tests.network import small_net

KILLED_IN = 4


def search(folder: Path) -> SearchResult:
    return tuning.search_head(
        small_net.vectors(64, 0),
        small_net.vectors(32, 1),
        3,
        trials=5,
        seed=0,
        folder=folder,
        settings=FitSettings(epochs=1, head_batch=32),
    )


def main(folder: Path) -> None:
    fit, begun = training.fit_head_model, []

    def killed(*arguments, **others):
        begun.append(1)
        history = fit(*arguments, **others)
        if len(begun) == KILLED_IN:
            os.kill(os.getpid(), signal.SIGKILL)
        return history

    training.fit_head_model = killed
    search(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
