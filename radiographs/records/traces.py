"""Finds every file by which a film can be seen, whoever wrote it, and erases it."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiographs.places import Places
from radiographs.records.schema import QuarantineRow, VersionRow

ERASED = "erased"  # what pages show in place of a name
_PAGES = ("*.html", "*.json")


def of_film(film: str, places: Places) -> list[Path]:
    """Files that bear a film's id in their name: original, header, copy set aside, picture in a report, drafts."""
    folders = (places.originals, places.originals / "headers", places.quarantine)
    found = [path for folder in folders for path in (folder / film[:2]).glob(f"{film}.*")]
    return found + list(places.batch_reports.glob(f"*/films/{film}.*"))


def of_file(digest: str, places: Places) -> list[Path]:
    """A file kept as it came, and drafts of it that a killed call left."""
    return list((places.identified / digest[:2]).glob(f"{digest}*")) if digest else []


def of_masks(session: Session, masks: Iterable[str], film: str, rows: Collection[str], places: Places) -> list[Path]:
    """Those of the masks that only this film and these quarantined rows have: masks are named by their content."""
    mine = {name for name in masks if name}
    if not mine:
        return []
    for column in (VersionRow.lung_mask, VersionRow.lesion_mask):
        mine -= set(session.scalars(select(column).where(column.in_(mine), VersionRow.radiograph_id != film)))
    waiting = QuarantineRow.settled == "", QuarantineRow.admitted_by.is_(None), QuarantineRow.key.not_in(rows)
    for line in session.scalars(select(QuarantineRow.line).where(*waiting)) if mine else ():
        mine -= {line.get("lung_mask"), line.get("lesion_mask")}
    return [path for name in sorted(mine) for path in (places.originals / name).parent.glob(f"{Path(name).name}*")]


def erase(paths: Iterable[Path]) -> int:
    """Removes files; returns how many there were."""
    n_erased = 0
    for path in paths:
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        n_erased += 1
    return n_erased


def erase_batches(batches: Path, words: Collection[str]) -> None:
    """Removes the folders of inspected batches, also half-written ones, that name one of these films or files.

    A batch that still waits to be enrolled is then refused in one sentence; its delivery is admitted again.
    """
    wanted = [word for word in words if word]
    for folder in batches.iterdir() if batches.is_dir() and wanted else ():
        tables = [folder / "rows.csv", folder / "batch.json"]
        texts = [table.read_text(encoding="utf-8", errors="replace") for table in tables if table.is_file()]
        if any(word in text for word in wanted for text in texts):
            shutil.rmtree(folder, ignore_errors=True)


def strike(batch_ids: Iterable[str], names: Collection[str], places: Places) -> None:
    """Takes names, and the reasons given for them, out of the reports and Data Docs of batches."""
    for batch in {batch for batch in batch_ids if batch}:
        folders = [places.batch_reports / batch]
        folders += [*places.data_docs.glob(f"validations/*/{batch}"), *places.data_docs.glob(f"results/*/{batch}")]
        for page in (path for folder in folders for pattern in _PAGES for path in folder.rglob(pattern)):
            before = page.read_text(encoding="utf-8")
            after = before
            for name in filter(None, names):
                after = _without(after, name)
            if after != before:
                draft = page.with_name(f"{page.name}.part")
                draft.write_text(after, encoding="utf-8")
                draft.replace(page)


def _without(text: str, name: str) -> str:
    """A page without a name where it stands alone: in a cell, in a caption with its reason, in a JSON string."""
    shown = re.escape(html.escape(name))
    text = re.sub(rf"<b>{shown}</b>[^<]*", f"<b>{ERASED}</b>", text)
    return re.sub(rf">{shown}<", f">{ERASED}<", text).replace(json.dumps(name), json.dumps(ERASED))
