"""What is to be admitted, from the words of a person or a schedule and the settings."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from radiographs.records import inbox
from radiographs.records.pacs import Pacs, Query
from radiographs.settings import Settings
from tasks.catalogue import Delivery, Pull


@dataclass(frozen=True)
class Asked:
    """Address and query of a PACS as a flow is given them: the server that keeps a flow's parameters sees stars."""

    dicomweb: SecretStr | None
    query: SecretStr | None


def asked(chosen: Settings, dicomweb: str | None, query: Sequence[str] | None) -> Asked:
    """What a person typed, checked before it is passed on.

    Raises:
        InvalidSettings: an address or filter that cannot be used.
    """
    if dicomweb is not None:
        pacs_of(chosen, dicomweb)
    words = None if query is None else " ".join(_quoted(word) for word in query)
    if words is not None:
        Query.of(words)
    return Asked(*(None if text is None else SecretStr(text) for text in (dicomweb, words)))


def _quoted(word: str) -> str:
    """One filter whose value holds blanks gets quotes; several in one word stay as they are."""
    return word if all("=" in part for part in word.split()) else shlex.quote(word)


def of(
    chosen: Settings,
    folder: Path | None,
    metadata: Path | None,
    source: str | None,
    *,
    dicomweb: str | SecretStr | None = None,
    query: str | SecretStr | None = None,
) -> Delivery | Pull:
    """A folder (the inbox, if none is named), or a PACS where its address is given.

    Raises:
        InvalidSettings: an address or filter that cannot be used.
    """
    dicomweb, query = (word.get_secret_value() if isinstance(word, SecretStr) else word for word in (dicomweb, query))
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
