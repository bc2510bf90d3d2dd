"""A patient whom two hospitals name differently stays on one side, and what a person settled may come up again."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import pytest
from sqlalchemy import select, update

from radiographs.errors import CohortRejected
from radiographs.records import cohort_proof, decisions, label_table, labelling
from radiographs.records.schema import GroupRow, RadiographRow, VersionRow

from .films import FINDINGS, KEY, Desk, delivery, film, table, write


def admit_four_each(desk: Desk, folder: Path) -> list[dict[str, str]]:
    rows = [
        {"path": f"{name}{k}.png", "finding": name, "source": "north", "patient_id": f"{name}-{k}"}
        for name in FINDINGS.names
        for k in range(6)
    ]
    desk.admit(delivery(folder, rows))
    return rows


def places_of(desk: Desk, source: str) -> dict[str, set[str]]:
    """Splits by patient, of the films that a source told of."""
    found: dict[str, set[str]] = {}
    with desk.catalogue.reading() as session:
        rows = session.execute(
            select(VersionRow.patient_id, GroupRow.split)
            .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
            .join(GroupRow, GroupRow.id == RadiographRow.group_id)
            .where(VersionRow.source == source)
        )
        for patient, split in rows:
            found.setdefault(patient, set()).add(split)
    return found


def test_a_patient_whose_copy_another_hospital_delivers_with_a_further_film_stays_on_one_side(
    desk: Desk, tmp_path: Path
) -> None:
    rows = admit_four_each(desk, tmp_path / "north")
    south = tmp_path / "south"
    told = []
    for seed, row in enumerate(rows):
        patient = {"finding": row["finding"], "source": "south", "patient_id": f"south-{seed}"}
        for name, pixels in ((f"copy{seed}.png", film(seed)), (f"other{seed}.png", film(1000 + seed))):
            write(south / name, pixels)
            told.append({"path": name, **patient})
    table(south / "metadata.csv", told)
    desk.admit(south)
    assert len(places_of(desk, "south")) == 24
    assert all(len(splits) == 1 for splits in places_of(desk, "south").values())
    proof = cohort_proof.rows(desk.catalogue, desk.cohort(), desk.home / "cohorts")
    assert {(row.patient_places, row.group_places) for row in proof} == {(1, 1)}


def test_a_patient_in_two_groups_on_two_sides_is_seen_by_the_proof(desk: Desk, tmp_path: Path) -> None:
    admit_four_each(desk, tmp_path / "north")
    with desk.catalogue.writing() as session:
        sides = dict(
            session.execute(
                select(GroupRow.split, RadiographRow.id).join(RadiographRow, RadiographRow.group_id == GroupRow.id)
            ).all()
        )
        for split in ("train", "held_out"):
            session.execute(
                update(VersionRow).where(VersionRow.radiograph_id == sides[split]).values(patient_id="somebody")
            )
    proof = cohort_proof.rows(desk.catalogue, desk.cohort(), desk.home / "cohorts")
    seen = {row.name for row in proof if row.group_places > 1 and row.patient_places > 1}
    assert seen == {sides["train"], sides["held_out"]}


def test_an_earlier_cohort_that_is_gone_is_not_passed_over(desk: Desk, tmp_path: Path) -> None:
    from radiographs.records.entries import CohortRecord

    admit_four_each(desk, tmp_path / "north")
    first = desk.cohort()
    desk.catalogue.record_cohort(CohortRecord(first.digest, first.findings.names, len(first.films)))
    desk.admit(delivery(tmp_path / "more", [{"path": "x.png", "finding": "COVID", "source": "north"}], 500))
    assert cohort_proof.rows(desk.catalogue, desk.cohort(), desk.home / "cohorts")
    shutil.rmtree(desk.home / "cohorts" / first.digest)
    with pytest.raises(CohortRejected, match=first.digest):
        cohort_proof.rows(desk.catalogue, desk.cohort(), desk.home / "cohorts")


def test_a_settled_conflict_that_comes_up_again_waits_for_a_person_again(desk: Desk, tmp_path: Path) -> None:
    admit_four_each(desk, tmp_path / "north")
    write(tmp_path / "b" / "x.png", cv2.resize(film(0), (96, 96), interpolation=cv2.INTER_CUBIC))
    row = {"path": "x.png", "finding": "Normal", "source": "south", "patient_id": "SX-1"}
    table(tmp_path / "b" / "metadata.csv", [row])
    desk.admit(tmp_path / "b")
    (conflict,) = desk.catalogue.list_conflicts()
    person = decisions.Desk(desk.place, desk.home / "quarantine", FINDINGS)
    decisions.release(desk.catalogue, conflict.key, person, because="seen", finding="COVID")
    assert desk.catalogue.list_conflicts() == ()
    later = table(tmp_path / "labels.csv", [{"patient_id": "SX-1", "finding": "Normal"}])
    labelling.apply(desk.catalogue, label_table.read(later, FINDINGS, {}, source="south").rows, KEY)
    assert len(desk.catalogue.list_conflicts()) == 1
    assert not {conflict.radiograph_id, conflict.other_id} & {one.id for one in desk.cohort().films}


def test_two_rows_that_label_one_film_differently_change_nothing_and_the_next_id_is_tried(
    desk: Desk, tmp_path: Path
) -> None:
    row = {"path": "q.png", "source": "A", "patient_id": "P-1", "accession": "ACC-1", "study_id": "ST-1"}
    desk.admit(delivery(tmp_path / "in", [row], 900))

    def labelled(*rows: dict[str, str]) -> labelling.LabellingSummary:
        path = table(tmp_path / "labels.csv", list(rows))
        return labelling.apply(desk.catalogue, label_table.read(path, FINDINGS, {}, source="A").rows, KEY)

    disputed = labelled({"accession": "ACC-1", "finding": "COVID"}, {"study_id": "ST-1", "finding": "Normal"})
    assert (disputed.labelled, disputed.contradicted, disputed.unmatched) == (0, 1, 0)
    fallen_back = labelled({"accession": "ACC-1", "study_id": "unheard-of", "finding": "COVID"})
    assert (fallen_back.labelled, fallen_back.unmatched) == (1, 0)
