"""Decides what of each element of a DICOM header may be stored: by the standard's profile, then by closed lists."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from radiographs.imaging import headervocabulary

if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.tag import BaseTag

# Dates of the examination: others (of a calibration, say) may be known to somebody, who would then know the shift.
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "AcquisitionDateTime")

_EDITION = "dicomfields_2026c"
_EITHER = "US or SS"
_TEXT = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT")
_NUMBERS = ("DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", _EITHER)
# Acquisition, image relationship and image pixels: elsewhere a number may count people and visits.
_MEASURING_GROUPS = (0x0018, 0x0020, 0x0028)
# A measurement has fewer digits, values and bytes than these; an identifier, a date or a hidden table may have more.
_LARGEST, _MOST_VALUES, _MOST_BYTES, _MOST_CHARACTERS = 1e6, 32, 1024, 256
_DEEPEST = 8
_DATE = re.compile(r"([0-9]{4})[.]?([0-9]{2})[.]?([0-9]{2})")
_AGE = re.compile(r"([0-9]{1,3})([DWMY]?)")
_OLDEST_YEARS = 89
_READINGS = ("PatientID", "PatientAge")
# JSON is UTF-8, and padding says nothing.
_UNSAID = ("SpecificCharacterSet", "DataSetTrailingPadding")
_Rule = Callable[["Dataset", tuple[int, int]], None]


class Pseudonyms(Protocol):
    """What names a source's patients and UIDs anew, and moves dates."""

    def patient(self, identity: str) -> str:
        """The patient's pseudonym; empty stays empty."""

    def uid(self, uid: str) -> str:
        """A UID in place of another; empty stays empty."""

    def date(self, patient_identity: str, stated: str) -> str:
        """The patient's date YYYYMMDD, shifted; empty where there is none."""


@dataclass(frozen=True)
class Outcome:
    """What something becomes in DICOM JSON, empty for nothing, and the names of what was taken from it."""

    entry: Mapping[str, Any]
    removed: frozenset[str] = frozenset()


_NOTHING = Outcome({})


@cache
def profile() -> Mapping[tuple[int, int], _Rule]:
    """The library's actions of the basic profile by tag (PS3.15 table E.1-1); what it does to groups 50xx and 60xx is
    contained in the rule that nothing is kept of a group that no list here names."""
    from dicomanonymizer.simpledicomanonymizer import initialize_actions

    return {tag: action for tag, action in initialize_actions(_EDITION).items() if len(tag) == 2}


def patient(dataset: Dataset) -> str:
    """The patient's identity as the decoder states it, so that a film's row and its header have one pseudonym."""
    try:
        stated = _values(dataset, "PatientID")[0]
    except Exception:  # whatever a broken element raises, it says nothing
        return ""
    return _line(stated)


def entry(vr: str, values: list[Any]) -> dict[str, Any]:
    """An element in DICOM JSON (PS3.18 section F.2)."""
    return {"vr": vr, "Value": values} if values else {"vr": vr}


@dataclass(frozen=True)
class Cleaner:
    """Cleans the elements of one film's header.

    Attributes:
        pseudonyms: of the film's source.
        identity: the film's patient, whose dates are shifted together; empty is unknown.
        rules: see `profile`.
    """

    pseudonyms: Pseudonyms
    identity: str
    rules: Mapping[tuple[int, int], _Rule]

    def cleaned(self, dataset: Dataset, depth: int = 0) -> Outcome:
        """What may be stored of a data set, by tag."""
        model: dict[str, Any] = {}
        removed: set[str] = set()
        for tag in sorted(dataset.keys()):
            name = _name(dataset, tag)
            try:
                outcome = self._element(dataset, tag, name, depth)
            except Exception:  # whatever a broken element raises, it is not stored
                outcome = _gone(name)
            if outcome.entry:
                model[f"{tag:08X}"] = outcome.entry
            removed |= outcome.removed
        return Outcome(model, frozenset(removed))

    def _element(self, dataset: Dataset, tag: BaseTag, name: str, depth: int) -> Outcome:
        """What the profile lists goes by its action; what it leaves alone stays only if a list here names it."""
        from pydicom.datadict import dictionary_has_tag, dictionary_VR

        raw = dataset.get_item(tag).value
        if tag.element == 0 or name in _UNSAID or not (raw.strip(b" \0") if isinstance(raw, bytes) else raw):
            return _NOTHING
        if tag.is_private or not dictionary_has_tag(tag):
            return _gone(name)
        vr, rule = dictionary_VR(tag), self.rules.get((tag.group, tag.element))
        if vr == "SQ":
            return _gone(name) if rule or depth >= _DEEPEST else self._sequence(dataset[tag].value, depth)
        if isinstance(raw, bytes) and len(raw) > _MOST_BYTES:
            return _gone(name)
        if name in _READINGS or name in DATES or name in headervocabulary.KEPT:
            return self._told(_values(dataset, tag), name, vr)
        if vr == "UI":
            return self._uids(_values(dataset, tag), name, listed=rule is not None)
        if rule:
            return _by_rule(dataset, tag, name, rule)
        if vr in _NUMBERS and tag.group in _MEASURING_GROUPS:
            return _measured(_values(dataset, tag), name, str(dataset[tag].VR) if vr == _EITHER else vr)
        return _gone(name)

    def _sequence(self, items: Sequence[Dataset], depth: int) -> Outcome:
        """A sequence of which something is left; a name within stands for itself."""
        parts = [self.cleaned(item, depth + 1) for item in items]
        left = [part.entry for part in parts if part.entry]
        return Outcome(entry("SQ", left) if left else {}, frozenset().union(*(part.removed for part in parts)))

    def _told(self, values: list[str], name: str, vr: str) -> Outcome:
        """An element that has a reading of its own here."""
        if name == "PatientID":
            return _replaced(name, vr, self.pseudonyms.patient(_line(values[0])))
        if name in DATES:
            # The day alone: the time of an examination is removed as the profile says.
            day = _DATE.match(values[0])
            return _replaced(name, vr, self.pseudonyms.date(self.identity, "".join(day.groups())) if day else "")
        if name == "PatientAge":
            return _aged(values[0], name)
        kept = [headervocabulary.word(name, value) for value in values[:_MOST_VALUES]]
        strange = len(values) > _MOST_VALUES or any(
            value and not word for value, word in zip(values, kept, strict=False)
        )
        while kept and kept[-1] is None:
            kept.pop()
        return Outcome(entry(vr, kept) if kept else {}, frozenset((name,)) if strange else frozenset())

    def _uids(self, values: list[str], name: str, *, listed: bool) -> Outcome:
        """UIDs that the standard itself registers stay where the profile does not speak; others are replaced."""
        from pydicom.uid import UID_dictionary

        if not listed and all(value in UID_dictionary for value in values):
            return Outcome(entry("UI", values))
        return _replaced(name, "UI", *(self.pseudonyms.uid(value) for value in values[:_MOST_VALUES]))


def _gone(name: str) -> Outcome:
    return Outcome({}, frozenset((name,)))


def _replaced(name: str, vr: str, *values: str) -> Outcome:
    return Outcome(entry(vr, [value or None for value in values]) if any(values) else {}, frozenset((name,)))


def _name(dataset: Dataset, tag: BaseTag) -> str:
    """An element's keyword, or a private element's block where its creator stands in the data set.

    Other tags are not spelt out: where a broken header is read out of step, they are four letters of somebody's name.
    """
    from pydicom.datadict import keyword_for_tag

    if not tag.is_private:
        return keyword_for_tag(tag) or "unknown element"
    block = tag.element >> 8 if tag.element > 0xFF else tag.element
    return f"private ({tag.group:04x},{block:02x})" if (tag.group, block) in dataset else "private element"


def _line(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _MOST_CHARACTERS else ""


def _values(dataset: Dataset, tag: BaseTag | str) -> list[str]:
    """An element's values as text without blanks round them."""
    from pydicom.multival import MultiValue

    value = dataset[tag].value
    listed = list(value) if isinstance(value, (list, tuple, MultiValue)) else [value]
    return [str(one).strip(" \0") for one in listed]


def _aged(stated: str, name: str) -> Outcome:
    """An exact age in DICOM's form; that of a very old patient, who is one of few, becomes 90 years."""
    match = _AGE.fullmatch(stated.upper())
    if not match:
        return _gone(name)
    number, unit = int(match[1]), match[2] or "Y"
    if unit == "Y" and number > _OLDEST_YEARS:
        return _replaced(name, "AS", f"{_OLDEST_YEARS + 1:03d}Y")
    return Outcome(entry("AS", [f"{number:03d}{unit}"]))


def _by_rule(dataset: Dataset, tag: BaseTag, name: str, rule: _Rule) -> Outcome:
    """Text is emptied or replaced as the library does it; a made-up number, date or code would be taken for a fact."""
    vr = str(dataset[tag].VR)
    if rule.__name__ == "delete" or vr not in _TEXT:
        return _gone(name)
    rule(dataset, (tag.group, tag.element))
    dummy = str(dataset[tag].value)
    values = [] if not dummy else [{"Alphabetic": dummy}] if vr == "PN" else [dummy]
    return Outcome(entry(vr, values), frozenset((name,)))


def _measured(values: list[str], name: str, vr: str) -> Outcome:
    """Numbers, to six digits, unless they are more or larger than a measurement's."""
    numbers = [float(value) for value in values]
    if len(numbers) > _MOST_VALUES or not all(math.isfinite(one) and abs(one) < _LARGEST for one in numbers):
        return _gone(name)
    rounded = [float(f"{one:.6g}") for one in numbers]
    return Outcome(entry(vr, [int(one) if one.is_integer() else one for one in rounded]))
