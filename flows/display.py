"""How a command shows what a flow brought back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from flows.promote import Promotion
    from flows.retrain import Outcome
    from radiographs.evaluation.scorecard import Scorecard
    from radiographs.evaluation.verdict import Verdict
    from radiographs.records.admission import AdmissionSummary
    from radiographs.records.decisions import Shown
    from radiographs.records.entries import ConflictRecord, QuarantineRecord
    from radiographs.records.label_table import LabelTable
    from radiographs.records.labelling import LabellingSummary
    from radiographs.records.withdrawal import Withdrawal

TABLE_WIDTH = 132  # a scorecard's intervals stay on one line; a narrower terminal wraps them itself
SHOWN_KEY = 10
SHOWN_REASONS = 12
console = Console(highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """One line, without markup."""
    console.print(sentence, markup=False)


def shown(path: Path | str) -> str:
    """A path as short as a person would type it: relative where it lies below the working folder."""
    resolved = Path(path).resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(resolved)


def heading(words: str) -> None:
    """A line that begins a part of the story."""
    console.print(f"\n[bold]{words}[/bold]")


def admission(summary: AdmissionSummary) -> None:
    """What was admitted and what was not, with the reasons and how often."""
    heading(f"Batch {summary.batch_id}")
    say(
        f"{summary.admitted} admitted, {summary.known} known already, {summary.updated} with new metadata, "
        f"{summary.quarantined} quarantined, {summary.excluded} excluded"
        + (f", {summary.waiting} waiting in quarantine from before" if summary.waiting else "")
    )
    for finding, count in summary.by_finding:
        say(f"  {finding:<18} {count:>6}")
    if summary.unlabelled:
        say(f"  {'(no finding yet)':<18} {summary.unlabelled:>6}")
    for title, pairs in (
        ("Quarantined or excluded because:", summary.reasons),
        ("Put right:", summary.corrections),
        ("Taken out of the files:", summary.removed),
    ):
        _counted(title, pairs)
    if summary.conflicts or summary.quarantined:
        say("To decide about them: radiographs quarantine list")


def _counted(title: str, pairs: Sequence[tuple[str, int]]) -> None:
    """The most frequent of what was counted, and how many more there are."""
    if pairs:
        say(title)
    for words, count in pairs[:SHOWN_REASONS]:
        say(f"  {count:>4} x {words}")
    if len(pairs) > SHOWN_REASONS:
        say(f"       and {len(pairs) - SHOWN_REASONS} more; the batch's report has all")


def scorecard(card: Scorecard) -> None:
    """The scorecard as a table, each figure with its interval."""
    heading(f"Scorecard on {card.n} held-out films in {card.n_groups} groups (95 % intervals)")
    headings, *rows = card.as_rows()
    table(headings, rows)
    if card.floors:
        say("What rules reach that cannot read a film")
        headings, *rows = card.floor_table()
        table(headings, rows)
    for headings, *rows in card.stratum_tables()[:1]:  # the report has the others
        say(f"Accuracy, and sensitivity to each finding, by {headings[0].lower()}")
        table(headings, rows)


def verdict(decided: Verdict) -> None:
    """The verdict, what did not pass in words, and what did by name."""
    heading(f"Verdict: {decided.outcome}")
    for reason in decided.failed:
        say(f"  {reason.label + ':':<20}{reason.words}")
    names = ", ".join(reason.check for reason in decided.passed)
    say(f"  {'Passed:':<20}{len(decided.passed)} of {len(decided.reasons)} checks, in words in the report: {names}")


def promotion(done: Promotion) -> None:
    """Where the model went."""
    scorecard(done.proof.scorecard)
    verdict(done.proof.verdict)
    heading("Registry")
    say(f"  model version  radiographs {done.version}, alias {done.alias}")
    say(f"  bundle         {done.bundle.name}")
    say(f"  Bento          {done.bento or 'none built: only a promoted model is packaged'}")
    say(f"  report         {shown(done.report)}")
    if done.proof.verdict.outcome == "hold":
        say("It waits for a person: radiographs promote")


def outcome(result: Outcome) -> None:
    """The story of one retrain."""
    if result.admission is None:
        say("The inbox is empty; the catalogue stands as it was.")
    else:
        admission(result.admission)
    if result.promotion is not None:
        promotion(result.promotion)
        return
    heading("Nothing is new")
    say(
        f"Cohort {result.cohort.name[:12]} was already trained with this recipe and release rule: "
        f"model version {result.record.version}, verdict {result.record.outcome}."
    )
    say(f"  MLflow run     {result.record.run_id}")
    say(f"  report         {shown(result.record.report)}")


def waiting(files: Iterable[QuarantineRecord], conflicts: Iterable[ConflictRecord]) -> None:
    """One line for each row and each conflict that a person has to decide about, oldest first."""
    rows = [(one.at, one.key[:SHOWN_KEY], one.name, one.reason) for one in files]
    rows += [(one.at, one.key[:SHOWN_KEY], ", ".join(one.names), f"conflict: {one.reason}") for one in conflicts]
    if not rows:
        say("Nothing waits for a decision.")
        return
    table(("When", "Id", "File", "Reason"), [(f"{at:%Y-%m-%d %H:%M}", *rest) for at, *rest in sorted(rows)])


def record(shown: Shown) -> None:
    """All facts of one quarantined row or conflict."""
    heading(shown.key)
    for what, value in shown.facts:
        say(f"  {what:<18} {value}")
    if shown.picture is not None:
        say(f"  {'picture':<18} {shown.picture}")


def labelling(table: LabelTable, summary: LabellingSummary) -> None:
    """What a table of findings changed, and what of it could not be used."""
    heading(f"Labels, batch {summary.batch_id}")
    say(
        f"{summary.labelled} films labelled, {summary.changed} changed, {summary.unchanged} unchanged, "
        f"{summary.unmatched} rows without a film, {summary.conflicts} conflicts for a person"
        + (f", {summary.contradicted} films labelled in two ways, left as they were" if summary.contradicted else "")
    )
    for finding, count in summary.by_finding:
        say(f"  {finding:<18} {count:>6}")
    for word, count in table.unmapped:
        say(f"  unmapped word '{word}', {count} x; add it to the mapping")
    for line, reason in table.unusable:
        say(f"  line {line}: {reason}")


def withdrawal(done: Withdrawal) -> None:
    """What was erased, and the models that learnt from it."""
    say(f"{len(done.radiograph_ids)} films withdrawn: {done.n_files} files and {done.n_entries} store entries erased")
    for film in done.radiograph_ids:
        say(f"  {film}")
    for model in done.trained_on:
        say(f"  model version {model.version} learnt from it (cohort {model.cohort[:12]}, {model.report})")
    if not done.trained_on:
        say("  no model on record learnt from it")


def table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Rows below headings, as wide as intervals need."""
    drawn = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    drawn.columns[0].overflow = "fold"  # a name cut short might be another's
    for row in rows:
        drawn.add_row(*map(Text, row))  # a file's name may hold what would be taken for markup
    Console(highlight=False, width=max(console.width, TABLE_WIDTH)).print(drawn)
