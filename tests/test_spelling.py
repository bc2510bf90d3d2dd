"""Words are one word where people write them differently, and two where they mean two things."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from radiographs import spelling
from radiographs.findings import Findings


@given(st.text(max_size=20))
def test_folding_is_done_once_for_all(text: str) -> None:
    once = spelling.folded(text)
    assert spelling.folded(once) == once == once.strip()
    assert spelling.folded(unicodedata.normalize("NFD", text)) == spelling.folded(unicodedata.normalize("NFC", text))


def test_accents_capitals_and_signs_between_words_are_folded_and_others_kept() -> None:
    assert spelling.folded(" Numéro  d'Examen_(n°) ") == "numero d examen n"
    assert spelling.joined("Patient_ID") == spelling.joined("patient id") == "patientid"
    assert spelling.folded("Height]") == "height]" and spelling.folded("COVID+") != spelling.folded("COVID")


def test_a_finding_is_recognised_however_it_is_spelt() -> None:
    findings = Findings(("COVID", "Lung_Opacity", "Pneumonie à virus"), "COVID", {"covid-19": "COVID"})
    told = [
        findings.recognise(word) for word in ("covid", "Covid 19", "LUNG OPACITY", "lung-opacity", "pneumonie a virus")
    ]
    assert told == ["COVID", "COVID", "Lung_Opacity", "Lung_Opacity", "Pneumonie à virus"]
    assert [findings.recognise(word) for word in ("", "Flu", "COVID+", "no COVID")] == [None] * 4


def test_two_findings_that_differ_in_signs_alone_are_told_by_their_exact_names() -> None:
    findings = Findings(("Type A", "Type_A"), "Type A")
    assert [findings.recognise(word) for word in ("Type A", "Type_A", "type-a")] == ["Type A", "Type_A", None]
