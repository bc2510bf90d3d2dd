"""What every request passes before it reaches an answer: an id, a lock, a limit, and the headers of the reply."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from radiographs import settings
from services import messages, refusals, request
from services.refusals import Refused

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FORWARDING = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip"}
)
FORM_OVERHEAD_BYTES = 64 * 1024  # boundaries, part headers and the small fields around the film


class Envelope:
    """Gives each request its id, each reply its headers, and each error of a library our words."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        identity = request.begin(Headers(scope=scope).get("x-request-id"))
        foreign_error = False

        async def enveloped(message: Message) -> None:
            nonlocal foreign_error
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                foreign_error = message["status"] >= 400 and refusals.MARK not in headers
                headers.update(HEADERS | {"X-Request-Id": identity})
                if foreign_error:
                    await refusals.of_status(message["status"])(scope, receive, enveloped_error)
                    return
            if not foreign_error:
                await send(message)

        async def enveloped_error(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS | {"X-Request-Id": identity})
            await send(message)

        await self.app(scope, receive, enveloped)


class LoopbackOnly:
    """Refuses whoever is not this machine, on every route: nothing is open to others without a key."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_local(scope):
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        await refusals.of_status(HTTPStatus.UNAUTHORIZED)(scope, receive, send)


def is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine and through no proxy."""
    return _is_loopback(scope.get("client")) and not _is_forwarded(Headers(scope=scope).keys())


def _is_loopback(peer: tuple[str, int] | None) -> bool:
    try:
        address = ipaddress.ip_address(peer[0]) if peer else None
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


def _is_forwarded(names: Iterable[str]) -> bool:
    return any(name.lower() in FORWARDING or name.lower().startswith("x-forwarded") for name in names)


class BodyLimit:
    """Refuses a body that is announced or turns out larger than a film may be, before it is held in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.limit_mb = settings.read().max_upload_mb
        self.limit_bytes = self.limit_mb * 2**20 + FORM_OVERHEAD_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit():
            return await refusals.of_status(HTTPStatus.BAD_REQUEST)(scope, receive, send)
        if int(announced) > self.limit_bytes:
            refused = self._too_large()
            return await refusals.response(refused.status, refused.code, str(refused))(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit_bytes:
                raise self._too_large()
            return message

        await self.app(scope, counted, send)

    def _too_large(self) -> Refused:
        sentence = messages.WORDS["en"]["errors"]["too_large"].replace("{limit}", str(self.limit_mb))
        return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", sentence)
