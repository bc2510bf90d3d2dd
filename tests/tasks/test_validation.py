"""A batch's rows come back as failures with reasons, and its pages lie in the folder that was named."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from prefect.logging import disable_run_logger

from radiographs import findings
from radiographs.errors import UnreadableTable
from radiographs.imaging import phantoms
from radiographs.imaging.quality import Limits
from radiographs.records import admission, intake
from radiographs.records.admission import InspectedBatch
from radiographs.records.catalogue import Catalogue
from tasks import validation

FINDINGS = findings.read()
GOOD_ROW = {
    "problem": "", "finding": "COVID", "finding_word": "COVID", "source": "north", "patient_id": "p1",
    "view_position": "PA", "sex": "F", "age": "61.0", "radiograph_id": "a" * 64, "width": "224", "height": "224",
    "tint": "0.0", "contrast": "55.0", "entropy": "7.1", "offset_days": "", "study_id": "", "accession": "",
    "study_date": "", "header_objection": "", "stated_width": "", "stated_height": "", "stated_format": "",
    "stated_channels": "", "format": "PNG", "channels": "1", "exposure": "0.5", "border_share": "0.0",
    "text_share": "0.0", "laterality": "", "inversion": "none", "frontal_score": "0.9",
}  # fmt: skip
UNREAD = dict.fromkeys(
    ("radiograph_id", "width", "height", "tint", "contrast", "entropy", "exposure", "border_share", "text_share",
     "frontal_score", "inversion", "format", "channels"),
    "",
)  # fmt: skip


def batch(folder: Path, *changes: dict[str, str], batch_id: str = "batch-1", without: str = "") -> InspectedBatch:
    """Writes rows.csv with each change put on a good row."""
    rows = [{"row": str(row), "name": f"films/{row}.png", **GOOD_ROW, **change} for row, change in enumerate(changes)]
    columns = [column for column in ("row", "name", *GOOD_ROW) if column != without]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return InspectedBatch(folder=folder, batch_id=batch_id, n_rows=len(rows), n_new=len(rows), n_known=0)


def test_each_failing_row_comes_back_with_its_reason(tmp_path):
    inspected = batch(
        tmp_path / "in", {}, {"age": "430"}, {"problem": "c.png: truncated", **UNREAD}, {"tint": "0.9"}, {}
    )
    validated = validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")
    assert validated.n_rows == 5
    assert list(validated.failures) == [1, 2, 3]
    assert validated.failures[1] == "age must lie between 0 and 120 years, got 430"
    assert validated.failures[2] == "c.png: truncated"
    assert "grey" in validated.failures[3]


def test_faults_of_metadata_are_joined_and_an_all_black_speck_gets_one_reason(tmp_path):
    speck = {"width": "1", "height": "1", "contrast": "0", "entropy": "0"}
    inspected = batch(tmp_path / "in", {"age": "430", "sex": "x"}, speck)
    failures = validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs").failures
    assert failures[0].count(";") == 1
    assert ";" not in failures[1]
    assert "1 x 1" in failures[1]


def test_words_that_spreadsheets_take_for_nothing_stay_words(tmp_path):
    inspected = batch(tmp_path / "in", {"source": "NA", "patient_id": "007"}, {"finding": "", "finding_word": "None"})
    failures = validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs").failures
    assert list(failures) == [1]
    assert failures[1].startswith("unknown finding 'None' (known: COVID")


def test_the_data_docs_list_every_batch_by_its_id_and_name_the_failing_film(tmp_path):
    docs = tmp_path / "docs"
    first = batch(tmp_path / "a", {}, batch_id="batch-of-monday")
    second = batch(tmp_path / "b", {"age": "430"}, batch_id="batch-of-tuesday")
    validation.validate(first, FINDINGS, Limits(), docs)
    shown = validation.validate(second, FINDINGS, Limits(), docs)
    index = shown.data_docs.read_text(encoding="utf-8")
    assert shown.data_docs.is_relative_to(docs)
    assert "batch-of-monday" in index
    assert "batch-of-tuesday" in index
    (page,) = docs.glob("validations/metadata/batch-of-tuesday/*/*.html")
    assert "films/0.png" in page.read_text(encoding="utf-8")


def test_nothing_is_written_beside_the_named_folder(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    inspected = batch(tmp_path / "in", {"sex": "x"})
    validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")
    assert list(home.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "home", "in"]


def test_nothing_is_printed(tmp_path, capfd):
    validation.validate(batch(tmp_path / "in", {"sex": "x"}), FINDINGS, Limits(), tmp_path / "docs")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("has_file", [True, False])
def test_a_batch_without_rows_passes_without_the_heavy_imports(tmp_path, monkeypatch, has_file):
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    inspected = batch(tmp_path / "in") if has_file else InspectedBatch(tmp_path / "none", "b", 3, 0, 3)
    validated = validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")
    assert (validated.failures, validated.n_rows) == ({}, 0)
    assert not (tmp_path / "docs").exists()


def test_a_missing_table_of_a_batch_with_new_rows_is_refused(tmp_path):
    with pytest.raises(UnreadableTable, match=r"rows\.csv: missing"):
        validation.validate(InspectedBatch(tmp_path, "b", 3, 3, 0), FINDINGS, Limits(), tmp_path / "docs")


@pytest.mark.parametrize("column", ["row", "problem", "age", "width", "entropy"])
def test_a_missing_column_is_refused_with_the_file_and_nothing_is_shown(tmp_path, column):
    inspected = batch(tmp_path / "in", {}, without=column)
    with pytest.raises(UnreadableTable, match=r"rows\.csv: column"):
        validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")
    assert not (tmp_path / "docs" / "index.html").exists()


def test_a_word_where_a_number_belongs_is_refused_with_the_column(tmp_path):
    inspected = batch(tmp_path / "in", {"age": "old"})
    with pytest.raises(UnreadableTable, match="column 'age' must hold numbers"):
        validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")


def test_the_task_gives_what_the_function_gives(tmp_path):
    inspected = batch(tmp_path / "in", {"sex": "x"})
    with disable_run_logger():
        validated = validation.validate_batch.fn(inspected, FINDINGS, Limits(), tmp_path / "docs")
    assert validated == validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs")


def test_the_batch_that_admission_writes_has_every_column_that_is_promised(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    film, other = (phantoms.draw("COVID", seed, side_px=96).pixels for seed in (1, 2))
    colour = np.random.default_rng(1).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    for name, pixels in {"good": film, "black": np.zeros((96, 96), np.uint8), "old": other, "sea": colour}.items():
        Image.fromarray(np.ascontiguousarray(pixels)).save(inbox / f"{name}.png")
    (inbox / "cut.png").write_bytes((inbox / "good.png").read_bytes()[:200])
    (inbox / "metadata.csv").write_text(
        "path,finding,source,age\ngood.png,COVID,north,50\nblack.png,COVID,north,50\nold.png,Normal,north,430\n"
        "sea.png,Normal,north,\ncut.png,COVID,north,50\n"
    )
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}") as catalogue:
        place = admission.Workplace(tmp_path / "originals", tmp_path / "batches", b"k" * 32)
        inspected = admission.inspect(intake.read_batch(inbox, FINDINGS), catalogue, place)
    failures = validation.validate(inspected, FINDINGS, Limits(), tmp_path / "docs").failures
    with (inspected.folder / "rows.csv").open(newline="", encoding="utf-8") as lines:
        told = {line["name"]: failures.get(int(line["row"]), "") for line in csv.DictReader(lines)}
    assert told["good.png"] == ""
    assert "contrast" in told["black.png"]
    assert told["old.png"] == "age must lie between 0 and 120 years, got 430"
    assert "grey" in told["sea.png"]
    assert told["cut.png"] != ""
