"""A cohort is what may be used now, frozen under the digest of its content."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from radiographs.errors import CohortRejected
from radiographs.findings import Findings
from radiographs.records import cohort

from .films import FINDINGS, Desk, delivery, table


def rows(n_each: int = 6) -> list[dict[str, str]]:
    return [
        {"path": f"{name}-{k}.png", "finding": name, "source": "north", "patient_id": f"{name}{k}", "age": "40.5"}
        for name in FINDINGS.names
        for k in range(n_each)
    ]


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Desk:
    desk.admit(delivery(tmp_path / "in", rows()))
    return desk


def test_a_cohort_holds_all_usable_films_with_their_words(filled: Desk) -> None:
    frozen = filled.cohort()
    assert len(frozen.films) == 24 and frozen.findings == FINDINGS
    assert [film.id for film in frozen.films] == sorted(film.id for film in frozen.films)
    assert {film.age for film in frozen.films} == {40.5}
    assert all((filled.home / "originals" / film.original).is_file() for film in frozen.films)
    assert sum(len(frozen.of(split)) for split in cohort.SPLITS) == 24
    assert len(frozen.of("tune", "select")) + len(frozen.of("tune", "calibrate")) == len(frozen.of("tune"))
    labels = frozen.labels(frozen.films)
    assert labels.dtype == np.int64
    assert [FINDINGS.names[k] for k in labels] == [film.finding for film in frozen.films]


def test_the_same_catalogue_gives_the_same_folder_and_touches_nothing(filled: Desk) -> None:
    cohorts = filled.home / "cohorts"
    folder = cohort.snapshot(filled.catalogue, FINDINGS, cohorts)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert cohort.snapshot(filled.catalogue, FINDINGS, cohorts) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert {path.name for path in cohorts.iterdir()} == {folder.name}
    assert {path.name for path in folder.iterdir()} == {"films.csv", "cohort.json", "findings.yaml"}


def test_the_digest_does_not_depend_on_the_order_of_arrival_or_the_home(filled: Desk, tmp_path: Path) -> None:
    from radiographs.records.catalogue import Catalogue

    source = tmp_path / "in"
    shuffled = rows()
    shuffled = shuffled[1::2] + shuffled[::2][::-1]
    table(source / "metadata.csv", shuffled)
    with Catalogue.open(f"sqlite:///{tmp_path / 'other' / 'catalogue.db'}") as catalogue:
        other = Desk(tmp_path / "other", catalogue)
        other.admit(source)
        assert other.cohort().digest == filled.cohort().digest


def test_new_films_change_the_digest_and_only_new_held_out_films_the_held_out_digest(
    filled: Desk, tmp_path: Path
) -> None:
    first = filled.cohort()
    more = [{"path": f"n{k}.png", "finding": "Normal", "source": "north"} for k in range(3)]
    filled.admit(delivery(tmp_path / "more", more, 500))
    second = filled.cohort()
    assert second.digest != first.digest
    held_out = {film.id for film in second.of("held_out")} - {film.id for film in first.of("held_out")}
    assert (second.held_out_digest != first.held_out_digest) == bool(held_out)


def test_a_film_in_conflict_is_left_out(filled: Desk, tmp_path: Path) -> None:
    other = [{"path": "x.png", "finding": "Normal", "source": "south"}]
    assert filled.admit(delivery(tmp_path / "other", other, 0)).excluded == 1
    assert len(filled.cohort().films) == 23


def test_a_finding_without_films_in_a_split_is_rejected_by_name(desk: Desk, tmp_path: Path) -> None:
    few = [row for row in rows() if row["finding"] != "COVID"]
    desk.admit(delivery(tmp_path / "in", few))
    with pytest.raises(CohortRejected, match=r"no COVID in train, no COVID in tune, no COVID in held_out; admit"):
        desk.cohort()
    assert not (desk.home / "cohorts").exists()


def test_other_findings_make_another_cohort_of_the_same_catalogue(filled: Desk) -> None:
    two = Findings(("Normal", "COVID"), "COVID")
    frozen = cohort.load(cohort.snapshot(filled.catalogue, two, filled.home / "cohorts"))
    assert {film.finding for film in frozen.films} == {"Normal", "COVID"} and frozen.findings == two
    assert frozen.digest != filled.cohort().digest


@pytest.mark.parametrize("spoil", ["films.csv", "findings.yaml", "cohort.json", "name"])
def test_a_changed_cohort_is_refused_by_name(filled: Desk, spoil: str) -> None:
    folder = cohort.snapshot(filled.catalogue, FINDINGS, filled.home / "cohorts")
    if spoil == "films.csv":
        text = (folder / spoil).read_text(encoding="utf-8")
        (folder / spoil).write_text(text.replace("COVID", "Normal", 1), encoding="utf-8")
    elif spoil == "findings.yaml":
        (folder / spoil).unlink()
    elif spoil == "cohort.json":
        (folder / spoil).write_text(json.dumps({"digest": "0" * 32}), encoding="utf-8")
    else:
        folder = Path(shutil.move(folder, folder.with_name("renamed")))
    with pytest.raises(CohortRejected, match=folder.name):
        cohort.load(folder)
