"""The page holds all a person needs to contest a verdict, and needs nothing beside it."""

import base64
import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from made_scores import FINDINGS, alone, between, card_of, scores_of, truth_of
from made_verdicts import floor, good_audit, good_scores

from radiographs.evaluation import comparison, release_rule, report, verdict
from radiographs.evaluation.checks.bundle import Weight
from radiographs.evaluation.report import Facts, Judged, Picture, Pictures
from radiographs.evaluation.verdict import Evidence
from radiographs.findings import Findings
from radiographs.records.cohort import Cohort, Film

RULE = release_rule.read(Path(__file__).parents[2] / "expectations" / "release.yaml")
TRUTH = truth_of(80)
PARITY = {"logits": 0.0, "heatmaps": 0.0}
WEIGHT = Weight(12.0, 8.0)
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")


def judged(*, champion: str = "6", served: int = 0, skill: float = 0.9) -> Judged:
    """A model with its verdict, compared with a champion unless that is empty."""
    scores = scores_of(TRUTH, skill)
    floors = (floor("thumbnail", 0.4, between(skill / 2 - 0.1, skill / 2, 80)),)
    card = dataclasses.replace(card_of(scores, TRUTH), floors=floors)
    old = scores_of(TRUTH, 0.5, seed=3)
    compared = comparison.compare(scores, old, TRUTH, alone(80), findings=FINDINGS, seed=0, samples=50)
    compared_or_none = compared if champion else None
    known = (good_scores(), good_audit())
    decided = verdict.decide(RULE, Evidence(card, compared_or_none, PARITY, served, *known, WEIGHT))
    return Judged("7", champion, card, compared_or_none, decided, served + 1, *known)


def facts(named_patients: int = 0, backbone: str = "MobileNetV2") -> Facts:
    """Made-up facts."""
    rows = (
        ("Fact", "Value"),
        ("Seed", "41"),
        ("Software", "keras 3"),
        ("Backbone weights at the start, SHA-256", "a3" * 32),
    )
    counts = (("Finding", "Source", "Train", "Tune", "Held-out", "All"), ("COVID", "north", "61", "12", "17", "90"))
    counts += (("All", "", "61", "12", "17", "90"),)
    return Facts(backbone, "b1" * 32, "c4" * 16, named_patients, rows, counts)


class Page(HTMLParser):
    """The words and addresses of a page; complains of a tag closed out of order."""

    VOID = ("meta", "img", "br")

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.open, self.addresses = "", [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += " " + " ".join(data.split())


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    file = tmp_path / "pictures" / "one.png"
    file.parent.mkdir()
    file.write_bytes(PNG)
    return Picture(file, "A picture of one pixel.")


def written(tmp_path: Path, model: Judged, known: Facts | None = None, pictures: tuple[Picture, ...] = ()) -> Page:
    return Page(report.write(tmp_path / "out" / "report.html", model, known or facts(), Pictures(others=pictures)))


def test_the_page_says_everything_that_was_found(tmp_path: Path, picture: Picture) -> None:
    model = judged()
    page = written(tmp_path, model, pictures=(picture,))
    text = re.sub(r"\s+", " ", page.text)
    assert not page.open
    assert "Research use only, not a medical device." in text
    for row in model.scorecard.finding_rows():
        assert row[0] in text
        for figure in row[2:]:
            assert figure in text, figure
    assert model.comparison is not None
    for name, n, words in model.comparison.as_rows():
        assert f"{name} {n} {words}" in text
    for reason in model.verdict.reasons:
        assert reason.words in text
    assert "Finding Source Train Tune Held-out All COVID north 61 12 17 90" in text
    for fact in ("version 7", "version 6", "MobileNetV2", "Seed", "41", "a3" * 32, "c4" * 16, "north", RULE.digest):
        assert fact in text, fact


def test_the_page_needs_nothing_beside_it(tmp_path: Path, picture: Picture) -> None:
    page = written(tmp_path, judged(), pictures=(picture,))
    (address,) = [each for each in page.addresses if not each.startswith("#")]
    assert base64.b64decode(address.removeprefix("data:image/png;base64,")) == PNG
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"https?://|url\(|@import|<script|<link", text)
    assert str(tmp_path) not in text
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]


def test_the_same_facts_give_the_same_page(tmp_path: Path) -> None:
    once, again = (report.write(tmp_path / f"{name}.html", judged(), facts(), Pictures()) for name in ("once", "again"))
    assert once.read_bytes() == again.read_bytes()


def test_words_from_outside_are_shown_as_words(tmp_path: Path) -> None:
    written(tmp_path, judged(), facts(backbone="<script>alert(1)</script>"))
    assert "<script" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_first_champion_is_not_compared(tmp_path: Path) -> None:
    text = written(tmp_path, judged(champion="")).text
    assert "There is no champion yet" in text
    assert "absolute criteria alone decide" in text


def test_the_summary_tells_the_failed_checks_and_only_them(tmp_path: Path) -> None:
    model = judged(champion="", served=29)
    text = written(tmp_path, model).text
    (failed,) = model.verdict.failed
    passed = next(reason for reason in model.verdict.reasons if reason.passed)
    summary = text.partition("Scorecard")[0]
    assert failed.words in summary and passed.words not in summary
    assert f"{len(model.verdict.reasons) - 1} of {len(model.verdict.reasons)} checks passed" in summary
    assert "have served 30 verdicts" in text


def test_a_verdict_without_a_failed_check_says_so(tmp_path: Path) -> None:
    model = judged(champion="")
    text = written(tmp_path, model).text
    assert f"All {len(model.verdict.reasons)} checks passed." in text
    assert "have served 1 verdict," in text


@pytest.mark.parametrize(("skill", "outcome"), [(0.9, "Promote"), (0.0, "Reject")])
def test_the_outcome_is_said_in_large(tmp_path: Path, skill: float, outcome: str) -> None:
    model = judged(champion="", skill=skill)
    assert f"MobileNetV2 {outcome} Research use" in re.sub(r"\s+", " ", written(tmp_path, model).text)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (0, "only clusters of near-duplicate films, so the intervals ignore patients and hospitals"),
        (79, "79 of 80 held-out films name their patient"),
        (80, "A group is a patient; the intervals ignore hospitals."),
    ],
)
def test_the_page_says_what_its_intervals_leave_out(tmp_path: Path, named: int, said: str) -> None:
    assert said in written(tmp_path, judged(), facts(named)).text


def test_a_figure_without_films_is_too_few_on_the_page(tmp_path: Path) -> None:
    truth = np.where(TRUTH == 3, 2, TRUTH)
    card = card_of(scores_of(truth, 0.9), truth)
    decided = verdict.decide(RULE, Evidence(card, None, PARITY, 0, good_scores(), good_audit(), WEIGHT))
    text = written(tmp_path, Judged("1", "", card, None, decided, 1)).text
    assert decided.outcome == "hold"
    assert "Viral Pneumonia" in text and "too few" in text
    assert "nan" not in text.lower().split() and "None" not in text


def film(finding: str, source: str, split: str) -> Film:
    return Film("id", finding, source, "group", split, "", "", "", "", None, "", "", "")


def test_films_are_counted_by_finding_source_and_split_in_the_order_of_the_findings() -> None:
    films = (
        film("wet", "south", "train"),
        film("dry", "south", "held_out"),
        film("wet", "north", "train"),
        film("wet", "north", "train"),
        film("wet", "north", "tune"),
    )
    assert report.cohort_counts(Cohort("digest", Findings(("wet", "dry"), "wet"), films)) == (
        ("Finding", "Source", "Train", "Tune", "Held-out", "All"),
        ("wet", "north", "2", "1", "0", "3"),
        ("wet", "south", "1", "0", "0", "1"),
        ("dry", "south", "0", "0", "1", "1"),
        ("All", "", "3", "1", "1", "5"),
    )


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({}, "found nothing beyond its limits in this one."),
        ({"border_only": between(0.5, 0.6)}, "says of this one that it failed: border only."),
        ({"border_only": between(0.05, 0.6)}, "warns of: border only."),
        (
            {"border_only": between(0.5, 0.6), "tone": between(-0.9, 0.2), "lungs_hidden": None},
            "failed: border only. It also warns of: tone. 1 of 19 questions could not be judged",
        ),
    ],
)
def test_the_first_lines_say_what_the_audit_found(tmp_path: Path, figures: dict, said: str) -> None:
    card = dataclasses.replace(card_of(scores_of(TRUTH, 0.9), TRUTH), floors=())
    audit = good_audit(**figures)
    decided = verdict.decide(RULE, Evidence(card, None, PARITY, 0, good_scores(), audit, WEIGHT))
    model = Judged("1", "", card, None, decided, 1, good_scores(), audit)
    assert said in re.sub(r"\s+", " ", written(tmp_path, model).text.partition("Scorecard")[0])
