"""One temperature makes scores honest and never worse."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import C

from radiographs.errors import InvalidScores
from radiographs.evaluation import calibration


def drawn_films(temperature: float, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are too bold by `temperature`, and findings drawn as often as the honest ones say."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(size=(n, C)) * 2
    scores = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    truth = (rng.random((n, 1)) > scores.cumsum(axis=1)).sum(axis=1).clip(max=C - 1)
    return honest * temperature, truth


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7, 4.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    logits, truth = drawn_films(temperature, 6000)
    assert calibration.fit_temperature(logits, truth) == pytest.approx(temperature, rel=0.06)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 50), scale=st.floats(0, 50))
def test_no_films_are_less_likely_after_than_before(seed: int, n: int, scale: float) -> None:
    logits, truth = drawn_films(scale, n, seed)
    fitted = calibration.fit_temperature(logits, truth)
    after = calibration.negative_log_likelihood(logits, truth, fitted)
    assert after <= calibration.negative_log_likelihood(logits, truth, 1.0)
    assert calibration.LOWEST_TEMPERATURE <= fitted <= calibration.HIGHEST_TEMPERATURE


def test_bold_logits_become_likelier() -> None:
    logits, truth = drawn_films(4.0, 500)
    fitted = calibration.fit_temperature(logits, truth)
    before = calibration.negative_log_likelihood(logits, truth, 1.0)
    assert calibration.negative_log_likelihood(logits, truth, fitted) < before - 0.3


@pytest.mark.parametrize(
    ("sign", "limit"), [(1, calibration.LOWEST_TEMPERATURE), (-1, calibration.HIGHEST_TEMPERATURE)]
)
def test_films_all_right_or_all_wrong_do_not_ask_for_endless_certainty_or_doubt(sign: int, limit: float) -> None:
    assert calibration.fit_temperature(sign * 3 * np.eye(C), np.arange(C)) == pytest.approx(limit, rel=1e-3)


def test_logits_without_a_difference_are_left_as_they_are() -> None:
    assert calibration.fit_temperature(np.zeros((5, C)), np.array([0, 1, 2, 3, 0])) == 1.0


def test_the_loss_is_that_of_sklearn() -> None:
    from scipy.special import softmax
    from sklearn.metrics import log_loss

    logits, truth = drawn_films(2.0, 50)
    expected = log_loss(truth, softmax(logits / 1.5, axis=1), labels=range(C))
    assert calibration.negative_log_likelihood(logits, truth, 1.5) == pytest.approx(expected)


def test_huge_logits_do_not_overflow() -> None:
    assert math.isfinite(calibration.fit_temperature(1e4 * np.eye(C), np.array([0, 1, 2, 0])))


@pytest.mark.parametrize(
    ("logits", "truth", "said"),
    [
        (np.full((3, C), math.nan), np.zeros(3, int), "finite"),
        (np.zeros((0, C)), np.zeros(0, int), "expected logits"),
        (np.zeros((3, C)), np.zeros(2, int), "expected logits"),
        (np.zeros((3, C)), np.array([0, 1, C]), "from 0 to 3"),
        (np.zeros((3, C)), np.array([0, 1, -1]), "from 0 to 3"),
    ],
)
def test_logits_that_cannot_be_judged_are_refused(logits: np.ndarray, truth: np.ndarray, said: str) -> None:
    with pytest.raises(InvalidScores, match=said):
        calibration.fit_temperature(logits, truth)
