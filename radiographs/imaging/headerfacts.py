"""What a DICOM header states of its film, tidied, with nothing in it that a broken element could spoil."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from radiographs.imaging import headerwords
from radiographs.imaging.filefacts import FileFacts
from radiographs.imaging.intensity import Colour
from radiographs.imaging.pictureheader import PictureHeader

if TYPE_CHECKING:
    from pydicom import Dataset

_AGE = re.compile(r"^\s*(\d{1,3})\s*([DWMY]?)\s*$", re.IGNORECASE)
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0, "": 1.0}
_DATE = re.compile(r"^(\d{4})[.]?(\d{2})[.]?(\d{2})$")
# An element longer than this is damage: no name, id or code has so much to say.
_MOST_CHARACTERS, _MOST_CHARACTERS_OF_A_CODE = 256, 64
_DESCRIPTIONS = ("SeriesDescription", "StudyDescription", "ProtocolName", "AcquisitionDeviceProcessingDescription")


def read(dataset: Dataset, header: PictureHeader, colour: Colour) -> FileFacts:
    """The facts of one file; an element that is absent, broken or empty gives None."""
    burned_in = _code(dataset, "BurnedInAnnotation")
    return FileFacts(
        format="DICOM",
        width=header.columns,
        height=header.rows,
        bit_depth=header.bits_stored,
        channels=header.samples,
        photometric=header.photometric,
        tint=colour.tint,
        toning=colour.toning,
        modality=_code(dataset, "Modality"),
        body_part=_body_part(dataset),
        view_position=_view_position(dataset),
        manufacturer=_text(dataset, "Manufacturer"),
        sop_class=_text(dataset, "SOPClassUID"),
        burned_in=burned_in if burned_in in ("YES", "NO") else None,
        sex=_code(dataset, "PatientSex"),
        age=_age_years(_text(dataset, "PatientAge")),
        patient_id=_text(dataset, "PatientID"),
        study_id=_text(dataset, "StudyInstanceUID"),
        accession=_text(dataset, "AccessionNumber"),
        study_date=_date(_text(dataset, "StudyDate")),
    )


def _text(dataset: Dataset, keyword: str) -> str | None:
    """The first value of an element as one line without blanks round it."""
    from pydicom.multival import MultiValue

    try:
        value = dataset.get(keyword)
        value = value[0] if isinstance(value, (MultiValue, list)) else value
        if value is None or isinstance(value, bytes):
            return None
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())
    except Exception:  # whatever a broken element raises, it says nothing
        return None
    return text if 0 < len(text) <= _MOST_CHARACTERS else None


def _code(dataset: Dataset, keyword: str) -> str | None:
    """A word of a vocabulary: in capital letters."""
    text = _text(dataset, keyword)
    return text.upper() if text and len(text) <= _MOST_CHARACTERS_OF_A_CODE else None


def _body_part(dataset: Dataset) -> str | None:
    """The body part examined, else the anatomic region's meaning, else the part that a description names."""
    stated = _code(dataset, "BodyPartExamined") or _meaning(dataset, "AnatomicRegionSequence")
    if stated and headerwords.is_chest(stated) is not None:
        return stated
    named = (headerwords.part_in(text) for keyword in _DESCRIPTIONS if (text := _text(dataset, keyword)))
    return next((part for part in named if part), stated)


def _view_position(dataset: Dataset) -> str | None:
    """The view position, else the view code's meaning, else the view that the series' description names."""
    stated = _code(dataset, "ViewPosition") or _meaning(dataset, "ViewCodeSequence")
    return stated or headerwords.view_in(_text(dataset, "SeriesDescription") or "")


def _meaning(dataset: Dataset, keyword: str) -> str | None:
    """The meaning of a sequence's first code."""
    try:
        sequence = dataset.get(keyword)
        return _code(sequence[0], "CodeMeaning") if sequence else None
    except Exception:  # whatever a broken element raises, it says nothing
        return None


def _age_years(stated: str | None) -> float | None:
    """A DICOM age string ("045Y", "006M", or bare years) in years; None where it says nothing readable."""
    match = _AGE.match(stated or "")
    return round(int(match[1]) * _YEARS[match[2].upper()], 3) if match else None


def _date(stated: str | None) -> str | None:
    """A date as YYYYMMDD, also from the older form with dots; None where there is no such day."""
    match = _DATE.match(stated or "")
    try:
        return date(*(int(part) for part in match.groups())).strftime("%Y%m%d") if match else None
    except ValueError:
        return None
