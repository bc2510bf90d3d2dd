"""A leaderboard orders networks, and says what it cannot tell apart."""

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_scores import FINDINGS, alone, between, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import contest_result, leaderboard, leaderboard_figures, leaderboard_page, pareto
from radiographs.evaluation.contest_result import ContestResult, Cost
from radiographs.evaluation.leaderboard import Judges, Leaderboard
from radiographs.evaluation.leaderboard_page import Described, Failure
from radiographs.evaluation.pareto import Point

TRUTH = truth_of(240)
HALF = ["north" if index % 2 else "south" for index in range(240)]


def result(skill: float, seed: int = 0, latency_ms: float = 5.0, file_mb: float = 9.0) -> ContestResult:
    return ContestResult(scores_of(TRUTH, skill, seed), (3, 4), Cost(1_000_000, file_mb, latency_ms, 12.0))


def board_of(*named: tuple[str, ContestResult], sources: list[str] = HALF) -> Leaderboard:
    judges = Judges(FINDINGS, TRUTH, alone(240), sources, seed=0, samples=100)
    return leaderboard.compute([name for name, _ in named], [one for _, one in named], judges)


def three() -> Leaderboard:
    """A best network, one that is its equal, and one far behind."""
    return board_of(
        ("weak", result(0.1, 5, 1.0, 1.0)), ("strong", result(0.8, 1, 9.0, 30.0)), ("level", result(0.78, 2, 3.0, 9.0))
    )


def test_the_best_comes_first_and_the_others_by_their_scores() -> None:
    board = three()
    found = [row.balanced_accuracy.estimate for row in board.standings]
    assert found == sorted(found, reverse=True)
    assert board.standings[-1].name == "weak"
    assert board.standings[0].difference is None and board.standings[0].p is None


def test_noise_is_called_noise_and_a_difference_a_difference() -> None:
    best, level, weak = three().standings
    assert level.within_noise and "within noise of the best" in level.verdict
    assert not weak.within_noise and weak.verdict == "behind the best (p < 0.001)"
    assert weak.difference is not None and weak.difference.high < 0
    assert best.verdict == "best here"


def test_the_headline_says_who_leads_and_who_cannot_be_told_from_it() -> None:
    best, level, _ = three().standings
    assert three().headline == f"{best.name} leads, {level.name} within noise"
    assert board_of(("one", result(0.5)), ("same", result(0.5))).headline.startswith("No network is better")
    assert board_of(("one", result(0.5))).headline == "one alone was run"
    assert board_of(("good", result(0.9)), ("bad", result(0.0, 3))).headline == "good leads"


def test_names_that_hold_commas_can_be_told_apart_in_the_headline() -> None:
    board = board_of(
        ("a, 1", result(0.9)), *((f"a, {n}", result(0.89, n)) for n in (2, 3, 4)), ("a, 5", result(0.0, 5))
    )
    first, *level, _ = (row.name for row in board.standings)
    assert board.headline == f"{first} leads, {level[0]}; {level[1]}; and {level[2]} within noise"


def test_the_advice_is_the_fastest_that_cannot_be_told_from_the_best() -> None:
    slow, fast, bad = result(0.8, 1, latency_ms=8), result(0.78, 2, latency_ms=2), result(0.0, 3, latency_ms=1)
    board = board_of(("slow", slow), ("fast", fast), ("bad", bad))
    assert [row.name for row in board.standings] == ["slow", "fast", "bad"]
    assert board.advice.startswith("fast cannot be told from the best")
    assert "4.0 times as fast (2.0 against 8.0 ms" in board.advice


def test_a_rule_that_sees_only_sources_is_held_against_every_network() -> None:
    telling = [FINDINGS.names[finding] for finding in TRUTH]
    assert three().source_rule == pytest.approx(0.5)  # each source holds two of the four findings
    board = board_of(("strong", result(0.8)), sources=telling)
    assert board.source_rule == 1.0
    assert "Not shown to be better than it: strong" in board.against_sources


def test_the_source_rule_gives_each_finding_the_same_say() -> None:
    truth = np.array([0] * 90 + [1] * 10 + [2, 2, 3, 3])
    sources = ["a"] * 90 + ["a"] * 10 + ["b"] * 4
    judges = Judges(FINDINGS, truth, alone(104), sources)
    assert leaderboard.source_rule(judges) == pytest.approx((1 + 0 + 1 + 0) / 4)


def test_two_lists_of_other_lengths_are_refused() -> None:
    with pytest.raises(InvalidScores, match="each with a name"):
        leaderboard.compute([], [], Judges(FINDINGS, TRUTH, alone(240), HALF))


def test_a_result_comes_back_as_it_was_kept_and_a_broken_one_is_none(tmp_path: Path) -> None:
    kept = result(0.5)
    kept.save(tmp_path / "deep" / "r.npz")
    found = contest_result.found(tmp_path / "deep" / "r.npz")
    assert found is not None and np.array_equal(found.scores, kept.scores)
    assert (found.best_epochs, found.cost) == (kept.best_epochs, kept.cost)
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    assert contest_result.found(tmp_path / "broken.npz") is None
    assert contest_result.found(tmp_path / "absent.npz") is None


def test_the_front_holds_what_no_other_beats_in_all_three() -> None:
    points = [
        Point("slow and best", between(0.8, 0.9), 9, 30),
        Point("fast", between(0.7, 0.8), 1, 2),
        Point("beaten", between(0.6, 0.7), 2, 3),
        Point("small", between(0.5, 0.6), 3, 1),
        Point("equal to fast", between(0.7, 0.8), 1, 2),
    ]
    assert pareto.front(points) == (True, True, False, True, True)


def test_the_pareto_picture_fills_what_is_not_beaten_only(tmp_path: Path) -> None:
    def blue(*points: Point) -> int:
        pixels = cv2.imread(str(pareto.draw(points, "Score", tmp_path / f"{len(points)}.png")))
        return int((np.abs(pixels.astype(int) - (0xB2, 0x72, 0x00)).max(axis=2) <= 6).sum())

    good, beaten = Point("good", between(0.8, 0.9), 1, 30), Point("beaten", between(0.6, 0.7), 9, 30)
    other = Point("other", between(0.6, 0.7), 0.1, 30)
    assert 0 < blue(good, beaten) < blue(good, other, dataclasses.replace(beaten, name="b")) * 0.7


def described(board: Leaderboard, *failures: Failure) -> Described:
    varied = {row.name: ("LeNet-5", (("epochs", str(place + 1)),)) for place, row in enumerate(board.standings)}
    counts = (("Source", *FINDINGS.names, "All"), ("north", "1", "2", "3", "4", "10"))
    return Described("d1" * 8, "c0" * 16, FINDINGS.names, varied, (("Seed", "41"),), counts, failures)


def test_the_page_holds_every_figure_and_needs_nothing_beside_it(tmp_path: Path) -> None:
    board = three()
    page = leaderboard_page.write(tmp_path, board, described(board, Failure("gone", "no <file> of it")))
    text = page.read_text(encoding="utf-8")
    for row in board.standings:
        for cell in leaderboard_page.cells(row):
            assert cell.replace("<", "&lt;") in text
    assert board.headline in text and board.advice in text and "Research use only" in text
    assert "no &lt;file&gt; of it" in text
    assert 'src="data:image/png' in text and 'src="standings' not in text
    assert json.loads((tmp_path / "leaderboard.json").read_text())["headline"] == board.headline


def test_a_study_joins_the_networks_that_differ_in_one_number_by_its_value() -> None:
    board = three()
    (line,) = leaderboard_page.study(board, described(board), "epochs")
    assert line.values == (1.0, 2.0, 3.0)
    assert line.scores == tuple(row.balanced_accuracy for row in board.standings)
    assert leaderboard_page.study(board, described(board), "films") == ()


def test_networks_that_differ_in_something_else_too_are_not_joined() -> None:
    board = three()
    names = [row.name for row in board.standings]
    varied = {
        name: ("LeNet-5", (("epochs", epochs), ("lungs", lungs)))
        for name, epochs, lungs in zip(names, "121", ("all", "all", "lung"), strict=True)
    }
    lines = leaderboard_page.study(board, dataclasses.replace(described(board), varied=varied), "epochs")
    assert [(line.name, line.values) for line in lines] == [("LeNet-5, lungs all", (1.0, 2.0))]


def test_one_value_is_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(InvalidScores, match="at least two values"):
        leaderboard_figures.varied(
            [leaderboard_figures.Line("a", (1,), (between(0, 1),))], "Epochs", tmp_path / "x.png"
        )
