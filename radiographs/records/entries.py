"""What the catalogue answers with: frozen copies of its rows, as people and flows need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Action = Literal["promoted", "approved", "rolled back"]


@dataclass(frozen=True)
class RetrainRecord:
    """A retrain; `outcome` is empty until its model was judged; `at` is its date in ISO form, set by the catalogue."""

    key: str
    run_id: str
    version: str
    outcome: str
    report: str
    cohort: str = ""
    at: str = ""


@dataclass(frozen=True)
class ModelMove:
    """One move of the champion.

    Attributes:
        action: "promoted" by the release rule, "approved" by a person, or "rolled back" to a champion before.
        version: of the registered model that became champion.
        previous_version: that was champion until then; "" if none was.
        run_id: of MLflow.
        bundle: digest of the bundle that answers from then on.
        by: name of the person, or that of the rule.
        because: the reason, in one line.
        verdict: outcome that the release rule had come to on this version.
        rule_digest: of that rule.
        at: when it was decided.
        id: its place in the history, set by the catalogue.
    """

    action: Action
    version: str
    previous_version: str
    run_id: str
    bundle: str
    by: str
    because: str
    verdict: str
    rule_digest: str
    at: datetime
    id: int = 0


@dataclass(frozen=True)
class CohortRecord:
    """A cohort that kept its promises."""

    digest: str
    findings: tuple[str, ...]
    n_films: int


@dataclass(frozen=True)
class QuarantineRecord:
    """A row in quarantine; `stored` is relative to the quarantine folder."""

    key: str
    batch_id: str
    name: str
    reason: str
    stored: str
    at: datetime


@dataclass(frozen=True)
class ConflictRecord:
    """A film told twice, or two that are the same, called by two findings; `names` are what they came as."""

    key: str
    radiograph_id: str
    other_id: str
    reason: str
    names: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class BatchRecord:
    """One call of admission, with its summary as recorded."""

    id: str
    at: datetime
    status: str
    n_rows: int
    admitted: int
    quarantined: int


@dataclass(frozen=True)
class StratumCount:
    """Films that may be used, of one finding, source and split."""

    finding: str
    source: str
    split: str
    tune_half: str
    n_films: int
