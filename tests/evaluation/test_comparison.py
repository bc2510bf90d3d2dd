"""Two models are compared on the same films, and a difference is only what the films prove."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import FINDINGS, C, alone, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import comparison
from radiographs.evaluation.comparison import COMPARED, Comparison

SAMPLES = 200


def compared(new: np.ndarray, old: np.ndarray, truth: np.ndarray, groups: list[str] | None = None) -> Comparison:
    names = alone(len(truth)) if groups is None else groups
    return comparison.compare(new, old, truth, names, findings=FINDINGS, seed=2, samples=SAMPLES)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 80), skill=st.floats(0, 1))
def test_a_model_against_itself_gains_and_loses_nothing_and_is_not_proven_either_way(
    seed: int, n: int, skill: float
) -> None:
    truth = truth_of(n)
    scores = scores_of(truth, skill, seed)
    found = compared(scores, scores.copy(), truth)
    assert (found.gained, found.lost) == (0, 0)
    for name in COMPARED:
        difference = getattr(found, name)
        assert difference.estimate == 0 and difference.low < 0 < difference.high, name


def test_a_clearly_better_model_is_proven_better() -> None:
    truth = truth_of(400)
    found = compared(scores_of(truth, 0.8, seed=1), scores_of(truth, 0.2, seed=2), truth)
    assert all(getattr(found, name).low > 0 for name in COMPARED)
    assert found.gained > 5 * found.lost


def test_a_clearly_worse_model_is_proven_worse() -> None:
    truth = truth_of(400)
    found = compared(scores_of(truth, 0.2, seed=2), scores_of(truth, 0.8, seed=1), truth)
    assert all(getattr(found, name).high < 0 for name in COMPARED)


def test_models_of_equal_skill_are_not_told_apart() -> None:
    truth = truth_of(400)
    apart = 0
    for seed in range(10):
        found = compared(scores_of(truth, 0.5, seed), scores_of(truth, 0.5, seed + 100), truth)
        apart += int(found.accuracy.low > 0 or found.accuracy.high < 0)
    assert apart <= 2


def test_differences_are_those_of_the_two_models_figures() -> None:
    from sklearn import metrics as sklearn

    truth = truth_of(200)
    new, old = scores_of(truth, 0.6, seed=1), scores_of(truth, 0.4, seed=2)
    found, a, b = compared(new, old, truth), new.argmax(axis=1), old.argmax(axis=1)
    for name, figure in (
        ("accuracy", sklearn.accuracy_score),
        ("balanced_accuracy", sklearn.balanced_accuracy_score),
        ("guarded_sensitivity", lambda t, y: sklearn.recall_score(t == 0, y == 0)),
        ("guarded_specificity", lambda t, y: sklearn.recall_score(t != 0, y != 0)),
    ):
        assert getattr(found, name).estimate == pytest.approx(figure(truth, a) - figure(truth, b)), name
    assert found.gained - found.lost == round(found.accuracy.estimate * 200)
    assert (found.guarded_sensitivity.n, found.guarded_specificity.n, found.accuracy.n) == (50, 150, 200)


def test_pairing_is_what_makes_a_small_difference_visible() -> None:
    """A challenger that mends 20 of the champion's mistakes: shuffling the pairs would drown it."""
    truth = truth_of(400)
    old = scores_of(truth, 0.5, seed=1)
    new = old.copy()
    wrong = np.flatnonzero(old.argmax(axis=1) != truth)[:20]
    new[wrong] = np.eye(C)[truth[wrong]] * 9
    found = compared(new, old, truth).accuracy
    assert found.low > 0 and found.high - found.low < 0.08


def test_a_loss_that_no_film_showed_is_not_ruled_out() -> None:
    """One film gained of 40: resampling alone would never draw a loss, and would end at 0 or above."""
    truth = truth_of(40)
    old = np.eye(C)[truth]
    old[0] = old[1]
    found = compared(np.eye(C)[truth], old, truth)
    assert (found.gained, found.lost) == (1, 0)
    assert found.accuracy.low < -0.02
    assert found.guarded_sensitivity.low < -0.05


def test_copies_of_films_in_their_groups_do_not_narrow_a_difference() -> None:
    truth = truth_of(80)
    new, old, groups = scores_of(truth, 0.6, seed=1), scores_of(truth, 0.4, seed=2), alone(80)
    once = compared(new, old, truth, groups)
    copied = compared(np.tile(new, (4, 1)), np.tile(old, (4, 1)), np.tile(truth, 4), groups * 4)
    for name in COMPARED:
        one, other = getattr(once, name), getattr(copied, name)
        assert (other.low, other.high) == pytest.approx((one.low, one.high)), name


def test_swapping_the_models_swaps_the_sign() -> None:
    truth = truth_of(120)
    new, old = scores_of(truth, 0.6, seed=1), scores_of(truth, 0.4, seed=2)
    forward, backward = compared(new, old, truth), compared(old, new, truth)
    assert (forward.gained, forward.lost) == (backward.lost, backward.gained)
    for name in COMPARED:
        one, other = getattr(forward, name), getattr(backward, name)
        assert (-other.high, -other.estimate, -other.low) == pytest.approx((one.low, one.estimate, one.high)), name


def test_the_seed_decides_the_comparison() -> None:
    truth = truth_of(120)
    new, old = scores_of(truth, 0.6, seed=1), scores_of(truth, 0.4, seed=2)
    assert compared(new, old, truth) == compared(new, old, truth)


def test_a_finding_without_films_is_too_few_and_never_no_difference() -> None:
    truth = truth_of(60)
    truth[truth == 0] = 1
    found = compared(scores_of(truth, 0.6, seed=1), scores_of(truth, 0.4, seed=2), truth)
    assert found.guarded_sensitivity is None and found.balanced_accuracy is None
    assert found.accuracy is not None and found.guarded_specificity is not None
    assert ("COVID sensitivity", "", "too few") in found.as_rows()


def test_every_difference_is_printed_with_its_sign() -> None:
    truth = truth_of(400)
    rows = compared(scores_of(truth, 0.8, seed=1), scores_of(truth, 0.2, seed=2), truth).as_rows()
    assert [row[0] for row in rows] == ["Balanced accuracy", "Accuracy", "COVID sensitivity", "COVID specificity"]
    assert all(row[2].startswith("+0.") and "[+0." in row[2] for row in rows)


def test_the_json_holds_null_for_what_is_missing() -> None:
    truth = truth_of(60)
    truth[truth == 0] = 1
    found = compared(scores_of(truth, 0.6), scores_of(truth, 0.4), truth)
    content = json.loads(found.to_json())
    assert content["guarded_sensitivity"] is None
    assert content["accuracy"] == found.accuracy.as_dict()


def test_answers_of_other_films_are_refused() -> None:
    with pytest.raises(InvalidScores, match=r"\(8, 4\) and \(7, 4\)"):
        compared(np.zeros((8, C)), np.zeros((7, C)), truth_of(8))


@pytest.mark.parametrize("which", [0, 1])
def test_a_score_that_is_no_number_is_refused_in_either_model(which: int) -> None:
    both = [scores_of(truth_of(8), 0.5), scores_of(truth_of(8), 0.5)]
    both[which][0, 0] = math.nan
    with pytest.raises(InvalidScores, match="NaN or infinity for 1 of 8"):
        compared(*both, truth_of(8))


def test_each_part_is_compared_by_itself_and_what_is_not_known_is_no_part() -> None:
    truth = truth_of(400)
    old = scores_of(truth, 0.9)
    new = old.copy()
    worse = np.arange(0, 200, 4)  # a quarter of the north, wholly of one finding
    new[worse] = np.roll(new[worse], 1, axis=1)
    parts = {"Source": ["north"] * 200 + ["south"] * 150 + ["unknown"] * 50}
    found = comparison.compare(new, old, truth, alone(400), findings=FINDINGS, seed=0, samples=200, parts=parts)
    north, south = found.parts
    assert (north.kind, north.value, north.n) == ("Source", "north", 200) and (south.value, south.n) == ("south", 150)
    assert north.accuracy is not None and south.accuracy is not None
    assert north.accuracy.high < -0.1 and south.accuracy.low < 0 == south.accuracy.estimate
    assert found.part_table()[1][:3] == ("Source", "north", "200")
    assert json.loads(found.to_json())["parts"][1]["value"] == "south"


def test_mcnemar_takes_one_film_of_each_group() -> None:
    truth = np.zeros(40, int)
    groups = [f"g{row // 4}" for row in range(40)]  # ten groups of four
    new, old = np.tile(np.eye(C)[0], (40, 1)), np.tile(np.eye(C)[0], (40, 1))
    old[:36] = np.eye(C)[1]  # the champion is wrong on nine groups
    found = comparison.compare(new, old, truth, groups, findings=FINDINGS, seed=0, samples=50).mcnemar
    assert found is not None
    assert (found.n, found.gained, found.lost) == (10, 9, 0)
    assert found.p == pytest.approx(2 * 0.5**9)
    even = comparison.compare(new, new, truth, groups, findings=FINDINGS, seed=0, samples=50).mcnemar
    assert even is not None and even.p == 1 and even.gained == even.lost == 0
