"""A stored DICOM header names nobody, whatever its elements hold, and says how it was cleaned."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import drawn_dicom
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from named_headers import (
    CANARIES,
    DAY,
    FILM,
    NAMES,
    SEQUENCES,
    TAGS,
    TEXTS,
    TIME,
    WORD,
    cleaned,
    header_of,
    sings,
    value,
    written,
)
from pydicom import config
from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode, headercleaning

CHARACTER_SET = tag_for_keyword("SpecificCharacterSet")


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 0) -> Dataset:
    """Data sets with a canary in text elements of any kind, some under another value representation than their own."""
    dataset = Dataset()
    for tag in draw(st.lists(st.sampled_from(TEXTS), max_size=12)):
        vr = TAGS[tag]
        if tag != CHARACTER_SET and draw(st.integers(0, 4)) == 0:  # pydicom cannot write that one as anything else
            vr = draw(st.sampled_from(sorted(CANARIES)))
        canary = CANARIES[vr]
        dataset.add_new(
            tag, vr, [canary, canary] if draw(st.integers(0, 9)) == 0 and vr not in ("LT", "ST", "UT", "UR") else canary
        )
    if draw(st.booleans()):
        block = dataset.private_block(draw(st.sampled_from((0x0009, 0x0019, 0x50F1))), WORD, create=True)
        block.add_new(draw(st.integers(0, 255)), draw(st.sampled_from(("LO", "UT", "PN", "DA"))), WORD)
    if depth < 3:
        for tag in draw(st.lists(st.sampled_from(SEQUENCES), max_size=2)):
            dataset.add_new(tag, "SQ", Sequence(draw(st.lists(data_sets(depth=depth + 1), max_size=2))))
    return dataset


def no_canary_survives(dataset: Dataset, implicit: bool) -> None:
    """The property, on one data set."""
    with config.disable_value_validation():
        data = written(dataset, implicit=implicit)
    header = header_of(data)
    assert not sings(header)
    assert header == header_of(data)
    assert json.dumps(json.loads(header.json), sort_keys=True, separators=(",", ":")) == header.json


@given(data_sets(), st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_canary_survives_in_any_header(dataset: Dataset, implicit: bool):
    no_canary_survives(dataset, implicit)


@pytest.mark.long
@given(data_sets(), st.booleans())
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_canary_survives_in_a_thousand_headers(dataset: Dataset, implicit: bool):
    no_canary_survives(dataset, implicit)


def test_no_canary_survives_in_a_header_that_has_every_text_element():
    dataset = Dataset()
    for tag in TEXTS:
        dataset.add_new(tag, TAGS[tag], CANARIES[TAGS[tag]])
    no_canary_survives(dataset, implicit=False)
    present = {keyword_for_tag(tag) for tag in headercleaning.profile() if (tag[0] << 16) + tag[1] in TEXTS}
    with config.disable_value_validation():
        data = written(dataset, implicit=False)
    assert present - {""} <= set(header_of(data).removed)


NASTY = {
    "PatientName": f"{WORD}^Anna",
    "PatientID": WORD,
    "PatientBirthDate": DAY,
    "StudyDate": DAY,
    "StudyTime": TIME,
    "InstitutionName": WORD,
    "StudyDescription": f"CHEST {WORD}",
    "ImageComments": WORD,
    "Manufacturer": WORD,
    "BodyPartExamined": "CHEST",
}


def fuzzed(changes: list[tuple[int, int]], length: int) -> bytes:
    """A header with some bytes changed and its end cut off."""
    data = bytearray(drawn_dicom.encoded(FILM, **NASTY))
    for at, byte in changes:
        data[at % len(data)] = byte
    return bytes(data[: 1 + length % len(data)] if length else data)


CHANGES = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=12)
LENGTHS = st.one_of(st.just(0), st.integers(1, 5000))


@given(CHANGES, LENGTHS)
@settings(max_examples=100, deadline=None)
def test_a_damaged_header_is_cleaned_without_an_error(changes: list[tuple[int, int]], length: int):
    assert not sings(header_of(fuzzed(changes, length)))


@pytest.mark.long
@given(CHANGES, LENGTHS)
@settings(max_examples=1000, deadline=None)
def test_a_thousand_damaged_headers_are_cleaned_without_an_error(changes: list[tuple[int, int]], length: int):
    assert not sings(header_of(fuzzed(changes, length)))


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_give_a_header_that_says_it_is_clean(data: bytes):
    header = header_of(data)
    assert value(header, "PatientIdentityRemoved") == "YES"


def test_what_is_no_data_set_leaves_only_the_statement():
    nested = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 5000
    header = header_of(nested)
    assert header.removed == ("unreadable header",)
    assert set(json.loads(header.json)) == {"00120062", "00120063", "00120064", "00280303"}


def test_a_cleaned_header_says_how_it_was_cleaned():
    header = cleaned(PatientID="p1", StudyDate=DAY)
    assert value(header, "PatientIdentityRemoved") == "YES"
    assert "PS3.15 basic profile" in value(header, "DeidentificationMethod")
    assert len(value(header, "DeidentificationMethod")) <= 64
    codes = json.loads(header.json)["00120064"]["Value"]
    assert [code["00080100"]["Value"][0] for code in codes] == ["113100", "113107", "113108"]
    assert value(header, "LongitudinalTemporalInformationModified") == "MODIFIED"


def test_a_cleaned_header_can_be_read_as_dicom_json():
    header = cleaned(**NASTY)
    assert Dataset.from_json(header.json).Modality == "CR"


def test_cleaning_writes_nothing_into_the_log(caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder):
    odd = Dataset()
    for keyword in ("SpecificCharacterSet", "StudyInstanceUID", "StudyDate", "KVP", "PatientID", "Modality"):
        odd.add_new(tag_for_keyword(keyword), "LO", WORD)
    data = written(odd, implicit=True)
    with pytest.raises(UnreadableRadiograph):
        decode.decode_bytes(data, "film.dcm")
    recwarn.clear()
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        assert value(header_of(data), "PatientID") == NAMES.patient(WORD)
    assert WORD not in caplog.text and not any(WORD in str(warning.message) for warning in recwarn)


def test_the_headers_of_real_films_lose_what_names_somebody(shared: Path):
    for path in sorted((shared / "probes" / "dicom").glob("*/*")):
        dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        header = header_of(path.read_bytes())
        assert set(header.removed) >= {"SOPInstanceUID", "PatientName"}
        for keyword in (
            "PatientID",
            "PatientName",
            "StudyInstanceUID",
            "SOPInstanceUID",
            "InstitutionName",
            "StudyDate",
        ):
            stated = str(dataset.get(keyword) or "")
            assert len(stated) < 3 or stated not in header.json, keyword


def test_the_words_that_name_somebody_are_told_for_the_films_shown_name_alone():
    header = cleaned(PatientName="DUPONT^Jean^^Dr", PatientID="ab8501", AccessionNumber="A7")
    assert {"DUPONT", "Jean", "ab8501"} <= set(header.naming)
    assert "A7" not in header.naming and "DUPONT" not in repr(header)
