"""Scores that mean what they say, scores that say too much, and what chance alone makes of few films."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import C, alone, truth_of

from radiographs.evaluation import metrics, reliability
from radiographs.evaluation.metrics import JudgedFilms


def drawn(n: int, sharpened: float = 1.0, seed: int = 0, groups: list[str] | None = None) -> JudgedFilms:
    """Films whose truth is drawn by scores; the scores that are judged are those, sharpened (1 is honest)."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(n, C)) * 1.5
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (honest.cumsum(axis=1) < random.random((n, 1))).sum(axis=1).clip(0, C - 1)
    said = np.exp(logits * sharpened)
    return metrics.judge(said / said.sum(axis=1, keepdims=True), truth, groups or alone(n), n_findings=C)


def test_honest_scores_err_as_chance_does_and_boasting_ones_beyond_their_interval() -> None:
    honest, boasting = (reliability.compute(drawn(2000, by), seed=0) for by in (1.0, 2.5))
    assert honest.ece is not None and boasting.ece is not None
    assert honest.ece.estimate < 2 * honest.ece_by_chance
    assert boasting.ece.low > 2 * boasting.ece_by_chance
    assert boasting.ece.estimate > 0.1


def test_the_brier_score_is_that_of_sklearn_and_honesty_is_the_best_policy() -> None:
    from sklearn.metrics import brier_score_loss

    found = {by: reliability.compute(drawn(1500, by), seed=0).brier for by in (0.5, 1.0, 2.5)}
    films = drawn(1500)
    expected = sum(brier_score_loss(films.truth == each, films.scores[:, each]) for each in range(C))
    assert found[1.0].estimate == pytest.approx(expected)
    assert found[1.0].estimate == min(interval.estimate for interval in found.values())
    assert found[1.0].low < expected < found[1.0].high


def test_the_error_is_that_of_its_definition() -> None:
    """Two bins of two films: |0.6 + 0.7 − 1| and |0.8 + 0.9 − 2|, over four films."""
    scores = np.array([[0.6, 0.4, 0, 0], [0.7, 0.3, 0, 0], [0.8, 0.2, 0, 0], [0.9, 0.1, 0, 0]])
    films = metrics.judge(scores, np.array([0, 1, 0, 0]), alone(4), n_findings=C)
    found = reliability.compute(films, seed=0, bins=2)
    assert found.ece is not None and found.ece.estimate == pytest.approx((0.3 + 0.3) / 4)
    assert [bin.score for bin in found.bins] == pytest.approx([0.65, 0.85])
    assert [bin.right.estimate for bin in found.bins] == [0.5, 1.0]


@settings(max_examples=60, deadline=None)
@given(
    score=st.lists(st.sampled_from([0.3, 0.5, 0.5, 0.75, 0.9, 0.99]), min_size=1, max_size=60),
    bins=st.integers(1, 20),
)
def test_bins_rise_with_the_score_and_never_part_films_of_one_score(score: list[float], bins: int) -> None:
    values = np.array(score)
    place = reliability.equal_mass(values, bins)
    assert place.min() >= 0 and place.max() < bins
    for one in np.unique(values):
        assert len(set(place[values == one])) == 1
    assert (np.diff(place[np.argsort(values, kind="stable")]) >= 0).all()


def test_bins_of_different_scores_hold_as_many_films_each() -> None:
    sizes = np.bincount(reliability.equal_mass(np.random.default_rng(0).random(1000), 15))
    assert len(sizes) == 15 and sizes.max() - sizes.min() <= 1


def test_films_of_one_patient_are_worth_less() -> None:
    by_film = reliability.compute(drawn(300), seed=0)
    by_patient = reliability.compute(drawn(300, groups=[f"patient {row // 10}" for row in range(300)]), seed=0)
    assert by_film.brier is not None and by_patient.brier is not None
    assert by_patient.brier.estimate == by_film.brier.estimate
    assert reliability.compute(drawn(30, groups=["one"] * 30), seed=0).brier is None


def test_scores_all_right_and_sure_still_have_an_interval() -> None:
    films = metrics.judge(np.eye(C)[truth_of(20)], truth_of(20), alone(20), n_findings=C)
    found = reliability.compute(films, seed=0)
    assert found.ece is not None and found.ece.estimate == 0 < found.ece.high
    assert found.ece_by_chance == 0
