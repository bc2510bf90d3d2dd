"""Opens the database behind the catalogue, SQLite or PostgreSQL, or says in one sentence why it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError

from radiographs.errors import CatalogueUnavailable

WRITES = "radiographs_writes"
_TABLES = 7_240_419  # any number that means this lock and nothing else


def engine(address: URL) -> Engine:
    """An engine for the database; an SQLite file's folder is made where it is missing."""
    made = create_engine(address)
    if made.dialect.name == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(made, "connect", _tune_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    return made


def stand_in_line(connection: Connection) -> None:
    """Lets one process at a time make the tables; SQLite does by itself, PostgreSQL would make them twice and fail."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _TABLES})


def address(url: str) -> URL:
    """A database URL, read; PostgreSQL is reached with psycopg.

    Raises:
        CatalogueUnavailable: it is no database URL.
    """
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise CatalogueUnavailable(
            "the catalogue's address is no database URL; set RADIOGRAPHS_CATALOGUE_URL to one like "
            "sqlite:////folder/catalogue.db or postgresql://user@host/name"
        ) from error
    return place.set(drivername="postgresql+psycopg") if place.drivername in ("postgresql", "postgres") else place


def is_no_fault_of_ours(error: DBAPIError) -> bool:
    """True where a database cannot be reached, read or written, whatever is asked of it."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def unavailable(place: URL, error: BaseException) -> CatalogueUnavailable:
    """The refusal, with its cause and without the password."""
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if place.password:
        cause = cause.replace(str(place.password), "***")
    shown = place.set(query={}).render_as_string(hide_password=True)
    return CatalogueUnavailable(
        f"the catalogue {shown} cannot be opened or written ({cause}); "
        "mend that, or name another database with RADIOGRAPHS_CATALOGUE_URL"
    )


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """SQLAlchemy, not the driver, begins transactions; readers do not wait for a writer."""
    connection.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
