"""Asks one PACS over QIDO-RS and WADO-RS, patiently and from any thread, and turns its refusals into ours.

Refusals are raised without their cause: the texts of libraries hold addresses, and these study numbers and patients.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import requests

from radiographs.errors import NotGivenOut, PacsUnavailable, UnreadableRadiograph
from radiographs.records.pacs_access import Pacs, StatusRefused
from radiographs.records.pacs_session import BrokenAnswerError, Client, NotDicomwebError, TooHeavyError, unlogged

T = TypeVar("T")
Answer = Mapping[str, Any]
_NO_ENTRY = frozenset({401, 403})
_OVERLOADED = frozenset({408, 429, 502, 503, 504})
_MAY_PASS = _OVERLOADED | {500}  # which may also be the fault of one film
_GONE = frozenset({404, 410})
_LONGEST_WAIT_S = 60.0
_LATER = "try again later, what was admitted is kept"


class Conversation:
    """One PACS as spoken to from any thread: each has a connection of its own."""

    def __init__(self, pacs: Pacs) -> None:
        self.pacs = pacs
        self._own = threading.local()

    def studies(self, filters: Mapping[str, str], offset: int) -> list[Answer]:
        """One page of studies; raises as `instances` does."""
        return self._page(lambda page: self._client.search_for_studies(search_filters=dict(filters), **page), offset)

    def series(self, study: str, filters: Mapping[str, str], offset: int) -> list[Answer]:
        """One page of the series of a study; raises as `instances` does."""
        return self._page(
            lambda page: self._client.search_for_series(study, search_filters=dict(filters), **page), offset
        )

    def instances(
        self, filters: Mapping[str, str], offset: int, *, study: str = "", series: str = "", fields: Sequence[str] = ()
    ) -> list[Answer]:
        """One page of the instances of a series of a study, or of all; `fields` are wanted in each answer.

        Raises:
            PacsUnavailable: it cannot be reached, does not let us in, or answers with something else than DICOMweb.
            StatusRefused: it does not answer this question.
        """
        return self._page(
            lambda page: self._client.search_for_instances(
                study or None, series or None, fields=fields or None, search_filters=dict(filters), **page
            ),
            offset,
        )

    def retrieve(self, study: str, series: str, instance: str) -> bytes:
        """The DICOM file of one instance, as the PACS keeps it.

        Raises:
            PacsUnavailable: see `instances`.
            NotGivenOut: this one is not given out, now.
            UnreadableRadiograph: this one is not there any more, or weighs too much.
        """
        try:
            return self._patiently(lambda: self._client.film(study, series, instance))
        except TooHeavyError:
            words = f"it weighs more than the {self._limit} that are read; export it smaller"
        except BrokenAnswerError:
            raise NotGivenOut("the PACS did not send one file for it; it is asked again at the next pull") from None
        except StatusRefused as refused:
            if refused.status in _GONE:
                words = "it is not in the PACS any more; ask there what became of it"
            else:
                raise NotGivenOut(
                    f"the PACS does not give it out (HTTP {refused.status}); it is asked again at the next pull: ask "
                    "its keeper, or deliver it as a file"
                ) from None
        raise UnreadableRadiograph(words)

    @property
    def _client(self) -> Client:
        if not hasattr(self._own, "client"):
            self._own.client = Client(self.pacs)
        return self._own.client

    @property
    def _limit(self) -> str:
        return f"{self.pacs.max_bytes / 2**20:.0f} MiB"

    def _page(self, ask: Callable[[dict[str, Any]], Any], offset: int) -> list[Answer]:
        try:
            found = self._patiently(lambda: _answers(ask({"limit": self.pacs.page_size, "offset": offset})))
        except TooHeavyError:
            raise PacsUnavailable(
                f"the PACS {self.pacs.root} answers with more than {self._limit} at once; ask for less with --query"
            ) from None
        return found

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Asks; where a fault may pass, again after each pause."""
        waits_s = iter(self.pacs.retry_waits_s)
        while True:
            try:
                with unlogged():
                    return ask()
            except requests.RequestException as error:
                wait_s = next(waits_s, None) if _may_pass(error) else None
                if wait_s is None:
                    self._refuse(error)
                wait_s = max(wait_s, _stated_wait_s(error))
            self.pacs.wait(wait_s)

    def _refuse(self, error: requests.RequestException) -> NoReturn:
        """Raises what a fault means once patience is over."""
        status = _status(error)
        if status and status not in _OVERLOADED | _NO_ENTRY:
            raise StatusRefused(status) from None
        raise PacsUnavailable(f"the PACS {self.pacs.root} {_reason(error)}") from None


def _answers(found: Any) -> list[Answer]:
    if not isinstance(found, list) or not all(isinstance(answer, dict) for answer in found):
        raise NotDicomwebError
    return found


def _status(error: requests.RequestException) -> int:
    """The status of an answer that says no; 0 where there is no answer."""
    return error.response.status_code if isinstance(error, requests.HTTPError) and error.response is not None else 0


def _is_untrusted(error: requests.RequestException) -> bool:
    return isinstance(error, requests.exceptions.SSLError)


def _broke_off(error: requests.RequestException) -> bool:
    kinds = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, kinds) and not _is_untrusted(error)


def _may_pass(error: requests.RequestException) -> bool:
    return _status(error) in _MAY_PASS or _broke_off(error)


def _reason(error: requests.RequestException) -> str:
    """What is wrong and what to do, in words that hold nobody's name."""
    status = _status(error)
    if status in _NO_ENTRY:
        return f"does not let us in (HTTP {status}); check the user and password or token, and what they may read"
    if status:
        return f"is overloaded or not at work (HTTP {status}); {_LATER}"
    if _is_untrusted(error):
        return "shows a certificate that is not trusted; name the PEM file of its authority in the settings"
    if isinstance(error, requests.TooManyRedirects):
        return "sends us on to another address; give the address where it answers itself"
    if isinstance(error, requests.Timeout):
        return f"does not answer in time; {_LATER}"
    if _broke_off(error):
        return f"cannot be reached or broke off; see that it runs and {_LATER}"
    return "answers with something else than DICOMweb; give the root of its DICOMweb service"


def _stated_wait_s(error: requests.RequestException) -> float:
    """How long the PACS asks us to wait, where it says so in seconds."""
    stated = "" if error.response is None else error.response.headers.get("Retry-After", "")
    return min(float(stated), _LONGEST_WAIT_S) if stated.isdecimal() else 0.0
