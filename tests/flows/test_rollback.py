"""A person goes back to the champion before, wholly or not at all, and never to and fro."""

from __future__ import annotations

import shutil

import pytest
from registered import CAUTION, Models

from radiographs.errors import InvalidBundle, NoChampion, NoEarlierChampion, UnsignedDecision
from tasks import moving, packaging, registry

BY, BECAUSE = "Dr A. Example", "it misses what the one before found"


def rollback(by: str = BY, because: str = BECAUSE):
    from flows.rollback import rollback as flow

    return flow.fn(by, because)


def approve(version: str) -> None:
    from flows.approve import approve as flow

    flow.fn(version, BY, "it is sound")


def test_the_champion_before_is_champion_again_with_the_cautions_that_it_had(models: Models) -> None:
    models.promoted()
    held = models.add("hold")
    approve(held.version)
    last = models.promoted()
    assert models.pointer()["cautions"] == []
    done = rollback()
    assert models.is_everywhere(held)
    assert models.packaged[-1] == (held.version, (CAUTION,))
    assert models.pointer()["cautions"] == list(done.cautions) == [CAUTION]
    move = models.moves()[-1]
    assert (move.action, move.version, move.previous_version) == ("rolled back", held.version, last.version)
    assert (move.by, move.because, move.verdict) == (BY, BECAUSE, "hold")


def test_going_back_again_leads_further_back_until_nothing_is_left(models: Models) -> None:
    first, second, _ = (models.promoted() for _ in range(3))
    rollback()
    assert models.is_everywhere(second)
    rollback()
    assert models.is_everywhere(first)
    before = models.history()
    with pytest.raises(NoEarlierChampion, match=f"version {first.version} is the first champion on record"):
        rollback()
    assert models.history() == before and models.is_everywhere(first)


def test_after_a_step_back_a_newer_champion_leads_back_past_the_one_that_was_left(models: Models) -> None:
    first, second = models.promoted(), models.promoted()
    rollback()
    models.promoted()
    rollback()
    assert models.is_everywhere(first)
    with pytest.raises(NoEarlierChampion):
        rollback()
    assert second.version not in models.champion()


def test_without_any_champion_there_is_nothing_to_go_back_from(models: Models) -> None:
    models.add("hold")
    with pytest.raises(NoChampion, match="radiographs promote"):
        rollback()
    assert models.history() == []


@pytest.mark.parametrize(("by", "because"), [("", BECAUSE), (BY, " ")])
def test_a_step_back_without_a_name_or_a_reason_is_refused(models: Models, by: str, because: str) -> None:
    models.promoted()
    last = models.promoted()
    with pytest.raises(UnsignedDecision):
        rollback(by, because)
    assert models.is_everywhere(last)


@pytest.mark.parametrize("fault", ["gone", "altered"])
def test_an_earlier_champion_whose_bundle_cannot_answer_moves_nothing(models: Models, fault: str) -> None:
    first, last = models.promoted(), models.promoted()
    bundle = models.site.places.bundles / first.bundle
    shutil.rmtree(bundle) if fault == "gone" else (bundle / "graph.bin").write_bytes(b"other weights")
    with pytest.raises(InvalidBundle):
        rollback()
    assert models.is_everywhere(last)
    assert models.packaged == []


@pytest.mark.parametrize("cut", [(registry, "crown"), (packaging, "point"), (moving, "record")])
def test_a_step_back_cut_short_at_any_step_is_finished_and_not_taken_twice(
    models: Models, monkeypatch: pytest.MonkeyPatch, cut: tuple[object, str]
) -> None:
    _, second, third = (models.promoted() for _ in range(3))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*cut, dies)
        rollback()
    rollback()
    assert models.is_everywhere(second)
    assert models.history()[3:] == [("rolled back", second.version, third.version)]


def test_the_history_has_one_line_a_move(models: Models, call) -> None:
    assert "No model was champion yet" in call("history")[1]
    first, second = models.promoted(), models.promoted()
    code, out, err = call("rollback", "--by", BY, "--because", BECAUSE)
    assert code == 0, err
    assert f"Version {first.version} is champion now" in out and f"version {second.version}" in out
    lines = call("history")[1].splitlines()
    assert len(lines) == 3
    assert "promoted" in lines[1] and "by release rule" in lines[1] and f"(before: version {first.version})" in lines[1]
    assert "rolled back" in lines[2] and f"by {BY}: {BECAUSE}" in lines[2]
