"""Opens many films at once: in processes where that pays, because opening one is Python too; else in threads."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

from radiographs.records import opening
from radiographs.records.drafting import Arrival
from radiographs.records.opening import Opened, Workplace

# A process takes a second or two to start; a thread nothing, but it waits for the others' Python.
_WORTH_PROCESSES = 400
_AT_ONCE = 16


def open_films(arrivals: Sequence[Arrival], place: Workplace, withdrawn: frozenset[str]) -> Iterator[Opened]:
    """Opens films on all cores, in their order; see `opening.open_film`.

    Films that lie elsewhere are fetched in threads, which wait for the network together.

    Raises:
        PacsUnavailable: a film lies elsewhere and cannot be fetched now.
        StateUnwritable: the disk is full or read-only.
    """
    open_one = partial(opening.open_film, place=place, withdrawn=withdrawn)
    local = all(arrival.row.remote is None for arrival in arrivals)
    pool: Executor
    if local and len(arrivals) >= _WORTH_PROCESSES:
        # Spawned: a fork of a process with threads may stand still for ever.
        pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
    else:
        pool = ThreadPoolExecutor(os.cpu_count())
    with pool:
        try:
            yield from pool.map(open_one, arrivals, chunksize=_AT_ONCE)
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Ctrl-C is for the parent, which then ends its workers; each worker uses one core."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
