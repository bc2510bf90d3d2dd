"""A film that lies elsewhere: what it is known by, and how its bytes are fetched when they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Remote:
    """One instance of a PACS.

    Attributes:
        address: names the instance for ever, the same at each poll; it is only kept as a keyed digest.
        fetch: brings the bytes of the DICOM file; called at most once, from any thread.
            Raises UnreadableRadiograph where this one cannot be had, PacsUnavailable where none can.
    """

    address: str
    fetch: Callable[[], bytes]
