"""Header facts come tidied, and a broken element costs a fact and not the film."""

from __future__ import annotations

import drawn_dicom
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from radiographs.imaging import decode, headerwords
from radiographs.imaging.filefacts import FileFacts

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 5), 0, 255).astype(np.uint8)


def facts(**elements: object) -> FileFacts:
    """The facts of a film with these elements in its header."""
    return decode.decode_bytes(drawn_dicom.encoded(FILM, **elements), "film.dcm").facts


@pytest.mark.parametrize(
    ("stated", "years"), [("061Y", 61.0), ("45", 45.0), ("006M", 0.5), ("010W", 0.192), ("003D", 0.008), ("", None)]
)
def test_ages_come_in_years(stated, years):
    assert facts(PatientAge=stated).age == years


def test_the_header_s_facts_come_along():
    found = facts(
        PatientID=" p7 ",
        PatientSex="f",
        ViewPosition="AP",
        BodyPartExamined="CHEST",
        Manufacturer="FUJI PHOTO  FILM CO. ",
        AccessionNumber="A-17",
        StudyInstanceUID="1.2.5",
        StudyDate="20200331",
        BurnedInAnnotation="YES",
    )
    assert (found.patient_id, found.sex, found.view_position, found.body_part) == ("p7", "F", "AP", "CHEST")
    assert (found.manufacturer, found.accession, found.study_id) == ("FUJI PHOTO FILM CO.", "A-17", "1.2.5")
    assert (found.study_date, found.burned_in) == ("20200331", "YES")
    assert found.sop_class == "1.2.840.10008.5.1.4.1.1.1"
    assert (found.format, found.bit_depth, found.photometric, found.modality) == ("DICOM", 8, "MONOCHROME2", "CR")
    assert (found.width, found.height) == (30, 40)


def test_what_the_header_leaves_out_is_none():
    found = facts(AccessionNumber="", BurnedInAnnotation="")
    assert (found.manufacturer, found.burned_in, found.accession, found.study_date) == (None, None, None, None)
    assert (found.body_part, found.view_position, found.patient_id, found.study_id) == (None, None, None, None)


@pytest.mark.parametrize(
    ("stated", "tidy"), [("CHEST ", "CHEST"), ("Thorax", "THORAX"), (" port \t chest", "PORT CHEST")]
)
def test_words_are_tidied(stated, tidy):
    assert facts(BodyPartExamined=stated).body_part == tidy


@pytest.mark.parametrize(
    ("stated", "day"),
    [("20200331", "20200331"), ("1995.07.20", "19950720"), ("20200231", None), ("00000000", None), ("2020", None)],
)
def test_only_a_day_that_exists_is_a_study_date(stated, day):
    assert facts(StudyDate=stated).study_date == day


def coded(meaning: str) -> list[Dataset]:
    """A code sequence of one code."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "X", "SRT", meaning
    return [item]


def test_codes_speak_where_the_plain_elements_are_empty():
    found = facts(AnatomicRegionSequence=coded("Chest"), ViewCodeSequence=coded("postero-anterior"), ViewPosition="")
    assert (found.body_part, found.view_position) == ("CHEST", "POSTERO-ANTERIOR")


def test_a_description_gives_its_body_part_and_view_and_nothing_else():
    found = facts(StudyDescription="MODALITYLUT - Teeth of MISS MARPLE", SeriesDescription="view: PA")
    assert (found.body_part, found.view_position) == ("TEETH", "PA")
    assert "MARPLE" not in str(vars(found))


def test_a_stated_body_part_outweighs_a_description():
    assert facts(BodyPartExamined="CHEST", StudyDescription="knee and chest").body_part == "CHEST"
    assert facts(BodyPartExamined="UNKNOWN", StudyDescription="Knee left").body_part == "LEG"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"ViewPosition": ["PA", "AP"]}, {"view_position": "PA"}),
        ({"PatientSex": ["M", "F"]}, {"sex": "M"}),
        ({"Manufacturer": "x" * 5000}, {"manufacturer": None}),
        ({"PatientAge": "old"}, {"age": None}),
        ({"BurnedInAnnotation": "PERHAPS"}, {"burned_in": None}),
    ],
)
def test_odd_elements_are_read_as_far_as_they_go(elements, expected):
    found = facts(**elements)
    assert {name: getattr(found, name) for name in expected} == expected


@given(
    st.sampled_from(
        ["PatientAge", "StudyDate", "ViewPosition", "Manufacturer", "PatientID", "WindowCenter", "Modality"]
    ),
    st.binary(max_size=40),
    st.sampled_from(["OB", "UN", "AS", "CS", "LO", "DS", "IS", "PN", "UI", "US", "FD"]),
)
@settings(max_examples=80, deadline=None)
def test_whatever_bytes_an_element_holds_the_film_is_read(keyword, value, representation):
    data = drawn_dicom.with_raw(drawn_dicom.encoded(FILM), keyword, representation, value)
    assert np.array_equal(decode.decode_bytes(data, "film.dcm").pixels, FILM)


@given(st.text(max_size=60))
def test_words_of_any_text_are_found_without_complaint(text):
    assert headerwords.is_frontal(text) in (True, False, None)
    assert headerwords.is_chest(text) in (True, False, None)
    assert headerwords.part_in(text) is None or headerwords.part_in(text).isupper()
