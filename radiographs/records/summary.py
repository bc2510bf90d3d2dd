"""What became of a batch, in numbers and reasons, as it is recorded and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from radiographs.errors import BatchRefused

COUNTS = ("admitted", "known", "updated", "quarantined", "excluded", "unlabelled", "conflicts", "waiting")
PAIRS = ("reasons", "by_finding", "corrections", "removed")


@dataclass(frozen=True)
class AdmissionSummary:
    """What became of a batch.

    Attributes:
        admitted: new films that may be used, of which `unlabelled` wait for a finding; excluded: films left out from
            now on; known: rows that brought nothing; updated: new versions of metadata; quarantined: rows set aside;
            conflicts: new ones that wait for a person; waiting: rows that are in quarantine from before.
        reasons: why films were quarantined or excluded, the most frequent first.
        by_finding: admitted films that are labelled.
        corrections: what was put right in films and rows that passed; removed: what was taken out of films for the
            patients' sake; both with the number of films.
        refusal: why the whole batch was refused; "" where it was not.
    """

    batch_id: str
    admitted: int
    known: int
    updated: int
    quarantined: int
    excluded: int
    reasons: tuple[tuple[str, int], ...]
    by_finding: tuple[tuple[str, int], ...]
    unlabelled: int = 0
    conflicts: int = 0
    corrections: tuple[tuple[str, int], ...] = ()
    removed: tuple[tuple[str, int], ...] = ()
    refusal: str = ""
    waiting: int = 0

    def accepted(self) -> AdmissionSummary:
        """This summary, of a batch that was not refused.

        Raises:
            BatchRefused: too many rows failed; nothing was admitted, the failing rows are in the quarantine.
        """
        if self.refusal:
            raise BatchRefused(self.refusal)
        return self

    @classmethod
    def recorded(cls, stated: Mapping[str, Any]) -> AdmissionSummary:
        """The summary as the catalogue's JSON gave it."""
        pairs = {name: tuple((words, n) for words, n in stated[name]) for name in PAIRS}
        return cls(**{**stated, **pairs})

    @classmethod
    def total(cls, parts: Sequence[AdmissionSummary]) -> AdmissionSummary:
        """One summary of several batches, under the last one's id; all zeros where there was none."""
        if len(parts) == 1:
            return parts[0]
        counts: dict[str, Any] = {name: sum(getattr(part, name) for part in parts) for name in COUNTS}
        pairs: dict[str, Any] = {name: _added([getattr(part, name) for part in parts]) for name in PAIRS}
        refusal = "; ".join(part.refusal for part in parts if part.refusal)
        return cls(batch_id=parts[-1].batch_id if parts else "", refusal=refusal, **counts, **pairs)


def _added(parts: Sequence[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(dict(part))
    return tuple(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))
