"""The catalogue's tables: one row per radiograph for ever, with dated rows for all that is learnt about it later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Float, ForeignKey, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> datetime:
    """The moment that a row is dated with, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, also from databases that forget the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Base of all tables."""


class BatchRow(Base):
    """One call of admission: what came, and what became of it."""

    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    status: Mapped[str] = mapped_column(String(16))  # admitted | refused
    n_rows: Mapped[int]
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)


class GroupRow(Base):
    """All films taken as one patient, with the split that they were given once; "" while none of them is labelled."""

    __tablename__ = "groups"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    split: Mapped[str] = mapped_column(String(16))
    tune_half: Mapped[str] = mapped_column(String(16), default="")
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class RadiographRow(Base):
    """One film, named by its decoded pixels; without a group it may never be used."""

    __tablename__ = "radiographs"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    original: Mapped[str] = mapped_column(Text)
    header: Mapped[str] = mapped_column(Text, default="")  # the cleaned DICOM header, beside the originals
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    regions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # burnt-in text
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class LikenessRow(Base):
    """What near-duplicates of a film are found by."""

    __tablename__ = "likenesses"
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), primary_key=True)
    phash: Mapped[int] = mapped_column(BigInteger)  # the 64 bits, read as a signed number
    sketch: Mapped[bytes] = mapped_column(LargeBinary)  # (8, 8) float16: nearly all pairs are told apart by it
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary)


class FileRow(Base):
    """A file that was taken in, remembered by the keyed digest of its bytes."""

    __tablename__ = "files"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))


class VersionRow(Base):
    """What somebody said of a film, and when; the newest adopted version is what the film is taken for."""

    __tablename__ = "versions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    adopted: Mapped[bool]
    told: Mapped[str] = mapped_column(String(64))  # digest of the row as it came
    name: Mapped[str] = mapped_column(Text)  # words of a table or header may be of any length
    finding: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    patient_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    study_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    accession: Mapped[str] = mapped_column(String(32), default="", index=True)
    study_date: Mapped[str] = mapped_column(String(8), default="")  # shifted by the patient's own number of days
    modality: Mapped[str] = mapped_column(Text, default="")
    body_part: Mapped[str] = mapped_column(Text, default="")
    manufacturer: Mapped[str] = mapped_column(Text, default="")
    view_position: Mapped[str] = mapped_column(Text, default="")
    sex: Mapped[str] = mapped_column(Text, default="")
    age: Mapped[float | None] = mapped_column(Float)
    offset_days: Mapped[float | None] = mapped_column(Float)
    lung_mask: Mapped[str] = mapped_column(Text, default="")
    lesion_mask: Mapped[str] = mapped_column(Text, default="")


class LinkRow(Base):
    """A confirmed near-duplicate."""

    __tablename__ = "links"
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), primary_key=True, index=True)
    distance: Mapped[int]
    correlation: Mapped[float]
    detail: Mapped[float] = mapped_column(Float, default=0.0)
    orientation: Mapped[str] = mapped_column(String(32), default="as is")


class ExclusionRow(Base):
    """Why a film of the catalogue is left out of cohorts from that day on."""

    __tablename__ = "exclusions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    kind: Mapped[str] = mapped_column(String(16))  # bridge | conflict | merged | withdrawn
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)  # a person settled it


class QuarantineRow(Base):
    """A row or file that was not admitted, with its reason in words."""

    __tablename__ = "quarantine"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # digest of file, row and problem as they came
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    stored: Mapped[str] = mapped_column(Text, default="")  # relative to the quarantine folder; empty without a file
    file_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    finding_word: Mapped[str] = mapped_column(Text, default="")
    admitted_by: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))  # the batch that mended it
    source: Mapped[str] = mapped_column(Text, default="")
    patient_id: Mapped[str] = mapped_column(String(32), default="")
    line: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # all that is needed to admit it after all
    settled: Mapped[str] = mapped_column(String(16), default="")  # released | discarded
    because: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class ConflictRow(Base):
    """One film, or two that are the same, with two findings: out of cohorts until a person settles it."""

    __tablename__ = "conflicts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # digest of the two films and their findings
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), index=True)
    other_id: Mapped[str] = mapped_column(
        ForeignKey("radiographs.id"), index=True
    )  # the same film, told twice, or a twin
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    reason: Mapped[str] = mapped_column(Text)
    settled: Mapped[str] = mapped_column(String(16), default="")  # released | discarded
    because: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class CorrectionRow(Base):
    """What was put right on the way in: a righted film, a masked name, a refused mask, a table's known error."""

    __tablename__ = "corrections"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    radiograph_id: Mapped[str] = mapped_column(ForeignKey("radiographs.id"), index=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    words: Mapped[str] = mapped_column(Text)


class CohortRow(Base):
    """A cohort that kept its promises, found again by later ones that are held against it."""

    __tablename__ = "cohorts"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    findings: Mapped[list[str]] = mapped_column(JSON)
    n_films: Mapped[int]


class VerdictRow(Base):
    """A verdict that a held-out set has served."""

    __tablename__ = "verdicts"
    held_out_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    rule_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class RetrainRow(Base):
    """A run that registered a model, found again by the digest of its cohort, settings and rule.

    The outcome is empty until the verdict: such a run has a model that learnt, and is no finished retrain.
    """

    __tablename__ = "retrain_runs"  # "retrains" was one row a key, which a second run of that key overwrote
    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(32))
    report: Mapped[str] = mapped_column(Text)
    cohort: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class MoveRow(Base):
    """The champion moved: by the release rule, by a person's approval, or back; a row is never changed."""

    __tablename__ = "model_moves"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str] = mapped_column(String(16))  # promoted | approved | rolled back
    version: Mapped[str] = mapped_column(String(32))
    previous_version: Mapped[str] = mapped_column(String(32))  # "" where there was no champion
    run_id: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(16))
    rule_digest: Mapped[str] = mapped_column(String(64))


class KeyRow(Base):
    """What tells the key behind all pseudonyms and file digests from any other, and the key from nobody; one row."""

    __tablename__ = "pseudonym_key"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
