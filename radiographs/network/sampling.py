"""Which films an epoch shows, and in which order: all once, or drawn so that findings or sources come equally often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_TIMES = 8  # in an epoch; a film shown more often than this is learnt by heart


@dataclass(frozen=True)
class Sampling:
    """How the films of an epoch are drawn.

    Attributes:
        findings: every finding comes equally often.
        sources: within a finding every source comes equally often, as far as it has films.
        seed: of the draw, together with the epoch.
    """

    findings: bool
    sources: bool
    seed: int


def order(
    labels: NDArray[np.int64], sources: NDArray[np.str_] | None, sampling: Sampling, epoch: int
) -> NDArray[np.int64]:
    """Positions of the films of one epoch, as many as there are films (fewer where none may come more often).

    Args:
        labels: (n,) positions of the films' findings.
        sources: (n,) names of the films' sources; needed where sources are balanced.
        sampling: how they are drawn.
        epoch: from 1; each has an order of its own.

    Raises:
        ValueError: sources are to be balanced but are not given, or not one a film.
    """
    random = np.random.default_rng([sampling.seed, epoch])
    if sampling.sources and (sources is None or len(sources) != len(labels)):
        raise ValueError("expected a source for every film, since sources are to be balanced")
    if not sampling.findings and not sampling.sources:
        return random.permutation(len(labels))
    present = np.unique(labels)
    drawn = []
    for finding in present:
        members = np.flatnonzero(labels == finding)
        quota = -(-len(labels) // len(present)) if sampling.findings else len(members)
        cells = [members]
        if sampling.sources and sources is not None:
            cells = [members[sources[members] == source] for source in np.unique(sources[members])]
        drawn += [
            _drawn(cell, share, random) for cell, share in zip(cells, _shares(cells, quota), strict=True) if share
        ]
    return random.permutation(np.concatenate(drawn))


def _shares(cells: list[NDArray[np.int64]], quota: int) -> list[int]:
    """Parts of a quota, equal but for cells too small for theirs: what those leave goes to the others."""
    shares, left = [0] * len(cells), quota
    by_size = sorted(range(len(cells)), key=lambda cell: len(cells[cell]))
    for done, cell in enumerate(by_size):
        shares[cell] = min(left // (len(cells) - done), MOST_TIMES * len(cells[cell]))
        left -= shares[cell]
    return shares


def _drawn(cell: NDArray[np.int64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """`count` of the cell's films, none more than once oftener than another."""
    rounds = -(-count // len(cell))
    return np.concatenate([random.permutation(cell) for _ in range(rounds)])[:count]
