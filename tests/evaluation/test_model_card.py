"""The card and the checklist say what the facts say, and nothing that is not known."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_scores import between
from made_verdicts import decide, good_audit
from test_report import Page, facts, judged

from radiographs.evaluation import claim, model_card, report
from radiographs.evaluation.across_sources import Claim
from radiographs.evaluation.report import Facts, Judged, Picture, Pictures
from radiographs.evaluation.strata import Stratum

ANCHORS = re.compile(r'id="([a-z-]+)"')


def words(parts: tuple[model_card.Part, ...]) -> str:
    return " ".join(sentence for part in parts for sentence in part.sentences)


def several(known: Facts) -> Facts:
    """Every finding in two sources."""
    rows = [(finding, source, "9", "3", "3", "15") for finding in ("COVID", "Normal") for source in ("north", "south")]
    return dataclasses.replace(known, counts=(known.counts[0], *rows, ("All", "", "36", "12", "12", "60")))


def test_the_card_gives_each_figure_with_its_films_and_interval_in_both_languages() -> None:
    model = judged(champion="")
    english, french = words(model_card.english(model, facts())), words(model_card.french(model, facts()))
    balanced = model.scorecard.balanced_accuracy
    assert balanced is not None
    assert balanced.words() in english and f"{model.scorecard.n} held-out films" in english
    assert balanced.words().replace(", ", " ; ").replace(".", ",") in french
    assert "not a medical device" in english and "pas un dispositif médical" in french
    for figure in re.findall(r"(?<![\w.])[01]\.\d\d(?! \[)(?!\d)(?![,\]])", english):
        raise AssertionError(f"{figure} has no interval")


def test_what_one_source_alone_holds_is_a_limit_and_what_two_hold_is_none() -> None:
    model = judged()
    for build, said in ((model_card.english, "One source alone holds COVID"), (model_card.french, "Une seule source")):
        assert said in words(build(model, facts()))
        assert said not in words(build(model, several(facts())))


@pytest.mark.parametrize("named", [0, 80])
def test_unnamed_patients_are_a_limit_and_named_ones_are_not(named: int) -> None:
    model = judged()
    english, french = (words(build(model, facts(named))) for build in (model_card.english, model_card.french))
    assert ("do not name their patient" in english) == (named == 0)
    assert ("ne nomment pas leur patient" in french) == (named == 0)


def test_failed_checks_are_limits_and_a_promoted_model_has_none_of_them() -> None:
    held = judged(champion="", served=99)
    (failed,) = [each for each in held.verdict.reasons if each.consequence == "holds"]
    assert failed.words in words(model_card.english(held, facts()))
    assert failed.check in words(model_card.french(held, facts())) and "retenue pour une personne" in words(
        model_card.french(held, facts())
    )
    assert "contrôles" not in words(model_card.french(judged(champion=""), facts()))


def test_what_the_audit_warns_of_and_the_worst_source_and_the_worst_unseen_source_are_limits() -> None:
    model = judged(champion="")
    shown = between(0.05, 0.6)
    decided = decide(shortcuts=good_audit(border_only=shown))
    parts = [
        Stratum("Source", name, 40, 40, between(low, low + 0.1, 40), (40,), (None,))
        for name, low in (("north", 0.8), ("south", 0.4))
    ]
    claims = [
        Claim("south", "COVID", 30, between(0.8, 0.9), between(low, low + 0.1), between(0.2, 0.3), why)
        for low, why in ((0.6, ""), (0.3, "no other source holds it"))
    ]
    card = dataclasses.replace(model.scorecard, strata=tuple(parts))
    warned = dataclasses.replace(model, verdict=decided, scorecard=card, claims=tuple(claims))
    english, french = words(model_card.english(warned, facts())), words(model_card.french(warned, facts()))
    assert "Audit: border only, something is done" in english and "met en garde : Audit: border only" in french
    assert (
        "as low as 0.45 [0.40, 0.50] (source south, n=40)" in english and "0,45 [0,40 ; 0,50] (source south" in french
    )
    assert "without the source south, the head tells COVID there with an AUROC of 0.65 [0.60, 0.70]" in english
    assert "as low as" not in words(model_card.english(dataclasses.replace(warned, scorecard=model.scorecard), facts()))


def item(number: int, model: Judged, known: Facts | None = None) -> claim.Item:
    return {each.number: each for each in claim.fill(model, known or facts())}[number]


def test_all_forty_four_items_are_there_once_in_order() -> None:
    assert [each.number for each in claim.fill(judged(), facts())] == list(range(1, 45))


def test_nothing_is_claimed_whose_fact_is_missing() -> None:
    whole = judged()
    bare = dataclasses.replace(whole, shortcuts=None, comparison=None, claims=())
    assert item(30, whole).available and not item(30, bare).available
    assert item(31, whole).available and not item(31, bare).available
    assert "version 6" in item(29, whole).words and "no champion to compare with" in item(29, bare).words
    assert not item(33, bare).available
    for number in (13, 14, 15, 16, 18, 21, 34, 44):
        assert not item(number, whole).available, "a run cannot know it"


def test_every_item_has_evidence_on_the_page_or_is_not_available() -> None:
    for each in claim.fill(judged(), facts()):
        assert bool(each.evidence) == each.available, each
    bare = dataclasses.replace(facts(), rows=(("Fact", "Value"),))
    assert item(23, judged()).available and not item(23, judged(), bare).available


def test_every_piece_of_evidence_is_a_place_on_the_page(tmp_path: Path, tiny: Picture) -> None:
    excluded = (("Left out because", "Films"), ("a finding that nobody settled", "4"))
    for known in (facts(), dataclasses.replace(facts(), excluded=excluded)):
        path = report.write(tmp_path / "report.html", judged(), known, Pictures(others=(tiny,)))
        text = path.read_text(encoding="utf-8")
        places = set(ANCHORS.findall(text))
        assert {each.removeprefix("#") for each in Page(path).addresses if each.startswith("#")} <= places
        assert ("exclusions" in places) == (len(known.excluded) > 1)


@pytest.fixture
def tiny(tmp_path: Path) -> Picture:
    file = tmp_path / "one.png"
    cv2.imwrite(str(file), np.zeros((4, 4, 3), np.uint8))
    return Picture(file, "A picture.")


def test_a_page_with_the_panels_of_four_findings_stays_below_five_megabytes(tmp_path: Path) -> None:
    """Panels as drawn of real films: ten films and their heat, with the grain of a scanner."""
    panels = []
    for place in range(5):
        grain = np.random.default_rng(place).normal(0, 6, (1360, 1520, 1))
        smooth = cv2.resize(
            np.random.default_rng(place).integers(40, 200, (40, 45, 3)).astype(np.float32), (1520, 1360)
        )
        file = tmp_path / f"films-{place}.png"
        cv2.imwrite(str(file), np.clip(smooth + grain, 0, 255).astype(np.uint8))
        panels.append(Picture(file, "Films of a finding.", wide=True, photograph=True))
    path = report.write(tmp_path / "report.html", judged(), facts(), Pictures(others=panels))
    assert path.stat().st_size < 5_000_000
    assert sum(panel.file.stat().st_size for panel in panels) > 10_000_000, "the same as PNG"
