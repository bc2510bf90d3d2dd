"""Films are found in a real PACS and come out of it as they went in."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import orthanc as real
import pydicom
import pytest
from orthanc import Orthanc, orthanc

from radiographs.errors import PacsUnavailable, UnreadableRadiograph
from radiographs.imaging import decode, phantoms
from radiographs.records import pacs
from radiographs.records.intake import IntakeRow
from radiographs.records.pacs import Pacs, Query

__all__ = ["orthanc"]
pytestmark = pytest.mark.system
KEY = b"k" * 32


def access(server: Orthanc, page_size: int = 500) -> Pacs:
    """Settings that reach a server, without patience."""
    return Pacs(server.url, user=real.USER, password=real.PASSWORD, page_size=page_size, retry_waits_s=())


def rows(server: Orthanc, query: Query, page_size: int = 500) -> list[IntakeRow]:
    """All rows of a query."""
    return [row for chunk in pacs.rows(access(server, page_size), query, key=KEY) for row in chunk]


def fetched(row: IntakeRow) -> bytes:
    assert row.remote is not None
    return row.remote.fetch()


@pytest.fixture(scope="module")
def films(orthanc: Orthanc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[bytes]]:
    """Twelve phantoms in the server: eight CR and two DX of March, two CR of January."""
    folder = tmp_path_factory.mktemp("films")
    made = [real.film(k, folder) for k in range(8)]
    made += [real.film(k, folder, modality="DX") for k in (8, 9)]
    made += [real.film(k, folder, study_date="20260115") for k in (10, 11)]
    orthanc.store(made)
    yield made


def test_phantoms_come_back_to_the_byte_and_decode_to_their_pixels(orthanc: Orthanc, films: list[bytes]) -> None:
    found = rows(orthanc, Query())
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(fetched, found)) == sorted(films)
    by_patient = {row.patient_id: row for row in found}
    drawn = phantoms.draw("Normal", 3, side_px=48)
    film = decode.decode_bytes(fetched(by_patient[drawn.patient_id]), "film")
    assert np.array_equal(film.pixels, drawn.pixels)


def test_rows_say_what_the_server_says(orthanc: Orthanc, films: list[bytes]) -> None:
    headers = {str(header.PatientID): header for header in (pydicom.dcmread(io.BytesIO(film)) for film in films)}
    found = rows(orthanc, Query())
    assert {row.patient_id for row in found} == set(headers)
    for row in found:
        header = headers[str(row.patient_id)]
        assert (row.study_id, row.accession) == (header.StudyInstanceUID, header.AccessionNumber)
        assert (row.study_date, row.source, row.finding) == (header.StudyDate, "127.0.0.1", None)
        assert row.remote is not None and row.remote.address == f"{orthanc.url}#{header.SOPInstanceUID}"
        assert str(header.PatientID) not in row.name and header.SOPInstanceUID not in row.name


@pytest.mark.parametrize("page_size", [1, 5, 12, 100])
def test_more_instances_than_one_page_are_found_each_once(orthanc: Orthanc, films: list[bytes], page_size: int) -> None:
    found = rows(orthanc, Query(), page_size)
    assert len({row.remote.address for row in found if row.remote}) == len(found) == len(films)


@pytest.mark.parametrize(
    ("words", "n"),
    [
        ("", 12),
        ("Modality=DX", 2),
        ("StudyDate=20260201-", 10),
        ("StudyDate=-20260131", 2),
        ("PatientID=phantom-3", 1),
        ("PatientID=phantom-1*", 3),
        ("AccessionNumber=A000007", 1),
        ("BodyPartExamined=CHEST", 12),
        ("BodyPartExamined=HAND", 0),
        ("StudyDate=20300101-", 0),
        ("limit=4", 4),
    ],
)
def test_a_query_finds_what_it_names(orthanc: Orthanc, films: list[bytes], words: str, n: int) -> None:
    assert len(rows(orthanc, Query.of(words))) == n


def test_searching_level_by_level_finds_the_same(
    orthanc: Orthanc, films: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = rows(orthanc, Query())
    monkeypatch.setattr(pacs, "_at_once", pacs._level_by_level)
    by_level = rows(orthanc, Query())

    def key(row: IntakeRow) -> str:
        return row.name

    kept = [dataclasses.replace(row, remote=None) for row in sorted(at_once, key=key)]
    assert [dataclasses.replace(row, remote=None) for row in sorted(by_level, key=key)] == kept
    assert {fetched(row) for row in by_level} == set(films)


def test_a_wrong_password_is_refused_with_a_remedy(orthanc: Orthanc) -> None:
    wrong = dataclasses.replace(access(orthanc), password="wr0ng")
    with pytest.raises(PacsUnavailable, match=r"HTTP 401\); check the user and password") as refusal:
        list(pacs.find(wrong, Query()))
    assert "wr0ng" not in str(refusal.value)


def test_an_address_without_dicomweb_is_refused_with_a_remedy(orthanc: Orthanc) -> None:
    for place in ("", "/app/explorer.html", "/dicom-webs"):
        elsewhere = dataclasses.replace(access(orthanc), url=orthanc.url.removesuffix("/dicom-web") + place)
        with pytest.raises(PacsUnavailable, match="root of its DICOMweb service"):
            list(pacs.find(elsewhere, Query()))


def test_an_instance_that_vanished_since_it_was_found_is_refused_alone(tmp_path: Path) -> None:
    with real.running(tmp_path / "orthanc") as server:
        server.store([real.film(k, tmp_path) for k in range(2)])
        gone, there = rows(server, Query())
        assert gone.remote is not None
        server.remove(gone.remote.address.partition("#")[2])
        with pytest.raises(UnreadableRadiograph, match="not in the PACS any more"):
            fetched(gone)
        assert fetched(there).startswith(bytes(128) + b"DICM")


def test_a_server_that_stops_in_the_middle_is_told_in_one_sentence(tmp_path: Path) -> None:
    with real.running(tmp_path / "orthanc") as server:
        server.store([real.film(k, tmp_path) for k in range(3)])
        chunks = pacs.rows(access(server, page_size=1), Query(), chunk=1)
        ((row,),) = [next(chunks)]
        server.stop()
        for ask in (lambda: fetched(row), lambda: next(chunks)):
            with pytest.raises(PacsUnavailable, match=r"cannot be reached .* what was admitted is kept") as refusal:
                ask()
            assert "\n" not in str(refusal.value)


def test_real_dicom_files_come_back_to_the_byte(shared: Path, tmp_path: Path) -> None:
    probes = [path.read_bytes() for path in sorted((shared / "probes" / "dicom").rglob("*")) if path.is_file()]
    by_number = {}
    for probe in probes:
        if probe[128:132] == b"DICM":
            header = pydicom.dcmread(io.BytesIO(probe), stop_before_pixels=True)
            by_number.setdefault(str(header.SOPInstanceUID), probe)  # one number, one image: a PACS keeps the first
    assert len(by_number) >= 5
    with real.running(tmp_path / "orthanc") as server:
        server.store(by_number.values())
        found = rows(server, Query(("CR", "DX", "RG")))
        assert {row.remote.address.partition("#")[2] for row in found if row.remote} == by_number.keys()
        assert {fetched(row) for row in found} == set(by_number.values())
