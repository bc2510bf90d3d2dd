"""A withdrawn film is gone, everywhere, for good; only its id and the reason stay."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from radiographs.errors import BatchRefused, UnknownRecord
from radiographs.imaging.preprocessing import Preparation
from radiographs.places import Places
from radiographs.records import admission, batchfile, decisions, intake, withdrawal
from radiographs.records.entries import RetrainRecord
from radiographs.records.identity import Pseudonyms
from radiographs.records.schema import Base, ExclusionRow, QuarantineRow, RadiographRow, VersionRow
from radiographs.store import erasure, features, pixels

from .films import FINDINGS, KEY, Desk, delivery, film, table, write

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


def told(desk: Desk, folder: Path, seed: int, row: Mapping[str, str], failure: str = "") -> None:
    """Admits one film, or leaves it in quarantine for a reason."""
    write(folder / row["path"], film(seed))
    table(folder / "metadata.csv", [row])
    desk.enrol(desk.inspect(folder), {0: failure} if failure else {})


def of(desk: Desk, source: str, patient: str) -> tuple[str, ...]:
    return withdrawal.of_patient(desk.catalogue, Pseudonyms(KEY, source).patient(patient))


def named(desk: Desk, name: str) -> str:
    """Id of the film that was admitted under a name."""
    with desk.catalogue.reading() as session:
        return session.scalars(select(VersionRow.radiograph_id).where(VersionRow.name == name)).one()


@pytest.mark.parametrize(
    "row",
    [
        {"path": "COVID0.png", "finding": "COVID", "source": "north", "sex": "F"},
        {"path": "COVID0.png", "finding": "COVID", "source": "north", "patient_id": "another"},
        {"path": "copy.png", "finding": "COVID", "source": "south", "patient_id": "S1"},
    ],
)
def test_a_patient_names_a_film_that_was_later_told_without_him_or_by_another_source(
    filled: Desk, tmp_path: Path, row: dict[str, str]
) -> None:
    (before,) = of(filled, "north", "COVID0")
    told(filled, tmp_path / "again", 0, row)
    assert of(filled, "north", "COVID0") == (before,)
    if row["source"] == "south":
        assert of(filled, "south", "S1") == (before,)


def test_a_patients_quarantined_film_is_withdrawn_with_the_others_and_does_not_come_back(
    filled: Desk, tmp_path: Path
) -> None:
    row = {"path": "q.png", "finding": "COVID", "source": "north", "patient_id": "COVID0"}
    told(filled, tmp_path / "q", 700, row, "it is too dark")
    (waiting,) = filled.catalogue.list_quarantine()
    films = of(filled, "north", "COVID0")
    withdrawal.withdraw(filled.catalogue, films, Places(filled.home), because="consent withdrawn")
    assert len(films) == 2 and [everything(filled.home, one) for one in films] == [[], []]
    assert filled.catalogue.list_quarantine() == ()
    desk = decisions.Desk(filled.place, filled.home / "quarantine", FINDINGS)
    with pytest.raises(UnknownRecord, match="nothing waits"):
        decisions.release(filled.catalogue, waiting.key, desk, because="after all")
    with filled.catalogue.reading() as session:
        left = session.get_one(QuarantineRow, waiting.key)
        assert (left.patient_id, left.line, left.because) == ("", {}, "consent withdrawn")
    told(filled, tmp_path / "mended", 700, {**row, "age": "30"})
    assert not list((filled.home / "originals").rglob(f"{film_id(700)}*"))
    with pytest.raises(UnknownRecord):
        withdrawal.of_patient(filled.catalogue, "")


def film_id(seed: int) -> str:
    from radiographs.imaging import decode

    return decode.pixel_digest(film(seed))


def test_a_patients_file_that_could_not_be_decoded_goes_too_and_other_patients_stay(
    filled: Desk, tmp_path: Path
) -> None:
    rows = [{"path": f"{k}.png", "finding": "COVID", "source": "north", "patient_id": f"new{k}"} for k in range(2)]
    folder = delivery(tmp_path / "spoiled", rows, 700)
    for k in range(2):
        (folder / f"{k}.png").write_bytes(b"<html>" + bytes([k]))
    place = replace(filled.place, identified=filled.home / "identified")
    filled.enrol(admission.inspect(intake.read_batch(folder, FINDINGS), filled.catalogue, place))
    films = of(filled, "north", "new0")
    withdrawal.withdraw(filled.catalogue, films, Places(filled.home), because="consent withdrawn")
    assert len(list((filled.home / "identified").glob("*/*"))) == 1
    assert [waiting.name for waiting in filled.catalogue.list_quarantine()] == ["1.png"]


def test_a_mask_that_a_quarantined_film_of_another_patient_shares_stays(filled: Desk, tmp_path: Path) -> None:
    films = {}
    for k in range(2):
        row = {"path": f"m{k}.png", "finding": "COVID", "source": "north", "patient_id": f"mask{k}"}
        told(filled, tmp_path / f"m{k}", 700 + k, row, "" if k else "it is too dark")
        films[k] = of(filled, "north", f"mask{k}")
    mask = write(filled.home / "originals" / "masks" / "ab" / "abcd.png", film(1))
    with filled.catalogue.writing() as session:
        waiting = session.scalars(select(QuarantineRow)).one()
        waiting.line = {**waiting.line, "lung_mask": "masks/ab/abcd.png"}
        session.scalars(select(VersionRow).where(VersionRow.name == "m1.png")).one().lung_mask = "masks/ab/abcd.png"
    withdraw(filled, films[1][0])
    assert mask.is_file()
    withdraw(filled, films[0][0])
    assert not mask.exists()


def test_an_inspected_batch_that_waits_or_was_left_behind_goes_with_its_film(filled: Desk, tmp_path: Path) -> None:
    row = {"path": "a.png", "finding": "COVID", "source": "north", "patient_id": "late"}
    folder = delivery(tmp_path / "late", [row], 700)
    before = set((filled.home / "batches").iterdir())
    left_behind, waiting = filled.inspect(folder), filled.inspect(folder)
    other = filled.inspect(delivery(tmp_path / "other", [{**row, "path": "b.png", "patient_id": "p-0002"}], 800))
    filled.enrol(waiting)
    half = filled.home / "batches" / "half.part"
    half.mkdir()
    (half / "rows.csv").write_text(film_id(700), encoding="utf-8")
    withdraw(filled, film_id(700))
    assert set((filled.home / "batches").iterdir()) - before == {other.folder}
    with pytest.raises(BatchRefused, match="admit the delivery again"):
        filled.enrol(left_behind)
    assert filled.enrol(other).admitted == 1


def test_a_film_withdrawn_while_its_new_metadata_wait_gets_none(filled: Desk, tmp_path: Path) -> None:
    row = {"path": "COVID0.png", "finding": "Normal", "source": "north"}
    waiting = filled.inspect(delivery(tmp_path / "changed", [row]))
    content = batchfile.read(waiting.folder)
    withdraw(filled, film_id(0))
    before = set((filled.home / "batches").iterdir())
    batchfile.finish(batchfile.begin(filled.home / "batches"), content, 1)
    (again,) = set((filled.home / "batches").iterdir()) - before
    with pytest.raises(BatchRefused, match="discarded or withdrawn"):
        filled.enrol(admission.InspectedBatch(again, again.name, 1, 1, 0))
    with filled.catalogue.reading() as session:
        assert session.scalars(select(VersionRow).where(VersionRow.radiograph_id == film_id(0))).all() == []


def test_a_film_that_only_files_hold_is_withdrawn_by_its_whole_id(filled: Desk, tmp_path: Path) -> None:
    rows = [{"path": f"{k}.png", "finding": "COVID", "source": "north"} for k in range(2)]
    inspected = filled.inspect(delivery(tmp_path / "refused", rows, 600))
    with pytest.raises(BatchRefused):
        filled.enrol(inspected, {0: "it is too dark"}, tolerated_share=0.2)
    batchfile.remove(inspected.folder)
    assert withdrawal.find(filled.catalogue, film_id(600)[:12]) == (film_id(600),)
    assert withdrawal.find(filled.catalogue, film_id(601)) == (film_id(601),)
    withdraw(filled, film_id(601))
    assert everything(filled.home, film_id(601)) == [] != everything(filled.home, film_id(600))
    assert filled.admit(tmp_path / "refused").reasons == (("this film was withdrawn and is not taken in again", 1),)
    with pytest.raises(UnknownRecord, match="no film has the id"):
        withdraw(filled, "0" * 64)
    assert filled.catalogue.list_batches()


def test_pages_of_a_batch_do_not_show_what_a_withdrawn_film_came_as(filled: Desk, tmp_path: Path) -> None:
    rows = [{"path": f"{k}a&b.png", "finding": "COVID", "source": "north", "patient_id": f"z{k}"} for k in ("", "1")]
    inspected = filled.inspect(delivery(tmp_path / "q", rows, 700))
    filled.enrol(inspected, {0: "too dark", 1: "too dark"})
    places, batch = Places(filled.home), inspected.batch_id
    report = places.batch_reports / batch / "report.html"
    docs = places.data_docs / "validations" / "metadata" / batch / "run" / "page.html"
    results = places.data_docs / "results" / "metadata" / batch / "run" / "results.json"
    for page, text in (
        (report, "<b>a&amp;b.png</b>too dark<br><b>1a&amp;b.png</b>too dark<br>"),
        (docs, "<div>a&amp;b.png</div><div>1a&amp;b.png</div>"),
        (results, '["a&b.png", "1a&b.png"]'),
    ):
        page.parent.mkdir(parents=True)
        page.write_text(text, encoding="utf-8")
    withdraw(filled, film_id(700))
    assert report.read_text(encoding="utf-8") == "<b>erased</b><br><b>1a&amp;b.png</b>too dark<br>"
    assert docs.read_text(encoding="utf-8") == "<div>erased</div><div>1a&amp;b.png</div>"
    assert results.read_text(encoding="utf-8") == '["erased", "1a&b.png"]'


def test_a_forced_retrain_does_not_hide_the_model_before_it(filled: Desk) -> None:
    cohort = filled.cohort()
    for version, outcome in (("1", "promote"), ("2", "hold"), ("3", "")):
        filled.catalogue.record_retrain(
            RetrainRecord("same-key", f"run-{version}", version, outcome, "r.html", cohort.digest)
        )
    assert [model.version for model in withdraw(filled, cohort.of("train")[0].id).trained_on] == ["1", "2", "3"]


def test_what_killed_calls_left_a_day_ago_goes_with_the_next_admission(filled: Desk, tmp_path: Path) -> None:
    batches = filled.home / "batches"
    for name, age_h in (("old", 25), ("old.part", 25), ("fresh", 23)):
        (batches / name).mkdir()
        then = time.time() - age_h * 3600
        os.utime(batches / name, (then, then))
    filled.inspect(tmp_path / "in")
    assert {"old", "old.part", "fresh"} & {path.name for path in batches.iterdir()} == {"fresh"}
