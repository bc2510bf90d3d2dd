"""Which films an epoch shows: each once, or findings and sources equally often as far as there are films."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.network import sampling
from radiographs.network.sampling import Sampling

LABELS = np.repeat([0, 1, 2], [80, 16, 24])
SOURCES = np.array(["a"] * 60 + ["b"] * 20 + ["b"] * 15 + ["c"] + ["a"] * 24)


def drawn(findings: bool, sources: bool, epoch: int = 1, seed: int = 0) -> np.ndarray:
    return sampling.order(LABELS, SOURCES, Sampling(findings, sources, seed), epoch)


def test_every_film_is_shown_once_in_an_order_of_the_epochs_own() -> None:
    first, second = drawn(False, False), drawn(False, False, epoch=2)
    np.testing.assert_array_equal(np.sort(first), np.arange(120))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, drawn(False, False))
    assert not np.array_equal(first, drawn(False, False, seed=1))


def test_findings_come_equally_often_and_no_film_is_left_out_where_it_need_not_be() -> None:
    order = drawn(True, False)
    np.testing.assert_array_equal(np.bincount(LABELS[order]), [40, 40, 40])
    times = np.bincount(order, minlength=120)
    assert times[:80].max() == 1
    assert set(times[80:96]) == {2, 3}
    assert set(times[96:]) == {1, 2}


def test_sources_of_a_finding_come_equally_often_but_no_film_more_than_eight_times() -> None:
    order = drawn(False, True)
    of_first = SOURCES[order[LABELS[order] == 0]]
    assert (of_first == "a").sum() == (of_first == "b").sum() == 40
    of_second = SOURCES[order[LABELS[order] == 1]]
    assert (of_second == "c").sum() == 8 == sampling.MOST_TIMES
    assert (of_second == "b").sum() == 8
    lone = sampling.order(np.zeros(40, int), np.array(["a"] * 39 + ["c"]), Sampling(False, True, 0), 1)
    assert np.bincount(lone)[39] == 8
    assert len(lone) == 40


def test_balanced_sources_need_a_source_for_every_film() -> None:
    with pytest.raises(ValueError, match="a source for every film"):
        sampling.order(LABELS, SOURCES[:-1], Sampling(False, True, 0), 1)
