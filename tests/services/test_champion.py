"""Who sits in the champion's seat, and that nobody bad ever does."""

from __future__ import annotations

import importlib
import logging
import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import drawn_bundle
import drawn_film
import numpy as np
import pytest

from radiographs.errors import InvalidBundle, NoChampion
from radiographs.runtime.bundle import Bundle
from services import champion
from services.champion import Follower, Seat


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder with two bundles, the first of them champion."""
    for seed, name in enumerate(("first", "second")):
        drawn_bundle.write(tmp_path / "bundles" / name, seed=seed)
    drawn_bundle.point(tmp_path, "bundles/first", "1")
    return tmp_path


def _follower(home: Path) -> tuple[Seat, Follower]:
    seat, pointer = Seat(), home / "champion.json"
    return seat, Follower(seat, pointer, partial(champion.from_pointer, pointer, threads=1))


def test_the_pointer_names_the_champion(home: Path) -> None:
    found = champion.from_pointer(home / "champion.json", threads=1)
    assert (found.name, found.version, found.run_id) == ("radiographs", "1", "a-run")
    assert found.bundle.digest == Bundle.load(home / "bundles" / "first", threads=1).digest


def test_the_pointer_names_the_cautions_and_an_older_one_has_none(home: Path) -> None:
    older = champion.from_pointer(home / "champion.json", threads=1)
    drawn_bundle.point(home, "bundles/first", "1", cautions=["AUROC is not proven above 0.80.", "Few films."])
    found = champion.from_pointer(home / "champion.json", threads=1)
    assert older.cautions == ()
    assert found.cautions == ("AUROC is not proven above 0.80.", "Few films.")


@pytest.mark.parametrize("written", ["a sentence", None, {"check": "a sentence"}, ["a sentence", 3], [["a sentence"]]])
def test_cautions_that_are_no_list_of_sentences_are_refused(home: Path, written: object) -> None:
    drawn_bundle.point(home, "bundles/first", "1", cautions=written)
    with pytest.raises(InvalidBundle, match=r'champion.json: expected "cautions" to be a list of sentences'):
        champion.from_pointer(home / "champion.json", threads=1)


def test_the_same_bundle_approved_anew_is_seated_with_its_new_cautions(home: Path) -> None:
    seat, follower = _follower(home)
    follower.look()
    drawn_bundle.point(home, "bundles/first", "1", cautions=["Few films."])
    follower.look()
    assert seat.holder().cautions == ("Few films.",)


def _baked(home: Path, monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """Makes this process one that serves a Bento around the second bundle."""
    models = importlib.import_module("bentoml.models")  # the attribute of that name is a stand-in until then
    facts = {"name": "radiographs", "version": "2", "run_id": "b-run"} | more
    (home / "baked").mkdir()
    (home / "bundles" / "second").rename(home / "baked" / "bundle")
    model = SimpleNamespace(path=home / "baked", tag="radiographs-bundle:v2", info=SimpleNamespace(metadata=facts))
    monkeypatch.setattr(models, "get", lambda _: model)


@pytest.mark.parametrize(
    ("more", "cautions"),
    [
        pytest.param({}, (), id="stored before there were cautions"),
        pytest.param({"cautions": []}, (), id="none"),
        pytest.param({"cautions": ["Few films."]}, ("Few films.",), id="one"),
    ],
)
def test_a_bento_names_the_cautions_of_its_model(
    home: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, object], cautions: tuple[str, ...]
) -> None:
    _baked(home, monkeypatch, **more)
    found = champion.from_bento(threads=1)
    assert (found.version, found.run_id, found.cautions) == ("2", "b-run", cautions)


def test_a_bento_whose_cautions_are_no_list_of_sentences_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _baked(home, monkeypatch, cautions="a sentence")
    with pytest.raises(InvalidBundle, match="radiographs-bundle:v2: expected"):
        champion.from_bento(threads=1)


def test_without_a_pointer_there_is_no_champion(tmp_path: Path) -> None:
    seat, follower = _follower(tmp_path)
    follower.look()
    with pytest.raises(NoChampion, match="no model has been promoted yet"):
        seat.holder()


def test_the_first_promotion_is_noticed(tmp_path: Path) -> None:
    seat, follower = _follower(tmp_path)
    follower.look()
    drawn_bundle.write(tmp_path / "bundles" / "first")
    drawn_bundle.point(tmp_path, "bundles/first", "1")
    follower.look()
    assert seat.holder().version == "1"


def test_a_changed_pointer_changes_the_champion(home: Path) -> None:
    seat, follower = _follower(home)
    follower.look()
    first = seat.holder()
    drawn_bundle.point(home, "bundles/second", "2")
    follower.look()
    assert (first.version, seat.holder().version) == ("1", "2")
    assert first.bundle.digest != seat.holder().bundle.digest


def test_an_unchanged_pointer_loads_nothing(home: Path) -> None:
    seat, loads = Seat(), []
    pointer = home / "champion.json"

    def load() -> champion.Champion:
        loads.append(1)
        return champion.from_pointer(pointer, threads=1)

    follower = Follower(seat, pointer, load)
    for _ in range(3):
        follower.look()
    assert loads == [1]


def _altered(home: Path) -> None:
    file = home / "bundles" / "second" / "graph.bin"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    drawn_bundle.point(home, "bundles/second", "2")


def _incomplete(home: Path) -> None:
    (home / "bundles" / "second" / "graph.bin").unlink()
    drawn_bundle.point(home, "bundles/second", "2")


def _absent(home: Path) -> None:
    drawn_bundle.point(home, "bundles/third", "3")


def _garbled(home: Path) -> None:
    (home / "champion.json").write_text('{"bundle": ')


def _nameless(home: Path) -> None:
    (home / "champion.json").write_text('["a list"]')


@pytest.mark.parametrize("spoil", [_altered, _incomplete, _absent, _garbled, _nameless])
def test_a_bad_bundle_is_refused_aloud_and_the_old_one_keeps_answering(
    home: Path, spoil: object, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("bentoml"), "propagate", True)
    seat, follower = _follower(home)
    follower.look()
    spoil(home)  # type: ignore[operator]
    follower.look()
    follower.look()
    assert seat.holder().version == "1"
    refusals = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(refusals) == 1
    assert "REFUSED" in refusals[0].getMessage() and "radiographs 1 keeps answering" in refusals[0].getMessage()


def test_after_a_bad_bundle_a_good_one_is_taken_at_once(home: Path) -> None:
    seat, follower = _follower(home)
    follower.look()
    _absent(home)
    follower.look()
    drawn_bundle.point(home, "bundles/second", "2")
    follower.look()
    assert seat.holder().version == "2"


def test_a_bad_bundle_that_is_mended_is_taken_without_a_new_pointer(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(champion.time, "monotonic", lambda: now[0])
    seat, follower = _follower(home)
    _absent(home)
    follower.look()
    drawn_bundle.write(home / "bundles" / "third", seed=3)
    follower.look()
    assert not seat.taken
    now[0] += champion.LONGEST_PAUSE_SECONDS
    follower.look()
    assert seat.holder().version == "3"


def test_when_the_only_bundle_is_bad_the_seat_says_so(home: Path) -> None:
    seat, follower = _follower(home)
    _absent(home)
    follower.look()
    with pytest.raises(InvalidBundle):
        seat.holder()


@pytest.mark.parametrize(
    "wrong",
    [
        {"scores": np.full(4, np.nan, np.float32)},
        {"heatmaps": np.full((4, 2, 2), 2, np.float32)},
        {"heatmaps": np.full((4, 2, 2), np.nan, np.float32)},
    ],
)
def test_a_bundle_that_answers_out_of_range_fails_its_self_test(
    home: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, np.ndarray]
) -> None:
    import dataclasses

    real = Bundle.answer
    monkeypatch.setattr(Bundle, "answer", lambda self, film: dataclasses.replace(real(self, film), **wrong))
    with pytest.raises(InvalidBundle, match="out of range"):
        champion.from_pointer(home / "champion.json", threads=1)


def test_a_failure_nobody_foresaw_does_not_end_the_follower(home: Path) -> None:
    def load() -> champion.Champion:
        raise MemoryError

    seat = Seat()
    Follower(seat, home / "champion.json", load).look()
    with pytest.raises(InvalidBundle, match="MemoryError"):
        seat.holder()


def test_the_thread_follows_and_stops(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(champion, "POLL_SECONDS", 0.01)
    seat, follower = _follower(home)
    changed = threading.Event()
    offer = seat.offer

    def noted(load: object) -> bool:
        seated = offer(load)  # type: ignore[arg-type]
        if seated and seat.holder().version == "2":
            changed.set()
        return seated

    monkeypatch.setattr(seat, "offer", noted)
    follower.start()
    drawn_bundle.point(home, "bundles/second", "2")
    assert changed.wait(timeout=20)
    follower.stop()
    assert not follower._thread.is_alive()


def test_every_answer_during_swaps_is_of_one_model(home: Path) -> None:
    seat, follower = _follower(home)
    follower.look()
    film = drawn_film.pixels()
    truth = {
        str(number): Bundle.load(home / "bundles" / name, threads=1).answer(film).scores
        for number, name in ((1, "first"), (2, "second"))
    }
    mixed: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            holder = seat.holder()
            if not np.allclose(holder.bundle.answer(film).scores, truth[holder.version], atol=1e-6):
                mixed.append(holder.version)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for turn in range(6):
        drawn_bundle.point(home, "bundles/second" if turn % 2 == 0 else "bundles/first", str(2 - turn % 2))
        follower.look()
    done.set()
    for asker in askers:
        asker.join()
    assert mixed == []
