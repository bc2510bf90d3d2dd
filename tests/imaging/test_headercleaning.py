"""Each element of a header is kept, renamed, moved in time or removed as its kind asks for."""

from __future__ import annotations

import io
import json

import drawn_dicom
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from named_headers import DAY, FILM, NAMES, UID, WORD, cleaned, header_of, read_as_told, sings, value, written
from pydicom import config
from pydicom.datadict import keyword_dict, tag_for_keyword
from pydicom.dataset import Dataset

from radiographs.imaging import decode, headercleaning, headervocabulary


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
