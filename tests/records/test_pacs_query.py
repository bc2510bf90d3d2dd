"""Words of a person become filters that a PACS understands, or a refusal that helps."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs.errors import InvalidSettings
from radiographs.records.pacs import Query


def test_a_printed_query_names_no_patient() -> None:
    assert "anna" not in repr(Query(filters={"PatientID": "anna-1"}))


def test_words_of_a_person_become_filters() -> None:
    today = date(2026, 3, 31)
    assert Query.of("", today) == Query(("CR", "DX"), "", {}, None)
    assert Query.of("days=30 limit=9", today) == Query(study_date="20260301-", most=9)
    assert Query.of("Modality=dx,cr,DX StudyDate=20260101-20260131") == Query(("DX", "CR"), "20260101-20260131")
    assert Query.of("'PatientID=a b' 00180015=CHEST 00091001=x").filters == {
        "PatientID": "a b",
        "BodyPartExamined": "CHEST",
        "00091001": "x",
    }


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("BodyPart=CHEST", "no such keyword; did you mean .*BodyPartExamined"),
        ("PatientID", "expected key=value"),
        ("=x", "expected key=value"),
        ("days=-3", "whole number from 1"),
        ("limit=0", "whole number from 1"),
        ("StudyDate=yesterday", "a day or days like"),
        ("StudyDate=20261301", "a day or days like"),
        ("StudyDate=2026010120260131", "a day or days like"),
        ("StudyDate=20260131-20260101", "a day or days like"),
        ("StudyDate=-", "a day or days like"),
        ("Modality=,", "codes like CR,DX"),
        ("PatientID='a", "quotation mark"),
    ],
)
def test_words_that_mean_nothing_are_refused(words: str, answer: str) -> None:
    with pytest.raises(InvalidSettings, match=answer):
        Query.of(words)


@given(st.text("aI0129=,-'\\ \n\0é"))
def test_any_words_make_a_query_or_a_refusal(words: str) -> None:
    try:
        assert isinstance(Query.of(words, date(2026, 3, 31)), Query)
    except InvalidSettings as refusal:
        assert "\n" not in str(refusal)


def test_a_day_is_within_the_days_asked_for() -> None:
    assert Query(study_date="20260101-").includes_day("20260101") and not Query(study_date="20260101-").includes_day(
        "20251231"
    )
    assert Query(study_date="-20260101").includes_day("20251231") and not Query(study_date="-20260101").includes_day(
        "20260102"
    )
    assert Query(study_date="20260101").includes_day("20260101") and not Query(study_date="20260101").includes_day(
        "20260102"
    )
    assert Query(study_date="20260101").includes_day("") and Query().includes_day("20260101")
