"""A champion that nothing can be compared with is told in words, and what a bundle costs is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from radiographs import findings as packaged
from radiographs.findings import Findings
from radiographs.records import cohort as cohorts
from radiographs.records.cohort import Cohort
from tasks import evaluation
from tests import drawn_bundle

OTHERS = Findings(("COVID", "Normal"), "COVID")


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    return drawn_bundle.write(tmp_path / "champion")


@pytest.fixture
def judged_with(monkeypatch: pytest.MonkeyPatch):
    """Makes every cohort one of these findings."""

    def put(findings: Findings) -> None:
        monkeypatch.setattr(cohorts, "load", lambda folder: Cohort("digest", findings, ()))

    return put


def test_a_champion_of_the_same_findings_is_no_trouble(champion: Path, judged_with) -> None:
    judged_with(packaged.read())
    assert evaluation.trouble_with.fn(champion, "3", Path("any")) == ""


def test_a_champion_of_other_findings_cannot_be_compared_with(champion: Path, judged_with) -> None:
    judged_with(OTHERS)
    said = evaluation.trouble_with.fn(champion, "3", Path("any"))
    assert "version 3, knows other findings (COVID, Lung_Opacity" in said and "(COVID, Normal)" in said


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_champion_whose_bundle_is_gone_or_altered_says_how_to_mend_it(
    champion: Path, judged_with, harm: str, tmp_path: Path
) -> None:
    judged_with(packaged.read())
    if harm == "altered":
        sealed = json.loads((champion / "bundle.json").read_text())
        (champion / next(iter(sealed["files"]))).write_bytes(b"other")
    folder = champion if harm == "altered" else tmp_path / "gone"
    said = evaluation.trouble_with.fn(folder, "3", Path("any"))
    assert "The champion, version 3, cannot answer" in said and "radiographs rollback" in said
    assert ("was altered" in said) == (harm == "altered")


def test_a_bundle_is_weighed_in_megabytes_and_milliseconds(champion: Path) -> None:
    weight = evaluation.weigh.fn(champion, 1)
    files = sum(file.stat().st_size for file in champion.iterdir())
    assert weight.megabytes == pytest.approx(files / 1e6)
    assert 0 < weight.milliseconds < 10_000
