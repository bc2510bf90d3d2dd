"""`radiographs report MODEL`: by any name, from the state folder or, where it is gone, from the run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from registered import Models

from radiographs.errors import NoChampion, UnknownModel, VerdictUnreadable
from tasks import judgements, registry
from tasks.registry import RegisteredVersion
from tests.evaluation.made_scores import card_of, scores_of, truth_of

CARD = card_of(scores_of(truth_of(80), 0.9), truth_of(80))


@pytest.fixture
def written(models: Models) -> Iterator[RegisteredVersion]:
    """A champion with all three files of its report."""
    made = models.promoted()
    folder = judgements.folder_of(models.site.places, made)
    (folder / judgements.SCORECARD).write_text(CARD.to_json(), encoding="utf-8")
    (folder / judgements.REPORT).write_text("<p>page</p>", encoding="utf-8")
    yield made


def asked(models: Models, word: str) -> RegisteredVersion:
    return registry.asked_for(models.site.tracking, word)


def test_a_model_goes_by_its_alias_its_number_its_run_and_its_bundle(
    models: Models, written: RegisteredVersion
) -> None:
    other = models.add("hold")
    for word in ("champion", written.version, written.run_id, written.run_id[:8], written.bundle[:8]):
        assert asked(models, word) == written, word
    assert asked(models, other.bundle[:12]) == other


def test_what_names_no_model_is_refused_and_an_alias_that_nobody_bears_says_so(models: Models) -> None:
    with pytest.raises(NoChampion, match="no model is champion yet"):
        asked(models, "champion")
    made = models.add("hold")
    for word in ("99", made.run_id[:7], "nobody"):
        with pytest.raises(UnknownModel, match=f"registered as '{word}'"):
            asked(models, word)


def folder_on(models: Models, model: RegisteredVersion) -> Path:
    return judgements.report_on(models.site.tracking, models.site.places, model)


def test_a_report_that_is_gone_comes_back_from_the_run_and_one_that_is_there_is_left(
    models: Models, written: RegisteredVersion
) -> None:
    folder = folder_on(models, written)
    assert judgements.scorecard_in(folder) == CARD
    models.client.log_artifacts(written.run_id, str(folder), "report")
    (folder / judgements.REPORT).write_text("<p>changed</p>", encoding="utf-8")
    assert folder_on(models, written) == folder
    assert "changed" in (folder / judgements.REPORT).read_text()
    shutil.rmtree(folder)
    assert folder_on(models, written) == folder
    assert (folder / judgements.REPORT).read_text() == "<p>page</p>"
    assert judgements.scorecard_in(folder) == CARD


def test_a_model_without_a_report_anywhere_was_never_judged(models: Models) -> None:
    made = models.add("hold")  # its folder holds a verdict and no page
    with pytest.raises(VerdictUnreadable, match="never judged"):
        folder_on(models, made)


def test_a_scorecard_that_was_cut_short_is_named(models: Models, written: RegisteredVersion) -> None:
    folder = folder_on(models, written)
    (folder / judgements.SCORECARD).write_text(CARD.to_json()[:-50], encoding="utf-8")
    with pytest.raises(VerdictUnreadable, match=r"scorecard\.json cannot be read"):
        judgements.scorecard_in(folder)


def test_the_command_shows_figures_verdict_and_page(
    models: Models, written: RegisteredVersion, call, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = call("report")
    assert code == 0
    for row in CARD.as_rows()[1:]:
        assert row[0] in said and row[2] in said
    assert f"Model {written.version}, bundle {written.bundle[:12]}" in said
    assert "Verdict: promote" in said and "report.html" in said
    code, _, errors = call("report", "nobody")
    assert code == 1 and "no model is registered as 'nobody'" in errors
