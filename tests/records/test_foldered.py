"""Without a table, the folders speak: by findings, as the Radiography Database does, or not at all."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from radiographs.records import intake

from .films import FINDINGS, film, write


def read(root: Path, **options: object) -> dict[str, intake.IntakeRow]:
    return {row.name: row for row in intake.read_batch(root, FINDINGS, **options)}  # type: ignore[arg-type]


def workbook(path: Path, lines: list[list[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(path)
    return path


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


def test_folders_that_name_no_finding_label_nothing(tmp_path: Path) -> None:
    for name in ("monday/a.png", "tuesday/images/b.png", "c.png"):
        write(tmp_path / name, film(1))
    write(tmp_path / "tuesday/masks/b.png", film(2))
    found = read(tmp_path)
    assert {(row.finding, row.finding_word, row.problem) for row in found.values()} == {(None, "", "")}
    assert {row.source for row in found.values()} == {tmp_path.name}
    assert found["tuesday/images/b.png"].lung_mask == tmp_path / "tuesday/masks/b.png"
    assert read(tmp_path, source="mine")["c.png"].source == "mine"


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
    assert "it is not there" in found["Normal/images/NORMAL-2"].problem
    assert (good.stated_width, good.stated_height, good.stated_format, good.stated_channels) == (256, 256, "PNG", 1)
    assert good.repairs == ("the table's file name differs from the file's in capitals; the file's stands",)
    assert found["Viral Pneumonia/images/Viral Pneumonia-1.png"].repairs == ()
    assert read(root, source="mine")["Normal/images/Normal-1.png"].source == "mine"
