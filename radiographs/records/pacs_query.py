"""What a PACS is asked for: words of a person made into QIDO-RS filters for each level of a search."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from radiographs.errors import InvalidSettings

# Where a filter belongs if a PACS is searched level by level (source: DICOM PS3.18 tables 10.6.1-5, PS3.4 C.6.2.1).
_OF_STUDIES = frozenset(
    {
        "StudyDate", "StudyTime", "AccessionNumber", "ModalitiesInStudy", "ReferringPhysicianName", "PatientName",
        "PatientID", "StudyInstanceUID", "StudyID", "StudyDescription", "PatientBirthDate", "PatientSex",
        "IssuerOfPatientID", "InstitutionName",
    }
)  # fmt: skip
_OF_INSTANCES = frozenset({"SOPClassUID", "SOPInstanceUID", "InstanceNumber", "ViewPosition", "ImageType"})
_DAYS = re.compile(r"(\d{8})?(-)?(\d{8})?")
_MODALITY = re.compile(r"[A-Z0-9_]{2,16}")


@dataclass(frozen=True)
class Query:
    """A search for films.

    Attributes:
        modalities: each is asked for by itself, since not every PACS takes a list.
        study_date: YYYYMMDD, YYYYMMDD-, -YYYYMMDD or YYYYMMDD-YYYYMMDD; "" is any day.
        filters: further matching keys by keyword or eight-digit tag; they may name a patient, so they are not printed.
        most: stop after so many films; None takes all.
    """

    modalities: tuple[str, ...] = ("CR", "DX")
    study_date: str = ""
    filters: Mapping[str, str] = field(default_factory=dict, repr=False)
    most: int | None = None

    def __post_init__(self) -> None:
        if not self.modalities or not all(_MODALITY.fullmatch(word) for word in self.modalities):
            raise InvalidSettings("Modality: expected codes like CR,DX; give at least one")
        if self.study_date:
            _check_days(self.study_date)
        if self.most is not None and self.most < 1:
            raise InvalidSettings(f"limit: expected 1 or more, got {self.most}")

    @classmethod
    def of(cls, words: str, today: date | None = None) -> Query:
        """The query that a text like "days=30 BodyPartExamined=CHEST" asks for.

        Args:
            words: key=value, separated by blanks, in quotes where a value holds one; a key is a DICOM keyword, an
                eight-digit tag, "days" (back from today) or "limit".
            today: what "days" is counted from; None takes this machine's date.

        Raises:
            InvalidSettings: a word is not of that form, or its key is unknown; the nearest keywords are offered.
        """
        query = cls()
        for word in _split(words):
            key, equals, value = (part.strip() for part in word.partition("="))
            if not equals or not key or not value:
                raise InvalidSettings(f"--query {_shown(key)}: expected key=value, such as BodyPartExamined=CHEST")
            query = _with(query, key, value, today or date.today())
        return query

    def for_instances(self, modality: str) -> dict[str, str]:
        """Filters of one search over all instances."""
        return {**self._days(), "Modality": modality, **self.filters}

    def for_studies(self, modality: str) -> dict[str, str]:
        """Filters of a search for studies."""
        return {**self._days(), "ModalitiesInStudy": modality, **self._of(_OF_STUDIES)}

    def for_series(self, modality: str) -> dict[str, str]:
        """Filters of a search for the series of one study."""
        rest = {key: value for key, value in self.filters.items() if key not in _OF_STUDIES | _OF_INSTANCES}
        return {"Modality": modality, **rest}

    def for_instances_of_series(self) -> dict[str, str]:
        """Filters of a search for the instances of one series."""
        return self._of(_OF_INSTANCES)

    def includes_day(self, day: str) -> bool:
        """False where a study's day, YYYYMMDD, is known and lies outside: a PACS may ignore what it is asked."""
        if not day or not self.study_date:
            return True
        first, dash, last = self.study_date.partition("-")
        return first <= day <= (last or "99999999") if dash else day == first

    def _days(self) -> dict[str, str]:
        return {"StudyDate": self.study_date} if self.study_date else {}

    def _of(self, keywords: frozenset[str]) -> dict[str, str]:
        return {key: value for key, value in self.filters.items() if key in keywords}


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError:
        raise InvalidSettings("--query: a quotation mark is not closed; close it") from None


def _with(query: Query, key: str, value: str, today: date) -> Query:
    if key == "days":
        first = today - timedelta(days=_number(key, value))
        return replace(query, study_date=f"{first:%Y%m%d}-")
    if key == "limit":
        return replace(query, most=_number(key, value))
    keyword = _keyword(key)
    if keyword == "Modality":
        return replace(query, modalities=tuple(dict.fromkeys(re.split(r"[,\\]", value.upper()))))
    if keyword == "StudyDate":
        return replace(query, study_date=value)
    return replace(query, filters={**query.filters, keyword: value})


def _keyword(key: str) -> str:
    """The keyword of a key that DICOM knows; a private tag stays as it is."""
    from pydicom.datadict import DicomDictionary, keyword_for_tag, tag_for_keyword

    if re.fullmatch(r"[0-9A-Fa-f]{8}", key):
        return keyword_for_tag(int(key, 16)) or key.upper()
    if tag_for_keyword(key) is not None:
        return key
    known = [entry[4] for entry in DicomDictionary.values()]
    near = difflib.get_close_matches(key, known, 3) or ["StudyDate", "BodyPartExamined", "PatientID"]
    raise InvalidSettings(f"--query {_shown(key)}: DICOM has no such keyword; did you mean {', '.join(near)}?")


def _number(key: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) < 1:
        raise InvalidSettings(f"--query {key}: expected a whole number from 1 to 99999, got '{_shown(value)}'")
    return int(value)


def _shown(word: str) -> str:
    """A word that fits into one line, whatever it holds."""
    return "".join(letter if letter.isprintable() else "?" for letter in word[:40])


def _check_days(stated: str) -> None:
    match = _DAYS.fullmatch(stated)
    days = [day for day in (match[1], match[3]) if day] if match else []
    try:
        dates = [datetime.strptime(day, "%Y%m%d") for day in days]
    except ValueError:
        dates = []
    ranged = bool(match and match[2])
    if not dates or (len(dates) == 2 and not ranged) or dates != sorted(dates):
        raise InvalidSettings(f"StudyDate: expected a day or days like 20260101-20260131, got '{_shown(stated)}'")
