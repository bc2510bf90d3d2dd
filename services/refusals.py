"""How a refusal leaves the building: one status, one code a page can translate, one sentence, never a stack."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from starlette.responses import JSONResponse

from radiographs.errors import InvalidBundle, NoChampion, NotARadiograph, Refusal, UnreadableRadiograph
from services import messages
from services.request import request_id

Method = TypeVar("Method", bound=Callable[..., Any])

MARK = "X-Refusal"  # response header with the code: tells our own refusals from a library's error pages

STATUSES: dict[type[Refusal], tuple[HTTPStatus, str]] = {
    UnreadableRadiograph: (HTTPStatus.BAD_REQUEST, "unreadable_film"),
    NotARadiograph: (HTTPStatus.UNPROCESSABLE_ENTITY, "not_a_radiograph"),
    NoChampion: (HTTPStatus.SERVICE_UNAVAILABLE, "no_champion"),
    InvalidBundle: (HTTPStatus.SERVICE_UNAVAILABLE, "unusable_bundle"),
}


class Refused(Refusal):
    """A refusal of the door itself, which already knows its status and its code."""

    def __init__(self, status: HTTPStatus, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


def response(status: int, code: str, sentence: str) -> JSONResponse:
    """The one shape of every error: {"error": sentence, "code": code, "request_id": id}."""
    body = {"error": sentence, "code": code, "request_id": request_id()}
    return JSONResponse(body, status_code=status, headers={MARK: code})


def of_status(status: int) -> JSONResponse:
    """The error of a bare status, in our words instead of a library's."""
    code = messages.CODES_BY_STATUS.get(status, "refused" if status < 500 else "internal")
    return response(status, code, messages.WORDS["en"]["errors"][code])


def in_words(method: Method) -> Method:
    """Makes an API method answer a refusal with its sentence; anything else stays BentoML's 500.

    BentoML's own way (raising a BentoMLException) logs a stack for each bad upload, wraps the sentence in a list and
    hides it for a 503, so the response is made here.
    """

    @functools.wraps(method)
    def answering(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Refused as refusal:
            return response(refusal.status, refusal.code, str(refusal))
        except tuple(STATUSES) as refusal:
            status, code = STATUSES[type(refusal)]
            own_words = status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(refusal, NoChampion)  # no path of ours
            return response(status, code, str(refusal) if own_words else messages.WORDS["en"]["errors"][code])

    return answering  # type: ignore[return-value]
