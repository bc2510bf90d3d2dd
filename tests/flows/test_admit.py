"""An admission leaves a report with pictures, no trace of its batch, and is content with an empty poll."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs.errors import BatchRefused
from radiographs.imaging import phantom_batches
from tests.conftest import NAMES, point_at


@pytest.fixture
def home(prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    point_at(tmp_path / "state", monkeypatch)
    return tmp_path / "state"


def pages(home: Path) -> list[str]:
    return [page.read_text(encoding="utf-8") for page in (home / "reports" / "batches").rglob("report.html")]


def test_a_batch_leaves_a_report_with_counts_charts_and_the_quarantine_and_no_folder(
    home: Path, tmp_path: Path
) -> None:
    from flows.admit import admit

    batch = phantom_batches.write_batch(tmp_path / "in", 30, 4, side_px=96, findings=NAMES, spoiled=True)
    summary = admit(tmp_path / "in")
    assert summary.admitted == batch.n_films
    (page,) = pages(home)
    assert summary.batch_id in page and NAMES[0] in page and "findings.png" in page
    assert "Pneumothorax" in page and "Admitted" in page
    folder = home / "reports" / "batches" / summary.batch_id
    assert {"findings.png", "sizes.png", "intensities.png"} <= {path.name for path in folder.iterdir()}
    shown = [line for line in page.split('src="') if line.startswith("films/")]
    assert shown and all((folder / line.split('"')[0]).is_file() for line in shown)
    assert not list((home / "batches").iterdir())
    again = admit(tmp_path / "in")
    assert (again.known, again.waiting) == (summary.known + summary.admitted, summary.quarantined)
    assert len(pages(home)) == 1


def test_a_refused_batch_has_its_report_too(home: Path, tmp_path: Path) -> None:
    from flows.admit import admit

    folder = tmp_path / "in" / NAMES[0]
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}.png").write_bytes(b"<html>" + bytes([number]))
    with pytest.raises(BatchRefused):
        admit(tmp_path / "in")
    (page,) = pages(home)
    assert "Refused" in page and "a web page, not a radiograph" in page


def test_a_poll_of_an_empty_inbox_is_content_and_of_a_full_one_admits(home: Path) -> None:
    from flows.admit import admit

    assert admit(poll=True).admitted == 0
    phantom_batches.write_batch(home / "inbox", 5, 4, side_px=96, findings=NAMES, spoiled=False)
    assert admit(poll=True).admitted == 5
