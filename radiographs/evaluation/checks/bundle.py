"""Whether a bundle is small and fast enough to be served."""

from __future__ import annotations

from dataclasses import dataclass

from radiographs.evaluation.checks import reason
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.release_rule import ReleaseRule


@dataclass(frozen=True)
class Weight:
    """What a bundle costs.

    Attributes:
        megabytes: of all its files.
        milliseconds: for one film, the median of some dozen on this machine.
    """

    megabytes: float
    milliseconds: float


def on_weight(rule: ReleaseRule, weight: Weight | None) -> list[Reason]:
    """Beyond a limit holds: a person may know a larger machine."""
    if weight is None:
        return [reason.of("Size and speed", "Size and speed of the bundle were not measured.", "holds")]
    limits = rule.bundle
    sized = f"The files of the bundle take {weight.megabytes:.1f} MB"
    timed = f"One film takes {weight.milliseconds:.1f} ms on this machine"
    return [
        _within("Size", sized, f"{limits.megabytes_at_most:g} MB", weight.megabytes <= limits.megabytes_at_most),
        _within("Speed", timed, f"{limits.milliseconds_at_most:g} ms",
                weight.milliseconds <= limits.milliseconds_at_most),
    ]  # fmt: skip


def _within(check: str, shown: str, limit: str, kept: bool) -> Reason:
    if kept:
        return reason.of(check, f"{shown}, within {limit}.")
    return reason.of(check, f"{shown}, beyond {limit}.", "holds")
