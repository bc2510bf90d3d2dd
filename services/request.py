"""The id of the request being answered, visible to every layer of the service without passing it along."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(offered: str | None) -> str:
    """Starts a request under the offered id if that is a plain word of at most 64 characters, else a new one."""
    chosen = offered if offered and _ACCEPTED.fullmatch(offered) else uuid.uuid4().hex
    _current.set(chosen)
    return chosen


def request_id() -> str:
    """The id of the request being answered; empty outside of one."""
    return _current.get()
