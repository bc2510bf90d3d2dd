"""Two classifiers whose way of looking is known: one reads the lungs, one the border."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from radiographs.errors import InvalidScores
from radiographs.evaluation.audits import asking, questions
from radiographs.evaluation.audits.asking import Audited, Told
from radiographs.evaluation.audits.observations import Observation
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.runtime.bundle import BatchAnswer
from tests import drawn_bundle
from tests.evaluation.made_scores import FINDINGS, C, truth_of

SIDE, CELLS, N = 64, 8, 160
LUNGS = np.zeros((SIDE, SIDE), np.uint8)
LUNGS[16:48, 12:52] = 255
GREY = np.array([40, 100, 160, 220])  # of each finding, where it is shown
Place = tuple[slice, slice]
CHEST: Place = (slice(24, 40), slice(24, 40))
CORNER: Place = (slice(0, 5), slice(0, 5))


def films(where: Place) -> np.ndarray:
    """Noise, with a patch whose grey tells the finding."""
    drawn = np.random.default_rng(0).integers(90, 130, (N, SIDE, SIDE)).astype(np.uint8)
    for film, finding in zip(drawn, truth_of(N), strict=True):
        film[where] = GREY[finding]
    return drawn


class Reader:
    """Answers by the grey of one place, and shows heat there; counts what it was asked."""

    def __init__(self, where: Place) -> None:
        self.where, self.asked = where, 0

    def answer_prepared(self, shown: np.ndarray) -> BatchAnswer:
        self.asked += len(shown)
        seen = shown[:, self.where[0], self.where[1]].astype(float).mean(axis=(1, 2))
        logits = (-np.abs(seen[:, None] - GREY) / 20).astype(np.float32)
        scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        hot = np.full((SIDE, SIDE), 0.05, np.float32)
        hot[self.where] = 1
        heat = hot.reshape(CELLS, SIDE // CELLS, CELLS, SIDE // CELLS).max(axis=(1, 3))
        return BatchAnswer(logits, scores, np.tile(heat, (len(shown), C, 1, 1)), seen[:, None].astype(np.float32))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights to shuffle."""
    return drawn_bundle.write(tmp_path_factory.mktemp("bundles") / "one")


@pytest.fixture
def ask(folder: Path) -> Callable[..., Told]:
    def asked(reader: Any, shown: np.ndarray, **changed: Any) -> Told:
        audited = Audited(
            films=shown, marks_handled=shown, marks_words="marks masked", lungs=[LUNGS] * N, lesions=[None] * N,
            truth=truth_of(N), groups=[str(row) for row in range(N)], sources=["north", "south"] * (N // 2),
        )  # fmt: skip
        return asking.audit(reader, folder, replace(audited, **changed), FINDINGS, seed=0)

    return asked


def the(name: str, told: Told) -> Observation:
    return next(each for each in told.shortcuts.observations if each.name == name)


def low(name: str, told: Told) -> float:
    figure = the(name, told).figure
    assert figure is not None, the(name, told).why
    return figure.low


def high(name: str, told: Told) -> float:
    figure = the(name, told).figure
    assert figure is not None, the(name, told).why
    return figure.high


def test_who_reads_the_lungs_loses_all_without_them_and_nothing_without_the_rest(ask) -> None:
    told = ask(Reader(CHEST), films(CHEST))
    assert high("lungs_hidden", told) < 0.05 and high("border_only", told) < 0.05
    assert low("lungs_only", told) > -0.05 and high("border_swapped", told) < 0.05
    assert low("heat_in_lungs", told) > 0.2
    assert low("heat_deleted", told) > 0 and low("heat_inserted", told) > 0


def test_who_reads_the_border_knows_without_lungs_and_is_lured_by_anothers_border(ask) -> None:
    told = ask(Reader(CORNER), films(CORNER))
    assert low("lungs_hidden", told) > 0.5 and low("border_only", told) > 0.5
    assert low("border_swapped", told) > 0.5
    assert high("heat_in_lungs", told) < 0


def test_what_handled_marks_cost_is_asked_of_the_films_that_were_given(ask) -> None:
    bare = films(CORNER).copy()
    bare[:, CORNER[0], CORNER[1]] = GREY[1]
    assert high("marks_handled", ask(Reader(CORNER), films(CORNER), marks_handled=bare)) < -0.5
    assert low("marks_handled", ask(Reader(CHEST), films(CHEST), marks_handled=films(CHEST))) > -0.05


def test_without_masks_the_lungs_are_not_judged_and_the_rest_is(ask) -> None:
    told = ask(Reader(CHEST), films(CHEST), lungs=[None] * N)
    for name in ("lungs_hidden", "lungs_only", "heat_in_lungs", "heat_on_lesion"):
        assert not the(name, told).judged and "constant answer would pass" in the(name, told).why
    assert the("border_only", told).judged and the("weights_shuffled", told).judged


@pytest.mark.parametrize(("donors", "judged"), [(0, False), (19, False), (20, True)])
def test_without_twenty_films_of_the_guarded_finding_to_take_it_from_nothing_is_swapped_and_the_rest_is_judged(
    ask, donors: int, judged: bool
) -> None:
    truth = truth_of(N)
    truth[np.flatnonzero(truth == 0)[donors:]] = 1
    told = ask(Reader(CHEST), films(CHEST), truth=truth)
    for name in ("border_swapped", "greys_swapped"):
        assert the(name, told).judged == judged
        assert judged or "to take it from" in the(name, told).why
    assert the("mark_pasted", told).judged and the("border_only", told).judged


def test_sixteen_passes_are_enough_and_two_hundred_films_for_the_heat(ask) -> None:
    reader = Reader(CHEST)
    ask(reader, films(CHEST))
    studied = min(N, asking.MOST_STUDIED) * 4 * len(asking.faithfulness.SHARES)
    assert reader.asked - studied == N * questions.PASSES <= 16 * N


def test_every_question_has_an_answer_and_all_survive_their_json(ask) -> None:
    told = ask(Reader(CHEST), films(CHEST))
    assert tuple(each.name for each in told.shortcuts.observations) == questions.CHECKS
    assert Shortcuts.from_json(told.shortcuts.to_json()) == told.shortcuts


def test_an_answer_that_is_no_number_is_refused(ask) -> None:
    class Broken(Reader):
        def answer_prepared(self, shown: np.ndarray) -> BatchAnswer:
            return replace(super().answer_prepared(shown), scores=np.full((len(shown), C), np.nan, np.float32))

    with pytest.raises(InvalidScores, match="NaN"):
        ask(Broken(CHEST), films(CHEST))
