"""A pull from a real PACS fetches each film once, goes on where it stopped, and leaves nobody's name behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import orthanc as real
import pydicom
import pytest
from orthanc import Orthanc

from radiographs.errors import PacsUnavailable
from radiographs.records import admission, dicomweb, pacs
from radiographs.records.admission import Workplace
from radiographs.records.catalogue import Catalogue
from radiographs.records.pacs import Pacs, Query

pytestmark = pytest.mark.system
KEY = b"k" * 32


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Orthanc]:
    """An empty server of this test alone."""
    with real.running(tmp_path / "orthanc") as running:
        yield running


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue.open(f"sqlite:///{tmp_path / 'home' / 'catalogue.db'}") as opened:
        yield opened


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers of all instances that are fetched."""
    numbers: list[str] = []
    retrieve = dicomweb.Conversation.retrieve

    def noting(talk: dicomweb.Conversation, study: str, series: str, instance: str) -> bytes:
        numbers.append(instance)
        return retrieve(talk, study, series, instance)

    monkeypatch.setattr(dicomweb.Conversation, "retrieve", noting)
    return numbers


def pull(server: Orthanc, catalogue: Catalogue, home: Path, chunk: int = 500) -> Iterator[int]:
    """Admits what the server has, chunk by chunk; tells how many films each brought."""
    access = Pacs(server.url, user=real.USER, password=real.PASSWORD, retry_waits_s=())
    place = Workplace(home / "originals", home / "batches", KEY)
    for rows in pacs.rows(access, Query(), "north", key=KEY, chunk=chunk):
        inspected = admission.inspect(rows, catalogue, place)
        enrolled = admission.enrol(catalogue, inspected, {}, quarantine=home / "quarantine", tolerated_share=1.0)
        yield enrolled.accepted().admitted


def test_each_film_is_fetched_and_admitted_once(
    server: Orthanc, catalogue: Catalogue, tmp_path: Path, fetched: list[str]
) -> None:
    server.store(real.film(k, tmp_path) for k in range(6))
    assert list(pull(server, catalogue, tmp_path / "home", chunk=4)) == [4, 2]
    assert len(fetched) == len(set(fetched)) == 6
    assert list(pull(server, catalogue, tmp_path / "home", chunk=4)) == [0, 0]
    assert len(fetched) == 6
    server.store(real.film(k, tmp_path) for k in range(6, 9))
    assert sum(pull(server, catalogue, tmp_path / "home")) == 3
    assert len(fetched) == len(set(fetched)) == 9
    assert [(count.finding, count.source, count.n_films) for count in catalogue.counts()] == [("", "north", 9)]


def test_a_pull_that_broke_off_goes_on_where_it_stopped(
    server: Orthanc, catalogue: Catalogue, tmp_path: Path, fetched: list[str]
) -> None:
    server.store(real.film(k, tmp_path) for k in range(6))
    chunks = pull(server, catalogue, tmp_path / "home", chunk=2)
    assert next(chunks) == 2
    server.stop()
    with pytest.raises(PacsUnavailable, match="what was admitted is kept"):
        next(chunks)
    assert sum(count.n_films for count in catalogue.counts()) == 2
    before = set(fetched[:2])
    fetched.clear()
    with real.running(tmp_path / "orthanc", server.port) as again:
        assert sum(pull(again, catalogue, tmp_path / "home", chunk=2)) == 4
    assert len(fetched) == 4 and not before & set(fetched)


def test_what_is_in_quarantine_is_not_fetched_again(
    server: Orthanc, catalogue: Catalogue, tmp_path: Path, fetched: list[str]
) -> None:
    server.store([real.film(0, tmp_path), _without_picture(real.film(1, tmp_path))])
    assert list(pull(server, catalogue, tmp_path / "home")) == [1]
    (record,) = catalogue.list_quarantine()
    assert "without a picture" in record.reason
    assert list(pull(server, catalogue, tmp_path / "home")) == [0]
    assert len(fetched) == 2 and len(catalogue.list_quarantine()) == 1


def test_nothing_on_the_disk_names_a_patient_or_a_study(server: Orthanc, catalogue: Catalogue, tmp_path: Path) -> None:
    films = [real.film(k, tmp_path, side_px=96) for k in range(3)]
    films.append(_without_picture(real.film(3, tmp_path)))
    server.store(films)
    assert list(pull(server, catalogue, tmp_path / "home")) == [3]
    headers = [pydicom.dcmread(io.BytesIO(film)) for film in films]
    secrets = {b"Phantom^Drawn", b"20260301"} | {
        str(header[word].value).encode()
        for header in headers
        for word in ("PatientID", "AccessionNumber", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    }
    kept = {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert len(kept) > 3
    assert [(path.name, secret) for path, data in kept.items() for secret in secrets if secret in data] == []


def _without_picture(film: bytes) -> bytes:
    header = pydicom.dcmread(io.BytesIO(film))
    del header.PixelData
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, header, enforce_file_format=True)
    return buffer.getvalue()
