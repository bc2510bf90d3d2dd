"""What is said of the model that answers: in short in each answer, in full at GET /model."""

from __future__ import annotations

from services import messages
from services.answers import ModelCard, ModelFacts
from services.champion import Champion


def facts(holder: Champion) -> ModelFacts:
    """Who answers, by name and digests."""
    bundle = holder.bundle
    return ModelFacts(
        name=holder.name, version=holder.version, bundle=bundle.digest, cohort=bundle.manifest.cohort_digest
    )


def card(holder: Champion) -> ModelCard:
    """Who answers, what it is made of, and the checks it did not pass."""
    manifest = holder.bundle.manifest
    return ModelCard(
        **facts(holder).model_dump(),
        backbone=manifest.backbone,
        precision=manifest.precision,
        findings=list(manifest.findings.names),
        side_px=manifest.preparation.side_px,
        temperature=manifest.temperature,
        cautions=list(holder.cautions),
        notice=messages.NOTICE,
    )
