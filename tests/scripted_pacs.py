"""A PACS on loopback that answers as a test tells it to: for what no well-behaved server does."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from radiographs.records.pacs import Pacs
from tasks.ports import LOOPBACK

STUDY, SERIES, SOP, MODALITY = "0020000D", "0020000E", "00080018", "00080060"
_MARK = b"a-mark-that-is-in-no-film"


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """One answer; `promised` is the stated length where that is a lie."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/dicom+json"
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None


@dataclass(frozen=True)
class ScriptedPacs:
    """Its address, and all that it was asked."""

    url: str
    asked: list[Asked]


Script = Callable[[Asked], Reply]
Play = Callable[..., "tuple[Pacs, ScriptedPacs]"]


def told(*answers: Mapping[str, str]) -> Reply:
    """A page of answers, each by tag."""
    elements = [{tag: {"vr": "LO", "Value": [value]} for tag, value in answer.items()} for answer in answers]
    return Reply(json.dumps(elements).encode())


def film(*parts: bytes) -> Reply:
    """An answer that holds DICOM files."""
    body = b"".join(b"--" + _MARK + b"\r\nContent-Type: application/dicom\r\n\r\n" + part + b"\r\n" for part in parts)
    kind = f'multipart/related; type="application/dicom"; boundary={_MARK.decode()}'
    return Reply(body + b"--" + _MARK + b"--\r\n", kind=kind)


def instance(number: int, **more: str) -> dict[str, str]:
    """One answer at instance level."""
    return {STUDY: "1.2.1", SERIES: "1.2.2", SOP: f"1.2.3.{number}", MODALITY: "CR"} | more


def library(n: int, cap: int = 10**6) -> Script:
    """A server of n instances that gives at most `cap` at once."""

    def script(asked: Asked) -> Reply:
        first = int(asked.query["offset"])
        return told(*[instance(k) for k in range(n)][first:][: min(int(asked.query["limit"]), cap)])

    return script


@dataclass(frozen=True)
class Certificate:
    """A certificate's file and its key's."""

    file: Path
    key: Path


def self_signed(folder: Path) -> Certificate:
    """A certificate of loopback that nobody vouches for."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a PACS")])
    today, day = datetime.now(UTC), timedelta(days=1)
    places = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    builder = x509.CertificateBuilder(
        name, name, own.public_key(), x509.random_serial_number(), today - day, today + day
    )
    certificate = builder.add_extension(places, critical=False).sign(own, hashes.SHA256())
    made = Certificate(folder / "pacs.pem", folder / "pacs.key")
    made.file.write_bytes(certificate.public_bytes(Encoding.PEM))
    made.key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


@contextmanager
def answering(script: Script, certificate: Certificate | None = None) -> Iterator[ScriptedPacs]:
    """A server that answers each request by the script."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked.append(Asked(parts.path, dict(parse_qsl(parts.query)), dict(self.headers)))
            reply = script(asked[-1])
            self.send_response(reply.status)
            length = len(reply.body) if reply.promised is None else reply.promised
            for name, value in {"Content-Type": reply.kind, "Content-Length": str(length), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield ScriptedPacs(
            f"{'https' if certificate else 'http'}://{LOOPBACK}:{server.server_address[1]}/dicom-web", asked
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    """The pauses that were made."""
    return []


@pytest.fixture
def play(waits: list[float]) -> Iterator[Play]:
    """Starts a server of a script and gives the settings that reach it."""
    with ExitStack() as servers:

        def start(
            script: Script, certificate: Certificate | None = None, **chosen: object
        ) -> tuple[Pacs, ScriptedPacs]:
            server = servers.enter_context(answering(script, certificate))
            settings: dict[str, Any] = {"user": "reader", "password": "s3cret", "wait": waits.append, "page_size": 3}
            return Pacs(server.url, **(settings | chosen)), server

        yield start
