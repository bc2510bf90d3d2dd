"""The catalogue of all films, kept in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from radiographs.records import database, older
from radiographs.records.entries import (
    BatchRecord,
    CohortRecord,
    ConflictRecord,
    QuarantineRecord,
    RetrainRecord,
    StratumCount,
)
from radiographs.records.schema import (
    Base,
    BatchRow,
    CohortRow,
    ConflictRow,
    ExclusionRow,
    GroupRow,
    QuarantineRow,
    RadiographRow,
    RetrainRow,
    VerdictRow,
    VersionRow,
    now,
)

_PIECE = 2000


class Catalogue:
    """An open catalogue; also a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Catalogue:
        """Opens the catalogue and makes its tables where they are not there yet.

        Raises:
            CatalogueUnavailable: the address is none, or the database cannot be opened or written.
        """
        address = database.address(url)
        try:
            engine = database.engine(address)
            with engine.execution_options(**{database.WRITES: True}).begin() as connection:
                database.stand_in_line(connection)
                Base.metadata.create_all(connection)
                older.bring_over(connection)
            return cls(engine)
        except (SQLAlchemyError, OSError, ImportError) as error:
            raise database.unavailable(address, error) from error

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent state of the catalogue."""
        with self._session(writes=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is alone in writing and is committed whole, or not at all."""
        with self._session(writes=True) as session:
            yield session
            session.commit()

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[Session]:
        try:
            engine = self._engine.execution_options(**{database.WRITES: writes})
            server = engine.dialect.name == "postgresql"
            if server and not writes:
                engine = engine.execution_options(isolation_level="REPEATABLE READ")
            with Session(engine) as session:
                if server and writes:
                    session.execute(text("LOCK TABLE batches IN SHARE ROW EXCLUSIVE MODE"))
                yield session
        except DBAPIError as error:
            if not database.is_no_fault_of_ours(error):
                raise
            raise database.unavailable(self._engine.url, error) from error

    # Verdicts and retrains

    def record_verdict(
        self, held_out_digest: str, run_id: str, outcome: str, reasons: Sequence[str], rule_digest: str
    ) -> None:
        """Notes that a held-out set has served a verdict; the same run counts once."""
        with self.writing() as session:
            session.merge(
                VerdictRow(
                    held_out_digest=held_out_digest,
                    run_id=run_id,
                    outcome=outcome,
                    reasons=[str(reason) for reason in reasons],
                    rule_digest=rule_digest,
                )
            )

    def verdicts_served(self, held_out_digest: str) -> int:
        """How many verdicts this held-out set has served."""
        with self.reading() as session:
            counted = select(func.count()).where(VerdictRow.held_out_digest == held_out_digest)
            return int(session.scalar(counted) or 0)

    def find_retrain(self, key: str) -> RetrainRecord | None:
        """The latest finished retrain recorded under a key; one that stopped before its verdict does not count."""
        finished = select(RetrainRow).where(RetrainRow.key == key, RetrainRow.outcome != "")
        with self.reading() as session:
            row = session.scalars(finished.order_by(RetrainRow.at.desc()).limit(1)).first()
            return None if row is None else _retrain(row)

    def record_retrain(self, record: RetrainRecord) -> None:
        """Notes a run, dated now: once when its model is registered, without an outcome, and again with its verdict."""
        said = {field: getattr(record, field) for field in ("key", "run_id", "version", "outcome", "report", "cohort")}
        with self.writing() as session:
            session.merge(RetrainRow(**said, at=now()))

    def list_retrains(self) -> tuple[RetrainRecord, ...]:
        """All runs that registered a model, oldest first; the outcome of one that was never judged is empty."""
        with self.reading() as session:
            return tuple(_retrain(row) for row in session.scalars(select(RetrainRow).order_by(RetrainRow.at)))

    # Cohorts

    def record_cohort(self, record: CohortRecord) -> None:
        """Notes a cohort that kept its promises; the same one again keeps its date."""
        with self.writing() as session:
            if session.get(CohortRow, record.digest) is None:
                session.add(CohortRow(digest=record.digest, findings=list(record.findings), n_films=record.n_films))

    def earlier_cohorts(self, findings: Sequence[str]) -> tuple[str, ...]:
        """Digests of the recorded cohorts with these findings, oldest first."""
        with self.reading() as session:
            rows = session.scalars(select(CohortRow).order_by(CohortRow.at))
            return tuple(row.digest for row in rows if list(row.findings) == list(findings))

    # Overviews

    def list_quarantine(self) -> tuple[QuarantineRecord, ...]:
        """All that is in quarantine and was neither admitted nor settled since, oldest first."""
        waiting = select(QuarantineRow).where(QuarantineRow.admitted_by.is_(None), QuarantineRow.settled == "")
        with self.reading() as session:
            rows = session.scalars(waiting.order_by(QuarantineRow.at, QuarantineRow.name))
            return tuple(QuarantineRecord(r.key, r.batch_id, r.name, r.reason, r.stored, r.at) for r in rows)

    def list_conflicts(self) -> tuple[ConflictRecord, ...]:
        """All conflicts that nobody has settled, oldest first."""
        with self.reading() as session:
            rows = session.scalars(select(ConflictRow).where(ConflictRow.settled == "").order_by(ConflictRow.at)).all()
            names = _names(session, {film for row in rows for film in (row.radiograph_id, row.other_id)})
            return tuple(
                ConflictRecord(
                    row.key,
                    row.radiograph_id,
                    row.other_id,
                    row.reason,
                    tuple(dict.fromkeys(names[film] for film in (row.radiograph_id, row.other_id))),
                    row.at,
                )
                for row in rows
            )

    def list_batches(self) -> tuple[BatchRecord, ...]:
        """All calls of admission, oldest first."""
        with self.reading() as session:
            rows = session.scalars(select(BatchRow).order_by(BatchRow.at, BatchRow.id))
            return tuple(
                BatchRecord(r.id, r.at, r.status, r.n_rows, r.summary["admitted"], r.summary["quarantined"])
                for r in rows
            )

    def counts(self) -> tuple[StratumCount, ...]:
        """Films that may be used, by finding ("" where unlabelled), source, split and half."""
        keys = (VersionRow.finding, VersionRow.source, GroupRow.split, GroupRow.tune_half)
        with self.reading() as session:
            rows = session.execute(
                select(*keys, func.count())
                .join(RadiographRow, RadiographRow.id == VersionRow.radiograph_id)
                .join(GroupRow, GroupRow.id == RadiographRow.group_id)
                .where(VersionRow.id.in_(current_versions()), usable())
                .group_by(*keys)
                .order_by(*keys)
            )
            return tuple(StratumCount(*row) for row in rows)


def current_versions() -> Any:
    """Select of the ids of the versions that films are taken for: of each film the newest adopted one."""
    return select(func.max(VersionRow.id)).where(VersionRow.adopted).group_by(VersionRow.radiograph_id)


def usable() -> Any:
    """The condition that a film is not excluded."""
    return RadiographRow.id.not_in(select(ExclusionRow.radiograph_id).where(ExclusionRow.lifted_at.is_(None)))


def n_withdrawn(session: Session, films: Iterable[str]) -> int:
    """How many of the films were withdrawn."""
    gone = select(func.count(ExclusionRow.radiograph_id.distinct())).where(ExclusionRow.kind == "withdrawn")
    return sum(session.scalar(gone.where(ExclusionRow.radiograph_id.in_(piece))) or 0 for piece in pieces(films))


def _retrain(row: RetrainRow) -> RetrainRecord:
    return RetrainRecord(row.key, row.run_id, row.version, row.outcome, row.report, row.cohort, row.at.isoformat())


def _names(session: Session, films: set[str]) -> dict[str, str]:
    """What films came as first, or the beginning of their id where nothing is known any more."""
    names = {film: film[:12] for film in films}
    for piece in pieces(films):
        said = select(VersionRow.radiograph_id, VersionRow.name).where(VersionRow.radiograph_id.in_(piece))
        names.update((film, name) for film, name in session.execute(said.order_by(VersionRow.id.desc())))
    return names


def pieces(keys: Iterable[str]) -> Iterator[list[str]]:
    """Keys in lists short enough for one question to a database."""
    rest = iter(keys)
    while piece := list(islice(rest, _PIECE)):
        yield piece
