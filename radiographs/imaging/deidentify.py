"""The header of a DICOM film as it may be stored: cleaned by the basic profile of PS3.15 Annex E, as DICOM JSON."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from radiographs.imaging import deflation, headercleaning
from radiographs.imaging.filefacts import DecodeLimits
from radiographs.imaging.headercleaning import Cleaner, Outcome, Pseudonyms

if TYPE_CHECKING:
    from pydicom import Dataset

_UNREADABLE = Outcome({}, frozenset(("unreadable header",)))
_NAMING = (
    "PatientName", "PatientID", "PatientBirthDate", "OtherPatientIDs", "AccessionNumber", "StudyInstanceUID",
    "SeriesInstanceUID", "SOPInstanceUID", "StudyID",
)  # fmt: skip
_PARTS = re.compile(r"[\^=\s,_.]+")
_METHOD = "PS3.15 basic profile, dates shifted, words of a fixed list"
_DATED = "113107"
# Context group 7050 of PS3.16.
_CODES = {
    "113100": "Basic Application Confidentiality Profile",
    _DATED: "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
}


@dataclass(frozen=True)
class CleanHeader:
    """A header that names nobody.

    Attributes:
        json: the DICOM JSON model (PS3.18 Annex F) with sorted keys: a record of the film, no object to send on.
        naming: words of the header as it came that name the patient or the examination; never to be stored.
        removed: keywords of what was removed, emptied or replaced, and "private (gggg,xx)" blocks; never a value.
    """

    json: str
    removed: tuple[str, ...]
    naming: tuple[str, ...] = field(default=(), repr=False)


def header(data: bytes, pseudonyms: Pseudonyms) -> CleanHeader:
    """The header of a DICOM file, without pixels or other bulk, as it may be stored.

    By the basic profile with two of its options: dates of the examination are shifted as the pseudonyms say, and sex
    and age are kept (over 89 years: 90). Beyond the profile, text that it leaves alone is kept only where it is a word
    of `headervocabulary`, and numbers only where they measure. What cannot be read is removed; nothing is raised.
    """
    from pydicom import config

    # Its warnings quote values, and go to the log of whoever has one.
    config.logger.setLevel(logging.CRITICAL)
    naming: tuple[str, ...] = ()
    try:
        with config.disable_value_validation():
            dataset = _read(data)
            naming = _naming(dataset)
            cleaner = Cleaner(pseudonyms, headercleaning.patient(dataset), headercleaning.profile())
            whole = cleaner.cleaned(dataset)
    except Exception:  # a header broken so far that nothing of it can be told apart
        whole = _UNREADABLE
    dated = any(_tag(keyword) in whole.entry for keyword in headercleaning.DATES)
    model = {**whole.entry, **_statement(dated=dated)}
    text = json.dumps(model, sort_keys=True, separators=(",", ":"))
    return CleanHeader(text, tuple(sorted(whole.removed)), naming)


def _naming(dataset: Dataset) -> tuple[str, ...]:
    """Words of four letters or more, the longest first; a file is often named by them."""
    words: set[str] = set()
    for keyword in _NAMING:
        stated = ""
        with contextlib.suppress(Exception):  # whatever a broken element raises, it says nothing
            stated = str(dataset.get(keyword, "") or "")
        words |= {stated.strip()} if keyword.endswith(("UID", "ID", "Number")) else set(_PARTS.split(stated))
    return tuple(sorted((word for word in words if len(word) >= 4), key=lambda word: (-len(word), word)))


def _read(data: bytes) -> Dataset:
    import pydicom

    plain = deflation.undone(data, DecodeLimits().max_bytes)
    return pydicom.dcmread(io.BytesIO(plain), force=True, stop_before_pixels=True)


def _statement(*, dated: bool) -> dict[str, Any]:
    """The elements that say what was done (PS3.15 section E.1.1 and E.3.6)."""
    items = [
        {
            _tag("CodeValue"): headercleaning.entry("SH", [code]),
            _tag("CodingSchemeDesignator"): headercleaning.entry("SH", ["DCM"]),
            _tag("CodeMeaning"): headercleaning.entry("LO", [meaning]),
        }
        for code, meaning in _CODES.items()
        if dated or code != _DATED
    ]
    said: tuple[tuple[str, str, list[Any]], ...] = (
        ("PatientIdentityRemoved", "CS", ["YES"]),
        ("DeidentificationMethod", "LO", [_METHOD]),
        ("DeidentificationMethodCodeSequence", "SQ", items),
        ("LongitudinalTemporalInformationModified", "CS", ["MODIFIED" if dated else "REMOVED"]),
    )
    return {_tag(keyword): headercleaning.entry(vr, values) for keyword, vr, values in said}


def _tag(keyword: str) -> str:
    from pydicom.datadict import tag_for_keyword

    return f"{tag_for_keyword(keyword):08X}"
