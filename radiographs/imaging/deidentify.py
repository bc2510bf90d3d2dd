"""The header of a DICOM film as it may be stored: cleaned by the basic profile of PS3.15 Annex E, as DICOM JSON."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from radiographs.imaging import deflation, headercleaning
from radiographs.imaging.filefacts import DecodeLimits
from radiographs.imaging.headercleaning import Cleaner, Outcome, Pseudonyms

if TYPE_CHECKING:
    from pydicom import Dataset

_UNREADABLE = Outcome({}, frozenset(("unreadable header",)))
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
        removed: keywords of what was removed, emptied or replaced, and "private (gggg,xx)" blocks; never a value.
    """

    json: str
    removed: tuple[str, ...]


def header(data: bytes, pseudonyms: Pseudonyms) -> CleanHeader:
    """The header of a DICOM file, without pixels or other bulk, as it may be stored.

    By the basic profile with two of its options: dates of the examination are shifted as the pseudonyms say, and sex
    and age are kept (over 89 years: 90). Beyond the profile, text that it leaves alone is kept only where it is a word
    of `headervocabulary`, and numbers only where they measure. What cannot be read is removed; nothing is raised.
    """
    from pydicom import config

    # Its warnings quote values, and go to the log of whoever has one.
    config.logger.setLevel(logging.CRITICAL)
    try:
        with config.disable_value_validation():
            dataset = _read(data)
            cleaner = Cleaner(pseudonyms, headercleaning.patient(dataset), headercleaning.profile())
            whole = cleaner.cleaned(dataset)
    except Exception:  # a header broken so far that nothing of it can be told apart
        whole = _UNREADABLE
    dated = any(_tag(keyword) in whole.entry for keyword in headercleaning.DATES)
    model = {**whole.entry, **_statement(dated=dated)}
    return CleanHeader(json.dumps(model, sort_keys=True, separators=(",", ":")), tuple(sorted(whole.removed)))


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
