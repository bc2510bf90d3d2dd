"""The metadata suite names each fault of a row in words, and no fault that is not there."""

from __future__ import annotations

import pytest

from expectations.metadata import VIEW_POSITIONS, metadata_suite
from radiographs import findings
from radiographs.errors import UnreadableTable
from radiographs.findings import Findings

FINDINGS = findings.read()
BIRDS = Findings(names=("Crow", "Wren"), guarded="Crow")


def test_a_row_that_says_all_it_should_passes(failing):
    assert failing(metadata_suite(FINDINGS), {}, {"sex": None, "age": None, "view_position": None}) == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"problem": "x.png: truncated"}, "x.png: truncated"),
        ({"age": 430.0}, "age must lie between 0 and 120 years, got 430"),
        ({"age": -1.0}, "age must lie between 0 and 120 years, got -1"),
        ({"sex": "banana"}, "sex must be M, F or O, or left empty, got banana"),
        ({"source": None}, "a row must name its source, got nothing"),
        ({"radiograph_id": None}, "the film has no decoded pixels"),
        ({"view_position": "Axial"}, "view position must be one of a chest film (PA, AP, lateral …), got Axial"),
    ],
)
def test_a_fault_is_told_as_the_rule_and_what_came(failing, change, reason):
    assert failing(metadata_suite(FINDINGS), {}, change, {}) == {1: [reason]}


def test_the_word_of_an_unrecognised_finding_is_named_with_the_known_ones(failing):
    told = failing(metadata_suite(BIRDS), {"finding": "Crow"}, {"finding": None, "finding_word": "Magpie"})
    assert told == {1: ["unknown finding 'Magpie' (known: Crow, Wren)"]}


def test_a_finding_of_another_vocabulary_is_refused(failing):
    told = failing(metadata_suite(BIRDS), {"finding": "Wren"}, {"finding": "COVID"})
    assert told == {1: ["unknown finding 'COVID' (known: Crow, Wren)"]}


def test_a_name_that_stands_twice_is_told_on_both_rows(failing):
    told = failing(metadata_suite(FINDINGS), {"name": "a.png"}, {"name": "b.png"}, {"name": "a.png"})
    reason = "a name must stand once in a batch, got a.png again"
    assert told == {0: [reason], 2: [reason]}


def test_a_row_with_a_problem_gets_no_second_reason(failing):
    broken = {"problem": "x.png: no such file", "finding": None, "age": 430.0, "source": None, "radiograph_id": None}
    assert failing(metadata_suite(FINDINGS), broken) == {0: ["x.png: no such file"]}


def test_faults_come_in_order_of_importance(failing):
    told = failing(metadata_suite(FINDINGS), {"sex": "x", "age": 200.0, "finding": None, "finding_word": "Flu"})
    assert [text.split()[0] for text in told[0]] == ["unknown", "age", "sex"]


def test_the_views_of_a_chest_film_are_known_in_any_case(failing):
    views = [*VIEW_POSITIONS, "pa", "ap supine", "LATERAL", "XPA", "PA of a hand"]
    told = failing(metadata_suite(FINDINGS), *({"view_position": view} for view in views))
    assert [views[row] for row in told] == ["XPA", "PA of a hand"]


@pytest.mark.parametrize("column", ["problem", "finding", "source", "age", "sex", "view_position", "radiograph_id"])
def test_a_missing_column_is_an_error_and_never_a_pass(failing, column):
    with pytest.raises(UnreadableTable, match=f"'{column}'"):
        failing(metadata_suite(FINDINGS), {}, without=column)
