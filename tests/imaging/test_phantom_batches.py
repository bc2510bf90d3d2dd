"""Tests that a delivery of phantoms is complete, the same each time, and spoiled in just the ways it says."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode, phantom_batches, phantoms, quality
from radiographs.imaging.phantom_anatomy import Anatomy
from radiographs.imaging.phantom_batches import SPOILED, PhantomBatch
from radiographs.imaging.phantoms import SOURCES, Shortcut

FINDINGS = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
N = 40


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(batch: PhantomBatch) -> list[dict[str, str]]:
    """The rows of a delivery's table."""
    with batch.metadata.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> PhantomBatch:
    """A spoiled delivery."""
    return phantom_batches.write_batch(tmp_path_factory.mktemp("batch"), N, 3, findings=FINDINGS, side_px=64)


@pytest.fixture(scope="module")
def good(batch: PhantomBatch) -> list[dict[str, str]]:
    """The rows of its good films."""
    return [row for row in rows_of(batch) if not row["path"].startswith("spoiled/")]


def test_the_same_arguments_write_the_same_bytes(batch: PhantomBatch, tmp_path: Path) -> None:
    phantom_batches.write_batch(tmp_path, N, 3, findings=FINDINGS, side_px=64)
    assert files_of(tmp_path) == files_of(batch.folder)


def test_another_seed_has_other_patients_and_other_films(batch: PhantomBatch, tmp_path: Path) -> None:
    other = phantom_batches.write_batch(tmp_path, N, 4, findings=FINDINGS, side_px=64)
    patients = [{row["patient_id"] for row in rows_of(b)} - {""} for b in (batch, other)]
    assert not patients[0] & patients[1]
    films = [{data for name, data in files_of(b.folder).items() if "/images/" in name} for b in (batch, other)]
    assert len(films[0]) == len(films[1]) == N and not films[0] & films[1]


def test_there_are_as_many_good_films_as_asked_for_each_with_its_masks(
    batch: PhantomBatch, good: list[dict[str, str]]
) -> None:
    assert len(good) == batch.n_films == N
    for row in good:
        film = decode.decode_file(batch.folder / row["path"])
        assert film.pixels.shape == (64, 64)
        assert quality.objections(quality.measure(film.pixels, film.facts)) == ()
        lungs = cv2.imread(str(batch.folder / row["lung_mask"]), cv2.IMREAD_UNCHANGED)
        assert lungs.shape == (64, 64) and set(np.unique(lungs)) == {0, 255}
        assert bool(row["lesion_mask"]) == (row["finding"] != "Normal")
        if row["lesion_mask"]:
            assert cv2.imread(str(batch.folder / row["lesion_mask"]), cv2.IMREAD_UNCHANGED).any()


def test_every_row_is_told_as_its_folder_tells(good: list[dict[str, str]]) -> None:
    for row in good:
        source, folder, kind, _ = row["path"].split("/")
        assert (source, folder.replace("_", " "), kind) == (row["source"], row["finding"].replace("_", " "), "images")
    assert {row["source"] for row in good} == set(SOURCES) and {row["finding"] for row in good} == set(FINDINGS)


def test_the_table_has_the_columns_of_the_real_one(batch: PhantomBatch, shared: Path) -> None:
    with (shared / "radiographs" / "metadata.csv").open(encoding="utf-8") as file:
        real = next(csv.reader(file))
    assert list(rows_of(batch)[0]) == real


def test_some_patients_have_several_films_of_one_finding_and_one_anatomy(good: list[dict[str, str]]) -> None:
    films = defaultdict(list)
    for row in good:
        films[row["patient_id"]].append(row)
    assert {len(rows) for rows in films.values()} == {1, 2, 3}
    for patient, rows in films.items():
        assert len({(row["finding"], row["source"], row["age"], row["sex"]) for row in rows}) == 1
        assert len({row["offset_days"] for row in rows}) == len(rows)
        person = Anatomy.of(int(patient.removeprefix("phantom-")))
        assert (rows[0]["age"], rows[0]["sex"]) == (str(person.age), person.sex)


def test_every_spoiled_file_is_as_described(batch: PhantomBatch) -> None:
    assert batch.spoiled == SPOILED
    rows = {row["path"]: row for row in rows_of(batch)}
    for spoiled in SPOILED:
        path = batch.folder / spoiled.name
        assert path.is_file() == (spoiled.why != "a row without file")
        assert (spoiled.name in rows) == (spoiled.why != "a file without row")
    assert rows["spoiled/unknown_finding.png"]["finding"] == phantom_batches.UNKNOWN_FINDING not in FINDINGS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated.png", "ends before"),
        ("empty.png", "zero bytes"),
        ("page.dcm", "a web page"),
        ("absent.png", "no such"),
    ],
)
def test_a_spoiled_file_that_is_no_film_is_refused(batch: PhantomBatch, name: str, words: str) -> None:
    with pytest.raises(UnreadableRadiograph, match=rf"^{name}: .*{words}"):
        decode.decode_file(batch.folder / "spoiled" / name)


@pytest.mark.parametrize(
    ("name", "words"), [("photograph.jpg", "coloured"), ("black.png", "nearly even"), ("speck.png", "shorter side")]
)
def test_a_spoiled_file_that_is_no_radiograph_is_objected_to(batch: PhantomBatch, name: str, words: str) -> None:
    film = decode.decode_file(batch.folder / "spoiled" / name)
    assert any(words in said for said in quality.objections(quality.measure(film.pixels, film.facts)))


def test_the_film_that_comes_twice_is_the_first_one_to_the_byte(
    batch: PhantomBatch, good: list[dict[str, str]]
) -> None:
    again = (batch.folder / "spoiled" / "again.png").read_bytes()
    assert again == (batch.folder / good[0]["path"]).read_bytes()
    (row,) = [row for row in rows_of(batch) if row["path"] == "spoiled/again.png"]
    assert row == good[0] | {"path": "spoiled/again.png"}


@pytest.mark.parametrize("name", ["unknown_finding.png", "stray.png"])
def test_what_is_wrong_only_in_the_table_is_a_good_film(batch: PhantomBatch, name: str) -> None:
    film = decode.decode_file(batch.folder / "spoiled" / name)
    assert quality.objections(quality.measure(film.pixels, film.facts)) == ()


def test_a_delivery_that_is_not_to_be_spoiled_has_only_good_rows(tmp_path: Path) -> None:
    told: list[int] = []
    batch = phantom_batches.write_batch(
        tmp_path, 5, 1, findings=("Normal",), side_px=32, sources=("mine",), spoiled=False, advance=told.append
    )
    assert batch.spoiled == () and not (tmp_path / "spoiled").exists()
    assert [row["source"] for row in rows_of(batch)] == ["mine"] * 5 and sum(told) == 5


def test_a_planted_shortcut_is_on_all_films_of_its_finding_and_on_no_other(tmp_path: Path) -> None:
    batch = phantom_batches.write_batch(
        tmp_path, 24, 2, findings=FINDINGS, side_px=64, spoiled=False, shortcut=Shortcut("COVID", "border")
    )
    framed = [
        row["finding"] for row in rows_of(batch) if row["path"].endswith("png") and _is_framed(tmp_path / row["path"])
    ]
    plain = [row["finding"] for row in rows_of(batch) if row["path"].endswith("png")]
    assert framed == [finding for finding in plain if finding == "COVID"] and framed


def _is_framed(path: Path) -> bool:
    pixels = decode.decode_file(path).pixels
    return bool((pixels[0] == 245).all() and (pixels[:, -1] == 245).all())


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_phantom_comes_back_from_dicom_as_it_was(tmp_path: Path, photometric: str, bits: int) -> None:
    drawn = phantoms.draw("COVID", 5, side_px=48)
    phantom_batches.write_dicom(drawn, tmp_path / "film.dcm", photometric=photometric, bits=bits)
    film = decode.decode_file(tmp_path / "film.dcm")
    low, high = int(drawn.pixels.min()), int(drawn.pixels.max())  # deeper films are spread from lowest to highest
    expected = drawn.pixels.astype(float) if bits == 8 else (drawn.pixels - float(low)) / (high - low) * 255
    assert np.abs(film.pixels - expected).max() <= 1
    facts = film.facts
    assert (facts.format, facts.photometric, facts.bit_depth) == ("DICOM", photometric, bits)
    assert (facts.patient_id, facts.sex, facts.age) == (drawn.patient_id, drawn.sex, drawn.age)
    assert (facts.modality, facts.body_part, facts.view_position) == ("CR", "CHEST", drawn.view_position)


def test_a_phantom_is_written_to_the_same_dicom_bytes_each_time(tmp_path: Path) -> None:
    drawn = phantoms.draw("Normal", 5, side_px=48)
    for folder in ("one", "two"):
        phantom_batches.write_dicom(drawn, tmp_path / folder / "film.dcm")
    assert (tmp_path / "one" / "film.dcm").read_bytes() == (tmp_path / "two" / "film.dcm").read_bytes()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n": 0}, "1 to 90000 films, got 0"),
        ({"n": phantom_batches.MOST_FILMS + 1}, "got 90001; write more in batches"),
        ({"seed": -1}, "seed of 0 or more, got -1"),
        ({"findings": ()}, r"got \[\] and"),
        ({"sources": ()}, r"and \[\]"),
    ],
)
def test_a_delivery_that_cannot_be_drawn_is_refused_before_anything_is_written(
    tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    arguments: dict[str, Any] = {"n": 2, "seed": 1, "findings": FINDINGS, "side_px": 32}
    with pytest.raises(ValueError, match=words):
        phantom_batches.write_batch(tmp_path / "new", **(arguments | changed))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [{"photometric": "RGB"}, {"bits": 7}, {"bits": 17}])
def test_a_dicom_kind_that_a_phantom_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="MONOCHROME1 or MONOCHROME2 of 8 to 16 bits, got"):
        phantom_batches.write_dicom(phantoms.draw("Normal", 1, side_px=32), tmp_path / "film.dcm", **wrong)
    assert not (tmp_path / "film.dcm").exists()
