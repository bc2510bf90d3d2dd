"""The files of a folder are told apart, found by what a table calls them, and never sought outside it."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from radiographs.records import inbox, intake

from .films import FINDINGS, delivery, film, table, write


def read(root: Path, **options: object) -> dict[str, intake.IntakeRow]:
    return {row.name: row for row in intake.read_batch(root, FINDINGS, **options)}  # type: ignore[arg-type]


def test_files_in_mask_folders_junk_and_tables_are_no_films(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": "images/a.png", "finding": "Normal"}])
    names = ("masks/a.png", "lesion_masks/a.png", ".hidden.png", "images/Thumbs.db", ".DS_Store", "other.csv")
    picture = write(tmp_path / "images/a.png", film(1)).read_bytes()
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture)
    assert list(read(tmp_path)) == ["images/a.png"]


@pytest.mark.parametrize(
    ("there", "said", "near"),
    [
        ("images/A.PNG", "images/a.png", "images/A.PNG differs only in capitals"),
        ("images/a.png", "images/a.jpg", "images/a.png has another ending"),
        ("images/a.png", "image/a.png", "images/a.png lies in another folder"),
    ],
)
def test_a_file_that_is_not_there_is_told_with_the_one_that_may_be_meant(
    tmp_path: Path, there: str, said: str, near: str
) -> None:
    write(tmp_path / "x.png", film(1)).rename((tmp_path / there).parent.mkdir() or tmp_path / there)
    table(tmp_path / "metadata.csv", [{"path": said, "finding": "Normal"}])
    found = read(tmp_path)
    assert found[said].problem == f"the metadata table names this file, and it is not there ({near})"
    assert found[said].path is None and "no row for this file" in found[there].problem


@pytest.mark.parametrize(("on_disk", "in_table"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_count_the_same_in_both_of_their_forms(tmp_path: Path, on_disk: str, in_table: str) -> None:
    there, said = (unicodedata.normalize(form, "été/à.png") for form in (on_disk, in_table))
    write(tmp_path / there, film(1))
    table(tmp_path / "metadata.csv", [{"path": said, "finding": "Normal"}])
    (row,) = intake.read_batch(tmp_path, FINDINGS)
    assert (row.name, row.path, row.problem) == (there, tmp_path / there, "")


def test_a_bare_file_name_may_lie_in_any_one_folder(tmp_path: Path) -> None:
    for name in ("x/a.png", "x/b.png", "y/b.png", "x/masks/a.png"):
        write(tmp_path / name, film(1))
    table(tmp_path / "metadata.csv", [{"filename": name} for name in ("a.png", "b.png")])
    found = read(tmp_path)
    assert found["x/a.png"].problem == "" and "(x/b.png lies in another folder)" in found["b.png"].problem


def test_links_that_lead_round_in_a_circle_harm_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.png", film(1))
    (tmp_path / "round.png").symlink_to(tmp_path / "round.png")
    table(tmp_path / "metadata.csv", [{"path": name} for name in ("a.png", "round.png", "round.png/b.png")])
    assert read(tmp_path)["a.png"].problem == ""


@pytest.mark.parametrize(
    "path",
    ["../a.png", "/etc/hostname", "x/../../a.png", "C:\\films\\a.png", "..\\a.png", "\\\\server\\films\\a.png"],
)
def test_a_path_that_leaves_the_folder_is_a_problem_and_is_not_read(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write(tmp_path / "a.png", film(1))
    table(root / "metadata.csv", [{"path": path, "finding": "Normal"}])
    (row,) = intake.read_batch(root, FINDINGS)
    assert "leads out" in row.problem and row.path is None


@pytest.mark.parametrize("path", ["x" * 300, "/".join(["x" * 200] * 30), "a\x00.png", "x" * 10_000 + "/a.png"])
def test_a_path_that_no_file_can_have_is_a_problem_with_a_name_that_can_be_shown(tmp_path: Path, path: str) -> None:
    (tmp_path / "metadata.csv").write_text(f"path,finding\n{path},Normal\n", encoding="utf-8")
    (row,) = intake.read_batch(tmp_path, FINDINGS)
    assert row.problem and row.path is None
    assert row.name.isprintable() and len(row.name) <= 201


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
