"""A delivery is inspected, enrolled or refused, and nothing of it is lost or taken twice."""

from __future__ import annotations

import csv
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import event, select

from radiographs.errors import BatchRefused, CatalogueUnavailable, NotGivenOut
from radiographs.imaging import decode, phantoms
from radiographs.records import admission, intake, opening
from radiographs.records.catalogue import Catalogue
from radiographs.records.remote import Remote
from radiographs.records.schema import ExclusionRow, GroupRow, RadiographRow, VersionRow

from .films import FINDINGS, Desk, delivery, film, table, write

NORTH = {"finding": "Normal", "source": "north"}


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def versions(desk: Desk) -> list[tuple[str, str, bool]]:
    with desk.catalogue.reading() as session:
        return [(v.finding, v.source, v.adopted) for v in session.scalars(select(VersionRow).order_by(VersionRow.id))]


def exclusions(desk: Desk) -> list[tuple[str, str]]:
    with desk.catalogue.reading() as session:
        return [(e.kind, e.reason) for e in session.scalars(select(ExclusionRow))]


def places(desk: Desk) -> dict[str, str]:
    """Split by file name of all films that have one."""
    with desk.catalogue.reading() as session:
        found = session.execute(
            select(VersionRow.name, GroupRow.split, GroupRow.tune_half)
            .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
            .join(GroupRow, GroupRow.id == RadiographRow.group_id)
        )
        return {name: f"{split} {half}".strip() for name, split, half in found}


def test_films_are_admitted_with_facts_original_and_mask(desk: Desk, tmp_path: Path) -> None:
    row = {"path": "a.png", **NORTH, "patient_id": "p-0001", "age": "55", "lung_mask": "masks/a.png"}
    drawn, folder = phantoms.draw("Normal", 3, side_px=96), delivery(tmp_path / "in", [row])
    write(folder / "a.png", drawn.pixels)
    write(folder / "masks/a.png", drawn.lung_mask)
    inspected = desk.inspect(folder)
    (line,) = rows_of(inspected.folder)
    assert (line["row"], line["name"], line["problem"], line["age"], line["width"]) == ("0", "a.png", "", "55", "96")
    assert line["radiograph_id"] == decode.pixel_digest(drawn.pixels)
    assert (desk.home / "originals" / line["original"]).read_bytes() == (folder / "a.png").read_bytes()
    kept = cv2.imread(str(desk.home / "originals" / line["lung_mask"]), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(kept, drawn.lung_mask)
    assert np.load(inspected.folder / "thumbnails.npy").shape == (1, 64, 64)
    summary = desk.enrol(inspected)
    assert (summary.admitted, summary.quarantined, summary.by_finding) == (1, 0, (("Normal", 1),))


def test_another_patients_mask_is_not_kept_and_said_and_the_film_is_admitted(desk: Desk, tmp_path: Path) -> None:
    row = {"path": "a.png", **NORTH, "lung_mask": "masks/a.png"}
    folder = delivery(tmp_path / "in", [row])
    write(folder / "a.png", phantoms.draw("Normal", 3, side_px=224).pixels)
    write(folder / "masks/a.png", phantoms.draw("Normal", 8, side_px=224).lung_mask)
    summary = desk.admit(folder)
    assert summary.admitted == 1
    ((words, n),) = summary.corrections
    assert "so it is not kept" in words and n == 1
    assert not (desk.home / "originals" / "masks").exists()


def test_the_same_delivery_again_brings_nothing_and_opens_no_film(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(4)])
    (folder / "5.png").write_bytes(b"<html>")
    desk.admit(folder)
    monkeypatch.setattr(opening.decode, "decode_bytes", lambda *_: pytest.fail("a known film was decoded"))
    inspected = desk.inspect(folder)
    assert (inspected.n_rows, inspected.n_new, inspected.n_known) == (5, 0, 5)
    summary = desk.enrol(inspected, tolerated_share=0.0)
    assert (summary.admitted, summary.known, summary.waiting, summary.quarantined) == (0, 4, 1, 0)


def test_a_known_delivery_is_looked_up_in_a_few_questions(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(12)])
    desk.admit(folder)
    asked: list[str] = []
    event.listen(desk.catalogue._engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    desk.inspect(folder)
    assert len([question for question in asked if question.startswith("SELECT")]) <= 6


def test_each_file_is_decoded_once_and_progress_reaches_the_number_of_rows(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(3)])
    shutil.copy(folder / "0.png", folder / "copy.png")
    table(folder / "metadata.csv", [{"path": f"{name}.png", **NORTH} for name in ("0", "1", "2", "copy")])
    calls: list[str] = []
    decoder = decode.decode_bytes
    monkeypatch.setattr(opening.decode, "decode_bytes", lambda data, name: calls.append(name) or decoder(data, name))
    done: list[int] = []
    rows = intake.read_batch(folder, FINDINGS)
    admission.inspect(rows, desk.catalogue, desk.place, advance=done.append)
    assert len(calls) == 3 and sum(done) == 4


def test_the_same_film_in_another_file_is_known_and_next_time_by_its_file(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH}])
    desk.admit(folder)
    _, other_bytes = cv2.imencode(".png", film(0), [cv2.IMWRITE_PNG_COMPRESSION, 0])
    again = delivery(tmp_path / "again", [{"path": "b.png", **NORTH}])
    (again / "b.png").write_bytes(other_bytes.tobytes())
    for _ in range(2):
        inspected = desk.inspect(again)
        assert (inspected.n_new, inspected.n_known) == (0, 1)
        assert desk.enrol(inspected).admitted == 0
    with desk.catalogue.reading() as session:
        assert len(session.scalars(select(RadiographRow.id)).all()) == 1


def test_changed_metadata_from_the_same_place_become_a_new_dated_version(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH}])
    desk.admit(folder)
    table(folder / "metadata.csv", [{"path": "a.png", "finding": "COVID", "source": "north"}])
    summary = desk.admit(folder)
    assert (summary.admitted, summary.updated, summary.excluded) == (0, 1, 0)
    assert versions(desk) == [("Normal", "north", True), ("COVID", "north", True)]
    assert desk.admit(folder).updated == 0
    assert [(count.finding, count.n_films) for count in desk.catalogue.counts()] == [("COVID", 1)]


def test_another_finding_from_another_source_is_a_conflict_and_the_film_is_left_out(desk: Desk, tmp_path: Path) -> None:
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH}]))
    other = delivery(tmp_path / "other", [{"path": "b.png", "finding": "COVID", "source": "south"}])
    summary = desk.admit(other)
    assert (summary.updated, summary.excluded) == (1, 1)
    assert versions(desk) == [("Normal", "north", True), ("COVID", "south", False)]
    assert exclusions(desk) == [("conflict", "labelled Normal by north and COVID by south")]
    assert desk.catalogue.counts() == ()
    assert desk.admit(other).excluded == 0


def test_one_film_with_two_findings_in_one_delivery_is_a_conflict(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "x/a.png", **NORTH}, {"path": "y/a.png", **NORTH, "finding": "COVID"}])
    shutil.copy(folder / "x/a.png", folder / "y/a.png")
    summary = desk.admit(folder)
    assert (summary.admitted, summary.updated, summary.excluded) == (0, 1, 1)
    assert [kind for kind, _ in exclusions(desk)] == ["conflict"]


def test_spoiled_files_go_to_the_quarantine_with_their_reason(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(4)])
    (folder / "0.png").write_bytes(b"")
    (folder / "1.png").write_bytes((folder / "1.png").read_bytes()[:200])
    (folder / "2.png").unlink()
    (folder / "page.dcm").write_bytes(b"<!DOCTYPE html><html></html>")
    table(
        folder / "metadata.csv", [{"path": name, **NORTH} for name in ("0.png", "1.png", "2.png", "3.png", "page.dcm")]
    )
    summary = desk.admit(folder)
    assert (summary.admitted, summary.quarantined) == (1, 4)
    waiting = {record.name: record for record in desk.catalogue.list_quarantine()}
    assert set(waiting) == {"0.png", "1.png", "2.png", "page.dcm"}
    assert all(record.reason and not record.reason.startswith(name) for name, record in waiting.items())
    assert {record.stored for record in waiting.values()} == {""}


@pytest.mark.parametrize("wanted", [True, False])
def test_files_as_they_came_are_kept_only_where_a_setting_asks_for_them(
    desk: Desk, tmp_path: Path, wanted: bool
) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(2)])
    (folder / "0.png").write_bytes(b"<!DOCTYPE html>DOE^JOHN</html>")
    place = replace(desk.place, identified=desk.home / "identified" if wanted else None)
    desk.enrol(admission.inspect(intake.read_batch(folder, FINDINGS), desk.catalogue, place))
    holding = [path for path in desk.home.rglob("*") if path.is_file() and b"DOE^JOHN" in path.read_bytes()]
    assert len(holding) == (1 if wanted else 0)
    if wanted:
        assert stat.S_IMODE((desk.home / "identified").stat().st_mode) == 0o700
        assert len([path for path in (desk.home / "identified").rglob("*") if path.is_file()]) == 2


def test_a_file_name_that_is_no_text_is_taken_like_any_other(desk: Desk, tmp_path: Path) -> None:
    picture = write(tmp_path / "in/Normal/a.png", film(0)).read_bytes()
    Path(os.fsdecode(os.fsencode(tmp_path / "in/Normal") + b"/\xff\xfe.png")).write_bytes(picture[:99])
    summary = desk.admit(tmp_path / "in")
    assert (summary.admitted, summary.quarantined) == (1, 1)
    assert [record.name for record in desk.catalogue.list_quarantine()] == ["Normal/??.png"]


def test_rows_that_failed_their_expectations_keep_their_film_in_the_quarantine(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH, "age": "400"}, {"path": "b.png", **NORTH}])
    summary = desk.enrol(desk.inspect(folder), {0: "age must lie between 0 and 120 years"})
    assert (summary.admitted, summary.quarantined) == (1, 1)
    assert summary.reasons == (("age must lie between 0 and 120 years", 1),)
    (record,) = desk.catalogue.list_quarantine()
    assert (desk.home / "quarantine" / record.stored).read_bytes() == (folder / "a.png").read_bytes()
    assert desk.inspect(folder).n_new == 0


def test_a_mended_row_leaves_the_quarantine(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(
        tmp_path / "in", [{"path": "a.png", **NORTH, "finding": "Broken rib"}, {"path": "b.png", **NORTH}]
    )
    (folder / "b.png").unlink()
    assert desk.admit(folder).quarantined == 2
    delivery(folder, [{"path": "a.png", **NORTH}, {"path": "b.png", **NORTH}])
    assert desk.admit(folder).admitted == 2
    assert desk.catalogue.list_quarantine() == ()


def test_a_batch_past_its_tolerance_admits_nothing_until_it_is_mended(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(4)])
    (folder / "0.png").write_bytes(b"nothing")
    for _ in range(2):
        with pytest.raises(BatchRefused, match=r"1 of 4 new rows \(25%\) failed.*tolerated 20%"):
            desk.enrol(desk.inspect(folder), tolerated_share=0.2)
    assert [batch.status for batch in desk.catalogue.list_batches()] == ["refused", "refused"]
    assert len(desk.catalogue.list_quarantine()) == 1
    assert desk.catalogue.counts() == ()
    write(folder / "0.png", film(0))
    assert desk.enrol(desk.inspect(folder), tolerated_share=0.2).admitted == 4


def test_enrolling_a_batch_twice_gives_the_same_answer_and_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    inspected = desk.inspect(delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(3)]))
    assert desk.enrol(inspected) == desk.enrol(inspected)
    assert len(versions(desk)) == 3


def test_an_enrolment_that_breaks_in_the_middle_leaves_nothing_and_can_be_done_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspected = desk.inspect(delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(3)]))

    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(admission.enrol.__globals__["statements"], "exclude", power_cut)
        with pytest.raises(OSError, match="power cut"):
            desk.enrol(inspected)
    assert desk.catalogue.list_batches() == () and versions(desk) == []
    assert desk.enrol(inspected).admitted == 3


def test_two_batches_inspected_at_once_admit_their_common_film_once(desk: Desk, tmp_path: Path) -> None:
    inspected = [desk.inspect(delivery(tmp_path / name, [{"path": f"{name}.png", **NORTH}])) for name in "ab"]
    assert [desk.enrol(batch).admitted for batch in inspected] == [1, 0]
    with desk.catalogue.reading() as session:
        assert len(session.scalars(select(RadiographRow.id)).all()) == 1


def test_no_clear_patient_id_reaches_the_disk(desk: Desk, tmp_path: Path) -> None:
    rows = [
        {"path": "Gertrude-Stein.png", **NORTH, "patient_id": "Gertrude-Stein", "study_id": "acc-77001"},
        {"path": "Gertrude-Stein-2.png", **NORTH, "patient_id": "Gertrude-Stein", "study_id": "acc-77001"},
    ]
    folder = delivery(tmp_path / "in", rows)
    (folder / "Gertrude-Stein-2.png").write_bytes(b"spoiled")
    desk.admit(folder)
    written = [path for path in desk.home.rglob("*") if path.is_file()]
    assert len(written) > 4
    for path in written:
        assert b"Gertrude" not in path.read_bytes() and "Gertrude" not in str(path), path.name
        assert b"acc-77001" not in path.read_bytes(), path.name


def test_films_of_one_patient_and_near_duplicates_share_a_group_also_over_batches(desk: Desk, tmp_path: Path) -> None:
    one = [{"path": f"{k}.png", **NORTH, "patient_id": "p1" if k < 2 else ""} for k in range(6)]
    desk.admit(delivery(tmp_path / "one", one))
    two = delivery(tmp_path / "two", [{"path": "p.png", **NORTH, "patient_id": "p1"}, {"path": "d.jpg", **NORTH}], 50)
    write(two / "d.jpg", cv2.convertScaleAbs(film(5), alpha=0.9, beta=10))
    desk.admit(two)
    with desk.catalogue.reading() as session:
        joined = select(VersionRow.name, RadiographRow.group_id).join(
            RadiographRow, RadiographRow.id == VersionRow.radiograph_id
        )
        group = {row.name: row.group_id for row in session.execute(joined)}
    assert group["0.png"] == group["1.png"] == group["p.png"]
    assert group["5.png"] == group["d.jpg"]
    assert len(set(group.values())) == 5


@pytest.fixture
def split_desk(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Thirty films of thirty patients, in all splits."""
    rows = [{"path": f"{k}.png", **NORTH, "patient_id": f"p{k}"} for k in range(30)]
    desk.admit(delivery(tmp_path / "thirty", rows))
    yield desk


def first_in(desk: Desk, split: str) -> int:
    return next(int(name.removesuffix(".png")) for name, place in sorted(places(desk).items()) if place == split)


def test_a_film_that_bridges_two_splits_is_excluded_and_so_is_what_follows_it(split_desk: Desk, tmp_path: Path) -> None:
    before = places(split_desk)
    train, held_out = first_in(split_desk, "train"), first_in(split_desk, "held_out")
    bridge = delivery(tmp_path / "bridge", [{"path": "bridge.png", **NORTH, "patient_id": f"p{train}"}])
    write(bridge / "bridge.png", cv2.convertScaleAbs(film(held_out), alpha=0.9, beta=10))
    summary = split_desk.admit(bridge)
    assert (summary.admitted, summary.excluded) == (0, 1)
    assert exclusions(split_desk) == [
        ("bridge", "its patient or a near-duplicate is in held-out and train, so it can be in neither")
    ]
    follower = delivery(tmp_path / "follower", [{"path": "follower.png", **NORTH}])
    write(follower / "follower.png", cv2.convertScaleAbs(film(held_out), alpha=0.8, beta=12))
    near_both = delivery(tmp_path / "near", [{"path": "near.png", **NORTH, "patient_id": f"p{train}"}], 90)
    assert split_desk.admit(follower).excluded == 1
    assert split_desk.admit(near_both).admitted == 1
    assert {name: place for name, place in places(split_desk).items() if name in before} == before
    assert places(split_desk)["near.png"] == "train"


def test_two_new_twins_of_patients_in_different_splits_are_both_excluded(split_desk: Desk, tmp_path: Path) -> None:
    before = places(split_desk)
    patients = [f"p{first_in(split_desk, split)}" for split in ("train", "held_out")]
    rows = [{"path": f"{patient}.png", **NORTH, "patient_id": patient} for patient in patients]
    twins = delivery(tmp_path / "twins", rows, 60)
    write(twins / f"{patients[1]}.png", cv2.convertScaleAbs(film(60), alpha=0.9, beta=10))
    summary = split_desk.admit(twins)
    assert (summary.admitted, summary.excluded) == (0, 2)
    assert places(split_desk) == before


def test_a_later_patient_id_retires_the_train_side_and_held_out_stays(split_desk: Desk, tmp_path: Path) -> None:
    train, held_out = first_in(split_desk, "train"), first_in(split_desk, "held_out")
    row = {"path": f"{train}.png", **NORTH, "patient_id": f"p{held_out}"}
    delivery(tmp_path / "corrected", [row], first_seed=train)
    summary = split_desk.admit(tmp_path / "corrected")
    assert (summary.updated, summary.excluded) == (1, 1)
    assert exclusions(split_desk) == [("merged", "its patient turned out to be in held-out")]
    assert places(split_desk)[f"{held_out}.png"] == "held_out"
    later = delivery(tmp_path / "later", [{"path": "later.png", **NORTH, "patient_id": f"p{held_out}"}], 70)
    assert split_desk.admit(later).admitted == 1
    assert places(split_desk)["later.png"] == "held_out"


def test_films_that_come_later_never_move_a_group(split_desk: Desk, tmp_path: Path) -> None:
    before = places(split_desk)
    split_desk.admit(delivery(tmp_path / "more", [{"path": f"more{k}.png", **NORTH} for k in range(25)], 200))
    after = places(split_desk)
    assert len(after) == 55
    assert {name: place for name, place in after.items() if name in before} == before


def test_a_catalogue_that_cannot_be_written_refuses_the_enrolment_whole(desk: Desk, tmp_path: Path) -> None:
    inspected = desk.inspect(delivery(tmp_path / "in", [{"path": "a.png", **NORTH}]))
    with Catalogue.open(f"sqlite:///{desk.home / 'catalogue.db'}") as other:
        event.listen(other._engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
        other._engine.dispose()
        with pytest.raises(CatalogueUnavailable, match=r"cannot be opened or written \(attempt to write a readonly"):
            Desk(desk.home, other).enrol(inspected)
    assert desk.enrol(inspected).admitted == 1


def test_a_row_whose_stated_size_was_mended_is_admitted(desk: Desk, tmp_path: Path) -> None:
    said = {"path": "a.png", "finding": "COVID", "source": "n", "height": "48"}
    rows = [{**said, "width": width} for width in ("256", "48")]
    folder = delivery(tmp_path / "in", rows[:1])
    desk.enrol(desk.inspect(folder), {0: "its table states 256 x 48"})
    again = desk.inspect(folder)
    assert (again.n_new, again.n_known, again.n_waiting) == (0, 1, 1)
    table(folder / "metadata.csv", rows[1:])
    assert desk.admit(folder).admitted == 1 and desk.catalogue.list_quarantine() == ()


def test_a_row_that_failed_beside_another_is_looked_at_again_when_that_is_mended(desk: Desk, tmp_path: Path) -> None:
    def rows(second: str) -> list[dict[str, str]]:
        patients = {"1.png": "P001", "2.png": second}
        return [
            {"path": path, "finding": "COVID", "source": "n", "study_id": "S1", "patient_id": patient}
            for path, patient in patients.items()
        ]

    folder = delivery(tmp_path / "in", rows("P002"))
    desk.enrol(desk.inspect(folder), {0: "two patients in one study", 1: "two patients in one study"})
    assert desk.inspect(folder).n_new == 0  # nothing was mended, so nothing is looked at
    table(folder / "metadata.csv", rows("P001"))
    assert desk.admit(folder).admitted == 2


def test_what_a_row_leaves_empty_stays_as_its_own_source_told_it(desk: Desk, tmp_path: Path) -> None:
    whole = {"path": "a.png", "finding": "COVID", "source": "north", "patient_id": "P1", "age": "40"}
    desk.admit(delivery(tmp_path / "in", [whole]))
    desk.admit(delivery(tmp_path / "again", [{"path": "a.png", "finding": "COVID", "source": "north", "sex": "F"}]))
    with desk.catalogue.reading() as session:
        last = session.scalars(select(VersionRow).order_by(VersionRow.id.desc())).first()
        assert last is not None and (last.sex, last.age) == ("F", 40) and last.patient_id


def test_films_of_other_kinds_and_rows_that_failed_before_refuse_no_pull_and_no_delivery(
    desk: Desk, tmp_path: Path
) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", "finding": "COVID", "source": "n"} for k in range(2)])
    inspected = desk.inspect(folder)
    with pytest.raises(BatchRefused):
        desk.enrol(inspected, {0: "not frontal"}, tolerated_share=0.2)
    pulled = admission.enrol(
        desk.catalogue, desk.inspect(folder), {0: "not frontal"}, quarantine=tmp_path / "q", tolerated_share=0.2,
        pulled=True,
    )  # fmt: skip
    assert (pulled.admitted, pulled.quarantined) == (1, 1)
    again = admission.enrol(desk.catalogue, desk.inspect(folder), {}, quarantine=tmp_path / "q", tolerated_share=0.2)
    assert (again.admitted, again.known, again.waiting, again.refusal) == (0, 1, 1, "")


def test_a_film_that_a_pacs_did_not_give_out_is_asked_for_again(desk: Desk) -> None:
    asked = []

    def fetch() -> bytes:
        asked.append(1)
        if len(asked) == 1:
            raise NotGivenOut("the PACS does not give it out (HTTP 500)")
        return cv2.imencode(".png", film(3))[1].tobytes()

    row = intake.IntakeRow(name="pacs/1.dcm", source="north", remote=Remote("https://pacs/x#1", fetch))
    for _ in range(3):
        desk.enrol(admission.inspect([row], desk.catalogue, desk.place))
    assert len(asked) == 2 and [finding for finding, *_ in versions(desk)] == [""]
    assert desk.catalogue.list_quarantine() == ()
