"""A held model becomes champion by a person's word alone, and wholly: in the registry, for services, on record."""

from __future__ import annotations

import inspect
import json
import shutil

import pytest
import yaml
from prefect.utilities.importtools import import_object
from registered import CAUTION, FAULT, WARNED, Models

from radiographs.errors import (
    InvalidBundle,
    NotHeld,
    Refusal,
    SelfTestFailed,
    UnknownModel,
    UnsignedDecision,
    VerdictUnreadable,
)
from radiographs.runtime import manifest
from tasks import judgements, moving, packaging, registry

BY, BECAUSE = "Dr A. Example", "few films, and the heatmaps are sound"


def approve(run: str | int, by: str = BY, because: str = BECAUSE):
    from flows.approve import approve as flow

    return flow.fn(run, by, because)  # without a flow run, which costs a second; those of the command line have one


def refused(models: Models, kind: type[Refusal], words: str, *asked: str) -> None:
    """Holds an approval to a refusal that says so and moves nothing."""
    before = models.champion(), models.history(), (models.home / "champion.json").exists()
    with pytest.raises(kind, match=words):
        approve(*asked)
    assert (models.champion(), models.history(), (models.home / "champion.json").exists()) == before
    assert models.packaged == []


def test_an_approved_model_is_champion_by_every_record_with_who_why_and_its_cautions(models: Models) -> None:
    first, held = models.promoted(), models.add("hold")
    done = approve(held.version)
    assert models.is_everywhere(held)
    assert models.packaged == [(held.version, (CAUTION,))]
    assert models.pointer() == {
        "bundle": f"bundles/{held.bundle}",
        "name": "radiographs",
        "version": held.version,
        "run_id": held.run_id,
        "cautions": [CAUTION],
    }
    tags = models.tags(held)
    assert (tags["approved_by"], tags["approved_because"], tags["verdict"]) == (BY, BECAUSE, "hold")
    assert tags["bento"] == done.bento == f"radiographs:v{held.version}"
    page = models.client.get_model_version("radiographs", held.version).description
    assert f"Bento: `{done.bento}`" in page
    assert models.history() == [("promoted", first.version, ""), ("approved", held.version, first.version)]
    move = models.moves()[-1]
    assert (move.by, move.because, move.verdict, move.rule_digest) == (BY, BECAUSE, "hold", "rule")
    assert (move.run_id, move.bundle) == (held.run_id, held.bundle)
    assert move.at.isoformat(timespec="seconds") == tags["approved_at"]
    assert (done.cautions, done.newer) == ((CAUTION,), ())


def test_a_model_is_named_by_its_version_its_run_or_the_runs_first_eight_characters(models: Models) -> None:
    one, two, three, four = (models.add("hold", run_id=run) for run in ("a" * 32, "b" * 32, "c" * 32, "1" * 32))
    for asked, model in ((int(one.version), one), (two.run_id, two), (three.run_id[:8], three), ("11111111", four)):
        assert approve(asked).move.version == model.version == models.champion()


def test_a_name_that_is_too_short_unknown_or_anothers_too_is_refused_with_where_to_look(models: Models) -> None:
    models.add("hold", run_id="abcdefgh1" + "0" * 23)
    models.add("hold", run_id="abcdefgh2" + "0" * 23)
    for asked in ("abcdefg", "abcdefghi", "3", ""):
        refused(models, UnknownModel, "no model is registered as .*`radiographs promote` lists", asked)
    refused(models, UnknownModel, "the runs or bundles of 2 begin with 'abcdefgh'", "abcdefgh")
    assert approve("abcdefgh2").move.version == "2"


def test_a_model_that_the_rule_promoted_or_rejected_cannot_be_approved(models: Models) -> None:
    champion, rejected = models.promoted(), models.add("reject")
    refused(models, NotHeld, "promoted by the rule itself", champion.version)
    refused(models, NotHeld, FAULT, rejected.version)
    with pytest.raises(NotHeld) as refusal:
        approve(rejected.version)
    assert CAUTION not in str(refusal.value)


def test_the_verdict_that_was_written_decides_and_not_a_tag_that_anybody_may_change(models: Models) -> None:
    rejected = models.add("reject")
    models.client.set_model_version_tag("radiographs", rejected.version, "verdict", "hold")
    refused(models, NotHeld, "was rejected", rejected.version)


@pytest.mark.parametrize(("by", "because", "lacks"), [(" \n", BECAUSE, "--by"), (BY, "\t", "--because")])
def test_an_approval_without_a_name_or_a_reason_is_refused(models: Models, by: str, because: str, lacks: str) -> None:
    refused(models, UnsignedDecision, lacks, models.add("hold").version, by, because)


def test_a_reason_of_several_lines_is_kept_as_one(models: Models) -> None:
    approve(models.add("hold").version, " Dr\tA. ", "first\nsecond\x00\x1b[2J")
    move = models.moves()[-1]
    assert (move.by, move.because) == ("Dr A.", "first second [2J")


def test_a_bundle_that_is_gone_altered_or_sealed_anew_is_refused_and_the_restored_one_approved(models: Models) -> None:
    held = models.add("hold")
    bundle, kept = models.site.places.bundles / held.bundle, models.home / "kept"
    shutil.copytree(bundle, kept)
    (bundle / "graph.bin").write_bytes(b"other weights")
    refused(models, InvalidBundle, r"graph\.bin was altered", held.version)
    shutil.rmtree(bundle)
    refused(models, InvalidBundle, "missing", held.version)
    shutil.copytree(kept, bundle)
    (bundle / "note.txt").write_text("one file more")
    manifest.seal(bundle, manifest.read(kept))
    refused(models, InvalidBundle, "sealed anew", held.version)
    shutil.rmtree(bundle)
    shutil.copytree(kept, bundle)
    assert approve(held.version).move.version == models.champion()


@pytest.mark.parametrize("content", [None, "{}", "not json"])
def test_a_model_whose_verdict_cannot_be_read_is_refused_with_where_a_copy_is(
    models: Models, content: str | None
) -> None:
    held = models.add("hold")
    file = judgements.folder_of(models.site.places, held) / judgements.VERDICT
    file.unlink() if content is None else file.write_text(content)
    refused(models, VerdictUnreadable, rf"MLflow run {held.run_id} holds a copy as report/verdict\.json", held.version)


def test_a_bento_that_fails_its_self_test_leaves_the_old_champion_everywhere(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, held = models.promoted(), models.add("hold")

    def fails(*_: object, **__: object) -> str:
        raise SelfTestFailed("it did not answer")

    monkeypatch.setattr(packaging, "package", fails)
    with pytest.raises(SelfTestFailed):
        approve(held.version)
    assert models.is_everywhere(first)
    assert "approved_by" not in models.tags(held)


@pytest.mark.parametrize(
    "cut", [(registry, "note_approval"), (registry, "crown"), (packaging, "point"), (moving, "record")]
)
def test_an_approval_cut_short_at_any_step_is_finished_by_the_same_command(
    models: Models, monkeypatch: pytest.MonkeyPatch, cut: tuple[object, str]
) -> None:
    first, held = models.promoted(), models.add("hold")

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*cut, dies)
        approve(held.version)
    assert models.history() == [("promoted", first.version, "")]
    assert approve(held.version).bento
    assert models.is_everywhere(held)
    assert models.tags(held)["approved_by"] == BY
    assert models.history() == [("promoted", first.version, ""), ("approved", held.version, first.version)]


def test_approving_the_champion_again_says_so_and_changes_nothing(models: Models, call) -> None:
    held = models.add("hold")
    words = ("promote", "--approve", held.version, "--because", BECAUSE, "--by")
    code, out, err = call(*words, BY)
    assert code == 0, err
    assert f"Version {held.version} is champion now" in out and CAUTION in out
    before = models.tags(held), models.moves(), (models.home / "champion.json").stat().st_mtime_ns
    code, out, err = call(*words, "Somebody else")
    assert code == 0, err
    assert "champion already; nothing was changed" in out and BY in out
    assert (models.tags(held), models.moves(), (models.home / "champion.json").stat().st_mtime_ns) == before
    assert len(models.packaged) == 1


def test_an_older_held_model_may_be_approved_and_the_newer_ones_are_named(models: Models, call) -> None:
    models.promoted()
    held = models.add("hold")
    newer = [models.add(outcome).version for outcome in ("reject", "hold")]
    code, out, err = call("promote", "--approve", held.version, "--by", BY, "--because", BECAUSE)
    assert code == 0, err
    assert f"Newer versions are registered: {', '.join(newer)}." in out
    assert models.is_everywhere(held)


def test_the_models_that_wait_are_listed_with_what_held_them_and_how_to_approve(models: Models, call) -> None:
    assert call("promote") == (0, "Nothing waits for a decision.\n", "")
    models.promoted()
    models.add("reject")
    decided, waits = models.add("hold"), models.add("hold")
    approve(decided.version)
    code, out, _ = call("promote")
    assert code == 0
    assert f"Version {waits.version} waits since" in out and waits.run_id in out and CAUTION in out
    assert f"{waits.version}-{waits.bundle[:12]}/report.html" in out and "--approve VERSION" in out
    assert out.count("waits since") == 1 and WARNED not in out
    approve(waits.version)
    assert "Nothing waits" in call("promote")[1]


def test_a_signature_without_a_model_is_a_wrong_call_and_a_model_without_one_is_refused(models: Models, call) -> None:
    held = models.add("hold")
    assert call("promote", "--by", BY)[0] == 2
    code, _, err = call("promote", "--approve", held.version)
    assert code == 1
    assert err.startswith("Error: ") and "--by" in err and err.count("\n") == 1
    assert models.champion() == ""


def test_approval_and_rollback_are_deployments_that_ask_for_all_they_need() -> None:
    listed = yaml.safe_load((packaging.PROJECT / "prefect.yaml").read_text())["deployments"]
    found = {}
    for each in listed:
        flow = import_object(each["entrypoint"])
        found[f"{flow.name}/{each['name']}"] = list(inspect.signature(flow.fn).parameters)
    assert len(found) == len(listed)
    assert found["approve/manual"] == ["run", "by", "because"]
    assert found["rollback/manual"] == ["by", "because"]


@pytest.mark.system
def test_the_bento_of_an_approved_model_is_built_asked_and_carries_its_cautions(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaging, "package", PACKAGE)
    held = models.add("hold")
    done = approve(held.version)
    stores = models.site.places.bentoml
    assert (stores / "bentos" / done.bento.replace(":", "/") / "bento.yaml").is_file()
    (facts,) = stores.glob("models/*/*/model.yaml")
    assert yaml.safe_load(facts.read_text())["metadata"]["cautions"] == [CAUTION]
    assert json.loads((models.home / "champion.json").read_text())["cautions"] == [CAUTION]


PACKAGE = packaging.package  # as it is, before a fixture puts a note-taker in its place
