"""DICOM headers that name somebody in every way, and what is left of them, for tests of their cleaning."""

from __future__ import annotations

import io
import json
from typing import Any

import drawn_dicom
import numpy as np
import pydicom
from pydicom import config
from pydicom.datadict import DicomDictionary, tag_for_keyword
from pydicom.dataset import Dataset

from radiographs.imaging import deidentify
from radiographs.imaging.deidentify import CleanHeader
from radiographs.records.identity import Pseudonyms

FILM = np.zeros((4, 6), np.uint8)
NAMES = Pseudonyms(b"k" * 32, "north")
WORD, DAY, TIME, UID = "Kanarienvogel", "19470314", "031415.926535", "1.2.999.19470314"
CANARIES = {
    **dict.fromkeys(("AE", "LO", "LT", "SH", "ST", "UC", "UT"), WORD), "PN": f"{WORD}^{WORD}", "CS": WORD.upper(),
    "UR": f"http://{WORD}/", "AS": "094Y", "DA": DAY, "DS": f"{DAY}.5", "DT": f"{DAY}{TIME}", "IS": DAY, "TM": TIME,
    "UI": UID,
}  # fmt: skip
TAGS = {tag: vr for tag, (vr, *_) in DicomDictionary.items() if 0x00080000 <= tag < 0x7FE00000 and tag & 0xFFFF}
TEXTS = sorted(tag for tag, vr in TAGS.items() if vr in CANARIES)
SEQUENCES = sorted(tag for tag, vr in TAGS.items() if vr == "SQ")


def header_of(data: bytes) -> CleanHeader:
    """The cleaned header."""
    return deidentify.header(data, NAMES)


def cleaned(**elements: Any) -> CleanHeader:
    """The cleaned header of a film with these elements."""
    with config.disable_value_validation():
        return header_of(drawn_dicom.encoded(FILM, **elements))


def value(header: CleanHeader, keyword: str) -> Any:
    """The first value of an element; None where it is empty or absent."""
    entry = json.loads(header.json).get(f"{tag_for_keyword(keyword):08X}", {})
    return entry.get("Value", [None])[0]


def sings(header: CleanHeader) -> bool:
    """Whether a canary survived in what is stored or reported."""
    text = f"{header.json} {header.removed}".lower()
    return any(canary in text for canary in (WORD.lower(), DAY, TIME[:9], UID, "094y"))


def written(dataset: Dataset, *, implicit: bool) -> bytes:
    """The bytes of a data set without file meta information."""
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, implicit_vr=implicit, little_endian=True)
    return buffer.getvalue()


def read_as_told(keyword: str, text: str) -> CleanHeader:
    """The cleaned header of an element that holds any text, also such as its kind of value cannot hold."""
    dataset = Dataset()
    dataset.add_new(tag_for_keyword(keyword), "LO", text)
    return header_of(written(dataset, implicit=True))
