"""The scorecard says what scikit-learn says, with what is not known left out."""

import json
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import FINDINGS, C, alone, card_of, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import intervals, metrics
from radiographs.evaluation.floors import Seen
from radiographs.evaluation.intervals import Groups
from radiographs.evaluation.scorecard import FIGURES, NAMES, SHORT, Knowledge, Scorecard

SEEDS = st.integers(0, 10**6)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, n=st.integers(8, 60), levels=st.sampled_from([2, 5, 1000]))
def test_weighted_auc_is_that_of_sklearn_also_with_ties(seed: int, n: int, levels: int) -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(seed)
    truth, scores = truth_of(n), rng.integers(levels, size=(n, C)) / levels
    weights = rng.integers(0, 4, size=(3, n)).astype(float)
    weights[:, :C] += 1  # each finding is in each sample
    for finding in range(C):
        found = metrics.auc(metrics.rank(scores, truth, finding), weights)
        expected = [roc_auc_score(truth == finding, scores[:, finding], sample_weight=row) for row in weights]
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_auc_is_undefined_where_a_sample_lacks_the_finding() -> None:
    ranked = metrics.rank(np.array([[0.1], [0.9]]), np.array([1, 0]), 0)
    found = metrics.auc(ranked, np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_array_equal(found, [1.0, math.nan, math.nan])


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, n=st.integers(8, 60), skill=st.floats(0, 1))
def test_figures_of_counts_are_those_of_sklearn_on_every_weighted_sample(seed: int, n: int, skill: float) -> None:
    from sklearn import metrics as sklearn

    rng, truth = np.random.default_rng(seed), truth_of(n)
    films = metrics.judge(scores_of(truth, skill, seed), truth, alone(n), n_findings=C)
    weights = rng.integers(0, 4, size=(3, n)).astype(float)
    weights[:, :C] += 1
    confusions = (weights @ metrics.group_confusions(films)).reshape(-1, C, C)
    found = metrics.count_figures(confusions)
    for row, weight in enumerate(weights):
        options = {"labels": range(C), "sample_weight": weight}
        np.testing.assert_array_equal(confusions[row], sklearn.confusion_matrix(truth, films.answers, **options))
        three = sklearn.precision_recall_fscore_support(truth, films.answers, zero_division=np.nan, **options)
        np.testing.assert_allclose(found.precision[row], three[0])
        np.testing.assert_allclose(found.sensitivity[row], three[1])
        np.testing.assert_allclose(found.f1[row], np.nan_to_num(three[2]))
        others = [sklearn.recall_score(truth != c, films.answers != c, sample_weight=weight) for c in range(C)]
        np.testing.assert_allclose(found.specificity[row], others)
        accuracy = sklearn.accuracy_score(truth, films.answers, sample_weight=weight)
        balanced = sklearn.balanced_accuracy_score(truth, films.answers, sample_weight=weight)
        np.testing.assert_allclose([found.accuracy[row], found.balanced_accuracy[row]], [accuracy, balanced])


def test_every_estimate_of_the_scorecard_is_that_of_sklearn() -> None:
    from sklearn import metrics as sklearn

    truth = truth_of(200)
    scores = scores_of(truth, 0.4)
    card, answers = card_of(scores, truth), scores.argmax(axis=1)
    assert card.accuracy.estimate == pytest.approx(sklearn.accuracy_score(truth, answers))
    assert card.balanced_accuracy.estimate == pytest.approx(sklearn.balanced_accuracy_score(truth, answers))
    for index, row in enumerate(card.findings):
        having, said = truth == index, answers == index
        assert row.n == 50
        assert row.sensitivity.estimate == pytest.approx(sklearn.recall_score(having, said))
        assert row.specificity.estimate == pytest.approx(sklearn.recall_score(~having, ~said))
        assert row.precision.estimate == pytest.approx(sklearn.precision_score(having, said))
        assert row.npv.estimate == pytest.approx(sklearn.precision_score(~having, ~said))
        assert row.f1.estimate == pytest.approx(sklearn.f1_score(having, said))
        assert row.auprc.estimate == pytest.approx(sklearn.average_precision_score(having, scores[:, index]))
        assert row.auroc.estimate == pytest.approx(sklearn.roc_auc_score(having, scores[:, index]))


def test_the_interval_of_every_area_is_that_of_sklearn_on_the_same_resamples_of_groups() -> None:
    from sklearn.metrics import roc_auc_score

    truth, names = truth_of(120), [f"patient {index // 2:03d}" for index in range(120)]
    scores = scores_of(truth, 0.4)
    weights = intervals.draw_groups(60, range(100), seed=1)[:, Groups.of(names).index]
    for index, row in enumerate(card_of(scores, truth, names).findings):
        areas = [roc_auc_score(truth == index, scores[:, index], sample_weight=drawn) for drawn in weights]
        assert (row.auroc.low, row.auroc.high) == pytest.approx(tuple(np.percentile(areas, intervals.PERCENTILES)))


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, n=st.integers(8, 60), levels=st.sampled_from([2, 5, 1000]))
def test_weighted_average_precision_is_that_of_sklearn_also_with_ties(seed: int, n: int, levels: int) -> None:
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(seed)
    truth, scores = truth_of(n), rng.integers(levels, size=(n, C)) / levels
    weights = rng.integers(0, 4, size=(3, n)).astype(float)
    weights[:, :C] += 1
    for finding in range(C):
        found = metrics.average_precision(metrics.ladder(scores, truth, finding), weights)
        expected = [average_precision_score(truth == finding, scores[:, finding], sample_weight=row) for row in weights]
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_average_precision_is_undefined_where_a_sample_lacks_the_finding() -> None:
    ladder = metrics.ladder(np.array([[0.1], [0.9]]), np.array([1, 0]), 0)
    np.testing.assert_array_equal(metrics.average_precision(ladder, np.array([[1.0, 1.0], [1.0, 0.0]])), [1, math.nan])


def test_a_share_of_films_has_wilsons_interval_on_the_films_that_its_groups_are_worth() -> None:
    """Groups of two films count half."""
    truth, names = truth_of(120), [f"patient {index // (2 * C) * C + index % C:03d}" for index in range(120)]
    scores = scores_of(truth, 0.4)
    row, answers = card_of(scores, truth, names).finding("COVID"), scores.argmax(axis=1)
    ends = intervals.wilson(float((answers[truth == 0] == 0).mean()), 15)
    assert row.sensitivity.n == 30
    assert (row.sensitivity.low, row.sensitivity.high) == pytest.approx((ends.low, ends.high))


def test_each_figure_says_how_many_films_it_was_counted_on() -> None:
    truth = truth_of(200)
    scores = scores_of(truth, 0.4)
    row = card_of(scores, truth).finding("COVID")
    said = int((scores.argmax(axis=1) == 0).sum())
    assert (row.sensitivity.n, row.specificity.n, row.precision.n, row.npv.n) == (50, 150, said, 200 - said)
    assert (row.auroc.n, row.auprc.n) == (200, 200)


def test_a_row_of_the_confusion_matrix_is_a_truth() -> None:
    scores = np.eye(C)[[1, 1, 1, 2, 3, 2]]
    card = card_of(scores, np.array([0, 0, 1, 2, 3, 0]))
    assert card.confusion == ((0, 2, 1, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))


def test_the_same_seed_gives_the_same_scorecard_and_another_seed_another() -> None:
    truth = truth_of(60)
    scores = scores_of(truth, 0.3)
    assert card_of(scores, truth, seed=5).to_json() == card_of(scores, truth, seed=5).to_json()
    one, other = (card_of(scores, truth, seed=seed).finding("COVID").auroc for seed in (5, 8))
    assert one.estimate == other.estimate and one.low != other.low


def test_the_order_of_the_films_changes_nothing() -> None:
    truth = truth_of(60)
    scores, groups = scores_of(truth, 0.3), [f"patient {index // 3}" for index in range(60)]
    order = np.random.default_rng(0).permutation(60)
    shuffled = card_of(scores[order], truth[order], [groups[index] for index in order])
    for (name, one), (_, other) in zip(card_of(scores, truth, groups).named(), shuffled.named(), strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high)), name


def test_patients_with_many_films_widen_every_proportion() -> None:
    """Films of a patient are alike in what they show and in how they are answered."""
    patients = truth_of(60)
    truth, scores = np.repeat(patients, 6), np.repeat(scores_of(patients, 0.4), 6, axis=0)
    by_patient = card_of(scores, truth, [f"patient {index // 6}" for index in range(360)], samples=400)
    by_film = card_of(scores, truth, samples=400)
    assert (by_patient.n, by_patient.n_groups, by_film.n_groups) == (360, 60, 360)
    for (name, wide), (_, narrow) in zip(by_patient.named(), by_film.named(), strict=True):
        assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low), name


def test_an_absent_finding_is_too_few_and_never_nought() -> None:
    truth = truth_of(60)
    truth[truth == 3] = 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        card = card_of(scores_of(truth, 0.8), truth)
    absent = card.finding("Viral Pneumonia")
    assert (absent.n, absent.sensitivity, absent.f1, absent.auroc) == (0, None, None, None)
    assert card.balanced_accuracy is None
    assert absent.specificity is not None and card.accuracy is not None
    assert card.as_rows()[4][:3] == ("Viral Pneumonia", "0", "too few")


def test_films_of_one_group_are_too_few_and_of_two_groups_enough() -> None:
    truth = truth_of(60)
    scores = scores_of(truth, 0.8)
    assert card_of(scores, truth, ["one patient"] * 60).accuracy is None
    one = ["one patient" if finding == 0 else name for finding, name in zip(truth, alone(60), strict=True)]
    assert card_of(scores, truth, one).finding("COVID").sensitivity is None
    one[0] = "another patient"
    assert card_of(scores, truth, one).finding("COVID").sensitivity is not None


def test_a_finding_never_answered_has_no_precision_and_a_sensitivity_of_nought() -> None:
    truth = truth_of(60)
    scores = scores_of(truth, 0.8)
    scores[:, 0] = -1
    row = card_of(scores, truth).finding("COVID")
    assert row.precision is None
    assert (row.sensitivity.estimate, row.f1.estimate) == (0, 0)
    assert row.sensitivity.high > 0.05


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_scores_that_are_no_numbers_are_refused_with_their_count(value: float) -> None:
    scores = scores_of(truth_of(8), 0.5)
    scores[3:5, 2] = value
    with pytest.raises(InvalidScores, match="NaN or infinity for 2 of 8 films"):
        card_of(scores, truth_of(8))


@pytest.mark.parametrize(
    ("scores", "truth", "said"),
    [
        (np.zeros((0, C)), np.zeros(0, int), "at least one film"),
        (np.zeros((4, C + 1)), truth_of(4), f"shape .films, {C}."),
        (np.zeros((4, C)), truth_of(3), "one true finding and one group for each of 4 films, got 3"),
        (np.zeros((4, C)), truth_of(4) + 1, "from 0 to 3"),
        (np.zeros((4, C)), truth_of(4) - 1, "from 0 to 3"),
        (np.zeros((4, C)), truth_of(4) + 0.5, "whole numbers"),
    ],
)
def test_scores_that_do_not_fit_their_truth_are_refused(scores: np.ndarray, truth: np.ndarray, said: str) -> None:
    with pytest.raises(InvalidScores, match=said):
        card_of(scores, truth)


def test_a_group_missing_for_a_film_is_refused() -> None:
    with pytest.raises(InvalidScores, match="and 7 groups"):
        card_of(np.zeros((8, C)), truth_of(8), alone(7))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 30))
def test_a_scorecard_survives_its_json(seed: int, n: int) -> None:
    truth = np.random.default_rng(seed).integers(C, size=n)
    card = card_of(scores_of(truth, 0.3, seed), truth, samples=20)
    text = card.to_json()
    assert Scorecard.from_json(text) == card
    assert "NaN" not in text and json.loads(text)["confusion"] == [list(row) for row in card.confusion]


def test_the_printed_table_has_a_row_for_each_finding_and_one_width() -> None:
    card = card_of(scores_of(truth_of(60), 0.5), truth_of(60))
    rows = card.as_rows()
    assert rows[0] == ("Finding", "n", *(NAMES[figure] for figure in SHORT))
    assert [row[0] for row in rows[1:]] == [*FINDINGS.names, "Balanced accuracy", "Accuracy"]
    assert {len(row) for row in rows} == {2 + len(SHORT)}
    assert all("[" in cell for row in rows[1:5] for cell in row[2:])
    assert {len(row) for row in card.finding_rows()} == {2 + len(FIGURES)}


def test_the_floors_stand_in_the_scorecard_its_json_and_its_flat_names() -> None:
    truth = truth_of(200)
    told = np.array([["north", "PA", ""]] * 100 + [["south", "AP", "M"]] * 100)
    thumbnails = np.random.default_rng(0).random((200, 256)).astype(np.float32)
    thumbnails[np.arange(200), truth] += 2
    seen = Seen(truth, alone(200), told, np.full((200, 3), np.nan), thumbnails)
    card = card_of(scores_of(truth, 0.8), truth, known=Knowledge(seen, seen))
    assert [floor.name for floor in card.floors] == ["majority", "source", "metadata", "thumbnail"]
    assert card.best_floor is not None and card.best_floor.name == "thumbnail"
    assert dict(card.named())["floor/thumbnail"] == card.best_floor.balanced_accuracy
    assert Scorecard.from_json(card.to_json()) == card
    assert len({len(row) for row in card.floor_table()}) == 1
    assert card_of(scores_of(truth, 0.8), truth).best_floor is None


def test_figures_have_flat_names_for_a_tracking_store() -> None:
    named = dict(card_of(scores_of(truth_of(60), 0.5), truth_of(60)).named())
    assert {"accuracy", "balanced_accuracy", "sensitivity/COVID", "auroc/Viral Pneumonia"} <= set(named)
    assert len(named) == 2 + len(FIGURES) * C
