"""Registered, judged models made in a moment: a real registry, real small bundles, verdicts as they are written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import drawn_bundle
from mlflow import MlflowClient

from flows import moves
from flows.moves import Decision
from radiographs import settings
from radiographs.evaluation.checks.reason import Consequence, Reason
from radiographs.evaluation.verdict import Outcome, Verdict
from radiographs.records import model_moves
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import ModelMove
from radiographs.runtime import manifest
from tasks import judgements
from tasks.moving import Site
from tasks.registry import CHAMPION, MODEL, RegisteredVersion

CAUTION = "Sensitivity 0.7 is not proven above 0.8."
FAULT = "Specificity 0.2 is below 0.7."
WARNED = "Plan for fresh films."
REASONS: dict[Outcome, tuple[tuple[str, Consequence], ...]] = {
    "promote": (("All is well.", "none"), (WARNED, "warns")),
    "hold": ((WARNED, "warns"), (CAUTION, "holds")),
    "reject": ((CAUTION, "holds"), (FAULT, "rejects")),
}


@dataclass
class Models:
    """A state folder's models, and what the builder of Bentos was asked for."""

    site: Site
    packaged: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.site.places.root

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.site.tracking.address, self.site.tracking.address)

    def add(self, outcome: Outcome, *, run_id: str = "") -> RegisteredVersion:
        """A registered version with its bundle, its verdict, its report's folder and its page."""
        client = self.client
        if not run_id:
            run_id = client.create_run(client.get_experiment_by_name("radiographs").experiment_id).info.run_id
        seed = len(client.search_model_versions(f"name = '{MODEL}'"))
        drawn = drawn_bundle.write(self.site.places.bundles / f"drawn-{seed}", seed=seed)
        digest = manifest.digest_of(drawn)
        drawn.rename(drawn.with_name(digest))
        version = str(client.create_model_version(MODEL, "file:///nowhere", run_id=run_id).version)
        client.update_model_version(MODEL, version, f"Verdict: {outcome}\n\nBento: `none`")
        for name, value in {"bundle": digest, "verdict": outcome, "bento": "none"}.items():
            client.set_model_version_tag(MODEL, version, name, value)
        made = RegisteredVersion(version, run_id, digest)
        folder = judgements.folder_of(self.site.places, made)
        folder.mkdir(parents=True)
        (folder / judgements.VERDICT).write_text(verdict(outcome).to_json())
        return made

    def promoted(self) -> RegisteredVersion:
        """One more model, which the rule made champion."""
        model, champion = self.add("promote"), self.champion()
        decision = Decision(model_moves.RELEASE_RULE, "it passed")
        moves.crown(self.site, model, verdict("promote"), action="promoted", previous=champion, decision=decision)
        return model

    def champion(self) -> str:
        """The version that bears the alias; empty if none does."""
        return str(self.client.get_registered_model(MODEL).aliases.get(CHAMPION, ""))

    def pointer(self) -> dict[str, object]:
        return json.loads((self.home / "champion.json").read_text())

    def tags(self, model: RegisteredVersion) -> dict[str, str]:
        return self.client.get_model_version(MODEL, model.version).tags

    def history(self) -> list[tuple[str, str, str]]:
        """Action, version and previous version of each move."""
        return [(each.action, each.version, each.previous_version) for each in self.moves()]

    def moves(self) -> tuple[ModelMove, ...]:
        with Catalogue.open(self.site.catalogue_url) as catalogue:
            return model_moves.list_moves(catalogue)

    def is_everywhere(self, model: RegisteredVersion) -> bool:
        """Whether alias, pointer and history agree on a champion."""
        named = self.champion(), self.pointer()["version"], self.moves()[-1].version
        return set(named) == {model.version}


def verdict(outcome: Outcome) -> Verdict:
    """A verdict with a reason of each kind that its outcome can have."""
    reasons = (Reason(str(place), kind == "none", words, kind) for place, (words, kind) in enumerate(REASONS[outcome]))
    return Verdict(outcome, tuple(reasons), "rule")


def opened(database: Path) -> Models:
    """The models of the state folder that the settings name, on a copy of an empty MLflow database."""
    made = Models(moves.site(settings.read()))
    (made.home / "mlflow" / "mlflow.db").write_bytes(database.read_bytes())
    made.client.create_experiment("radiographs", artifact_location=(made.home / "mlflow" / "artifacts").as_uri())
    made.client.create_registered_model(MODEL)
    return made
