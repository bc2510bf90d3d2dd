"""What a person decides about films where the system would not: release or discard them, settle a conflict."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiographs.errors import UnknownRecord
from radiographs.findings import Findings
from radiographs.imaging import decode, reading
from radiographs.imaging.filefacts import DecodedRadiograph, FileFacts
from radiographs.imaging.reading import Correction
from radiographs.places import Places
from radiographs.records import enrolment, grouping, settling, traces
from radiographs.records import originals as kept
from radiographs.records.batchfile import BatchContent, InspectedBatch, Line
from radiographs.records.catalogue import Catalogue
from radiographs.records.enrolment import AdmissionSummary
from radiographs.records.opening import Workplace
from radiographs.records.schema import BatchRow, ConflictRow, FileRow, QuarantineRow, RadiographRow, now

_SHORTEST = 4


@dataclass(frozen=True)
class Desk:
    """Where a decision is carried out.

    Attributes:
        place: where films are kept.
        quarantine: folder of the quarantined films.
        findings: what a film may be labelled with.
        seed: of the draw of splits.
    """

    place: Workplace
    quarantine: Path
    findings: Findings
    seed: int = 0

    @property
    def places(self) -> Places:
        """All of the state folder that the quarantine is in."""
        return Places(self.quarantine.parent)


@dataclass(frozen=True)
class Shown:
    """One quarantined row or conflict, as (what, value) pairs in the order to be read."""

    key: str
    facts: tuple[tuple[str, str], ...]
    picture: Path | None


def show(catalogue: Catalogue, key: str, desk: Desk) -> Shown:
    """All that is known of a quarantined row or a conflict, by the beginning of its key.

    Raises:
        UnknownRecord: nothing waits under that key, or several do.
    """
    with catalogue.reading() as session:
        row = _waiting(session, key)
        if isinstance(row, ConflictRow):
            return Shown(row.key, settling.facts_of(session, row), None)
        facts = (("reason", row.reason), ("name", row.name), ("since", f"{row.at:%Y-%m-%d %H:%M} UTC"))
        said = tuple((key, str(value)) for key, value in row.line.items() if value not in ("", None, "[]", {}))
        return Shown(row.key, (*facts, *said), desk.quarantine / row.stored if row.stored else None)


def release(
    catalogue: Catalogue, key: str, desk: Desk, *, because: str, finding: str | None = None
) -> AdmissionSummary | None:
    """Admits a quarantined film in spite of its reason, or settles a conflict by the finding that is right.

    A film whose photometric interpretation was suspected is righted by being released.

    Returns:
        What became of the film; None for a conflict.

    Raises:
        UnknownRecord: nothing waits under that key; or it cannot be released: its file was not decoded, or the
            finding is missing or unknown.
    """
    if finding is not None and finding not in desk.findings.names:
        raise UnknownRecord(f"'{finding}' is no finding here; name one of {', '.join(desk.findings.names)}")
    with catalogue.writing() as session:
        row = _waiting(session, key)
        if isinstance(row, ConflictRow):
            settling.settle(session, row, finding, because)
            return None
        line = _released(row, finding, because)
        thumbnail, line = _bring_back(row, line, desk)
        summary = _enrolled(session, line, thumbnail, desk)
        row.settled, row.because, row.settled_at, row.admitted_by = "released", because, now(), summary.batch_id
    return summary


def discard(catalogue: Catalogue, key: str, desk: Desk, *, because: str) -> None:
    """Erases a quarantined film for good, or leaves the films of a conflict out for good; the row stays.

    Raises:
        UnknownRecord: nothing waits under that key.
    """
    with catalogue.writing() as session:
        row = _waiting(session, key)
        row.settled, row.because, row.settled_at = "discarded", because, now()
        if isinstance(row, QuarantineRow):
            _erase(session, row, desk)
            row.line, row.stored = {}, ""


def _waiting(session: Session, key: str) -> QuarantineRow | ConflictRow:
    """The one row that waits for a decision under the beginning of its key."""
    if len(key) < _SHORTEST:
        raise UnknownRecord(f"'{key}' is too short; give at least {_SHORTEST} characters of the id that `list` shows")
    rows = select(QuarantineRow).where(
        QuarantineRow.key.startswith(key, autoescape=True),
        QuarantineRow.settled == "",
        QuarantineRow.admitted_by.is_(None),
    )
    conflicts = select(ConflictRow).where(ConflictRow.key.startswith(key, autoescape=True), ConflictRow.settled == "")
    found: list[QuarantineRow | ConflictRow] = [*session.scalars(rows), *session.scalars(conflicts)]
    if len(found) != 1:
        said = "nothing waits" if not found else f"{len(found)} rows wait"
        raise UnknownRecord(f"{said} under '{key}'; `radiographs quarantine list` shows what waits for a decision")
    return found[0]


def _released(row: QuarantineRow, finding: str | None, because: str) -> Line:
    if not row.stored:
        raise UnknownRecord(
            f"{row.name}: no film of it could be decoded ({row.reason}); mend the file, deliver it again"
        )
    line = Line(**row.line)
    chosen = finding or line.finding
    if not chosen and line.finding_word:
        raise UnknownRecord(f"{row.name}: its finding '{line.finding_word}' is unknown; say which with --finding")
    words = json.dumps(
        [*json.loads(line.corrections), f"released from quarantine by a person ({row.reason}): {because}"]
    )
    return replace(line, row=0, problem="", change="new", finding=chosen, corrections=words)


def _bring_back(row: QuarantineRow, line: Line, desk: Desk) -> tuple[np.ndarray, Line]:
    """Puts the film back among the originals, righted where that was the question; with its thumbnail."""
    film = decode.decode_file(desk.quarantine / row.stored).pixels
    target = desk.place.originals / line.original
    if line.facts.get("inversion") == "suspected":
        film, line = _righted(film, line)
        kept.publish(desk.place.originals / line.original, kept.png(film))
    else:
        kept.copy(desk.quarantine / row.stored, target)
    kept.make_durable(desk.place.originals)
    like = grouping.likeness(film)
    return like.thumbnail, replace(line, phash=f"{like.phash:016x}")


def _righted(negative: np.ndarray, line: Line) -> tuple[np.ndarray, Line]:
    """The film the right way round, measured and searched for text anew: a negative's facts are not the film's."""
    told = {name: line.facts[name] for name in ("format", "width", "height", "bit_depth", "channels", "tint")}
    film = reading.read(DecodedRadiograph(255 - negative, FileFacts(**told, photometric="")))
    masked = [
        region for region in json.loads(line.regions) if region["identifying"]
    ]  # of these nothing is left to find
    share = sum(region["width"] * region["height"] for region in masked) / negative.size + film.facts.text_share
    facts: Mapping[str, Any] = {**vars(film.facts), "inversion": "righted", "text_share": round(min(1.0, share), 4)}
    words: tuple[Correction, ...] = ("righted", *film.corrections)
    return film.pixels, replace(
        line,
        facts=facts,
        regions=json.dumps([*masked, *(asdict(region) for region in film.marks.regions)]),
        corrections=json.dumps([*json.loads(line.corrections), *(reading.IN_WORDS[one] for one in words)]),
        original=str(Path(line.original).with_suffix(".png")),
    )


def _enrolled(session: Session, line: Line, thumbnail: np.ndarray, desk: Desk) -> AdmissionSummary:
    batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    batch = BatchRow(id=batch_id, status="released", n_rows=1, summary={})
    session.add(batch)
    session.flush()
    inspected = InspectedBatch(Path(), batch_id, 1, 1, 0)
    content = BatchContent((line,), thumbnail[None], desk.place.originals, ())
    summary = enrolment.take_in(session, inspected, content, [line], reasons=Counter(), seed=desk.seed)
    batch.summary = asdict(summary)
    return summary


def _erase(session: Session, row: QuarantineRow, desk: Desk) -> None:
    """Removes all that is kept of a quarantined film, unless it is admitted or another row still waits with it."""
    film = row.line.get("radiograph_id", "")
    waiting = QuarantineRow.settled == "", QuarantineRow.admitted_by.is_(None), QuarantineRow.key != row.key
    others = list(session.execute(select(QuarantineRow.stored, QuarantineRow.file_digest).where(*waiting)))
    admitted = bool(film) and session.get(RadiographRow, film) is not None
    known = select(FileRow.digest).where(FileRow.digest == row.file_digest)
    if session.scalar(known) is None and row.file_digest not in {other.file_digest for other in others}:
        traces.erase(traces.of_file(row.file_digest, desk.places))
    masks = (row.line.get("lung_mask", ""), row.line.get("lesion_mask", ""))
    traces.erase(traces.of_masks(session, masks, "", [row.key], desk.places))
    if not row.stored or row.stored in {other.stored for other in others}:
        return
    kept = (desk.quarantine / film[:2]).glob(f"{film}.*") if admitted else traces.of_film(film, desk.places)
    traces.erase([desk.quarantine / row.stored, *kept])
