"""Films of a real PACS come without a finding, get it from a table, and are polled by the flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orthanc as real
import pytest
from orthanc import Orthanc, orthanc
from sqlalchemy import select

from radiographs.imaging import phantoms
from radiographs.records import admission, labelling, pacs
from radiographs.records.admission import Workplace
from radiographs.records.catalogue import Catalogue
from radiographs.records.label_table import LabelRow
from radiographs.records.pacs import Pacs, Query
from radiographs.records.schema import GroupRow, RadiographRow, VersionRow

__all__ = ["orthanc"]
pytestmark = pytest.mark.system
KEY = b"k" * 32


@pytest.fixture(autouse=True)
def filled(orthanc: Orthanc, tmp_path: Path) -> Iterator[None]:
    """Seven phantoms in the server."""
    orthanc.clear()
    orthanc.store([real.film(k, tmp_path / "films", side_px=96) for k in range(7)])
    yield
    orthanc.clear()


def pull(server: Orthanc, catalogue: Catalogue, home: Path) -> None:
    """Admits all that the server holds."""
    access = Pacs(server.url, user=real.USER, password=real.PASSWORD, retry_waits_s=())
    place = Workplace(home / "originals", home / "batches", KEY)
    for rows in pacs.rows(access, Query(), "north", key=KEY):
        inspected = admission.inspect(rows, catalogue, place)
        admission.enrol(catalogue, inspected, {}, quarantine=home / "quarantine", tolerated_share=1.0)


def test_films_of_a_pacs_are_labelled_later_by_patient_and_only_then_get_a_split(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'home' / 'catalogue.db'}")
    pull(orthanc, catalogue, tmp_path / "home")
    patient = phantoms.draw("Normal", 3, side_px=48).patient_id
    row = LabelRow(patient_id=patient, accession=None, study_id=None, finding="Normal", word="Normal", line_number=2,
                   source="north")  # fmt: skip
    summary = labelling.apply(catalogue, [row], KEY)
    assert summary.labelled >= 1
    with catalogue.reading() as session:
        labelled = select(RadiographRow.group_id).join(VersionRow, VersionRow.radiograph_id == RadiographRow.id)
        groups = set(session.scalars(labelled.where(VersionRow.finding != "")))
        assert groups == set(session.scalars(select(GroupRow.id).where(GroupRow.split != "")))


def test_the_command_pulls_by_its_flow(
    orthanc: Orthanc, prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.admit import admit
    from tests.conftest import point_at

    point_at(tmp_path / "state", monkeypatch)
    monkeypatch.setenv("RADIOGRAPHS_DICOMWEB_USER", real.USER)
    monkeypatch.setenv("RADIOGRAPHS_DICOMWEB_PASSWORD", real.PASSWORD)
    monkeypatch.setenv("RADIOGRAPHS_DICOMWEB_SOURCE", "north")
    first = admit(dicomweb=orthanc.url, query="limit=5")
    assert first.admitted + first.quarantined == 5
    monkeypatch.setenv("RADIOGRAPHS_DICOMWEB_URL", orthanc.url)
    polled = admit(poll=True)
    assert polled.known + polled.admitted + polled.quarantined == 7
