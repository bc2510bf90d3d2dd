"""Pulls films from a PACS: finds instances, and makes them rows whose films are fetched when they are wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from radiographs.errors import PacsUnavailable
from radiographs.records import identity, viewwords
from radiographs.records.intake import IntakeRow
from radiographs.records.pacs_access import Pacs, StatusRefused
from radiographs.records.pacs_query import Query
from radiographs.records.remote import Remote

if TYPE_CHECKING:
    from radiographs.records.dicomweb import Answer, Conversation

__all__ = ["Instance", "Pacs", "Query", "find", "rows"]

CHUNK = 500
# What a PACS answers that searches within a study only, or not so far into a long list.
_WITHOUT_STUDY = 501  # an answer that would have to be asked for again
_LEVEL_BY_LEVEL = frozenset({400, 404, 405, 413, 422, 500, 501})
_STUDY, _SERIES, _SOP = "0020000D", "0020000E", "00080018"
# Fields that a search over all instances must bring, since not all of them are an instance's own.
_FIELDS = ("StudyInstanceUID", "SeriesInstanceUID", "PatientID", "AccessionNumber", "StudyDate", "Modality")
_UID = re.compile(r"[0-9A-Za-z._-]*[0-9A-Za-z][0-9A-Za-z._-]*")
_DAY = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")


@dataclass(frozen=True)
class Instance:
    """One image of a PACS as its search describes it; "" is unknown. The printed form names nobody."""

    study_uid: str = field(repr=False)
    series_uid: str = field(repr=False)
    sop_uid: str = field(repr=False)
    patient_id: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)
    study_date: str = field(default="", repr=False)
    modality: str = ""
    body_part: str = ""
    view_position: str = ""

    @property
    def is_named(self) -> bool:
        """Whether it can be fetched by its numbers."""
        return all(_UID.fullmatch(uid) for uid in (self.study_uid, self.series_uid, self.sop_uid))


def find(pacs: Pacs, query: Query) -> Iterator[Instance]:
    """All instances that a query asks for, each once, page by page.

    All instances are searched at once; a PACS that does not offer that is searched by study, series and instance.

    Raises:
        PacsUnavailable: it cannot be reached, does not let us in, or gives no second page; one sentence with remedy.
    """
    return _found(_conversation(pacs), query)


def rows(
    pacs: Pacs, query: Query, source: str = "", *, key: bytes = b"", chunk: int = CHUNK
) -> Iterator[tuple[IntakeRow, ...]]:
    """The found instances as rows to admit, in chunks; the next chunk is searched for when it is asked for.

    So what was admitted of one chunk is kept, whatever happens later, and the next pull goes on from there.

    Args:
        pacs, query: whom to ask, for what.
        source: name of the origin; "" takes the PACS's host name.
        key: of the pseudonyms: so nobody can tell from a shown name which instance it stands for.
        chunk: rows that are given at once.

    Raises:
        PacsUnavailable: see `find`.
    """
    talk = _conversation(pacs)
    found = _found(talk, query)
    while instances := tuple(islice(found, chunk)):
        yield tuple(_row(talk, instance, source or pacs.host, key) for instance in instances)


def _conversation(pacs: Pacs) -> Conversation:
    from radiographs.records import dicomweb  # loads the client

    return dicomweb.Conversation(pacs)


def _row(talk: Conversation, instance: Instance, source: str, key: bytes) -> IntakeRow:
    fetch = partial(talk.retrieve, instance.study_uid, instance.series_uid, instance.sop_uid)
    return IntakeRow(
        name=f"pacs/{identity.bytes_digest(key, instance.sop_uid.encode())[:12]}.dcm",
        source=source,
        patient_id=instance.patient_id or None,
        study_id=instance.study_uid or None,
        accession=instance.accession or None,
        study_date=instance.study_date or None,
        view_position=viewwords.view(instance.view_position) or None,
        remote=Remote(f"{talk.pacs.root}#{instance.sop_uid}", fetch) if instance.is_named else None,
        problem="" if instance.is_named else "the PACS gives no usable number of its study, series or image",
    )


# Searching


def _found(talk: Conversation, query: Query) -> Iterator[Instance]:
    answers = chain.from_iterable(_of_modality(talk, query, modality) for modality in query.modalities)
    instances = (instance for instance in map(_instance, answers) if _is_asked_for(instance, query))
    return islice(_each_once(instances), query.most)


def _of_modality(talk: Conversation, query: Query, modality: str) -> Iterator[Answer]:
    try:
        yield from _at_once(talk, query, modality)
    except StatusRefused as refused:
        if refused.status not in _LEVEL_BY_LEVEL:
            raise _no_search(talk.pacs, refused.status) from None
        try:
            yield from _level_by_level(talk, query, modality)
        except StatusRefused as again:
            raise _no_search(talk.pacs, again.status) from None


def _at_once(talk: Conversation, query: Query, modality: str) -> Iterator[Answer]:
    """All instances; where a PACS tells of them without their study, it is as if it did not answer."""
    search = partial(talk.instances, query.for_instances(modality), fields=_FIELDS)
    for answer in _pages(talk.pacs, search, _SOP):
        if _STUDY not in answer or _SERIES not in answer:
            raise StatusRefused(_WITHOUT_STUDY)
        yield answer


def _level_by_level(talk: Conversation, query: Query, modality: str) -> Iterator[Answer]:
    """Study by study and series by series; what is said of these is said of their instances."""
    for study in _pages(talk.pacs, partial(talk.studies, query.for_studies(modality)), _STUDY):
        uid = _text(study, _STUDY)
        if not _UID.fullmatch(uid):
            yield study
            continue
        for series in _pages(talk.pacs, partial(talk.series, uid, query.for_series(modality)), _SERIES):
            for instance in _of_series(talk, query, uid, _text(series, _SERIES)):
                yield {**study, **series, **instance}


def _of_series(talk: Conversation, query: Query, study: str, series: str) -> Iterator[Answer]:
    if not _UID.fullmatch(series):
        return iter([{}])
    search = partial(talk.instances, query.for_instances_of_series(), study=study, series=series)
    return _pages(talk.pacs, search, _SOP)


def _pages(pacs: Pacs, search: Callable[..., list[Answer]], tag: str) -> Iterator[Answer]:
    """Answers of all pages, each once; ends with an empty page, or with one that brings nothing new.

    A page shorter than asked for does not end it: servers cap their pages.
    """
    seen: set[str] = set()
    offset = 0
    while page := search(offset=offset):
        fresh = {uid: answer for answer in page if (uid := _text(answer, tag)) not in seen}
        if not fresh and len(page) == pacs.page_size:
            raise PacsUnavailable(
                f"the PACS {pacs.root} gives its first {len(page)} answers again instead of the next; "
                "ask for less at once with --query StudyDate=…"
            )
        if not fresh:
            return
        seen |= fresh.keys()
        offset += len(page)
        yield from fresh.values()


def _each_once(instances: Iterator[Instance]) -> Iterator[Instance]:
    seen: set[str] = set()
    for instance in instances:
        if instance.sop_uid not in seen:
            seen.add(instance.sop_uid)
            yield instance


def _is_asked_for(instance: Instance, query: Query) -> bool:
    """Whether a PACS that ignored a filter meant this one."""
    return (not instance.modality or instance.modality in query.modalities) and query.includes_day(instance.study_date)


def _no_search(pacs: Pacs, status: int) -> PacsUnavailable:
    if status >= 500:
        return PacsUnavailable(f"the PACS {pacs.root} fails at a search (HTTP {status}); ask its keeper to look at it")
    return PacsUnavailable(
        f"the PACS {pacs.root} does not answer a search (HTTP {status}); "
        "give the root of its DICOMweb service, and filters that it knows"
    )


# Answers


def _instance(answer: Answer) -> Instance:
    day = _DAY.fullmatch(_text(answer, "00080020"))
    return Instance(
        _text(answer, _STUDY),
        _text(answer, _SERIES),
        _text(answer, _SOP),
        patient_id=_text(answer, "00100020"),
        accession=_text(answer, "00080050"),
        study_date="".join(day.groups()) if day else "",
        modality=_text(answer, "00080060").upper(),
        body_part=_text(answer, "00180015").upper(),
        view_position=_text(answer, "00185101").upper(),
    )


def _text(answer: Answer, tag: str) -> str:
    """An element's one text; "" where it is empty or not as DICOM's JSON has it (source: DICOM PS3.18 F.2)."""
    element = answer.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    first = values[0] if isinstance(values, list) and values else None
    return str(first).strip(" \0") if isinstance(first, str | int | float) else ""
