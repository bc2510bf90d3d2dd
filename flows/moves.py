"""The order in which the champion moves, whoever moves it: the alias, the pointer, the audit row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from flows import environment
from radiographs.errors import UnsignedDecision
from radiographs.evaluation.verdict import Verdict
from radiographs.records.entries import Action, ModelMove
from radiographs.settings import Settings
from tasks import moving, packaging, registry
from tasks.moving import Site
from tasks.registry import RegisteredVersion
from tasks.tracking import Tracking


@dataclass(frozen=True)
class Decision:
    """Who decided what is to be champion, why, and when."""

    by: str
    because: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of_person(cls, by: str, because: str) -> Decision:
        """A person's decision, each text made one line.

        Raises:
            UnsignedDecision: it lacks a name or a reason.
        """
        decision = cls(_one_line(by), _one_line(because))
        for what, text in (
            ("the name of who takes it (--by)", decision.by),
            ("a reason (--because)", decision.because),
        ):
            if not text:
                raise UnsignedDecision(f"a decision about the champion needs {what}; it came empty")
        return decision

    @property
    def tags(self) -> dict[str, str]:
        """As the page of an approved version shows it."""
        return {
            "approved_by": self.by,
            "approved_because": self.because,
            "approved_at": self.at.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True)
class Moved:
    """A move of the champion.

    Attributes:
        move: the audit row.
        bento: tag of the Bento that carries it; empty where nothing had to be done.
        cautions: what had held the champion, in words.
        newer: versions that were registered after it.
    """

    move: ModelMove
    bento: str
    cautions: tuple[str, ...]
    newer: tuple[str, ...]


def site(chosen: Settings) -> Site:
    """Where the champion stands by the settings."""
    places = environment.prepare(chosen)
    return Site(Tracking(chosen.tracking_address, places.artifacts), places, chosen.catalogue_address)


def crown(
    at: Site, model: RegisteredVersion, verdict: Verdict, *, action: Action, previous: str, decision: Decision
) -> ModelMove:
    """Moves alias and pointer to a model whose Bento has answered, and then writes down that it was done."""
    move = ModelMove(
        action=action,
        version=model.version,
        previous_version=previous,
        run_id=model.run_id,
        bundle=model.bundle,
        by=decision.by,
        because=decision.because,
        verdict=verdict.outcome,
        rule_digest=verdict.rule_digest,
        at=decision.at,
    )
    registry.crown(at.tracking, model.version)
    packaging.point(at.places.root, at.places.bundles / model.bundle, model, cautions=verdict.cautions)
    moving.record(at.catalogue_url, move)
    return move


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
