"""What the system would not decide a person can: release, discard, settle; and nothing of it is forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from radiographs.errors import BatchRefused, UnknownRecord
from radiographs.imaging import decode, phantoms
from radiographs.records import admission, decisions, intake, originals
from radiographs.records.catalogue import usable
from radiographs.records.schema import (
    ConflictRow,
    CorrectionRow,
    ExclusionRow,
    GroupRow,
    QuarantineRow,
    RadiographRow,
    VersionRow,
)

from .films import FINDINGS, Desk, delivery, film, table, write

NORTH = {"finding": "Normal", "source": "north"}


def at(desk: Desk) -> decisions.Desk:
    return decisions.Desk(desk.place, desk.home / "quarantine", FINDINGS)


def usable_films(desk: Desk) -> dict[str, str]:
    """Finding by film of all that cohorts may use."""
    with desk.catalogue.reading() as session:
        rows = session.execute(
            select(RadiographRow.id, VersionRow.finding)
            .join(VersionRow, VersionRow.radiograph_id == RadiographRow.id)
            .where(usable(), VersionRow.adopted)
            .order_by(VersionRow.id)
        )
        return {row.id: row.finding for row in rows}


def one_quarantined(desk: Desk, tmp_path: Path, **row: str) -> str:
    """Key of the only film in quarantine, which an expectation stopped."""
    inspected = desk.inspect(delivery(tmp_path / "in", [{"path": "a.png", **NORTH, **row}]))
    desk.enrol(inspected, {0: "it is too dark"})
    (waiting,) = desk.catalogue.list_quarantine()
    return waiting.key


def twins(desk: Desk, tmp_path: Path, finding: str, other: str, **of_both: str) -> None:
    """Admits a film and, later, a brighter copy of it with another finding."""
    desk.admit(delivery(tmp_path / "one", [{"path": "a.png", "source": "north", "finding": finding, **of_both}]))
    folder = delivery(tmp_path / "two", [{"path": "b.png", "source": "south", "finding": other, **of_both}])
    write(folder / "b.png", cv2.add(film(0), 9))
    desk.admit(folder)


def test_a_released_film_is_admitted_with_the_reason_on_record(desk: Desk, tmp_path: Path) -> None:
    key = one_quarantined(desk, tmp_path)
    done = decisions.release(desk.catalogue, key[:8], at(desk), because="a portable film")
    assert done is not None and (done.admitted, done.by_finding) == (1, (("Normal", 1),))
    assert desk.catalogue.list_quarantine() == ()
    with desk.catalogue.reading() as session:
        (words,) = session.scalars(select(CorrectionRow.words))
        assert "it is too dark" in words and "a portable film" in words
        (row,) = session.scalars(select(RadiographRow))
        assert (desk.home / "originals" / row.original).is_file() and row.group_id is not None
        assert session.scalars(select(GroupRow.split)).one() in ("train", "tune", "held_out")


def test_a_released_film_is_known_when_it_is_delivered_again(desk: Desk, tmp_path: Path) -> None:
    key = one_quarantined(desk, tmp_path)
    decisions.release(desk.catalogue, key, at(desk), because="fine")
    assert desk.inspect(tmp_path / "in").n_new == 0


def test_a_film_with_an_unknown_finding_needs_one_to_be_released(desk: Desk, tmp_path: Path) -> None:
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", "finding": "Pneumothorax", "source": "north"}]))
    (waiting,) = desk.catalogue.list_quarantine()
    with pytest.raises(UnknownRecord, match="--finding"):
        decisions.release(desk.catalogue, waiting.key, at(desk), because="read again")
    with pytest.raises(UnknownRecord, match="'Normla' is no finding here"):
        decisions.release(desk.catalogue, waiting.key, at(desk), because="read again", finding="Normla")
    decisions.release(desk.catalogue, waiting.key, at(desk), because="read again", finding="Normal")
    assert list(usable_films(desk).values()) == ["Normal"]


def test_a_file_that_could_not_be_decoded_cannot_be_released_and_nothing_of_it_is_kept(
    desk: Desk, tmp_path: Path
) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH}])
    (folder / "a.png").write_bytes((folder / "a.png").read_bytes()[:200])
    desk.admit(folder)
    (waiting,) = desk.catalogue.list_quarantine()
    with pytest.raises(UnknownRecord, match=r"a\.png: no film of it could be decoded"):
        decisions.release(desk.catalogue, waiting.key, at(desk), because="why not")
    assert not [path for path in (desk.home / "quarantine").rglob("*") if path.is_file()]


def test_a_discarded_film_is_erased_and_not_asked_about_again(desk: Desk, tmp_path: Path) -> None:
    key = one_quarantined(desk, tmp_path)
    decisions.discard(desk.catalogue, key, at(desk), because="not ours")
    assert not list(desk.home.rglob("*.png"))
    assert desk.catalogue.list_quarantine() == ()
    assert desk.inspect(tmp_path / "in").n_new == 0
    with pytest.raises(UnknownRecord, match="nothing waits"):
        decisions.release(desk.catalogue, key, at(desk), because="after all")


def test_discarding_one_of_two_rows_leaves_the_film_to_the_other(desk: Desk, tmp_path: Path) -> None:
    rows = [{"path": "a.png", **NORTH}, {"path": "a.png", "finding": "COVID", "source": "north"}]
    folder = delivery(tmp_path / "in", rows[:1])
    table(folder / "metadata.csv", rows)
    inspected = desk.inspect(folder)
    desk.enrol(inspected, {0: "it is too dark", 1: "it is too dark"})
    first, _ = desk.catalogue.list_quarantine()
    decisions.discard(desk.catalogue, first.key, at(desk), because="the other is right")
    (second,) = desk.catalogue.list_quarantine()
    assert decisions.release(desk.catalogue, second.key, at(desk), because="right", finding="COVID") is not None


@pytest.mark.parametrize("key", ["ab", "zzzzzz", ""])
def test_an_id_that_names_nothing_is_refused(desk: Desk, tmp_path: Path, key: str) -> None:
    one_quarantined(desk, tmp_path)
    with pytest.raises(UnknownRecord):
        decisions.show(desk.catalogue, key, at(desk))


def test_show_tells_all_that_is_known_and_where_the_picture_is(desk: Desk, tmp_path: Path) -> None:
    key = one_quarantined(desk, tmp_path, age="71")
    shown = decisions.show(desk.catalogue, key, at(desk))
    facts = dict(shown.facts)
    assert (facts["reason"], facts["name"], facts["age"]) == ("it is too dark", "a.png", "71.0")
    assert shown.picture is not None and shown.picture.is_file()


def test_near_duplicates_with_two_findings_are_a_conflict_and_both_are_left_out(desk: Desk, tmp_path: Path) -> None:
    twins(desk, tmp_path, "Normal", "COVID")
    (conflict,) = desk.catalogue.list_conflicts()
    assert conflict.reason == "labelled COVID by south and its near-duplicate Normal by north"
    assert sorted(conflict.names) == ["a.png", "b.png"]
    assert usable_films(desk) == {}


def test_near_duplicates_with_one_finding_are_no_conflict(desk: Desk, tmp_path: Path) -> None:
    twins(desk, tmp_path, "COVID", "COVID")
    assert desk.catalogue.list_conflicts() == () and len(usable_films(desk)) == 2


@pytest.mark.parametrize("known", [True, False])
def test_two_examinations_of_one_patient_may_differ(desk: Desk, tmp_path: Path, known: bool) -> None:
    for k, finding in enumerate(("COVID", "Normal")):
        row = {"path": f"{k}.png", "source": "north", "finding": finding, "patient_id": "p-0001"}
        folder = delivery(tmp_path / f"in{k}", [{**row, "offset_days": str(9 * k) if known else ""}])
        write(folder / f"{k}.png", cv2.add(film(0), 9 * k))
        desk.admit(folder)
    assert len(desk.catalogue.list_conflicts()) == (0 if known else 1)


def test_a_settled_conflict_brings_both_films_back_to_their_split_as_a_dated_version(
    desk: Desk, tmp_path: Path
) -> None:
    twins(desk, tmp_path, "Normal", "COVID")
    (conflict,) = desk.catalogue.list_conflicts()
    with pytest.raises(UnknownRecord, match="--finding"):
        decisions.release(desk.catalogue, conflict.key, at(desk), because="read again")
    decisions.release(desk.catalogue, conflict.key[:9], at(desk), because="PCR was positive", finding="COVID")
    assert set(usable_films(desk).values()) == {"COVID"} and len(usable_films(desk)) == 2
    assert desk.catalogue.list_conflicts() == ()
    with desk.catalogue.reading() as session:
        said = session.execute(select(VersionRow.finding, VersionRow.name).order_by(VersionRow.id)).all()
        assert [tuple(row) for row in said] == [("Normal", "a.png"), ("COVID", "b.png"), ("COVID", "(decision)")]
        assert all(row.lifted_at is not None for row in session.scalars(select(ExclusionRow)))
        assert session.scalars(select(ConflictRow)).one().because == "PCR was positive"
        assert len(set(session.scalars(select(RadiographRow.group_id)))) == 1


def test_a_settled_conflict_does_not_come_back_with_the_same_delivery(desk: Desk, tmp_path: Path) -> None:
    twins(desk, tmp_path, "Normal", "COVID")
    (conflict,) = desk.catalogue.list_conflicts()
    decisions.release(desk.catalogue, conflict.key, at(desk), because="PCR", finding="COVID")
    for folder in ("one", "two"):
        assert desk.admit(tmp_path / folder).conflicts == 0
    assert set(usable_films(desk).values()) == {"COVID"}


def test_a_discarded_conflict_leaves_both_films_out(desk: Desk, tmp_path: Path) -> None:
    twins(desk, tmp_path, "Normal", "COVID")
    (conflict,) = desk.catalogue.list_conflicts()
    decisions.discard(desk.catalogue, conflict.key, at(desk), because="nobody knows")
    assert desk.catalogue.list_conflicts() == () and usable_films(desk) == {}


def test_discarding_erases_the_file_as_it_came_its_masks_and_its_picture_in_the_report(
    desk: Desk, tmp_path: Path
) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(3)])
    (folder / "2.png").write_bytes(b"<html>")
    place = replace(desk.place, identified=desk.home / "identified")
    inspected = admission.inspect(intake.read_batch(folder, FINDINGS), desk.catalogue, place)
    desk.enrol(inspected, {0: "it is too dark", 1: "it is too dark"})
    by_name = {waiting.name: waiting for waiting in desk.catalogue.list_quarantine()}
    for k in range(2):
        write(desk.home / "reports" / "batches" / inspected.batch_id / "films" / Path(by_name[f"{k}.png"].stored).name,
              film(k))  # fmt: skip
    mask = write(desk.home / "originals" / "masks" / "ab" / "abcd.png", film(1))
    with desk.catalogue.writing() as session:
        for k in range(2):
            row = session.get_one(QuarantineRow, by_name[f"{k}.png"].key)
            row.line = {**row.line, "lung_mask": "masks/ab/abcd.png"}
    assert len(kept_files(desk)) == 3 + 2 + 2 + 2 + 1  # as they came, originals, quarantine, report, mask
    decisions.discard(desk.catalogue, by_name["2.png"].key, at(desk), because="not ours")
    decisions.discard(desk.catalogue, by_name["0.png"].key, at(desk), because="not ours")
    assert len(kept_files(desk)) == 1 + 1 + 1 + 1 + 1 and mask.is_file()
    decisions.discard(desk.catalogue, by_name["1.png"].key, at(desk), because="not ours")
    assert kept_files(desk) == []


def kept_files(desk: Desk) -> list[Path]:
    folders = ("identified", "originals", "quarantine", "reports")
    return [path for name in folders for path in (desk.home / name).rglob("*") if path.is_file()]


def test_discarding_a_row_of_an_admitted_film_leaves_that_film_alone(desk: Desk, tmp_path: Path) -> None:
    key = one_quarantined(desk, tmp_path)
    write(tmp_path / "b" / "a.webp", film(0))
    table(tmp_path / "b" / "metadata.csv", [{"path": "a.webp", **NORTH}])
    cv2.imwrite(str(tmp_path / "b" / "a.webp"), film(0), [cv2.IMWRITE_WEBP_QUALITY, 101])
    assert desk.admit(tmp_path / "b").admitted == 1
    decisions.discard(desk.catalogue, key, at(desk), because="delivered better")
    with desk.catalogue.reading() as session:
        (row,) = session.scalars(select(RadiographRow))
    assert (desk.home / "originals" / row.original).is_file()
    assert not [path for path in (desk.home / "quarantine").rglob("*") if path.is_file()]


def test_a_film_discarded_between_its_inspection_and_its_enrolment_is_refused_and_comes_with_the_next_call(
    desk: Desk, tmp_path: Path
) -> None:
    key = one_quarantined(desk, tmp_path, age="300")
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH, "age": "30"}])
    inspected = desk.inspect(folder)
    decisions.discard(desk.catalogue, key, at(desk), because="not ours")
    with pytest.raises(BatchRefused, match="discarded or withdrawn since it was inspected"):
        desk.enrol(inspected)
    assert usable_films(desk) == {}
    assert desk.admit(folder).admitted == 1
    with desk.catalogue.reading() as session:
        (row,) = session.scalars(select(RadiographRow))
    assert (desk.home / "originals" / row.original).is_file()


def test_a_film_released_as_a_negative_is_measured_and_searched_for_text_the_right_way_round(
    desk: Desk, tmp_path: Path
) -> None:
    upright = phantoms.draw("Normal", 3, side_px=400).pixels
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.png", upright)
    table(tmp_path / "in" / "metadata.csv", [{"path": "a.png", **NORTH}])
    inspected = desk.inspect(tmp_path / "in")
    desk.enrol(inspected, {0: "it looks like a negative"})
    (waiting,) = desk.catalogue.list_quarantine()
    with desk.catalogue.writing() as session:
        row = session.get_one(QuarantineRow, waiting.key)
        right = row.line["facts"]
        row.line = {**row.line, "facts": {**right, "inversion": "suspected", "mean_intensity": 1.0, "exposure": 0.1}}
        write(desk.home / "quarantine" / row.stored, 255 - upright)
    decisions.release(desk.catalogue, waiting.key, at(desk), because="a negative")
    with desk.catalogue.reading() as session:
        (film_row,) = session.scalars(select(RadiographRow))
        assert film_row.facts == {**right, "inversion": "righted"}
        words = set(session.scalars(select(CorrectionRow.words)))
        assert "inverted intensities were righted" in words and len(words) == 2
    kept = decode.decode_file(desk.home / "originals" / film_row.original).pixels
    assert np.array_equal(kept, upright)


def test_what_a_loss_of_power_left_empty_is_written_anew(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", **NORTH}])
    first = desk.inspect(folder)
    (original,) = (desk.home / "originals").glob("*/*.png")
    original.write_bytes(b"")
    with pytest.raises(BatchRefused):
        desk.enrol(first)
    assert desk.admit(folder).admitted == 1
    assert np.array_equal(decode.decode_file(original).pixels, film(0))


def test_what_was_written_is_asked_onto_the_disk_before_the_catalogue_knows_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(originals, "make_durable", lambda folder: calls.append(len(usable_films(desk))))
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH} for k in range(3)])
    desk.admit(folder)
    desk.admit(folder)
    assert calls == [0] and len(usable_films(desk)) == 3
