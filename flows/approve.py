"""The order of an approval: a person lets a held model become champion as the release rule would have done."""

from __future__ import annotations

from prefect import flow

from flows import moves
from flows.moves import Decision, Moved
from radiographs import settings
from radiographs.errors import NotHeld
from radiographs.evaluation.verdict import Verdict
from tasks import judgements, moving, packaging, registry


@flow(name="approve")
def approve(run: str | int, by: str, because: str) -> Moved:
    """Makes a held model champion; the same again finishes what was cut short, or finds nothing left to do.

    Args:
        run: a registered version's number, or its MLflow run's id or the first 8 or more characters of it.
        by: name of the person who approves.
        because: why, for the record; name no patient.
    """
    decision = Decision.of_person(by, because)
    site = moves.site(settings.read())
    listed = registry.listed(site.tracking)
    model = registry.find(listed, str(run).strip())
    verdict = judgements.verdict_on(site.places, model)
    _require_held(model.version, verdict)
    newer = tuple(each.model.version for each in listed if int(each.model.version) > int(model.version))
    standing = moving.standing(site)
    if standing.is_settled_on(model.version):
        return Moved(standing.moves[-1], "", verdict.cautions, newer)
    bundle = moving.verify(site.places, model.bundle)
    bento = packaging.package(bundle, model.version, model.run_id, site.places.bentoml, cautions=verdict.cautions)
    registry.note_approval(site.tracking, model.version, bento, decision.tags)
    previous = standing.before(model.version)
    moved = moves.crown(site, model, verdict, action="approved", previous=previous, decision=decision)
    return Moved(moved, bento, verdict.cautions, newer)


def _require_held(version: str, verdict: Verdict) -> None:
    """Refuses to approve what the release rule has decided by itself.

    Raises:
        NotHeld: it was promoted or rejected.
    """
    rule = "only a model that the release rule held for a person can be approved"
    if verdict.outcome == "promote":
        raise NotHeld(
            f"{rule}; version {version} was promoted by the rule itself: it is champion or was, and "
            "`radiographs rollback` goes back to an earlier one"
        )
    if verdict.outcome == "reject":
        words = " ".join(reason.words for reason in verdict.failed if reason.consequence == "rejects")
        raise NotHeld(f"{rule}; version {version} was rejected: {words}")
