"""Writes the card of a model (Mitchell et al. 2019) from what is known of it, its summary and limits also in French."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from radiographs.evaluation.intervals import in_words
from radiographs.evaluation.verdict import Outcome

if TYPE_CHECKING:
    from radiographs.evaluation.across_sources import Claim
    from radiographs.evaluation.checks.reason import Reason
    from radiographs.evaluation.report import Facts, Judged
    from radiographs.evaluation.strata import Stratum

FRENCH_OUTCOMES: dict[Outcome, str] = {
    "promote": "promue",
    "hold": "retenue pour une personne",
    "reject": "refusée",
}


@dataclass(frozen=True)
class Part:
    """A heading with its sentences."""

    title: str
    sentences: tuple[str, ...]


def english(judged: Judged, facts: Facts) -> tuple[Part, ...]:
    """All parts of the card."""
    card = judged.scorecard
    names = ", ".join(row.name for row in card.findings)
    return (
        Part("Summary", (_summary(judged, facts),)),
        Part(
            "Model details",
            (
                f"Version {judged.version}, {facts.backbone}, bundle {facts.bundle[:16]}, trained on cohort "
                f"{facts.cohort[:16]}.",
                f"It gives a calibrated score to each of {names}, with a Grad-CAM heatmap, and knows no other finding.",
            ),
        ),
        Part(
            "Intended use",
            (
                "Research on frontal chest radiographs like those of its cohort. Research use only, not a medical "
                "device: no diagnosis or treatment may rest on an answer.",
                "Not meant for: patients, screening, triage, a second reading, lateral views, other modalities, or "
                "hospitals that its cohort does not hold.",
            ),
        ),
        Part(
            "Factors",
            ("Figures are given by source, view, sex and age wherever films say so and there are enough of them.",),
        ),
        Part("Metrics", _metrics(judged)),
        Part("Training and evaluation data", _data(judged, facts)),
        Part("Ethical considerations", _ethics()),
        Part("Limits", _limits(judged, facts)),
    )


def french(judged: Judged, facts: Facts) -> tuple[Part, ...]:
    """Summary and limits, with the same figures as in English."""
    card = judged.scorecard
    guarded = card.finding(card.guarded)
    summary = (
        f"Réservé à la recherche ; ce n’est pas un dispositif médical. La version {judged.version} ({facts.backbone}) "
        f"est {FRENCH_OUTCOMES[judged.verdict.outcome]}. Sur {card.n} clichés jamais vus ({card.n_groups} groupes), "
        f"l’exactitude équilibrée est de {_fr(in_words(card.balanced_accuracy))} ; pour {guarded.name} "
        f"(n={guarded.n}), la sensibilité est de {_fr(in_words(guarded.sensitivity))} et la spécificité de "
        f"{_fr(in_words(guarded.specificity))} (intervalles à 95 %)."
    )
    floor = card.best_floor
    limits = []
    if floor is not None:
        limits.append(
            f"Une règle qui ne lit pas le cliché ({floor.name}) atteint déjà {_fr(in_words(floor.balanced_accuracy))} "
            f"(n={floor.n}) ; l’avance du modèle est de {_fr(in_words(floor.lead, signed=True))}."
        )
    if facts.named_patients < card.n:
        limits.append(
            f"{card.n - facts.named_patients} des {card.n} clichés de test ne nomment pas leur patient : les "
            "intervalles ignorent les patients et les hôpitaux, et sont plus étroits que la vérité."
        )
    failed = [each for each in judged.verdict.reasons if each.consequence in ("holds", "rejects")]
    if failed:
        limits.append(
            f"{len(failed)} contrôles de la règle de mise en service n’ont pas été réussis : "
            f"{', '.join(each.check for each in failed)}. Le détail est donné en anglais ci-dessus."
        )
    warned = _warned(judged)
    if warned:
        limits.append(
            f"L’audit des raccourcis met en garde : {', '.join(each.check for each in warned)}. Le détail est donné en "
            "anglais ci-dessus."
        )
    lowest = _lowest_source(judged)
    if lowest is not None:
        limits.append(
            f"Selon la provenance, l’exactitude descend à {_fr(in_words(lowest.accuracy))} (source {lowest.value}, "
            f"n={lowest.n})."
        )
    limits.append(_alone_french(facts))
    limits.append("Une carte Grad-CAM montre où le réseau a regardé, pas où se trouve la maladie.")
    return (Part("Résumé", (summary,)), Part("Limites", tuple(filter(None, limits))))


def _summary(judged: Judged, facts: Facts) -> str:
    card = judged.scorecard
    guarded = card.finding(card.guarded)
    outcome = {"promote": "promoted", "hold": "held for a person", "reject": "rejected"}[judged.verdict.outcome]
    return (
        f"Research use only, not a medical device. Version {judged.version} ({facts.backbone}) is {outcome}. On "
        f"{card.n} held-out films ({card.n_groups} groups) its balanced accuracy is "
        f"{in_words(card.balanced_accuracy)}; for {guarded.name} (n={guarded.n}) sensitivity is "
        f"{in_words(guarded.sensitivity)} and specificity {in_words(guarded.specificity)} (95 % intervals)."
    )


def _metrics(judged: Judged) -> tuple[str, ...]:
    card, floor = judged.scorecard, judged.scorecard.best_floor
    said = [f"Balanced accuracy {in_words(card.balanced_accuracy)}, accuracy {in_words(card.accuracy)} (n={card.n})."]
    if floor is not None:
        said.append(
            f"A rule that sees {floor.sees} reaches a balanced accuracy of {in_words(floor.balanced_accuracy)} on the "
            f"same films; the model leads it by {in_words(floor.lead, signed=True)} (n={floor.n})."
        )
    if judged.score_proof is not None:
        after = judged.score_proof.after
        said.append(f"Calibration error of the served scores {in_words(after.ece)} (n={after.n}).")
    return tuple(said)


def _data(judged: Judged, facts: Facts) -> tuple[str, ...]:
    all_films = facts.counts[-1]
    return (
        f"{all_films[2]} films to train on, {all_films[3]} to tune, {all_films[4]} held out; findings and sources are "
        "listed below.",
        f"Held-out films were looked at by verdicts alone, {judged.verdicts_served} so far.",
    )


def _ethics() -> tuple[str, ...]:
    return (
        "Films are de-identified at admission and never leave the system with an answer. A withdrawn film is erased "
        "and the models that learnt from it are named.",
        "A model of this kind can answer by the hospital, the machine or the patient's age instead of the disease; the "
        "audit asks for that, and cannot prove that it does not.",
    )


def _limits(judged: Judged, facts: Facts) -> tuple[str, ...]:
    card = judged.scorecard
    said = [_alone(facts)]
    if facts.named_patients < card.n:
        said.append(
            f"{card.n - facts.named_patients} of {card.n} held-out films do not name their patient: the intervals "
            "ignore patients and hospitals, and are narrower than the truth."
        )
    few = [f"{row.name} ({row.n})" for row in card.findings if row.n < 50]
    if few:
        said.append(f"Fewer than 50 held-out films of {', '.join(few)}: their figures are rough.")
    if judged.shortcuts is not None:
        blind = [each.name.replace("_", " ") for each in judged.shortcuts.observations if not each.judged]
        if blind:
            said.append(f"The audit could not judge on these films: {', '.join(blind)}.")
    said += [each.words for each in judged.verdict.reasons if each.consequence in ("holds", "rejects")]
    said += [each.words for each in _warned(judged)]
    lowest = _lowest_source(judged)
    if lowest is not None:
        said.append(
            f"By source, accuracy is as low as {in_words(lowest.accuracy)} (source {lowest.value}, n={lowest.n})."
        )
    worst = _least_unseen(judged)
    if worst is not None:
        said.append(
            f"Fitted again without the source {worst.source}, the head tells {worst.finding} there with an AUROC of "
            f"{in_words(worst.unseen)}, where heads that saw its like reach {in_words(worst.seen)} (n={worst.n})."
        )
    said.append("A heatmap shows where the network looked, not where disease is.")
    return tuple(filter(None, said))


def _warned(judged: Judged) -> list[Reason]:
    """What the audit judged and warns of."""
    return [each for each in judged.verdict.reasons if each.judged and each.consequence == "warns" and each.audits]


def _lowest_source(judged: Judged) -> Stratum | None:
    """The source with the lowest accuracy, where two or more could be judged."""
    sources = [each for each in judged.scorecard.strata if each.kind == "Source" and each.accuracy is not None]
    return min(sources, key=_accuracy) if len(sources) > 1 else None


def _accuracy(part: Stratum) -> float:
    return 1.0 if part.accuracy is None else part.accuracy.estimate


def _least_unseen(judged: Judged) -> Claim | None:
    """The guarded finding in the source where least is left of it."""
    found = [
        each
        for each in judged.claims
        if not each.why and each.finding == judged.scorecard.guarded and each.unseen is not None
    ]
    return min(found, key=lambda each: 1.0 if each.unseen is None else each.unseen.estimate, default=None)


def _single(facts: Facts) -> list[str]:
    """Findings that one source alone holds."""
    held: dict[str, set[str]] = {}
    for finding, source, *_ in facts.counts[1:-1]:
        held.setdefault(finding, set()).add(source)
    return [finding for finding, sources in held.items() if len(sources) == 1]


def _alone(facts: Facts) -> str:
    single = ", ".join(_single(facts))
    if not single:
        return ""
    return f"One source alone holds {single}: whether the finding or the source is told, these films cannot say."


def _alone_french(facts: Facts) -> str:
    single = ", ".join(_single(facts))
    if not single:
        return ""
    return f"Une seule source contient {single} : ces clichés ne disent pas si le signe ou la source est reconnu."


def _fr(figure: str) -> str:
    """Decimal commas; the comma between the ends becomes a semicolon."""
    return figure.replace("too few", "trop peu de clichés").replace(", ", " ; ").replace(".", ",")
