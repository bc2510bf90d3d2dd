"""Ties a catalogue to the key that its patients and files are named with."""

from __future__ import annotations

from sqlalchemy import select

from radiographs.errors import InvalidSettings
from radiographs.records import identity
from radiographs.records.catalogue import Catalogue
from radiographs.records.schema import BatchRow, KeyRow


def keep_to(catalogue: Catalogue, key: bytes) -> None:
    """Notes the key's fingerprint on first use, and refuses any other key from then on.

    Raises:
        InvalidSettings: films were named with another key.
    """
    mine, noted = identity.fingerprint(key), select(KeyRow.fingerprint)
    with catalogue.reading() as session:
        first = session.scalar(noted)
    if first is None:
        with catalogue.writing() as session:
            first = session.scalar(noted)
            if first is None:
                session.add(KeyRow(id=1, fingerprint=mine))
    if first not in (None, mine):
        raise InvalidSettings(
            "the pseudonym key is not the one that the patients of this catalogue are named with; restore that key "
            "(RADIOGRAPHS_PSEUDONYM_KEY, or pseudonym.key in the state folder), since another makes all strangers"
        )


def has_names(catalogue: Catalogue) -> bool:
    """Whether patients or files are named there already, so that their key must not be made anew."""
    with catalogue.reading() as session:
        return any(session.scalars(select(key).limit(1)).first() for key in (KeyRow.id, BatchRow.id))
