"""Where a PACS answers and how it is asked, checked before anything is sent to it."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from radiographs.errors import InvalidSettings
from radiographs.imaging.filefacts import DecodeLimits


class StatusRefused(Exception):
    """An HTTP status that says no to one question; whoever asked makes a refusal of it, or asks otherwise."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass(frozen=True)
class Pacs:
    """A DICOMweb service; its printed form holds no secret.

    A certificate is always checked, against `ca_file` where one is given: a self-signed one is named there itself.
    Neither proxies nor passwords are taken from the environment.

    Attributes:
        url: root of QIDO-RS and WADO-RS, such as https://pacs.example.org/dicom-web; without user and password.
        user, password: for basic authentication.
        token: for bearer authentication, instead of these.
        ca_file: PEM file of the authority, or of the server's own certificate.
        timeout_s: how long a connection may take, and how long the server may be silent.
        page_size: how many answers are asked for at once; a server may give fewer.
        max_bytes: what an answer may weigh before it is given up.
        retry_waits_s: pauses before each new attempt where a fault may pass.
        wait: how to pause.

    Raises:
        InvalidSettings: an address or secret that cannot be used, or that others could read on its way.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout_s: float = 30.0
    page_size: int = 500
    max_bytes: int = DecodeLimits().max_bytes
    retry_waits_s: tuple[float, ...] = (1.0, 4.0, 16.0)
    wait: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if self.token and (self.user or self.password):
            raise InvalidSettings(f"{self.root}: both a token and a user are given; give the one that the PACS takes")
        if self.password and not self.user:
            raise InvalidSettings(f"{self.root}: a password is given without its user; give both")
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise InvalidSettings(f"{self.root}: the token holds blanks or line ends; give it as it was issued")
        if (self.token or self.user) and parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
            raise InvalidSettings(
                f"{self.root}: a password over http:// can be read by everybody on the way; "
                "give the https:// address, or let a tunnel end on 127.0.0.1"
            )
        if self.ca_file is not None and not self.ca_file.is_file():
            raise InvalidSettings(
                f"{self.ca_file}: no such certificate file; give the PEM file of the PACS's authority"
            )
        if self.page_size < 1 or self.timeout_s <= 0:
            raise InvalidSettings(f"{self.root}: expected a page of 1 or more and a time-out above 0 seconds")

    @property
    def root(self) -> str:
        """The address without a slash at its end: the same PACS has one name."""
        return self.url.strip().rstrip("/")

    @property
    def host(self) -> str:
        """The machine's name."""
        return _parts(self.url).hostname or ""


def _parts(url: str) -> SplitResult:
    """The address taken apart; a refusal does not repeat it, since it may hold a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InvalidSettings(
            "the PACS's address is none; give the root of its DICOMweb service, such as https://pacs.example.org/dicom-web"
        )
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InvalidSettings(
            f"the PACS's address at {parts.hostname} holds more than a place; give user, password or token as settings"
        )
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
