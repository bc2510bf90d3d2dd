"""A delivered folder is read by its table, the real ones too, and refused by name where it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from radiographs.errors import EmptyInbox, UnreadableTable
from radiographs.imaging import decode
from radiographs.records import intake

from .films import FINDINGS, film, table, write


def read(root: Path, **options: object) -> dict[str, intake.IntakeRow]:
    return {row.name: row for row in intake.read_batch(root, FINDINGS, **options)}  # type: ignore[arg-type]


def workbook(path: Path, lines: list[list[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_an_xlsx_table_is_read_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    write(tmp_path / "a.png", film(1))
    given_table = workbook(tmp_path / "t.xlsx", [["Path", "Finding", "patient_id"], ["a.png", "Normal", 12.0]])
    assert read(tmp_path, metadata=given_table)["a.png"].patient_id == "12"


def test_a_table_that_names_no_files_is_refused_with_the_remedy(tmp_path: Path) -> None:
    table(tmp_path / "metadata.csv", [{"finding": "Normal", "source": "north"}])
    with pytest.raises(UnreadableTable, match=r"metadata\.csv.*lacks the column 'path'.*add it"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["metadata.tsv", "Metadata.CSV"])
def test_a_table_called_metadata_is_found_by_itself(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a.png", film(1))
    (tmp_path / name).write_text("path\tfinding\na.png\tCOVID\n", encoding="utf-8")
    assert read(tmp_path)["a.png"].finding == "COVID"


@pytest.mark.parametrize(("name", "content"), [("t.csv", b"\xff\xfe\x00"), ("t.xlsx", b"no zip"), ("t.ods", b"")])
def test_a_broken_table_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableTable, match=name):
        read(tmp_path, metadata=tmp_path / name)


def test_an_absent_table_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"gone\.csv: no such table"):
        read(tmp_path, metadata=tmp_path / "gone.csv")


def test_an_empty_or_absent_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    with pytest.raises(EmptyInbox, match=r"inbox: holds no film.*put images"):
        read(tmp_path / "inbox")
    with pytest.raises(EmptyInbox, match=r"gone: no such folder"):
        read(tmp_path / "gone")


def test_the_table_of_the_real_films_is_read_without_a_problem(shared: Path) -> None:
    rows = intake.read_batch(shared / "radiographs", FINDINGS)
    assert len(rows) == 5035
    assert not [row for row in rows if row.problem]
    assert sum(row.lung_mask is not None for row in rows) == 304


def test_the_table_of_the_probes_is_read_without_a_problem(shared: Path) -> None:
    rows = intake.read_batch(shared / "probes", FINDINGS, metadata=shared / "probes/probes.csv")
    assert len(rows) == 175 and not [row for row in rows if row.problem or row.repairs]
    assert sum(row.finding is None for row in rows) == 7
    assert (
        sum(row.stated_width is not None for row in rows) == sum(row.stated_channels is not None for row in rows) == 174
    )


def test_what_the_table_of_the_probes_says_of_each_file_is_true(shared: Path) -> None:
    rows = intake.read_batch(shared / "probes", FINDINGS, metadata=shared / "probes/probes.csv")
    seen = 0
    for row in rows:
        if row.stated_width and row.path and row.stated_width <= 600:
            facts = decode.decode_file(row.path).facts
            assert (facts.width, facts.height, facts.channels) == (
                row.stated_width, row.stated_height, row.stated_channels,
            ), row.name  # fmt: skip
            seen += 1
    assert seen > 150
