"""The order of a step back: the champion before this one is tried, packaged and made champion again."""

from __future__ import annotations

from prefect import flow

from flows import moves
from flows.moves import Decision, Moved
from radiographs import settings
from radiographs.records import model_moves
from tasks import judgements, moving, packaging, registry


@flow(name="rollback")
def rollback(by: str, because: str) -> Moved:
    """Goes back to the champion before this one; called again, to the one before that.

    Args:
        by: name of the person who decides it.
        because: why, for the record; name no patient.
    """
    decision = Decision.of_person(by, because)
    site = moves.site(settings.read())
    standing = moving.standing(site)
    step = model_moves.step_back(standing.moves, standing.require_champion().version)
    model = registry.find(registry.listed(site.tracking), step.version)
    verdict = judgements.verdict_on(site.places, model)
    bundle = moving.verify(site.places, model.bundle)
    bento = packaging.package(bundle, model.version, model.run_id, site.places.bentoml, cautions=verdict.cautions)
    previous = step.previous_version
    moved = moves.crown(site, model, verdict, action="rolled back", previous=previous, decision=decision)
    return Moved(moved, bento, verdict.cautions, ())
