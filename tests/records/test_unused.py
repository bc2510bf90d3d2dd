"""What is in no cohort is counted once, by a reason that a person can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from radiographs.findings import Findings
from radiographs.records import unused
from radiographs.records.catalogue import Catalogue
from radiographs.records.schema import ExclusionRow, RadiographRow, now
from tests.records import films
from tests.records.films import FINDINGS, Desk


@pytest.fixture
def desk(tmp_path: Path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}") as catalogue:
        yield Desk(tmp_path, catalogue)


def rows(*findings: str) -> list[dict[str, str]]:
    return [{"path": f"{row}.png", "finding": finding, "source": "north"} for row, finding in enumerate(findings)]


def counted(desk: Desk, findings: Findings = FINDINGS) -> dict[str, int]:
    return {each.reason: each.n for each in unused.count(desk.catalogue, findings)}


def test_a_film_with_a_finding_is_used_and_one_without_or_with_another_is_not(desk: Desk, tmp_path: Path) -> None:
    desk.admit(films.delivery(tmp_path / "one", rows("COVID", "Normal", "")))
    assert counted(desk) == {unused.NO_FINDING: 1}
    two = Findings(("COVID", "Viral Pneumonia"), "COVID")
    assert counted(desk, two) == {unused.NO_FINDING: 1, unused.OTHER_FINDING: 1}


def test_an_excluded_film_counts_once_by_its_first_reason_and_not_after_it_was_settled(
    desk: Desk, tmp_path: Path
) -> None:
    summary = desk.admit(films.delivery(tmp_path / "one", rows("COVID", "Normal")))
    with desk.catalogue.reading() as session:
        film = session.scalars(select(RadiographRow.id)).first()
    with desk.catalogue.writing() as session:
        for kind in ("conflict", "merged"):
            session.add(ExclusionRow(radiograph_id=film, batch_id=summary.batch_id, kind=kind, reason="so"))
    assert counted(desk) == {unused.KINDS["conflict"]: 1}
    with desk.catalogue.writing() as session:
        for row in session.query(ExclusionRow):
            row.lifted_at = now()
    assert counted(desk) == {}


def test_what_waits_in_quarantine_is_counted_and_not_quoted_since_a_reason_may_name_somebody(
    desk: Desk, tmp_path: Path
) -> None:
    inspected = desk.inspect(films.delivery(tmp_path / "one", rows(*["COVID"] * 4)))
    desk.enrol(inspected, dict.fromkeys(range(inspected.n_rows + 1), "the finding 'COVID, Mueller Hans' is unknown"))
    found = unused.count(desk.catalogue, FINDINGS)
    assert found == (unused.Unused(unused.QUARANTINED, 4),)
    assert "Mueller" not in str(found)
