"""The loop as a whole: what one retrain leaves behind, and what a second one does and does not do again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from radiographs import settings
from radiographs.errors import (
    BatchRefused,
    CohortRejected,
    InvalidReleaseRule,
    TrackingUnavailable,
    WeightsUnavailable,
)
from radiographs.imaging import overlays, phantom_batches, phantoms
from radiographs.imaging.phantoms import Shortcut
from radiographs.network.heads import HeadSettings
from radiographs.network.recipe import SearchSettings
from radiographs.network.tuning import Trial
from radiographs.records import cohort as cohorts
from radiographs.records import model_moves
from radiographs.records.catalogue import Catalogue
from tasks import packaging
from tasks.tracking import Tracking, TrialRuns
from tests.conftest import NAMES, PROJECT, QUICK, Loop, lenient, point_at


@pytest.fixture
def client(loop: Loop):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=settings.read().tracking_address)


def test_the_first_batch_ends_in_a_champion_that_every_record_names_alike(loop: Loop, client) -> None:
    promotion = loop.outcome.promotion
    pointer = json.loads((loop.home / "champion.json").read_text())
    champion = client.get_model_version_by_alias("radiographs", "champion")
    assert promotion.proof.verdict.outcome == "promote", promotion.proof.verdict.reasons
    assert pointer["version"] == str(champion.version) == promotion.version
    assert (loop.home / pointer["bundle"]).resolve() == promotion.bundle.resolve()
    assert champion.tags["bundle"] == promotion.bundle.name
    assert champion.tags["bento"] == promotion.bento
    assert champion.tags["cohort"] == loop.outcome.cohort.name
    assert champion.tags["verdict"] == "promote"
    assert Path(champion.tags["report"]).is_file()
    with Catalogue.open(settings.read().catalogue_address) as catalogue:
        first = model_moves.list_moves(catalogue)[0]
    assert (first.action, first.version, first.previous_version) == ("promoted", promotion.version, "")
    assert (first.by, first.verdict, first.bundle) == ("release rule", "promote", promotion.bundle.name)
    for link in (promotion.bento, loop.outcome.cohort.name, champion.tags["report"]):
        assert link in champion.description


def test_spoiled_films_are_quarantined_and_the_others_admitted(loop: Loop) -> None:
    admission = loop.outcome.admission
    assert admission.admitted == loop.films
    assert admission.quarantined > 0
    assert admission.quarantined + admission.known == loop.spoiled
    assert sum(count for _, count in admission.reasons) == admission.quarantined


def test_the_run_holds_parameters_curves_cohort_and_figures(loop: Loop, client) -> None:
    run = client.get_run(loop.outcome.promotion.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["backbone"] == "LeNet-5"
    assert run.data.params["cohort"] == loop.outcome.cohort.name
    epochs = client.get_metric_history(run.info.run_id, "from_scratch/loss")
    assert 1 <= len(epochs) <= QUICK["epochs"]
    assert [metric.step for metric in client.get_metric_history(run.info.run_id, "from_scratch/tune_loss")] == list(
        range(len(epochs))
    )
    assert run.inputs.dataset_inputs[0].dataset.digest == loop.outcome.cohort.name[:36]
    assert 0 < run.data.metrics["system/cpu_utilization_percentage"] <= 100
    assert run.data.metrics["system/system_memory_usage_megabytes"] > 0
    balanced = loop.outcome.promotion.proof.scorecard.balanced_accuracy
    assert run.data.metrics["balanced_accuracy"] == pytest.approx(balanced.estimate)
    assert run.data.metrics["balanced_accuracy_low"] == pytest.approx(balanced.low)
    attached = {file.path for file in client.list_artifacts(run.info.run_id, "report")}
    assert {"report/report.html", "report/scorecard.json", "report/roc.png", "report/confusion.png"} <= attached
    assert {"report/films-1.png", "report/films-2.png", "report/search-heads.png"} <= attached


def test_the_search_is_the_settings_own_where_a_retrain_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import recipes

    for name, value in {"SEARCH": "bayesian", "TRIALS": "7", "FOLDS": "2", "FINE_TRIALS": "3"}.items():
        monkeypatch.setenv(f"RADIOGRAPHS_{name}", value)
    chosen = settings.read()
    assert recipes.searches(chosen, None, None, None, None) == SearchSettings("bayesian", 7, 2, 3)
    assert recipes.searches(chosen, "hyperband", 1, 1, 0) == SearchSettings("hyperband", 1, 1, 0)


def trial_runs(client, parent: str) -> list:
    return client.search_runs(["1"], f"tags.`mlflow.parentRunId` = '{parent}'")


def test_each_trial_of_the_search_is_a_run_under_the_retrains(loop: Loop, client) -> None:
    runs = trial_runs(client, loop.outcome.promotion.run_id)
    assert len(runs) == QUICK["trials"]
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert all({"tune_loss", "tune_accuracy", "seconds"} == run.data.metrics.keys() for run in runs)
    searched = {"units", "dropout", "l2", "learning_rate", "label_smoothing", "epochs"}
    assert all(run.data.params.keys() == searched for run in runs)
    assert len({run.data.params["learning_rate"] for run in runs}) == QUICK["trials"]


def test_a_search_that_goes_on_takes_over_the_runs_of_its_trials_and_a_finished_retrain_keeps_its_own(
    loop: Loop, client
) -> None:
    trials = [Trial(HeadSettings(l2=l2), 0.5, 0.9, epochs=3) for l2 in (1e-5, 1e-4, 1e-3)]
    killed, going_on, again = (client.create_run("1").info.run_id for _ in range(3))

    def log(parent: str, count: int, training: str = "one") -> int:
        tracked = Tracking(settings.read().tracking_address, loop.home / "mlflow" / "artifacts")
        for trial in trials[:count]:
            TrialRuns(tracked, parent, "head", training).log(trial)
        return len(trial_runs(client, parent))

    assert log(killed, 2) == 2
    assert log(going_on, 3) == log(going_on, 3) == 3
    assert trial_runs(client, killed) == []
    assert log(killed, 2, "another recipe") == 2
    client.set_terminated(going_on)
    assert log(again, 3) == len(trial_runs(client, going_on)) == 3


def test_nothing_new_trains_nothing_and_names_the_run_that_stands(loop: Loop, client) -> None:
    from flows.retrain import retrain

    before = {path: path.stat().st_mtime_ns for path in (loop.home / "stores").rglob("*.npy")}
    again = retrain(inbox=loop.inbox, **QUICK)
    assert again.promotion is None
    assert again.record.run_id == loop.outcome.promotion.run_id
    assert again.admission.admitted == 0
    assert {path: path.stat().st_mtime_ns for path in (loop.home / "stores").rglob("*.npy")} == before
    assert len(client.search_model_versions("name='radiographs'")) == 1


def test_the_registered_champion_scores_raw_films_of_any_size_as_its_bundle_does(loop: Loop) -> None:
    import mlflow
    import numpy as np

    from radiographs.imaging import phantoms
    from radiographs.runtime.bundle import Bundle

    mlflow.set_tracking_uri(settings.read().tracking_address)
    champion = mlflow.pyfunc.load_model("models:/radiographs@champion")
    bundle = Bundle.load(loop.outcome.promotion.bundle)
    assert champion.metadata.signature is not None
    for side_px in (64, 150):
        films = np.stack([phantoms.draw(name, 3, side_px=side_px).pixels for name in NAMES])
        scores = champion.predict(films)
        assert list(scores.columns) == list(NAMES)
        expected = np.stack([bundle.answer(film).scores for film in films])
        np.testing.assert_allclose(scores.to_numpy(), expected, atol=1e-6)
        assert np.ptp(scores.to_numpy(), axis=0).max() > 1e-4
    with pytest.raises(mlflow.exceptions.MlflowException):
        champion.predict(films.astype(np.float32) / 255)


def test_a_batch_of_mostly_bad_files_is_refused_before_anything_is_trained(loop: Loop, client, tmp_path: Path) -> None:
    from flows.retrain import retrain

    bad = tmp_path / "bad" / "COVID"
    bad.mkdir(parents=True)
    for number in range(3):
        (bad / f"{number}.png").write_bytes(b"<html>no film</html>" + bytes([number]))
    runs = len(client.search_runs(["1"]))
    with pytest.raises(BatchRefused, match="3 of 3"):
        retrain(inbox=bad.parent)
    assert len(client.search_runs(["1"])) == runs


def test_an_absent_weights_file_is_refused_before_the_inbox_is_touched(loop: Loop, tmp_path: Path) -> None:
    from flows.retrain import retrain

    batches = sorted((loop.home / "batches").glob("*"))
    with pytest.raises(WeightsUnavailable, match=r"absent\.h5"):
        retrain(inbox=loop.inbox, backbone="MobileNetV2", weights=str(tmp_path / "absent.h5"))
    assert sorted((loop.home / "batches").glob("*")) == batches


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("films_per_finding:", "films_per_findings:", "films_per_findings is no key"),
        ("border_only:      {at_most", "border_only:      {at_least", "audit.border_only"),
        ("verdicts_served:\n", "verdicts_served:\n  hold_from: 1\n", "'hold_from' is given twice"),
    ],
)
def test_a_rule_with_a_fault_is_refused_before_the_inbox_is_touched(
    loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    from flows.retrain import retrain

    shipped = (PROJECT / "expectations" / "release.yaml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "release.yaml").write_text(shipped.replace(old, new), encoding="utf-8")
    monkeypatch.setenv("RADIOGRAPHS_RELEASE_RULE", str(tmp_path / "release.yaml"))
    batches = sorted((loop.home / "batches").glob("*"))
    with pytest.raises(InvalidReleaseRule, match=said):
        retrain(inbox=loop.inbox)
    assert sorted((loop.home / "batches").glob("*")) == batches


def test_a_tracking_database_that_cannot_be_written_is_named_with_the_remedy(
    loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.retrain import retrain

    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("RADIOGRAPHS_TRACKING_URL", f"sqlite:///{tmp_path / 'file' / 'mlflow.db'}")
    with pytest.raises(TrackingUnavailable, match="RADIOGRAPHS_TRACKING_URL"):
        retrain(inbox=loop.inbox, trials=1, epochs=1, force=True)


def test_an_empty_catalogue_and_inbox_say_that_there_is_nothing_to_train_on(
    prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.retrain import retrain

    point_at(tmp_path / "state", monkeypatch)
    with pytest.raises(CohortRejected):
        retrain()


def test_a_second_batch_moves_no_old_film_and_a_better_model_replaces_the_first(loop: Loop, client) -> None:
    from flows.retrain import retrain

    second = loop.home / "inbox" / "second"
    cue = Shortcut(NAMES[0], "border")
    phantom_batches.write_batch(second, 60, 6, side_px=96, findings=NAMES, spoiled=False, shortcut=cue)
    outcome = retrain(inbox=second, **(QUICK | {"epochs": 40}))  # long enough to be no worse than the first
    old = {film.id: film for film in cohorts.load(loop.outcome.cohort).films}
    new = {film.id: film for film in cohorts.load(outcome.cohort).films}
    assert len(new) == len(old) + 60
    assert all(new[name].split == film.split and new[name].tune_half == film.tune_half for name, film in old.items())
    proof = outcome.promotion.proof
    assert proof.comparison is not None
    pointer = json.loads((loop.home / "champion.json").read_text())
    champion = client.get_model_version_by_alias("radiographs", "champion")
    assert pointer["version"] == str(champion.version)
    replaced = proof.verdict.outcome == "promote"
    assert (str(champion.version) == outcome.promotion.version) is replaced
    challenger = client.get_model_version_by_alias("radiographs", "challenger")
    assert str(challenger.version) == outcome.promotion.version
    assert replaced, [reason.words for reason in proof.verdict.reasons if not reason.passed]


@pytest.mark.long
def test_a_champion_whose_bundle_is_gone_lets_no_challenger_pass_and_one_that_is_back_does(loop: Loop, client) -> None:
    from flows.retrain import retrain

    champion = client.get_model_version_by_alias("radiographs", "champion")
    bundle = loop.home / "bundles" / champion.tags["bundle"]
    away = bundle.rename(bundle.with_name("away"))
    try:
        outcome = retrain(inbox=loop.inbox, force=True, **(QUICK | {"epochs": 2}))
    finally:
        away.rename(bundle)
    decided = outcome.promotion.proof.verdict
    assert decided.outcome == "reject" and outcome.promotion.proof.comparison is None
    (gone,) = [reason for reason in decided.reasons if reason.consequence == "rejects"]
    assert gone.check == "Champion" and "radiographs rollback" in gone.words
    assert client.get_model_version_by_alias("radiographs", "champion").version == champion.version


@pytest.mark.long
def test_a_first_model_that_fails_the_audit_is_held_and_once_approved_says_so_everywhere(
    prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.approve import approve
    from flows.retrain import retrain

    home = tmp_path / "state"
    point_at(home, monkeypatch)
    shipped = yaml.safe_load((PROJECT / "expectations" / "release.yaml").read_text(encoding="utf-8"))
    strict = lenient(shipped)
    strict["audit"]["border_swapped"] = shipped["audit"]["border_swapped"]
    settings.read().release_rule.write_text(yaml.safe_dump(strict), encoding="utf-8")
    cue = Shortcut(NAMES[0], "border")
    batch = phantom_batches.write_batch(
        home / "inbox" / "one", 300, 5, side_px=96, findings=NAMES, spoiled=False, shortcut=cue
    )
    held = retrain(inbox=batch.folder, **QUICK).promotion
    assert held.proof.verdict.outcome == "hold" and held.bento is None and not (home / "champion.json").exists()
    (caution,) = held.proof.verdict.cautions
    assert caution.startswith("Audit: border swapped")
    approve(held.version, "Dr A. Example", "phantoms, to see it answer")
    assert json.loads((home / "champion.json").read_text())["cautions"] == [caution]
    with packaging.serve_bento(moves_of(home)[-1], home / "bentoml") as service:
        status, answer = service.predict(overlays.to_png(phantoms.draw("Normal", 3, side_px=96).pixels))
    assert status == 200 and answer["cautions"] == [caution]


def moves_of(home: Path) -> list[str]:
    """The Bentos that were built in a home, oldest first."""
    built = (home / "bentoml" / "bentos" / "radiographs").glob("*/bento.yaml")
    return [f"radiographs:{file.parent.name}" for file in sorted(built, key=lambda file: file.stat().st_mtime)]


@pytest.mark.long
def test_ways_of_fine_tuning_are_searched_recorded_and_drawn_where_asked_for(loop: Loop, client) -> None:
    from flows.retrain import retrain

    small = {"backbone": "MobileNet(0.25)", "weights": "none", "side_px": 32, "epochs": 2, "fine_tune_epochs": 1}
    outcome = retrain(inbox=loop.inbox, trials=2, folds=2, fine_trials=2, **small)
    run = client.get_run(outcome.promotion.run_id)
    searched = {run.data.tags["search"]: run for run in trial_runs(client, run.info.run_id)}
    assert {"head", "fine-tuning"} == searched.keys()
    assert {"groups", "rate_decay", "rotation_degrees"} <= searched["fine-tuning"].data.params.keys()
    assert run.data.params["fine_trials"] == "2"
    attached = {file.path for file in client.list_artifacts(run.info.run_id, "report")}
    assert {"report/search-heads.png", "report/search-ways.png"} <= attached
    assert "Ways of fine-tuning that were tried" in Path(outcome.record.report).read_text(encoding="utf-8")


@pytest.mark.long
def test_a_warm_start_takes_the_champions_head_over_and_searches_none(loop: Loop, client) -> None:
    from flows.retrain import retrain

    outcome = retrain(inbox=loop.inbox, start="champion", **(QUICK | {"epochs": 1}))
    run = client.get_run(outcome.promotion.run_id)
    assert run.data.params["start"] == "champion"
    assert client.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'") == []
    (first,) = client.get_metric_history(run.info.run_id, "from_scratch/tune_loss")
    champion = client.get_metric_history(loop.outcome.promotion.run_id, "from_scratch/tune_loss")
    assert first.value < champion[0].value  # it did not begin anew


def test_the_report_is_an_artifact_of_the_flow_run_with_outcome_figures_and_what_did_not_pass(loop: Loop) -> None:
    from prefect.client.orchestration import get_client

    promotion = loop.outcome.promotion
    with get_client(sync_client=True) as api:
        found = api.read_artifacts()
    (artifact,) = [
        each for each in found if each.key == f"report-{promotion.version}" and promotion.run_id in each.data
    ]
    assert "promote" in artifact.data.splitlines()[0]
    balanced = promotion.proof.scorecard.balanced_accuracy
    assert balanced is not None and balanced.words() in artifact.data
    for reason in promotion.proof.verdict.failed:
        assert reason.words in artifact.data
