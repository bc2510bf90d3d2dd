"""How a command shows what a flow brought back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from flows.promote import Promotion
    from flows.retrain import Outcome
    from radiographs.evaluation.scorecard import Scorecard
    from radiographs.evaluation.verdict import Verdict
    from radiographs.records.admission import AdmissionSummary
    from radiographs.records.catalogue import QuarantineRecord

TABLE_WIDTH = 126  # a scorecard's intervals stay on one line; a narrower terminal wraps them itself
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
    )
    for finding, count in summary.by_finding:
        say(f"  {finding:<18} {count:>6}")
    if summary.reasons:
        say("Quarantined because:")
        for reason, count in summary.reasons:
            say(f"  {count:>4} x {reason}")


def scorecard(card: Scorecard) -> None:
    """The scorecard as a table, each figure with its interval."""
    heading(f"Scorecard on {card.n} held-out films in {card.n_groups} groups (95 % intervals)")
    headings, *rows = card.as_rows()
    _table(headings, rows)


def verdict(decided: Verdict) -> None:
    """The verdict and each reason for it."""
    heading(f"Verdict: {decided.outcome}")
    for reason in decided.reasons:
        say(f"  {'passed' if reason.passed else 'FAILED'}  {reason.words}")


def promotion(done: Promotion) -> None:
    """Where the model went."""
    scorecard(done.proof.scorecard)
    verdict(done.proof.verdict)
    heading("Registry")
    say(f"  model version  radiographs {done.version}, alias {done.alias}")
    say(f"  bundle         {done.bundle.name}")
    say(f"  Bento          {done.bento or 'none built: only a promoted model is packaged'}")
    say(f"  report         {shown(done.report)}")


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


def quarantine(files: Iterable[QuarantineRecord]) -> None:
    """One line a file, newest first."""
    rows = [(f"{file.at:%Y-%m-%d %H:%M}", file.batch_id, file.name, file.reason) for file in files]
    _table(("When", "Batch", "File", "Reason"), rows)


def _table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, width=max(console.width, TABLE_WIDTH)).print(table)
