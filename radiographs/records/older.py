"""Brings over what an older version of the system left in a catalogue."""

from __future__ import annotations

from sqlalchemy import Connection, column, insert, inspect, select, table, text

from radiographs.records.schema import RetrainRow


def bring_over(connection: Connection) -> None:
    """Moves retrains that an older version of the system noted, one a key, into the table that has one a run."""
    if inspect(connection).has_table("retrains"):
        names = [each.name for each in RetrainRow.__table__.columns]
        older = table("retrains", *map(column, names))
        connection.execute(insert(RetrainRow).from_select(names, select(older)))
        connection.execute(text("DROP TABLE retrains"))
