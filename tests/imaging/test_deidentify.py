"""A stored DICOM header names nobody, whatever its elements hold, and says of a film what it may."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import drawn_dicom
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import config
from pydicom.datadict import DicomDictionary, keyword_dict, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import decode, deidentify, headercleaning, headervocabulary
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


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 0) -> Dataset:
    """Data sets with a canary in text elements of any kind, some under another value representation than their own."""
    dataset = Dataset()
    for tag in draw(st.lists(st.sampled_from(TEXTS), max_size=12)):
        vr = draw(st.sampled_from(sorted(CANARIES))) if draw(st.integers(0, 4)) == 0 else TAGS[tag]
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


def test_what_describes_the_picture_stays():
    header = cleaned(
        KVP="120", ImagerPixelSpacing=["0.1388888889", "0.14"], BodyPartExamined="chest", ViewPosition="PA",
        WindowCenter="2047.5", BurnedInAnnotation="NO",
    )  # fmt: skip
    assert [value(header, keyword) for keyword in ("KVP", "ImagerPixelSpacing", "Rows", "WindowCenter")] == [
        120,
        0.138889,
        4,
        2047.5,
    ]
    assert [value(header, keyword) for keyword in ("BodyPartExamined", "ViewPosition", "BurnedInAnnotation")] == [
        "CHEST",
        "PA",
        "NO",
    ]
    assert header.removed == ("SOPInstanceUID",)


def test_pixels_and_other_bulk_are_left_out():
    film = pydicom.dcmread(
        io.BytesIO(drawn_dicom.encoded(FILM, EncapsulatedDocument=b"%PDF", RedPaletteColorLookupTableData=b"x" * 40))
    )
    film.add_new(0x60003000, "OW", b"x" * 40)
    header = header_of(written(film, implicit=False))
    assert not {"7FE00010", "60003000", "00420011", "00281201"} & json.loads(header.json).keys()
    assert {"EncapsulatedDocument", "OverlayData", "RedPaletteColorLookupTableData"} <= set(header.removed)


@pytest.mark.parametrize("number", ["19470314", "1000000", "-1000000.0", "nan", "1e400", "12 34", WORD])
@pytest.mark.parametrize("keyword", ["SeriesNumber", "DetectorTemperature"])
def test_a_number_that_is_no_measurement_is_removed(keyword: str, number: str):
    header = read_as_told(keyword, number)
    assert value(header, keyword) is None and header.removed == (keyword,)


@pytest.mark.parametrize(("number", "kept"), [("999999", 999999), ("-1.50", -1.5), ("0.13888889", 0.138889)])
def test_a_measurement_is_kept_to_six_digits(number: str, kept: float):
    assert value(read_as_told("DetectorTemperature", number), "DetectorTemperature") == kept


def test_a_number_elsewhere_than_among_the_facts_of_acquisition_and_image_is_removed():
    assert value(cleaned(NumberOfPatientRelatedStudies="12", PregnancyStatus=4), "PregnancyStatus") is None


def test_a_hidden_table_of_numbers_is_removed():
    header = cleaned(WindowCenter=["65"] * 33, WindowWidth=["65"] * 32)
    assert value(header, "WindowCenter") is None and value(header, "WindowWidth") == 65
    assert "WindowCenter" in header.removed


@given(st.text(st.characters(codec="latin-1"), max_size=40))
@settings(deadline=None)
def test_a_film_s_header_and_its_row_have_one_pseudonym(stated: str):
    with config.disable_value_validation():
        data = drawn_dicom.encoded(FILM, SpecificCharacterSet="ISO_IR 100", PatientID=stated)
    facts = decode.decode_bytes(data, "film.dcm").facts
    assert (value(header_of(data), "PatientID") or "") == NAMES.patient(facts.patient_id or "")


def test_dates_of_a_patient_move_together():
    first = cleaned(PatientID="p1", StudyDate="20200101", AcquisitionDate="20200103")
    second = cleaned(PatientID="p1", SeriesDate="2020.01.31", AcquisitionDateTime="20200201101112.5+0100")
    moved = [NAMES.date("p1", day) for day in ("20200101", "20200103", "20200131", "20200201")]
    assert [value(first, "StudyDate"), value(first, "AcquisitionDate")] == moved[:2]
    assert [value(second, "SeriesDate"), value(second, "AcquisitionDateTime")] == moved[2:]


def test_no_date_stays_where_no_patient_is_named():
    header = cleaned(StudyDate=DAY, AcquisitionDateTime=DAY)
    assert value(header, "StudyDate") is None and value(header, "AcquisitionDateTime") is None
    assert value(header, "LongitudinalTemporalInformationModified") == "REMOVED"
    assert "113107" not in header.json


@pytest.mark.parametrize(
    "keyword", ["DateOfLastCalibration", "PatientBirthDate", "AdmittingDate", "InstanceCreationDate"]
)
def test_a_date_that_somebody_may_know_is_removed(keyword: str):
    header = cleaned(PatientID="p1", **{keyword: "20200101"})
    assert value(header, keyword) is None and keyword in header.removed


@pytest.mark.parametrize(
    ("stated", "kept"),
    [("045Y", "045Y"), ("45", "045Y"), ("006M", "006M"), ("089Y", "089Y"), ("090Y", "090Y"), ("103Y", "090Y"),
     ("old", None), ("045Y\\046Y", "045Y")],
)  # fmt: skip
def test_an_age_stays_exact_up_to_89_years(stated: str, kept: str | None):
    header = cleaned(PatientAge=stated)
    assert value(header, "PatientAge") == kept
    assert ("PatientAge" in header.removed) == (stated not in ("045Y", "45", "006M", "089Y", "045Y\\046Y"))


@pytest.mark.parametrize(("stated", "kept"), [("F", "F"), ("m", "M"), ("WOMAN", None)])
def test_sex_is_kept_as_one_of_its_letters(stated: str, kept: str | None):
    assert value(cleaned(PatientSex=stated), "PatientSex") == kept


def test_uids_are_replaced_alike_wherever_they_stand_and_those_of_the_standard_stay():
    reference = Dataset()
    reference.ReferencedSOPInstanceUID, reference.ReferencedSOPClassUID = UID, "1.2.840.10008.5.1.4.1.1.1"
    header = cleaned(StudyInstanceUID=UID, IrradiationEventUID=[UID, "1.2.3"], ReferencedInstanceSequence=[reference])
    nested = json.loads(header.json)["0008114A"]["Value"][0]
    assert value(header, "StudyInstanceUID") == NAMES.uid(UID) == nested["00081155"]["Value"][0]
    assert nested["00081150"]["Value"] == ["1.2.840.10008.5.1.4.1.1.1"]
    assert json.loads(header.json)["00083010"]["Value"] == [NAMES.uid(UID), NAMES.uid("1.2.3")]
    assert value(header, "SOPClassUID") == "1.2.840.10008.5.1.4.1.1.1"


def test_private_elements_are_removed_and_reported_by_their_block_alone():
    film = pydicom.dcmread(io.BytesIO(drawn_dicom.encoded(FILM)))
    film.private_block(0x0009, WORD, create=True).add_new(1, "LO", WORD)
    film.add_new(0x6B616E61, "LO", WORD)
    header = header_of(written(film, implicit=False))
    assert {"private (0009,10)", "private element"} <= set(header.removed)
    assert not sings(header) and "6b61" not in str(header.removed).lower()


def test_a_sequence_that_the_profile_lists_goes_whole_and_another_is_cleaned_within():
    step, region = Dataset(), Dataset()
    step.RequestedProcedureID = WORD
    region.CodeValue, region.CodingSchemeDesignator, region.CodeMeaning = "T-D3000", "SRT", WORD
    header = cleaned(RequestAttributesSequence=[step], AnatomicRegionSequence=[region])
    assert {"RequestAttributesSequence", "CodeMeaning"} <= set(header.removed)
    assert json.loads(header.json)["00082218"]["Value"] == [
        {"00080100": {"Value": ["T-D3000"], "vr": "SH"}, "00080102": {"Value": ["SRT"], "vr": "SH"}}
    ]


def test_a_sequence_nested_without_end_is_cut_off():
    inner = Dataset()
    inner.KVP = "80"
    for _ in range(30):
        outer = Dataset()
        outer.ViewCodeSequence = [inner]
        inner = outer
    header = cleaned(ViewCodeSequence=[inner])
    assert "ViewCodeSequence" in header.removed and "00180060" not in header.json


def test_an_empty_element_is_neither_stored_nor_reported():
    header = cleaned(PatientName="", PatientID=" ", ReferringPhysicianName="", StudyDate="")
    assert header.removed == ("SOPInstanceUID",)
    assert "00100010" not in header.json


def test_the_statement_of_an_earlier_cleaning_is_replaced():
    header = cleaned(PatientIdentityRemoved="NO", DeidentificationMethod=WORD)
    assert value(header, "PatientIdentityRemoved") == "YES" and not sings(header)


def test_every_kept_word_has_an_element_that_the_profile_leaves_alone_but_sex():
    tags = {keyword: tag_for_keyword(keyword) for keyword in headervocabulary.KEPT}
    assert headervocabulary.KEPT.keys() <= keyword_dict.keys()
    listed = {keyword for keyword, tag in tags.items() if (tag >> 16, tag & 0xFFFF) in headercleaning.profile()}
    assert listed == {"PatientSex"}
    for keyword, words in headervocabulary.KEPT.items():
        assert all(headervocabulary.word(keyword, word.lower()) == word for word in words)


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
