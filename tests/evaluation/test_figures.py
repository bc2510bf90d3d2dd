"""Pictures show the figures they are drawn from."""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, card_of, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import figures, scorecard
from radiographs.findings import Findings

TRUTH = truth_of(80)
TWO = Findings(("Tuberculosis", "Clear"), "Tuberculosis")


@dataclass(frozen=True)
class Epoch:
    stage: str
    epoch: int
    loss: float
    accuracy: float
    tune_loss: float
    tune_accuracy: float


def epochs(*stages: str, end: float = 0.2) -> list[Epoch]:
    steps = np.linspace(1.0, end, 4)
    return [Epoch(stage, i + 1, x, 1 - x / 2, x + 0.1, 0.9 - x / 2) for stage in stages for i, x in enumerate(steps)]


def picture(file: Path) -> np.ndarray:
    """The drawn PNG in colour, which must hold more than paper."""
    pixels = cv2.imread(str(file))
    assert pixels is not None and min(pixels.shape[:2]) > 300
    assert 0.5 > (pixels < 200).any(axis=2).mean() > 0.002 or pixels.std() > 20
    return pixels


def differ(one: Path, other: Path) -> bool:
    return one.read_bytes() != other.read_bytes()


def inked(pixels: np.ndarray, rgb: tuple[int, int, int]) -> np.ndarray:
    """(rows, columns) of the pixels close to a colour."""
    return np.argwhere(np.abs(pixels.astype(int) - np.array(rgb[::-1])).max(axis=2) <= 6)


def card_of_one_cell(truth: int, answer: int) -> scorecard.Scorecard:
    found = scorecard.compute(
        np.tile(np.eye(2)[answer], (20, 1)), np.full(20, truth), alone(20),
        findings=TWO, cohort_digest="", bundle_digest="", seed=0, samples=5,
    )  # fmt: skip
    return found


def test_a_truth_answered_otherwise_darkens_its_row_and_the_column_of_the_answer(tmp_path: Path) -> None:
    places = {}
    for truth, answer in ((0, 0), (0, 1), (1, 0), (1, 1)):
        file = figures.confusion_matrix(card_of_one_cell(truth, answer), tmp_path / f"{truth}{answer}.png")
        places[truth, answer] = inked(picture(file), (0x00, 0x48, 0x6F)).mean(axis=0)
    for other in (0, 1):
        assert places[1, other][0] > places[0, other][0] + 50  # truth runs downwards
        assert places[other, 1][1] > places[other, 0][1] + 50  # answers run to the right


def test_a_confusion_matrix_changes_with_one_film(tmp_path: Path) -> None:
    scores = scores_of(TRUTH, 0.9)
    one = figures.confusion_matrix(card_of(scores, TRUTH), tmp_path / "one.png")
    same = figures.confusion_matrix(card_of(scores, TRUTH), tmp_path / "same.png")
    scores[0] = -scores[0]
    other = figures.confusion_matrix(card_of(scores, TRUTH), tmp_path / "other.png")
    picture(one)
    assert not differ(one, same) and differ(one, other)


def test_a_finding_without_films_is_drawn_in_the_matrix_without_a_warning(tmp_path: Path, recwarn: object) -> None:
    truth = np.where(TRUTH == 3, 2, TRUTH)
    picture(figures.confusion_matrix(card_of(scores_of(truth, 0.9), truth), tmp_path / "x.png"))
    assert not list(recwarn)  # type: ignore[call-overload]


def test_roc_of_a_skilled_model_runs_above_that_of_a_guessing_one(tmp_path: Path) -> None:
    heights = []
    for skill in (0.0, 0.7):
        file = figures.roc_curves(scores_of(TRUTH, skill), TRUTH, FINDINGS, tmp_path / f"{skill}.png")
        curves = inked(picture(file), (0x00, 0x72, 0xB2))
        heights.append(curves[curves[:, 1] < np.percentile(curves[:, 1], 60), 0].mean())
    assert heights[1] < heights[0] - 50


def test_roc_names_the_area_when_a_scorecard_is_given(tmp_path: Path) -> None:
    scores = scores_of(TRUTH, 0.4)
    plain = figures.roc_curves(scores, TRUTH, FINDINGS, tmp_path / "plain.png")
    named = figures.roc_curves(scores, TRUTH, FINDINGS, tmp_path / "named.png", scorecard=card_of(scores, TRUTH))
    assert differ(plain, named)


def test_roc_of_a_finding_without_films_draws_the_others(tmp_path: Path, recwarn: object) -> None:
    truth = np.where(TRUTH == 0, 1, TRUTH)
    file = figures.roc_curves(scores_of(truth, 0.4), truth, FINDINGS, tmp_path / "roc.png")
    assert len(inked(picture(file), (0xD5, 0x5E, 0x00))) > 200
    assert not list(recwarn)  # type: ignore[call-overload]


def test_roc_of_scores_that_are_no_numbers_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidScores, match="NaN"):
        figures.roc_curves(np.full((80, C), math.nan), TRUTH, FINDINGS, tmp_path / "roc.png")
    assert not list(tmp_path.iterdir())


def test_training_curves_change_with_the_figures_and_with_the_stages(tmp_path: Path) -> None:
    one = figures.training_curves(epochs("head"), tmp_path / "one.png")
    other = figures.training_curves(epochs("head", end=0.5), tmp_path / "other.png")
    staged = figures.training_curves(epochs("head", "fine-tuning"), tmp_path / "staged.png")
    assert picture(one).shape[1] > picture(one).shape[0]
    assert differ(one, other) and differ(one, staged)


def test_one_epoch_is_enough_for_a_curve_and_none_is_refused(tmp_path: Path) -> None:
    picture(figures.training_curves(epochs("head")[:1], tmp_path / "one.png"))
    with pytest.raises(InvalidScores, match="at least one epoch"):
        figures.training_curves([], tmp_path / "none.png")


def panel(file: Path, bgr: tuple[int, int, int], n: int = 3, title: str = "film") -> Path:
    films = [np.full((90, 70), 128, np.uint8)] * n
    return figures.heatmap_panel(films, [np.full((90, 70, 3), bgr, np.uint8)] * n, [title] * n, file)


def test_the_panel_shows_overlays_in_their_true_colours_beneath_their_films(tmp_path: Path) -> None:
    pixels = picture(panel(tmp_path / "panel.png", (10, 20, 240)))  # OpenCV's order: a red overlay
    red, grey = inked(pixels, (240, 20, 10)), inked(pixels, (128, 128, 128))
    assert min(len(red), len(grey)) > 3000
    assert red[:, 0].min() > grey[:, 0].max()
    assert not len(inked(pixels, (10, 20, 240)))


def test_the_panel_changes_with_its_pictures_and_titles(tmp_path: Path) -> None:
    one = panel(tmp_path / "one.png", (10, 20, 240))
    assert differ(one, panel(tmp_path / "colour.png", (10, 240, 20)))
    assert differ(one, panel(tmp_path / "title.png", (10, 20, 240), title="other"))


def test_the_panel_starts_a_new_row_after_five_films(tmp_path: Path) -> None:
    five, six = (picture(panel(tmp_path / f"{n}.png", (10, 20, 240), n)) for n in (5, 6))
    assert six.shape[0] > 1.8 * five.shape[0]
    assert abs(six.shape[1] - five.shape[1]) < 0.1 * five.shape[1]


def test_a_title_with_dollar_signs_is_words_and_no_formula(tmp_path: Path) -> None:
    picture(panel(tmp_path / "panel.png", (10, 20, 240), title=r"film $\frac$.png"))


@pytest.mark.parametrize(("films", "overlays", "titles"), [(0, 0, 0), (2, 1, 2), (2, 2, 1)])
def test_a_panel_with_something_missing_is_refused(tmp_path: Path, films: int, overlays: int, titles: int) -> None:
    film = np.zeros((8, 8), np.uint8)
    with pytest.raises(InvalidScores, match=f"{films} films, {overlays} overlays, {titles} titles"):
        figures.heatmap_panel(
            [film] * films, [np.dstack([film] * 3)] * overlays, ["film"] * titles, tmp_path / "panel.png"
        )


def test_drawing_leaves_one_whole_file_and_matplotlib_as_it_was(tmp_path: Path) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    figures.training_curves(epochs("head"), tmp_path / "new folder" / "curves.png")
    assert [file.name for file in (tmp_path / "new folder").iterdir()] == ["curves.png"]
    assert dict(matplotlib.rcParams) == before
