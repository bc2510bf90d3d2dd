"""What a table says of its films is taken as it is meant, row by row, and nothing is read into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs.records import intake

from .films import FINDINGS, delivery, film, table, write


def read(root: Path, **options: object) -> dict[str, intake.IntakeRow]:
    return {row.name: row for row in intake.read_batch(root, FINDINGS, **options)}  # type: ignore[arg-type]


def test_a_table_gives_each_film_its_words(tmp_path: Path) -> None:
    row = {"path": "n/a.png", "finding": "covid-19", "source": "north", "patient_id": "p1", "age": "61", "sex": "F"}
    delivery(tmp_path, [{**row, "view_position": "AP Supine", "offset_days": "", "lung_mask": "n/masks/a.png"}])
    write(tmp_path / "n/masks/a.png", film(9))
    found = read(tmp_path)["n/a.png"]
    assert (found.finding, found.finding_word, found.source) == ("COVID", "covid-19", "north")
    assert (found.patient_id, found.age, found.sex, found.view_position) == ("p1", 61.0, "F", "AP Supine")
    assert found.offset_days is None and found.lesion_mask is None and found.problem == ""
    assert found.lung_mask == tmp_path / "n/masks/a.png"


def test_a_film_without_a_finding_is_unlabelled_and_an_unknown_finding_is_a_problem(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": f"x{word}.png", "finding": word} for word in ("", "Normal", "Pneumothorax")])
    found = read(tmp_path)
    assert (found["x.png"].finding, found["x.png"].finding_word, found["x.png"].problem) == (None, "", "")
    assert "the finding 'Pneumothorax' is unknown (known: COVID" in found["xPneumothorax.png"].problem


def test_a_table_without_findings_labels_nothing(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": "COVID/a.png", "source": "north"}])
    row = read(tmp_path)["COVID/a.png"]
    assert (row.finding, row.finding_word, row.source, row.problem) == (None, "", "north", "")


def test_a_french_table_says_the_same_as_an_english_one(tmp_path: Path) -> None:
    write(tmp_path / "radios/été.png", film(1))
    header = "Chemin;Diagnostic;Hôpital;IPP;Incidence;Âge;Sexe;Examen;N° examen;Date d'examen;Délai jours;Remarque"
    cells = "radios\\été.png;covid-19;Châlons;p1;face couché;55,5;H;e1;n1;04/03/2020;-2;vu, relu, signé"
    (tmp_path / "metadata.csv").write_bytes(f"{header}\r\n{cells}\r\n".encode("cp1252"))
    row = read(tmp_path)["radios/été.png"]
    assert (row.finding, row.source, row.patient_id, row.view_position) == ("COVID", "Châlons", "p1", "AP Supine")
    assert (row.age, row.sex, row.study_id, row.accession) == (55.5, "M", "e1", "n1")
    assert (row.study_date, row.offset_days, row.problem) == ("20200304", -2.0, "")
    assert row.repairs == ("the finding 'covid-19' is read as COVID",)


def test_a_date_of_two_meanings_is_left_out_with_a_remark_that_does_not_repeat_it(tmp_path: Path) -> None:
    rows = [{"path": f"{at}.png", "study_date": text} for at, text in enumerate(("04/03/2020", "2020", "20200304"))]
    dates = [(row.study_date, row.repairs) for row in read(delivery(tmp_path, rows)).values()]
    assert [date for date, _ in dates] == [None, None, "20200304"]
    assert "taken for each other" in dates[0][1][0] and "no date that can be read" in dates[1][1][0]
    assert not any("2020" in remark for _, remarks in dates for remark in remarks)


def test_one_certain_date_settles_the_others_of_its_table(tmp_path: Path) -> None:
    rows = [{"path": f"{at}.png", "study_date": text} for at, text in enumerate(("04/03/2020", "25/03/2020"))]
    assert [row.study_date for row in read(delivery(tmp_path, rows)).values()] == ["20200304", "20200325"]


@pytest.mark.parametrize(
    ("cell", "stated"),
    [
        ({"width": "512", "height": "420", "mode": "RGBA", "format": "jpg"}, (512, 420, 4, "JPEG")),
        ({"size": "256*256", "mode": "MONOCHROME1", "format": "PNG"}, (256, 256, 1, "PNG")),
        ({"width": "512", "height": "", "channels": "3", "mode": "L"}, (None, None, 3, None)),
        ({"size": "1.2 MB", "mode": "tilted", "format": "35x43"}, (None, None, None, None)),
    ],
)
def test_what_a_table_says_of_the_file_is_kept_for_comparison(
    tmp_path: Path, cell: dict[str, str], stated: tuple[object, ...]
) -> None:
    row = read(delivery(tmp_path, [{"path": "a.png", **cell}]))["a.png"]
    assert (row.stated_width, row.stated_height, row.stated_channels, row.stated_format) == stated
    assert row.problem == ""


def test_words_for_sex_and_view_that_nobody_knows_stay_for_the_expectations(tmp_path: Path) -> None:
    row = read(delivery(tmp_path, [{"path": "a.png", "sex": "banana", "view_position": "PA of a hand"}]))["a.png"]
    assert (row.sex, row.view_position, row.problem) == ("banana", "PA of a hand", "")


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
        ({"age": "old"}, "age is 'old', which is no number"),
        ({"age": "nan"}, "no number"),
        ({"age": "55,5"}, "age is '55,5', which is no number"),
        ({"lung_mask": "masks/none.png"}, "lung_mask names a file that is not"),
        ({"lung_mask": "../a.png"}, "the path of lung_mask leads out of the delivered folder"),
        ({"lesion_mask": "C:\\masks\\a.png"}, "the path of lesion_mask leads out"),
        ({"lesion_mask": "x" * 300}, "the path of lesion_mask is longer than that of any file"),
        ({"width": "many", "height": "20"}, "width is 'many', which is no whole number above 0"),
        ({"channels": "-1"}, "channels is '-1', which is no whole number above 0"),
    ],
)
def test_what_a_row_cannot_mean_is_a_problem_in_words(tmp_path: Path, cell: dict[str, str], words: str) -> None:
    delivery(tmp_path, [{"path": "a.png", "finding": "Normal", **cell}])
    assert words in read(tmp_path)["a.png"].problem


def test_a_file_named_twice_with_different_words_is_a_problem_and_the_same_words_are_not(tmp_path: Path) -> None:
    rows = [{"path": "a.png", "finding": word} for word in ("Normal", "Normal", "COVID")]
    delivery(tmp_path, rows)
    problems = [row.problem for row in intake.read_batch(tmp_path, FINDINGS)]
    assert problems == ["the table names this file twice and says different things"] * 2


def test_a_file_named_twice_in_two_spellings_of_one_finding_is_one_row(tmp_path: Path) -> None:
    delivery(tmp_path, [{"path": path, "finding": word} for path, word in (("a.png", "Normal"), ("./a.png", "NORMAL"))])
    assert [row.problem for row in intake.read_batch(tmp_path, FINDINGS)] == [""]


def test_a_row_that_slipped_is_a_problem_of_its_own_and_keeps_its_file(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write(tmp_path / name, film(1))
    text = "path,finding,source\na.png,Normal, or not,north\nb.png,COVID,north\n,Normal,north\n"
    (tmp_path / "metadata.csv").write_text(text, encoding="utf-8")
    found = read(tmp_path)
    assert found["a.png"].problem == "the row has 4 cells where the table has 3 columns"
    assert found["a.png"].path == tmp_path / "a.png" and found["a.png"].finding is None
    assert found["b.png"].problem == "" and found["(line 4)"].problem == "the row names no file"


def test_masks_in_a_folder_of_any_name_are_no_forgotten_films(tmp_path: Path) -> None:
    for name in ("images/a.png", "lung_masks/a.png", "Masks/b.png", "lung_masks/nobodys.png"):
        write(tmp_path / name, film(len(name)))
    table(tmp_path / "metadata.csv", [{"path": "images/a.png", "finding": "Normal", "lung_mask": "lung_masks/a.png"}])
    found = read(tmp_path)
    assert found["images/a.png"].lung_mask == tmp_path / "lung_masks/a.png"
    assert found.keys() == {"images/a.png", "lung_masks/nobodys.png"}
