"""What an audit found, as it is printed, stored and judged."""

from __future__ import annotations

import json
from dataclasses import dataclass

from radiographs.evaluation.audits import source_probe
from radiographs.evaluation.audits.observations import Observation
from radiographs.evaluation.audits.source_probe import Probe


@dataclass(frozen=True)
class Shortcuts:
    """What an audit found.

    Attributes:
        observations: one for each of `CHECKS`, in that order.
        probes: of the source, on all films and within each finding.
        n: films audited.
    """

    observations: tuple[Observation, ...]
    probes: tuple[Probe, ...]
    n: int

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Headings, then a row for each question."""
        return (("Question", "What was done", "n", "Figure", "What it says"), *(o.as_row() for o in self.observations))

    def probe_table(self) -> tuple[tuple[str, ...], ...]:
        """Headings, then a row for all films and for each finding."""
        return (source_probe.HEADINGS, *(probe.as_row() for probe in self.probes))

    def to_json(self) -> str:
        """Deterministic JSON text; a figure that could not be computed is null."""
        content = {
            "n": self.n,
            "observations": [each.as_dict() for each in self.observations],
            "probes": [each.as_dict() for each in self.probes],
        }
        return json.dumps(content, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Shortcuts:
        """What `to_json` wrote."""
        content = json.loads(text)
        observations = tuple(Observation.from_dict(each) for each in content["observations"])
        return cls(observations, tuple(Probe.from_dict(each) for each in content["probes"]), content["n"])
