"""Who may enter, how much may be carried in, and what every reply wears."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drawn_film
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from services import middleware, request

ROUTES = (
    "/",
    "/page/page.js",
    "/page/words.json",
    "/model",
    "/docs.json",
    "/schema.json",
    "/livez",
    "/healthz",
    "/readyz",
)
FORWARDED = {
    "Forwarded": "for=127.0.0.1",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Anything": "1",
    "X-Real-IP": "127.0.0.1",
    "Via": "1.1 a-proxy",
}


@pytest.mark.parametrize("peer", ["10.0.0.1", "192.168.1.7", "8.8.8.8", "2001:db8::1", "::ffff:10.0.0.1", "a-name"])
def test_another_machine_gets_401_on_every_route(serve: Any, state: Path, peer: str) -> None:
    stranger = serve(state, (peer, 40000))
    gotten = [stranger.get(route).status_code for route in (*ROUTES, "/metrics", "/static_content/index.css", "/none")]
    posted = [stranger.post(route, files={"file": ("f", b"")}).status_code for route in ("/predict", "/explain")]
    assert set(gotten + posted) == {401}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_gets_in(serve: Any, state: Path, peer: str) -> None:
    own = serve(state, (peer, 40000))
    assert [own.get(route).status_code for route in ROUTES] == [200] * len(ROUTES)


@pytest.mark.parametrize("header", FORWARDED)
def test_a_request_through_a_proxy_gets_401_even_from_this_machine(client: TestClient, header: str) -> None:
    sent = {header.lower(): FORWARDED[header]}
    assert {client.get(route, headers=sent).status_code for route in (*ROUTES, "/metrics")} == {401}
    film = {"file": ("f", drawn_film.png())}
    assert client.post("/predict", headers=sent, files=film).status_code == 401


@given(name=st.text("abcdefghijklmnopqrstuvwxyz-", max_size=12))
def test_any_header_that_begins_with_x_forwarded_is_one_of_a_proxy(name: str) -> None:
    scope = {"client": ("127.0.0.1", 1), "headers": [(f"x-forwarded-{name}".encode(), b"1")]}
    assert not middleware.is_local(scope)


def test_a_request_without_a_peer_is_not_local() -> None:
    assert not middleware.is_local({"client": None, "headers": []})


@pytest.mark.parametrize("route", [*ROUTES, "/none"])
def test_every_reply_is_uncached_and_closed_to_other_origins(client: TestClient, route: str) -> None:
    headers = client.get(route).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_an_offered_request_id_is_kept_and_an_odd_one_is_replaced(client: TestClient) -> None:
    assert client.get("/livez", headers={"x-request-id": "case-17.b"}).headers["x-request-id"] == "case-17.b"
    for odd in ("a b", "x" * 65, "<script>", ""):
        assert client.get("/livez", headers={"x-request-id": odd}).headers["x-request-id"] != odd


def test_two_requests_have_two_ids(client: TestClient) -> None:
    assert len({client.get("/livez").headers["x-request-id"] for _ in range(4)}) == 4


def test_outside_of_a_request_there_is_no_id() -> None:
    assert asyncio.run(_fresh_id()) == ""


async def _fresh_id() -> str:
    return request.request_id()


def test_an_unknown_address_and_method_are_answered_in_words(client: TestClient) -> None:
    for reply in (client.get("/none"), client.get("/predict"), client.delete("/")):
        assert reply.status_code in {404, 405}
        assert reply.json()["code"] == "not_found"
        assert reply.json()["request_id"] == reply.headers["x-request-id"]


def _chunks(n_mb: int) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    yield from (b"0" * 2**20 for _ in range(n_mb))
    yield b"\r\n--x--\r\n"


def test_a_body_announced_too_large_is_refused_before_it_is_read(serve: Any, state: Path) -> None:
    reply = serve(state, MAX_UPLOAD_MB="1").post("/predict", files={"file": ("f", b"0" * 2**21)})
    assert reply.status_code == 413
    assert reply.json()["code"] == "too_large"
    assert "1 MB" in reply.json()["error"] and "RADIOGRAPHS_MAX_UPLOAD_MB" in reply.json()["error"]


def test_a_body_that_turns_out_too_large_is_refused(serve: Any, state: Path) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    client = serve(state, MAX_UPLOAD_MB="1")
    assert client.post("/predict", content=_chunks(3), headers=headers).status_code == 413
    assert client.post("/predict", files={"file": ("f", drawn_film.png())}).status_code == 200


def test_reading_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RADIOGRAPHS_MAX_UPLOAD_MB", "1")
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 2**18
        return {"type": "http.request", "body": b"0" * 2**18, "more_body": True}

    async def swallow(scope: Any, receive: Any, send: Any) -> None:
        while True:
            await receive()

    async def send(message: Any) -> None:
        raise AssertionError(f"nothing was to be sent, got {message}")

    limit = middleware.BodyLimit(swallow)
    with pytest.raises(middleware.Refused):
        asyncio.run(limit({"type": "http", "headers": []}, receive, send))
    assert sent <= limit.limit_bytes + 2**18


def test_a_crooked_content_length_is_a_client_error(client: TestClient) -> None:
    reply = client.post("/predict", content=b"", headers={"content-length": "-1"})
    assert reply.status_code == 400


def test_an_error_page_of_a_library_is_replaced_by_our_words() -> None:
    async def library(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("Traceback (most recent call last): /a/path", status_code=500)(scope, receive, send)

    reply = TestClient(middleware.Envelope(library)).get("/")
    assert reply.status_code == 500
    assert "Traceback" not in reply.text and "/a/path" not in reply.text
    assert reply.json()["code"] == "internal"
