"""An HTTP session for one PACS: every answer is measured, no other host is asked, and nothing is logged on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests
from dicomweb_client import DICOMwebClient
from dicomweb_client.uri import URI
from requests.adapters import HTTPAdapter

from radiographs.records.pacs_access import Pacs

_ACCEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_PLAIN = "*?,:@/"  # stand for themselves in a query (source: RFC 3986, 3.4)
_CHUNK_BYTES = 2**18
_CONNECT_S = 10.0
_TALKATIVE = ("dicomweb_client.web", "dicomweb_client.uri", "urllib3.connectionpool")
_speaking: ContextVar[bool] = ContextVar("speaking_with_a_pacs", default=False)


class TooHeavyError(Exception):
    """An answer that weighs more than is held."""


class NotDicomwebError(requests.RequestException):
    """An answer of another kind: a page to log in at, another service."""


class BrokenAnswerError(Exception):
    """An answer for one film that holds no film, or several."""


class Client(DICOMwebClient):
    """The kept client, with our session, and with a film's bytes as they came instead of a data set read from them.

    A data set would be unpacked and written again before our own limits on what is decoded could hold.
    """

    def __init__(self, pacs: Pacs) -> None:
        timeout = (min(pacs.timeout_s, _CONNECT_S), pacs.timeout_s)
        super().__init__(
            pacs.root, session=Session(pacs), chunk_size=_CHUNK_BYTES, permissive_uid=True, timeout=timeout
        )
        self.set_http_retry_params(retry=False)  # its own retries leave out answers that break off in the middle

    def film(self, study: str, series: str, instance: str) -> bytes:
        """The one part of the answer for one instance, in the transfer syntax that it is kept in.

        Raises:
            BrokenAnswerError, NotDicomwebError, TooHeavyError: the answer is none.
            requests.RequestException: there is no whole answer.
        """
        place = URI(self.base_url, study, series, instance, permissive=True)
        with self._http_get(str(place), headers={"Accept": _ACCEPT, "Accept-Encoding": "identity"}) as response:
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind == "application/dicom":  # against the standard, and often done
                return bytes(response.content)
            if kind != "multipart/related":
                raise NotDicomwebError
            try:
                parts = list(self._decode_multipart_message(response, stream=True))
            except ValueError:
                parts = []
        if len(parts) != 1 or not parts[0]:
            raise BrokenAnswerError
        return bytes(parts[0])

    def _http_get(self, url: str, params: Any = None, headers: Any = None, stream: bool = False) -> requests.Response:
        """Always streamed: so an answer is measured while it comes, and the Host header keeps its port.

        Wildcards and blanks are written so that servers understand them which decode a query only in part.
        """
        query = urlencode(params or {}, doseq=True, safe=_PLAIN, quote_via=quote)
        return super()._http_get(f"{url}?{query}" if query else url, headers=headers, stream=True)


class Session(requests.Session):
    """Speaks with one origin only, and takes nothing from the environment."""

    def __init__(self, pacs: Pacs) -> None:
        super().__init__()
        self.trust_env = False  # neither ~/.netrc nor proxies nor certificates that the settings do not name
        self.max_redirects = 5
        self.verify = str(pacs.ca_file) if pacs.ca_file else True
        self.auth = _Authorization(pacs)
        self._origin = _origin(pacs.root)
        self.mount("http://", _Adapter(pacs.max_bytes))
        self.mount("https://", _Adapter(pacs.max_bytes))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is not None and _origin(urljoin(resp.url, target)) != self._origin:
            raise requests.TooManyRedirects
        return target


class _Authorization(requests.auth.AuthBase):
    """Basic or bearer authentication, or none."""

    def __init__(self, pacs: Pacs) -> None:
        self._pacs = pacs

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._pacs.token:
            request.headers["Authorization"] = f"Bearer {self._pacs.token}"
        elif self._pacs.user:
            user, password = self._pacs.user.encode(), self._pacs.password.encode()
            return requests.auth.HTTPBasicAuth(user, password)(request)
        return request


class _Adapter(HTTPAdapter):
    """Puts a measure on each answer."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    def build_response(self, req: Any, resp: Any) -> requests.Response:
        response = super().build_response(req, resp)
        response.raw = _Measured(resp, self._max_bytes)
        return response


class _Measured:
    """An answer's body that is given up, unpacked or not, once it weighs too much."""

    def __init__(self, raw: Any, max_bytes: int) -> None:
        self._raw, self._max_bytes = raw, max_bytes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        stated = self._raw.headers.get("Content-Length", "")
        if stated.isdecimal() and int(stated) > self._max_bytes:
            self._give_up()
        left = self._max_bytes
        for piece in self._raw.stream(*args, **kwargs):
            left -= len(piece)
            if left < 0:
                self._give_up()
            yield piece

    def _give_up(self) -> NoReturn:
        self._raw.close()
        raise TooHeavyError


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, f"{parts.hostname}:{port}"


@contextmanager
def unlogged() -> Iterator[None]:
    """Lets libraries log nothing in this thread: the addresses that they tell hold study numbers and patients."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_may_be_told)
    before = _speaking.set(True)
    try:
        yield
    finally:
        _speaking.reset(before)


def _may_be_told(_record: logging.LogRecord) -> bool:
    return not _speaking.get()
