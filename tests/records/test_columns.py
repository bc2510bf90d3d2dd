"""Columns are known by many names, in two languages, and never by a guess."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs import spelling
from radiographs.records import columns

EVERY_NAME = sorted(
    (word, name)
    for names in (columns.ENGLISH, columns.FRENCH)
    for name, words in names.items()
    for word in (name, *words)
)
SIDES = {"width": "height", "height": "width"}


def names(*header: str) -> tuple[str, ...]:
    return columns.recognise(header).names


def test_no_name_means_two_columns() -> None:
    meant: dict[str, set[str]] = {}
    for word, name in EVERY_NAME:
        meant.setdefault(spelling.joined(word), set()).add(name)
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}


@given(
    known=st.sampled_from(EVERY_NAME),
    capitals=st.sampled_from((str.upper, str.lower, str.title, str.capitalize)),
    form=st.sampled_from(("NFC", "NFD")),
    between=st.sampled_from((" ", "_", "-", ".", "", "  ")),
    accents=st.booleans(),
)
def test_capitals_accents_and_signs_between_words_do_not_count(known, capitals, form, between, accents) -> None:  # type: ignore[no-untyped-def]
    word, name = known
    if not accents:
        word = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    spelt = unicodedata.normalize(form, capitals(word)).replace(" ", between)
    companion = SIDES.get(name, "note")
    assert names(f" {spelt} ", companion)[0] == name


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ("Chemin", "Résultat", "Hôpital", "IPP", "Incidence", "Âge (ans)", "Sexe", "N° examen", "Date d'examen"),
            ("path", "finding", "source", "patient_id", "view_position", "age", "sex", "accession", "study_date"),
        ),
        (
            ("PatientID", "PatientAge", "PatientSex", "ViewPosition", "StudyInstanceUID", "AccessionNumber"),
            ("patient_id", "age", "sex", "view_position", "study_id", "accession"),
        ),
        (("StudyDate", "PhotometricInterpretation", "SamplesPerPixel"), ("study_date", "mode", "channels")),
        (("FILE NAME", "FORMAT", "SIZE", "URL"), ("path", "format", "size", "")),
        (
            ("Image Index", "Finding Labels", "Follow-up #", "Patient ID", "OriginalImage[Width", "Height]"),
            ("path", "finding", "", "patient_id", "", ""),
        ),
        (("patientid", "offset", "sex", "age", "finding", "view", "modality", "date", "filename"),
         ("patient_id", "offset_days", "sex", "age", "finding", "view_position", "", "study_date", "path")),
        (("path", "source_label", "age (months)", "lung_mask_kind"), ("path", "", "", "")),
        (("path", "Rows", "Columns"), ("path", "height", "width")),
    ],
)  # fmt: skip
def test_headers_of_real_tables_are_understood(header: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert names(*header) == expected


def test_our_own_name_goes_before_another_that_could_mean_the_same() -> None:
    assert names("image", "path", "label", "finding") == ("", "path", "", "finding")


def test_two_names_for_one_column_are_an_objection_that_names_both() -> None:
    told = columns.recognise(("path", "Patient", "MRN")).objection
    assert told == "'patient' and 'mrn' can both be the column 'patient_id'; rename the one that is right 'patient_id'"


def test_a_name_that_stands_twice_is_an_objection_and_empty_ones_are_not() -> None:
    assert "'note' stands twice" in columns.recognise(("path", "note", "Note")).objection
    assert columns.recognise(("path", "", "")).objection == ""


def test_a_height_alone_may_be_the_patients() -> None:
    assert names("path", "height") == ("path", "")
    assert names("path", "height", "width") == ("path", "height", "width")


@pytest.mark.parametrize(
    ("header", "french"),
    [
        (("path", "sexe"), True),
        (("path", "âge"), True),
        (("path", "age", "date"), False),
        (("path", "remarque française"), False),
    ],
)
def test_a_header_is_french_by_its_known_columns(header: tuple[str, ...], french: bool) -> None:
    assert columns.recognise(header).french is french
