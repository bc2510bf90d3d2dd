"""Tasks that write down what was decided: the report beside the bundle, and the page of the registered version."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from radiographs.evaluation import audit_figures, figures, panels, report, score_figures, search_figures
from radiographs.evaluation.across_sources import Claim
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.report import Facts, Judged, Picture
from radiographs.evaluation.scoring import ScoredFilms
from radiographs.evaluation.search_figures import TrialRow
from radiographs.network.making import Fitted
from radiographs.records import cohort as cohorts
from radiographs.records import sufficiency, unused
from radiographs.records.catalogue import Catalogue
from radiographs.records.cohort import Cohort
from radiographs.runtime.bundle import Bundle
from radiographs.store import pixels
from tasks import fitting, judgements, packaging
from tasks.evaluation import Proof
from tasks.fitting import Searched, Work
from tasks.registry import CHAMPION, MODEL, RegisteredVersion

SOFTWARE = ("tensorflow-cpu", "tensorflow", "keras", "openvino", "opencv-python-headless", "scikit-learn")
NOTICE = "Research use only, not a medical device."


@dataclass(frozen=True)
class Lineage:
    """Where a challenger came from and where it went."""

    work: Work
    fitted: Fitted
    searched: Searched
    bundle: Path
    version: RegisteredVersion
    champion: RegisteredVersion | None
    bento: str | None


@task(cache_policy=NO_CACHE)
def write_report(
    lineage: Lineage, proof: Proof, rule: ReleaseRule, claims: tuple[Claim, ...], catalogue_url: str
) -> Path:
    """Writes figures, scorecard.json, verdict.json and the self-contained report.html; returns the latter."""
    folder = judgements.folder_of(lineage.work.places, lineage.version)
    folder.mkdir(parents=True, exist_ok=True)
    cohort = cohorts.load(lineage.work.cohort)
    (folder / judgements.SCORECARD).write_text(proof.scorecard.to_json(), encoding="utf-8")
    (folder / judgements.VERDICT).write_text(proof.verdict.to_json(), encoding="utf-8")
    (folder / "audit.json").write_text(proof.shortcuts.to_json(), encoding="utf-8")
    if proof.score_proof is not None:
        (folder / "scores.json").write_text(proof.score_proof.to_json(), encoding="utf-8")
    judged = Judged(
        version=lineage.version.version,
        champion=lineage.champion.version if lineage.champion else "",
        scorecard=proof.scorecard,
        comparison=proof.comparison,
        verdict=proof.verdict,
        verdicts_served=proof.verdicts_served,
        score_proof=proof.score_proof,
        shortcuts=proof.shortcuts,
        claims=claims,
    )
    pictures = report.Pictures(
        scores=_score_pictures(folder, proof),
        audit=_audit_pictures(folder, proof, rule),
        others=_pictures(folder, lineage, proof, cohort),
    )
    with Catalogue.open(catalogue_url) as catalogue:
        left = unused.count(catalogue, cohort.findings)
    excluded = (("Left out because", "Films"), *((each.reason, str(each.n)) for each in left))
    facts = dataclasses.replace(_facts(lineage, cohort), excluded=excluded)
    page = report.write(folder / judgements.REPORT, judged, facts, pictures)
    _publish(judged, lineage.work.run_id, page)
    return page


def _publish(judged: Judged, run_id: str, page: Path) -> None:
    """Shows outcome, figures and what did not pass on the run's page in Prefect."""
    from prefect.artifacts import create_markdown_artifact

    headings, *rows = judged.scorecard.as_rows()
    table = [headings, ["---"] * len(headings), *rows]
    paragraphs = (
        f"# Model {judged.version}: {judged.verdict.outcome}",
        NOTICE,
        "\n".join(f"| {' | '.join(row)} |" for row in table),
        f"On {judged.scorecard.n} held-out films in {judged.scorecard.n_groups} groups, 95 % intervals.",
        "\n".join(f"- **{each.label}**: {each.words}" for each in judged.verdict.failed) or "All checks passed.",
        f"MLflow run `{run_id}`, [the whole report]({page.as_uri()})",
    )
    create_markdown_artifact(
        key=f"report-{judged.version}", markdown="\n\n".join(paragraphs), description=judged.verdict.outcome
    )


def _score_pictures(folder: Path, proof: Proof) -> tuple[Picture, ...]:
    """Reliability and abstention, where there is a proof of the scores."""
    if proof.score_proof is None:
        return ()
    drawn = score_figures.reliability(proof.score_proof, folder / "reliability.png")
    risk = score_figures.abstention(proof.score_proof, folder / "abstention.png")
    return (
        Picture(
            drawn,
            "Share of right answers by score, in bins of as many films each, with 95 % intervals: on the line a score "
            "means what it says.",
            wide=True,
        ),
        Picture(risk, "Wrong answers among the surest films, with 95 % intervals."),
    )


def _audit_pictures(folder: Path, proof: Proof, rule: ReleaseRule) -> tuple[Picture, ...]:
    """What was drawn while auditing, and the figures against their limits."""
    drawn = audit_figures.against_limits(proof.shortcuts, rule.audit, folder / "audit.png")
    found = [Picture(drawn, "Each question of the audit with its interval; grey is beyond its limit.", wide=True)]
    told = (
        ("changes", "One held-out film as it is and under each change, with the answer, its score and its heat.", True),
        ("shuffled", "The heat of an answer as learnt, and beneath it with shuffled weights.", True),
        ("curves", "The mean score of answers while places are blurred, and while they are brought back.", False),
    )
    for name, caption, photograph in told:
        source = proof.audit / f"{name}.png"
        if source.is_file():
            copied = folder / f"audit-{name}.png"
            shutil.copyfile(source, copied)
            found.append(Picture(copied, caption, wide=True, photograph=photograph))
    return tuple(found)


def _pictures(folder: Path, lineage: Lineage, proof: Proof, cohort: Cohort) -> tuple[Picture, ...]:
    scored, card = ScoredFilms.read(proof.scores), proof.scorecard
    roc = figures.roc_curves(scored.scores, scored.truth, cohort.findings, folder / "roc.png", scorecard=card)
    return (
        Picture(
            figures.confusion_matrix(card, folder / "confusion.png"), "Held-out films: truth by row, answer by column."
        ),
        Picture(roc, "Each finding against the rest, with the area under the curve and its interval."),
        Picture(
            figures.training_curves(lineage.fitted.history.epochs, folder / "curves.png"),
            "Loss and accuracy while fitting; the loss on tune/select is that at its best temperature, and the epoch "
            "with the lowest was kept.",
            wide=True,
        ),
        *_searches(folder, lineage.searched),
        *_panels(folder, lineage, scored, cohort),
    )


def _searches(folder: Path, searched: Searched) -> tuple[Picture, ...]:
    """One picture for each search that had a choice."""
    found: list[tuple[str, str, Sequence[TrialRow]]] = []
    if searched.heads is not None:
        found.append(("heads", "Heads that were tried", searched.heads.trials))
    if searched.fine_tuning is not None:
        found.append(("ways", "Ways of fine-tuning that were tried", searched.fine_tuning.trials))
    return tuple(
        Picture(
            search_figures.parallel_coordinates(trials, folder / f"search-{name}.png"),
            f"{words}: each line leads through what was chosen to its loss on tune/select; the lowest was taken.",
            wide=True,
        )
        for name, words, trials in found
        if len(trials) > 1
    )


def _panels(folder: Path, lineage: Lineage, scored: ScoredFilms, cohort: Cohort) -> tuple[Picture, ...]:
    """Held-out films of each finding with their heatmaps; they show, and choose nothing."""
    store = pixels.open_store(lineage.work.places.pixels, lineage.work.recipe.preparation)
    bundle = Bundle.load(lineage.bundle, verify=False)
    pictures = []
    for place, picked in enumerate(panels.pick(scored.scores, scored.truth, cohort.findings, groups=scored.groups)):
        if picked.rows:
            films = store.reader([scored.ids[row] for row in picked.rows])[:]
            answers = bundle.answer_prepared(films)
            file = folder / f"films-{place + 1}.png"
            panels.panel(picked, films, answers.heatmaps, answers.scores, cohort.findings, file)
            pictures.append(Picture(file, picked.caption, wide=True, photograph=True))
    return tuple(pictures)


def _facts(lineage: Lineage, cohort: Cohort) -> Facts:
    work, recipe, parity = lineage.work, lineage.work.recipe, lineage.fitted.parity
    preparation = recipe.preparation
    rows: tuple[tuple[str, str], ...] = (
        ("Fact", "Value"),
        ("Backbone", recipe.backbone),
        ("Weights", recipe.weights_identity),
        ("Backbone weights at the start, SHA-256", lineage.fitted.weights_digest),
        ("Prepared film", f"{preparation.side_px} px, {preparation.fit}, marks {preparation.marks}"),
        ("Recipe", recipe.digest),
        ("Seed", str(recipe.seed)),
        ("Cohort", cohort.digest),
        ("Bundle", lineage.bundle.name),
        ("Bento", lineage.bento or "none: only a promoted model is packaged"),
        ("MLflow run", work.run_id),
        ("Software", ", ".join(_versions())),
        ("Code, git commit", packaging.commit(packaging.PROJECT) or "not a checkout"),
        ("Exported graph against Keras", f"logits differ by {parity.logits_difference:.1e}, "
         f"heatmaps by {parity.heatmaps_difference:.1e}, on {parity.n_films} films"),
    )  # fmt: skip
    gains = fitting.gains_of(lineage.fitted, cohort, recipe.seed)
    rows += tuple(("Fine-tuning against its own frozen stage", gain.words) for gain in gains)
    rows += tuple(("While fitting", note) for note in lineage.fitted.history.notes)
    rows += tuple(("Mind", said) for said in sufficiency.require_trainable(cohort))
    named = sum(1 for film in cohort.of("held_out") if film.patient_id)
    return Facts(recipe.backbone, lineage.bundle.name, cohort.digest, named, rows, report.cohort_counts(cohort))


def _versions() -> list[str]:
    """Of what answers and figures hang on, as far as it is installed: TensorFlow comes under two names."""
    there = {found.name.lower().replace("_", "-"): found.version for found in metadata.distributions()}
    return [f"{name} {there[name]}" for name in SOFTWARE if name in there]


def figures_of(proof: Proof) -> dict[str, float]:
    """The figures that MLflow compares runs by, each with the ends of its interval."""
    found: dict[str, float] = {}
    for name, interval in proof.scorecard.named():
        if interval is not None:
            plain = name.replace(" ", "_")
            found |= {plain: interval.estimate, f"{plain}_low": interval.low, f"{plain}_high": interval.high}
    return found


@dataclass(frozen=True)
class VersionPage:
    """What the page of a registered version shows."""

    description: str
    tags: dict[str, str]


def version_page(lineage: Lineage, proof: Proof, report_file: Path) -> VersionPage:
    """Links report, cohort, Bento and verdict from the registered version."""
    tags = {
        "verdict": proof.verdict.outcome,
        "cohort": lineage.work.cohort.name,
        "bento": lineage.bento or "none",
        "report": str(report_file),
    }
    reasons = "\n".join(
        f"- {reason.label.lower() if reason.passed else f'**{reason.label.lower()}**'}: {reason.words}"
        for reason in proof.verdict.reasons
    )
    paragraphs = (
        NOTICE,
        f"**Verdict: {proof.verdict.outcome}**",
        reasons,
        f"Report: [{report_file}]({report_file.as_uri()}), also `report/report.html` of run `{lineage.work.run_id}`",
        f"Cohort: `{lineage.work.cohort.name}`",
        f"Bento: `{lineage.bento or 'none'}`",
        f"To load: `models:/{MODEL}/{lineage.version.version}`, or `models:/{MODEL}@{CHAMPION}` while it is champion.",
    )
    description = "\n\n".join(paragraphs)
    return VersionPage(description, tags)
