"""What a delivered folder says of its films is read without opening one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from radiographs.errors import EmptyInbox, UnreadableTable
from radiographs.records import inbox, intake

from .films import FINDINGS, delivery, film, table, write


def read(root: Path, **options: object) -> dict[str, intake.IntakeRow]:
    return {row.name: row for row in intake.read_batch(root, FINDINGS, **options)}  # type: ignore[arg-type]


def workbook(path: Path, lines: list[list[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_a_table_gives_each_film_its_words(tmp_path: Path) -> None:
    row = {"path": "n/a.png", "finding": "covid-19", "source": "north", "patient_id": "p1", "age": "61", "sex": "F"}
    delivery(tmp_path, [{**row, "view_position": "AP Supine", "offset_days": "", "lung_mask": "n/masks/a.png"}])
    write(tmp_path / "n/masks/a.png", film(9))
    found = read(tmp_path)["n/a.png"]
    assert (found.finding, found.finding_word, found.source) == ("COVID", "covid-19", "north")
    assert (found.patient_id, found.age, found.sex, found.view_position) == ("p1", 61.0, "F", "AP Supine")
    assert found.offset_days is None and found.lesion_mask is None and found.problem == ""
    assert found.lung_mask == tmp_path / "n/masks/a.png"


def test_files_in_mask_folders_junk_and_tables_are_no_films(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": "images/a.png", "finding": "Normal"}])
    names = ("masks/a.png", "lesion_masks/a.png", ".hidden.png", "images/Thumbs.db", ".DS_Store", "other.csv")
    picture = write(tmp_path / "images/a.png", film(1)).read_bytes()
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture)
    assert list(read(tmp_path)) == ["images/a.png"]


def test_an_xlsx_table_is_read_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    write(tmp_path / "a.png", film(1))
    given_table = workbook(tmp_path / "t.xlsx", [["Path", "Finding", "patient_id"], ["a.png", "Normal", 12.0]])
    assert read(tmp_path, metadata=given_table)["a.png"].patient_id == "12"


@pytest.mark.parametrize("column", ["path", "finding"])
def test_a_missing_column_is_refused_with_table_column_and_remedy(tmp_path: Path, column: str) -> None:
    row = {"path": "a.png", "finding": "Normal"}
    del row[column]
    table(tmp_path / "metadata.csv", [{**row, "source": "north"}])
    with pytest.raises(UnreadableTable, match=rf"metadata\.csv.*lacks the column '{column}'.*add it"):
        read(tmp_path)


@pytest.mark.parametrize(("name", "content"), [("t.csv", b"\xff\xfe\x00"), ("t.xlsx", b"no zip"), ("t.ods", b"")])
def test_a_broken_table_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableTable, match=name):
        read(tmp_path, metadata=tmp_path / name)


def test_an_absent_table_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"gone\.csv: no such table"):
        read(tmp_path, metadata=tmp_path / "gone.csv")


def test_a_row_without_file_and_a_file_without_row_are_problems(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": "a.png", "finding": "Normal"}, {"path": "gone.png", "finding": "Normal"}])
    (tmp_path / "gone.png").unlink()
    write(tmp_path / "stray.png", film(5))
    found = read(tmp_path)
    assert found["a.png"].problem == ""
    assert "it is not there" in found["gone.png"].problem and found["gone.png"].path is None
    assert "no row for this file" in found["stray.png"].problem


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ({"finding": "Broken rib"}, "'Broken rib' is unknown"),
        ({"finding": ""}, "no finding is given"),
        ({"age": "old"}, "age is 'old', which is no number"),
        ({"age": "nan"}, "no number"),
        ({"lung_mask": "masks/none.png"}, "lung_mask names a file that is not"),
    ],
)
def test_what_a_row_cannot_mean_is_a_problem_in_words(tmp_path: Path, cell: dict[str, str], words: str) -> None:
    delivery(tmp_path, [{"path": "a.png", "finding": "Normal", **cell}])
    assert words in read(tmp_path)["a.png"].problem


def test_a_file_named_twice_with_different_words_is_a_problem_and_the_same_words_are_not(tmp_path: Path) -> None:
    rows = [{"path": "a.png", "finding": word} for word in ("Normal", "Normal", "COVID")]
    delivery(tmp_path, rows)
    problems = [row.problem for row in intake.read_batch(tmp_path, FINDINGS)]
    assert problems == ["", "the table names this file twice and says different things"]


@pytest.mark.parametrize("path", ["../a.png", "/etc/hostname", "x/../../a.png", "C:\\films\\a.png", "..\\a.png"])
def test_a_path_that_leaves_the_folder_is_a_problem_and_is_not_read(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write(tmp_path / "a.png", film(1))
    table(root / "metadata.csv", [{"path": path, "finding": "Normal"}])
    (row,) = intake.read_batch(root, FINDINGS)
    assert "leads out" in row.problem and row.path is None


def test_a_link_out_of_the_folder_is_a_problem_and_is_not_read(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.png", film(1))
    for root in (tmp_path / "tree", tmp_path / "listed"):
        (root / "Normal").mkdir(parents=True)
        (root / "Normal/a.png").symlink_to(outside)
    (tmp_path / "listed/linked").symlink_to(tmp_path)
    rows = [{"path": path, "finding": "Normal"} for path in ("Normal/a.png", "linked/outside.png")]
    table(tmp_path / "listed/metadata.csv", rows)
    found = [*intake.read_batch(tmp_path / "tree", FINDINGS), *intake.read_batch(tmp_path / "listed", FINDINGS)]
    assert len(found) == 3
    assert all("link that leads out" in row.problem and row.path is None for row in found)


@example("../a.png")
@example("a/../../b.png")
@given(st.text(st.sampled_from("./\\:aC\x00"), max_size=12) | st.text(max_size=30))
def test_no_word_of_a_table_becomes_a_path_out_of_the_folder(word: str) -> None:
    name = inbox.tidy_name(word)
    root = Path("/somewhere/of/films")
    assert name is None or Path(os.path.normpath(root / name)).is_relative_to(root)


def test_folders_named_after_findings_need_no_table(tmp_path: Path) -> None:
    for name in ("north/Viral_Pneumonia/images/a.png", "north/COVID/b.png", "odd/c.png"):
        write(tmp_path / name, film(1))
    write(tmp_path / "north/Viral_Pneumonia/masks/a.png", film(2))
    found = read(tmp_path)
    first = found["north/Viral_Pneumonia/images/a.png"]
    assert (first.finding, first.source) == ("Viral Pneumonia", "north")
    assert first.lung_mask == tmp_path / "north/Viral_Pneumonia/masks/a.png"
    assert found["north/COVID/b.png"].finding == "COVID"
    assert "'odd' is unknown" in found["odd/c.png"].problem
    assert read(tmp_path, source="mine")["north/COVID/b.png"].source == "mine"


def test_a_folder_that_is_itself_named_after_a_finding_is_recognised(tmp_path: Path) -> None:
    write(tmp_path / "COVID/a.png", film(1))
    assert read(tmp_path / "COVID")["a.png"].finding == "COVID"


def test_the_radiography_database_is_read_as_downloaded(tmp_path: Path) -> None:
    root = tmp_path / "COVID-19_Radiography_Dataset"
    for word, stems in {"Normal": ("NORMAL-1", "NORMAL-2"), "Viral Pneumonia": ("Viral Pneumonia-1",)}.items():
        lines = [["FILE NAME", "FORMAT", "SIZE", "URL"], *([stem, "PNG", "256*256", "https://x"] for stem in stems)]
        workbook(root / f"{word}.metadata.xlsx", lines)
    for name in (
        "Normal/images/Normal-1.png",
        "Normal/images/Normal-9.png",
        "Viral Pneumonia/images/Viral Pneumonia-1.png",
    ):
        write(root / name, film(1))
        write(root / name.replace("images", "masks"), film(2))
    (root / "README.md.txt").write_text("about", encoding="utf-8")
    found = read(root)
    assert len(found) == 4
    good = found["Normal/images/Normal-1.png"]
    assert (good.finding, good.source, good.problem) == ("Normal", "radiography-database", "")
    assert good.lung_mask == root / "Normal/masks/Normal-1.png"
    assert found["Viral Pneumonia/images/Viral Pneumonia-1.png"].finding == "Viral Pneumonia"
    assert "Normal.metadata.xlsx has no row" in found["Normal/images/Normal-9.png"].problem
    assert "it is not there" in found["Normal/images/normal-2"].problem
    assert read(root, source="mine")["Normal/images/Normal-1.png"].source == "mine"


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
