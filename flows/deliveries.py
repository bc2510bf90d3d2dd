"""What is to be admitted, from the words of a person or a schedule and the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from radiographs.records import inbox
from radiographs.records.pacs import Pacs, Query
from radiographs.settings import Settings
from tasks.catalogue import Delivery, Pull


def of(
    chosen: Settings,
    folder: Path | None,
    metadata: Path | None,
    source: str | None,
    *,
    dicomweb: str | None = None,
    query: str | None = None,
) -> Delivery | Pull:
    """A folder (the inbox, if none is named), or a PACS where its address is given."""
    if dicomweb is None:
        return Delivery(Path(folder or chosen.inbox_folder), Path(metadata) if metadata else None, source)
    return Pull(
        pacs_of(chosen, dicomweb),
        Query.of(query if query is not None else chosen.dicomweb_query),
        source or chosen.dicomweb_source or urlsplit(dicomweb).hostname or "pacs",
    )


def polled(chosen: Settings) -> tuple[Delivery | Pull, ...]:
    """The inbox where it holds a film, and the PACS of the settings where one is named."""
    folder = chosen.inbox_folder
    inboxes = (Delivery(folder),) if folder.is_dir() and inbox.look(folder).films else ()
    return (*inboxes, of(chosen, None, None, None, dicomweb=chosen.dicomweb_url)) if chosen.dicomweb_url else inboxes


def pacs_of(chosen: Settings, url: str) -> Pacs:
    """How the PACS is reached."""
    return Pacs(
        url=url,
        user=chosen.dicomweb_user,
        password=chosen.dicomweb_password.get_secret_value(),
        token=chosen.dicomweb_token.get_secret_value(),
        ca_file=chosen.dicomweb_ca,
    )
