"""Films come without a finding and get one later, through the same pseudonyms, without any overwriting."""

from __future__ import annotations

from pathlib import Path

import cv2
from sqlalchemy import select

from radiographs.records import labelling
from radiographs.records.label_table import LabelRow
from radiographs.records.schema import GroupRow, VersionRow

from .films import KEY, Desk, delivery, film, write

NORTH = {"source": "north", "finding": ""}


def row(finding: str, *, source: str = "north", **ids: str) -> LabelRow:
    known = {name: ids.get(name) for name in ("patient_id", "accession", "study_id")}
    return LabelRow(**known, finding=finding, word=finding, line_number=2, source=source)


def taken_for(desk: Desk) -> list[tuple[str, str]]:
    """Name and finding of each film's versions in order."""
    with desk.catalogue.reading() as session:
        found = session.execute(select(VersionRow.name, VersionRow.finding).order_by(VersionRow.id))
        return [(name, finding) for name, finding in found]


def splits(desk: Desk) -> list[str]:
    with desk.catalogue.reading() as session:
        return list(session.scalars(select(GroupRow.split).order_by(GroupRow.at)))


def test_an_unlabelled_film_is_admitted_without_split_and_seen_by_the_search_for_near_duplicates(
    desk: Desk, tmp_path: Path
) -> None:
    summary = desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH}]))
    assert (summary.admitted, summary.unlabelled, summary.by_finding) == (1, 1, ())
    assert splits(desk) == [""]
    again = delivery(tmp_path / "again", [{"path": "b.png", "source": "north", "finding": "COVID"}])
    write(again / "b.png", cv2.add(film(0), 9))
    desk.admit(again)
    assert len(splits(desk)) == 1 and splits(desk) != [""]


def test_training_never_sees_an_unlabelled_film(desk: Desk, tmp_path: Path) -> None:
    rows = [
        {"path": f"{name}{k}.png", "finding": name, "source": "north", "patient_id": f"{name}{k}"}
        for name in ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
        for k in range(6)
    ]
    desk.admit(delivery(tmp_path / "in", rows))
    before = desk.cohort().digest
    desk.admit(delivery(tmp_path / "more", [{"path": "x.png", **NORTH}], first_seed=90))
    assert desk.cohort().digest == before


def test_a_table_labels_by_patient_and_study_and_the_group_gets_its_split(desk: Desk, tmp_path: Path) -> None:
    rows = [
        {"path": "a.png", **NORTH, "patient_id": "p-0001", "study_id": "1.2.3"},
        {"path": "b.png", **NORTH, "patient_id": "p-0002", "study_id": "1.2.4"},
        {"path": "c.png", **NORTH, "patient_id": "p-0002", "study_id": "1.2.5"},
    ]
    desk.admit(delivery(tmp_path / "in", rows))
    told = [row("COVID", patient_id="p-0001"), row("Normal", patient_id="p-0002", study_id="1.2.5")]
    summary = labelling.apply(desk.catalogue, told, KEY)
    assert (summary.labelled, summary.changed, summary.unchanged, summary.unmatched) == (2, 0, 0, 0)
    assert summary.by_finding == (("COVID", 1), ("Normal", 1))
    assert [said[1] for said in taken_for(desk)] == ["", "", "", "COVID", "Normal"]
    assert len(splits(desk)) == 2 and "" not in splits(desk)


def test_a_patient_of_another_source_is_another_patient(desk: Desk, tmp_path: Path) -> None:
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH, "patient_id": "p-0001"}]))
    summary = labelling.apply(desk.catalogue, [row("COVID", source="south", patient_id="p-0001")], KEY)
    assert (summary.labelled, summary.unmatched) == (0, 1)


def test_a_changed_label_is_a_new_version_and_the_same_table_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH, "patient_id": "p-0001"}]))
    place = []
    for finding, expected in (("COVID", (1, 0, 0)), ("Normal", (0, 1, 0)), ("Normal", (0, 0, 1))):
        done = labelling.apply(desk.catalogue, [row(finding, patient_id="p-0001")], KEY)
        assert (done.labelled, done.changed, done.unchanged) == expected
        place.append(splits(desk))
    assert [said[1] for said in taken_for(desk)] == ["", "COVID", "Normal"]
    assert place[0] == place[1] == place[2]


def test_labels_that_make_near_duplicates_disagree_are_a_conflict(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", **NORTH, "patient_id": f"p-000{k}"} for k in range(2)])
    write(folder / "1.png", cv2.add(film(0), 9))
    desk.admit(folder)
    told = [row("COVID", patient_id="p-0000"), row("Normal", patient_id="p-0001")]
    assert labelling.apply(desk.catalogue, told, KEY).conflicts == 1
    assert len(desk.catalogue.list_conflicts()) == 1


def test_a_delivery_without_finding_does_not_take_a_label_away(desk: Desk, tmp_path: Path) -> None:
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", "source": "north", "finding": "COVID"}]))
    desk.admit(delivery(tmp_path / "again", [{"path": "a.png", **NORTH, "age": "44"}]))
    assert [said[1] for said in taken_for(desk)] == ["COVID", "COVID"]


def test_a_row_of_another_examination_labels_no_other_film_of_its_patient(desk: Desk, tmp_path: Path) -> None:
    ids = {"patient_id": "p-0001", "accession": "acc-1", "study_id": "1.2.4"}
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH, **ids}]))
    for other in ({"study_id": "1.2.9"}, {"accession": "acc-9"}, {"accession": "acc-9", "study_id": "1.2.9"}):
        summary = labelling.apply(desk.catalogue, [row("COVID", patient_id="p-0001", **other)], KEY)
        assert (summary.labelled, summary.unmatched) == (0, 1)
    summary = labelling.apply(desk.catalogue, [row("COVID", accession="acc-1", study_id="1.2.9")], KEY)
    assert (summary.labelled, summary.unmatched) == (1, 0)


def test_a_film_that_two_rows_label_alike_is_labelled_and_counted_once(desk: Desk, tmp_path: Path) -> None:
    ids = {"accession": "acc-1", "study_id": "1.2.4"}
    desk.admit(delivery(tmp_path / "in", [{"path": "a.png", **NORTH, **ids}]))
    told = [row("COVID", accession="acc-1"), row("COVID", study_id="1.2.4")]
    summary = labelling.apply(desk.catalogue, told, KEY)
    assert (summary.labelled, summary.unchanged, summary.contradicted) == (1, 0, 0)
    assert summary.by_finding == (("COVID", 1),)
    assert labelling.apply(desk.catalogue, told, KEY).unchanged == 1


def test_rows_that_contradict_each_other_leave_their_films_alone_and_not_those_of_others(
    desk: Desk, tmp_path: Path
) -> None:
    one = {"path": "a.png", **NORTH, "patient_id": "p-0001", "study_id": "1.2.4"}
    other = {"path": "b.png", **NORTH, "patient_id": "p-0001", "study_id": "1.2.5"}
    desk.admit(delivery(tmp_path / "in", [one, other]))
    told = [row("COVID", patient_id="p-0001"), row("Normal", study_id="1.2.5")]
    summary = labelling.apply(desk.catalogue, told, KEY)
    assert (summary.labelled, summary.contradicted) == (1, 1)
    assert taken_for(desk)[2:] == [("(decision)", "COVID")]
