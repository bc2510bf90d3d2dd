"""What an honest classifier and a cheat come to when films are changed on purpose."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.errors import InvalidScores
from radiographs.evaluation.audits import judging
from radiographs.evaluation.audits.judging import FEWEST_FILMS
from radiographs.evaluation.audits.observations import Films, Observation, Question
from tests.evaluation.made_scores import FINDINGS, C, alone, scores_of, truth_of

BLINDS = Question("border_only", "all but the border blacked out", "blinds")
SPARES = Question("tone", "another tone curve", "spares")
LURES = Question("mark_pasted", "a letter", "lures")


def films(n: int = 400, skill: float = 0.8, truth: np.ndarray | None = None) -> Films:
    truth = truth_of(n) if truth is None else truth
    return Films(scores_of(truth, skill), truth, alone(len(truth)))


def observed(question: Question, changed: np.ndarray, shown: Films | None = None) -> Observation:
    return judging.observe(question, shown or films(), changed, FINDINGS, seed=0)


def test_who_still_knows_when_blinded_is_far_above_chance_and_an_honest_one_is_not() -> None:
    cheat, honest = (observed(BLINDS, scores_of(truth_of(400), skill, seed=5)) for skill in (0.8, 0.0))
    assert cheat.figure is not None and honest.figure is not None
    assert cheat.figure.low > 0.45 and cheat.chance == 0.25
    assert honest.figure.low < 0 < honest.figure.high
    assert "the 0.25 of a constant answer" in cheat.meaning


def test_what_a_harmless_change_costs_is_measured_against_the_same_films() -> None:
    shown = films()
    nothing, much = observed(SPARES, shown.scores, shown), observed(SPARES, scores_of(shown.truth, 0.2, 5), shown)
    assert nothing.figure is not None and nothing.figure.estimate == 0
    assert nothing.figure.low < 0 < nothing.figure.high, "never an interval without a width"
    assert much.figure is not None and much.figure.high < -0.1
    right = (
        (np.argmax(shown.scores, 1) == shown.truth).mean(),
        (scores_of(shown.truth, 0.2, 5).argmax(1) == shown.truth),
    )
    assert much.figure.estimate == pytest.approx(right[1].mean() - right[0])


def test_a_mark_that_draws_films_to_the_guarded_finding_is_seen_and_one_that_draws_its_own_films_is_not() -> None:
    shown = films()
    drawn, own = shown.scores.copy(), shown.scores.copy()
    others, guarded = np.flatnonzero(shown.truth != 0), np.flatnonzero(shown.truth == 0)
    drawn[others[:90], 0] = 9
    own[guarded, 0] = 9
    lured, kept = observed(LURES, drawn, shown), observed(LURES, own, shown)
    before = (shown.scores[others].argmax(1) == 0).mean()
    assert lured.figure is not None and kept.figure is not None
    assert lured.figure.estimate == pytest.approx((drawn[others].argmax(1) == 0).mean() - before)
    assert lured.figure.low > 0.2
    assert kept.figure.estimate == 0
    assert FINDINGS.guarded in lured.meaning


@pytest.mark.parametrize("second", [FEWEST_FILMS - 1, FEWEST_FILMS])
def test_one_finding_alone_is_not_judged_and_the_twentieth_film_of_a_second_makes_it_so(second: int) -> None:
    truth = np.array([0] * 261 + [2] * second)
    shown = films(truth=truth)
    found = observed(BLINDS, shown.scores, shown)
    assert found.judged == (second == FEWEST_FILMS)
    if not found.judged:
        assert "COVID 261" in found.why and "Normal 19" in found.why and "constant answer would pass" in found.why
        assert found.as_row()[3] == "not judged"
    else:
        assert found.findings == ("COVID", "Normal") and found.chance == 0.5 and found.n == 281


def test_a_constant_answer_gets_the_chance_that_is_stated() -> None:
    truth = np.array([0] * 261 + [2] * 30 + [3] * 5)
    shown = films(truth=truth)
    constant = np.tile(np.eye(C)[0], (len(truth), 1))
    found = observed(BLINDS, constant, shown)
    assert found.figure is not None and found.figure.estimate == 0 and found.chance == 0.5
    assert found.n == 291, "films of a finding with too few of them have no say"


def test_luring_needs_films_without_the_guarded_finding() -> None:
    truth = np.array([0] * 30 + [1] * 19 + [2] * 19)
    assert not observed(LURES, films(truth=truth).scores, films(truth=truth)).judged


def test_films_of_a_patient_count_as_one() -> None:
    patients = truth_of(100)
    truth = np.repeat(patients, 4)
    scores = np.repeat(scores_of(patients, 0.3), 4, axis=0)
    by_film = observed(BLINDS, scores, Films(scores, truth, alone(400)))
    by_patient = observed(BLINDS, scores, Films(scores, truth, [f"p{row // 4}" for row in range(400)]))
    assert by_film.figure is not None and by_patient.figure is not None
    wide, narrow = (one.figure.high - one.figure.low for one in (by_patient, by_film))
    assert wide > 1.5 * narrow


def test_scores_of_other_films_or_no_numbers_are_refused() -> None:
    with pytest.raises(InvalidScores, match="same films"):
        observed(SPARES, np.zeros((3, C)))
    broken = films().scores.copy()
    broken[0, 0] = np.nan
    with pytest.raises(InvalidScores, match="NaN"):
        observed(SPARES, broken)


def test_an_observation_survives_its_json() -> None:
    for question in (BLINDS, SPARES, LURES):
        found = observed(question, films().scores)
        assert Observation.from_dict(found.as_dict()) == found
    few = films(truth=np.array([0] * 30))
    assert Observation.from_dict(observed(BLINDS, few.scores, few).as_dict()).why


@pytest.mark.parametrize(("n_groups", "is_judged"), [(9, False), (10, True)])
def test_films_of_nine_groups_are_not_judged_however_many_and_those_of_ten_are(n_groups: int, is_judged: bool) -> None:
    truth = np.array([0] * 60 + [2] * 60)
    groups = [f"a{row % n_groups}" for row in range(60)] + alone(60)
    shown = Films(scores_of(truth, 0.8), truth, groups)
    found = judging.observe(BLINDS, shown, shown.scores, FINDINGS, seed=0)
    assert found.judged == is_judged
    assert is_judged or "in 10 groups" in found.why


def test_a_lure_counts_the_films_without_the_guarded_finding_alone() -> None:
    assert observed(LURES, films().scores, films()).n == 300
