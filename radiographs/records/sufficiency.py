"""Whether a cohort is enough to train on, and what no training on it can show."""

from __future__ import annotations

from collections import Counter

from radiographs.errors import CohortRejected
from radiographs.records.cohort import Cohort

FEWEST_IN_TRAIN = 10


def require_trainable(cohort: Cohort, *, by_source: bool = False) -> tuple[str, ...]:
    """What must be said aloud of a network that is trained on this cohort; usually nothing.

    Args:
        cohort: its films of train are looked at, no others.
        by_source: sources are to be balanced within each finding.

    Raises:
        CohortRejected: train has fewer than 10 films of a finding, or sources are to be balanced and there is but one.
    """
    train = cohort.of("train")
    counts = Counter(film.finding for film in train)
    scarce = [f"{counts[name]} of {name}" for name in cohort.findings.names if counts[name] < FEWEST_IN_TRAIN]
    if scarce:
        raise CohortRejected(
            f"train holds {', '.join(scarce)}, and a network needs at least {FEWEST_IN_TRAIN} films of each finding; "
            "admit films of more patients with it, or leave the finding out of the findings file"
        )
    sources = sorted({film.source for film in train})
    if len(sources) > 1:
        return ()
    if by_source:
        raise CohortRejected(
            f"all {len(train)} films of train come from {sources[0]}, so that there are no sources to balance; "
            "admit films of another source, or train without balancing sources"
        )
    return (
        f"all {len(train)} films of train come from one source, {sources[0]}: nothing here can show that the network "
        "knows the findings anywhere else",
    )
