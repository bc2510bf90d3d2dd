"""A PACS is asked with patience and spoken to in private; what it does wrong ends in one sentence that names nobody."""

from __future__ import annotations

import dataclasses
import gzip
import logging
import threading
from pathlib import Path

import pytest
from scripted_pacs import Asked, Play, Reply, Script, film, library, play, self_signed, waits

from radiographs.errors import PacsUnavailable, UnreadableRadiograph
from radiographs.records import pacs
from radiographs.records.pacs import Pacs, Query

__all__ = ["play", "waits"]
QUERY = Query(modalities=("CR",))


def fetch(access: Pacs) -> bytes:
    """What is fetched for the first row."""
    ((row, *_), *_) = pacs.rows(access, Query(("CR",), most=1))
    assert row.remote is not None
    return row.remote.fetch()


def searched(then: Script) -> Script:
    """A server of one instance whose retrieval answers by another script."""
    return lambda asked: library(1)(asked) if asked.path == "/dicom-web/instances" else then(asked)


@pytest.mark.parametrize("reply", [film(b"a film"), Reply(b"a film", kind="application/dicom")])
def test_a_film_comes_to_the_byte_in_its_own_transfer_syntax(play: Play, reply: Reply) -> None:
    access, server = play(searched(lambda asked: reply))
    assert fetch(access) == b"a film"
    asked = server.asked[-1]
    assert asked.path == "/dicom-web/studies/1.2.1/series/1.2.2/instances/1.2.3.0"
    assert asked.headers["Accept"] == 'multipart/related; type="application/dicom"; transfer-syntax=*'
    assert asked.headers["Host"] == server.url.split("/")[2]
    assert asked.headers["Authorization"] == "Basic cmVhZGVyOnMzY3JldA=="


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_waited_for(play: Play, waits: list[float], status: int) -> None:
    replies = [Reply(status=status), Reply(status=status, headers={"Retry-After": "7"}), film(b"a film")]
    access, _ = play(searched(lambda asked: replies.pop(0)), retry_waits_s=(1.0, 4.0, 16.0))
    assert fetch(access) == b"a film"
    assert waits == [1.0, 7.0]


def test_an_answer_that_breaks_off_is_asked_for_again(play: Play, waits: list[float]) -> None:
    whole = film(b"a film")
    half = Reply(whole.body[:-40], kind=whole.kind, promised=len(whole.body), headers={"Connection": "close"})
    replies = [half, whole]
    access, _ = play(searched(lambda asked: replies.pop(0)))
    assert fetch(access) == b"a film" and len(waits) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401), r"HTTP 401\); check the user and password or token"),
        (Reply(status=403), r"HTTP 403\); check the user"),
        (Reply(status=503), r"overloaded or not at work \(HTTP 503\); try again later"),
        (Reply(b"<html>", kind="text/html"), "something else than DICOMweb"),
        (Reply(status=302, headers={"Location": "http://localhost:9/x"}), "give the address where it answers itself"),
        (
            Reply(kind="multipart/related", promised=10, headers={"Connection": "close"}),
            "cannot be reached or broke off; see that it runs",
        ),
    ],
)
def test_what_no_film_can_be_had_with_is_told_of_the_server(
    play: Play, waits: list[float], reply: Reply, words: str
) -> None:
    access, server = play(searched(lambda asked: reply))
    with pytest.raises(PacsUnavailable, match=words) as refusal:
        fetch(access)
    assert "1.2.3" not in str(refusal.value) and "s3cret" not in str(refusal.value)
    assert refusal.value.__cause__ is None and refusal.value.__suppress_context__
    assert server.url in str(refusal.value)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=404), "not in the PACS any more"),
        (Reply(status=410), "not in the PACS any more"),
        (Reply(status=406), r"does not give it out \(HTTP 406\)"),
        (Reply(status=500), r"does not give it out \(HTTP 500\)"),
        (film(), "did not send one file"),
        (film(b"one", b"two"), "did not send one file"),
        (film(bytes(3 * 2**20)), "more than the 2 MiB that are read"),
        (Reply(kind="multipart/related", promised=3 * 2**20), "more than the 2 MiB that are read"),
    ],
)
def test_what_one_film_cannot_be_had_for_is_told_of_that_film(play: Play, reply: Reply, words: str) -> None:
    access, _ = play(searched(lambda asked: reply), max_bytes=2 * 2**20)
    with pytest.raises(UnreadableRadiograph, match=words) as refusal:
        fetch(access)
    assert "1.2.3" not in str(refusal.value)


def test_an_answer_that_unpacks_to_too_much_is_given_up(play: Play) -> None:
    whole = film(bytes(3 * 2**20))
    bomb = Reply(gzip.compress(whole.body), kind=whole.kind, headers={"Content-Encoding": "gzip"})
    access, _ = play(searched(lambda asked: bomb), max_bytes=2 * 2**20)
    with pytest.raises(UnreadableRadiograph, match="more than the 2 MiB"):
        fetch(access)


def test_a_page_of_answers_that_weighs_too_much_is_refused(
    play: Play,
) -> None:
    access, _ = play(lambda asked: Reply(b"[" + b" " * 5000), max_bytes=4096)
    with pytest.raises(PacsUnavailable, match="ask for less with --query"):
        list(pacs.find(access, QUERY))


def test_a_silent_server_is_left_in_time(play: Play) -> None:
    over = threading.Event()
    access, _ = play(lambda asked: Reply(status=200 if over.wait(20) else 500), timeout_s=0.2, retry_waits_s=())
    try:
        with pytest.raises(PacsUnavailable, match="does not answer in time"):
            list(pacs.find(access, QUERY))
    finally:
        over.set()


@pytest.mark.parametrize("body", [b"<html>", b"{", b"null", b'"word"', b"[1, 2]", b"\xff\xfe"])
def test_a_server_that_speaks_no_dicomweb_is_refused(play: Play, body: bytes) -> None:
    access, _ = play(lambda asked: Reply(body, kind="text/html"))
    with pytest.raises(PacsUnavailable, match="give the root of its DICOMweb service"):
        list(pacs.find(access, QUERY))


def test_a_redirect_within_the_server_is_followed(play: Play) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path.endswith("/there"):
            return film(b"a film")
        return Reply(status=307, headers={"Location": "/there"})

    access, _ = play(searched(script))
    assert fetch(access) == b"a film"


def test_a_certificate_is_trusted_only_where_it_is_named(play: Play, waits: list[float], tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    access, server = play(library(1), certificate=certificate)
    with pytest.raises(PacsUnavailable, match="name the PEM file of its authority"):
        list(pacs.find(access, QUERY))
    assert waits == [] and server.asked == []
    trusting = dataclasses.replace(access, ca_file=certificate.file)
    assert len(list(pacs.find(trusting, QUERY))) == 1


def test_a_token_is_sent_as_bearer(play: Play) -> None:
    access, server = play(library(1), user="", password="", token="t0ken")
    assert list(pacs.find(access, QUERY)) != []
    assert server.asked[0].headers["Authorization"] == "Bearer t0ken"


def test_nothing_from_the_environment_is_sent(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    access, server = play(library(1), user="", password="")
    assert list(pacs.find(access, QUERY)) != []
    assert "Authorization" not in server.asked[0].headers


def test_nothing_that_names_anybody_is_logged_at_any_level(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    access, _ = play(searched(lambda asked: Reply(status=404)))
    with pytest.raises(UnreadableRadiograph):
        next(iter(pacs.rows(access, Query(("CR",), filters={"PatientID": "anna-1"}))))[0].remote.fetch()  # type: ignore[union-attr]
    assert not any("1.2.3" in text or "anna" in text or "s3cret" in text for text in caplog.messages)
    logging.getLogger("urllib3.connectionpool").warning("of somebody else")
    assert "of somebody else" in caplog.messages
