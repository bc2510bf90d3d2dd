"""A withdrawn film is gone, everywhere, for good; only its id and the reason stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from radiographs.errors import UnknownRecord
from radiographs.imaging.preprocessing import Preparation
from radiographs.places import Places
from radiographs.records import withdrawal
from radiographs.records.entries import RetrainRecord
from radiographs.records.identity import Pseudonyms
from radiographs.records.schema import Base, ExclusionRow, RadiographRow
from radiographs.store import erasure, features, pixels

from .films import KEY, Desk, delivery

SMALL = Preparation(16, "letterbox")


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Desk:
    rows = [
        {"path": f"{name}{k}.png", "finding": name, "source": "north", "patient_id": f"{name}{k}"}
        for name in ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
        for k in range(6)
    ]
    desk.admit(delivery(tmp_path / "in", rows))
    return desk


def everything(home: Path, film: str) -> list[str]:
    """Where a film's id still stands in a file's name below the home folder."""
    return [str(path.relative_to(home)) for path in home.rglob(f"*{film}*")]


def withdraw(desk: Desk, film: str) -> withdrawal.Withdrawal:
    return withdrawal.withdraw(desk.catalogue, (film,), Places(desk.home), because="consent withdrawn")


def test_pixels_metadata_and_store_entries_go_and_id_and_reason_stay(filled: Desk) -> None:
    cohort = filled.cohort()
    places = Places(filled.home)
    pixels.prepare_missing(cohort.films, places.originals, SMALL, places.pixels)
    store = features.open_store(places.features, "key", 3)
    store.append([film.id for film in cohort.films], np.zeros((len(cohort.films), 3), np.float32))
    film = cohort.of("train")[0]
    done = withdraw(filled, film.id)
    assert (done.radiograph_ids, done.n_files, done.n_entries) == ((film.id,), 1, 2)
    assert everything(filled.home, film.id) == []
    assert pixels.open_store(places.pixels, SMALL).missing([one.id for one in cohort.films]) == [film.id]
    with filled.catalogue.reading() as session:
        row = session.get(RadiographRow, film.id)
        assert row is not None and (row.original, row.facts) == ("", {})
        (exclusion,) = session.scalars(select(ExclusionRow))
        assert (exclusion.kind, exclusion.reason) == ("withdrawn", "consent withdrawn")
        held = {
            table.name
            for table in Base.metadata.sorted_tables
            if "radiograph_id" in table.columns
            and session.execute(select(table).where(table.c.radiograph_id == film.id)).first()
        }
        assert held == {"exclusions"}
    assert film.id not in {one.id for one in filled.cohort().films}


def test_the_other_films_of_a_shard_stay_as_they_were(filled: Desk) -> None:
    store = features.open_store(Places(filled.home).features, "key", 2)
    rows = np.arange(10, dtype=np.float32).reshape(5, 2)
    store.append(list("abcde"), rows)
    assert erasure.erase(filled.home / "stores", ["c", "zz"]) == 1
    assert erasure.erase(filled.home / "stores", ["c"]) == 0
    left = features.open_store(Places(filled.home).features, "key", 2).reader(list("abde"))
    assert np.array_equal(left[:], rows[[0, 1, 3, 4]])


def test_the_models_that_learnt_from_it_are_named_and_those_that_did_not_are_not(filled: Desk) -> None:
    cohort = filled.cohort()
    filled.catalogue.record_retrain(RetrainRecord("k1", "run-1", "3", "promote", "a.html", cohort.digest))
    filled.catalogue.record_retrain(RetrainRecord("k2", "run-2", "4", "hold", "b.html", "another-cohort"))
    assert withdraw(filled, cohort.of("held_out")[0].id).trained_on == ()
    assert [model.version for model in withdraw(filled, cohort.of("train")[0].id).trained_on] == ["3"]


def test_a_withdrawn_film_does_not_come_back(filled: Desk, tmp_path: Path) -> None:
    film = filled.cohort().films[0].id
    withdraw(filled, film)
    summary = filled.admit(tmp_path / "in")
    assert (summary.admitted, summary.quarantined) == (0, 1)
    assert summary.reasons == (("this film was withdrawn and is not taken in again", 1),)
    assert everything(filled.home, film) == []


def test_withdrawing_twice_finishes_what_was_begun_and_changes_nothing_else(filled: Desk) -> None:
    film = filled.cohort().films[0].id
    withdraw(filled, film)
    assert (withdraw(filled, film).n_files, withdraw(filled, film).n_entries) == (0, 0)
    with filled.catalogue.reading() as session:
        assert len(session.scalars(select(ExclusionRow)).all()) == 1


def test_a_patient_names_all_films_of_his_source(filled: Desk) -> None:
    pseudonym = Pseudonyms(KEY, "north").patient("COVID0")
    (film,) = withdrawal.of_patient(filled.catalogue, pseudonym)
    assert withdrawal.find(filled.catalogue, film[:9]) == (film,)
    with pytest.raises(UnknownRecord, match="no film of that patient"):
        withdrawal.of_patient(filled.catalogue, Pseudonyms(KEY, "south").patient("COVID0"))


@pytest.mark.parametrize("beginning", ["", "abc", "00000000"])
def test_an_id_that_names_no_film_is_refused(filled: Desk, beginning: str) -> None:
    with pytest.raises(UnknownRecord):
        withdrawal.find(filled.catalogue, beginning)
