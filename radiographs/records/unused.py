"""Counts what is known and in no cohort, by the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from radiographs.findings import Findings
from radiographs.records.catalogue import Catalogue, current_versions, usable
from radiographs.records.schema import ExclusionRow, RadiographRow, VersionRow

KINDS = {
    "bridge": "it joins two groups that lie in different splits",
    "conflict": "it, or a near-duplicate of it, has two findings, and nobody has settled which is right",
    "merged": "its group became one with a group of another split",
    "withdrawn": "it was withdrawn",
}
NO_FINDING = "no finding is known of it yet"
OTHER_FINDING = "its finding is none of those that are told apart"
QUARANTINED = "it waits in quarantine; `radiographs quarantine list` has each reason"


@dataclass(frozen=True)
class Unused:
    """Films, or delivered files, that are in no cohort for one reason."""

    reason: str
    n: int


def count(catalogue: Catalogue, findings: Findings) -> tuple[Unused, ...]:
    """Excluded and unlabelled films by falling number, then what waits in quarantine.

    Args:
        catalogue: as it stands now.
        findings: those that are told apart.
    """
    return (*_in_order(_films(catalogue, findings)), *_quarantined(catalogue))


def _films(catalogue: Catalogue, findings: Findings) -> Counter[str]:
    """Each film once, by its first exclusion that stands."""
    with catalogue.reading() as session:
        excluded = session.execute(
            select(ExclusionRow.radiograph_id, ExclusionRow.kind)
            .where(ExclusionRow.lifted_at.is_(None))
            .order_by(ExclusionRow.id.desc())
        )
        first: dict[str, str] = dict(excluded.tuples().all())
        known = session.scalars(
            select(VersionRow.finding)
            .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
            .where(VersionRow.id.in_(current_versions()), usable(), VersionRow.finding.not_in(findings.names))
        ).all()
    found = Counter(KINDS.get(kind, kind) for kind in first.values())
    found.update(OTHER_FINDING if finding else NO_FINDING for finding in known)
    return found


def _quarantined(catalogue: Catalogue) -> tuple[Unused, ...]:
    """One sum: a reason may quote what a table said, and a report goes further than the quarantine does."""
    waiting = len(catalogue.list_quarantine())
    return (Unused(QUARANTINED, waiting),) if waiting else ()


def _in_order(counted: Counter[str]) -> list[Unused]:
    return [Unused(reason, n) for reason, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]
