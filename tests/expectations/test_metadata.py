"""The metadata suite names each fault of a row in words, and no fault that is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from expectations import metadata
from expectations.metadata import VIEW_POSITIONS, metadata_suite
from radiographs import findings
from radiographs.errors import UnreadableTable
from radiographs.findings import Findings
from radiographs.records import viewwords

FINDINGS = findings.read()
BIRDS = Findings(names=("Crow", "Wren"), guarded="Crow")
SILENT = {
    "header_objection": None, "offset_days": None, "study_date": None, "study_patients": None,
    "accession_patients": None, "stated_size": None, "real_size": None, "stated_format": None, "format": "PNG",
    "stated_channels": None, "channels": 1.0,
}  # fmt: skip
FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"problem": "x.png: truncated"}, "x.png: truncated"),
    ({"age": 430.0}, "age must lie between 0 and 120 years, got 430"),
    ({"age": -1.0}, "age must lie between 0 and 120 years, got -1"),
    ({"sex": "banana"}, "sex must be M, F or O, or left empty, got banana"),
    ({"source": None}, "a row must name its source, got nothing"),
    ({"radiograph_id": None}, "the film has no decoded pixels"),
    ({"view_position": "Axial"}, "view position must be one of a chest film (PA, AP, lateral …), got Axial"),
    ({"view_position": "Lateral"}, "not a frontal view: PA or AP is expected, got Lateral"),
    ({"offset_days": 1e6}, "offset_days must lie within a life, got 1e+06"),
    ({"study_date": "2020-03-04"}, "a study date must be a day as YYYYMMDD, got 2020-03-04"),
    ({"study_date": "20201332"}, "a study date must be a day as YYYYMMDD, got 20201332"),
    ({"study_patients": 2.0}, "one study must be of one patient, got 2 in this batch"),
    ({"accession_patients": 3.0}, "one accession number must be of one patient, got 3 in this batch"),
    (
        {"stated_size": "512 x 512", "real_size": "224 x 224"},
        "the table says 512 x 512 where the file is 224 x 224",
    ),
    ({"stated_format": "DICOM"}, "the table says DICOM where the file is PNG"),
    ({"stated_channels": 3.0}, "the table says 3 channels where the file has 1"),
)


@pytest.fixture
def failing(failing: Callable[..., dict[int, list[str]]]) -> Callable[..., dict[int, list[str]]]:
    """The shared fixture with the columns of this suite, on which a table is mostly silent."""

    def hold(suite: Any, *changes: dict[str, Any], without: str = "") -> dict[int, list[str]]:
        return failing(suite, *({**SILENT, **change} for change in changes), without=without)

    return hold


def test_a_row_that_says_all_it_should_passes(failing):
    assert failing(metadata_suite(FINDINGS), {}, {"sex": None, "age": None, "view_position": None}) == {}


def test_the_suite_tells_its_version():
    assert metadata_suite(FINDINGS).meta["version"] == metadata.SUITE_VERSION == 2


def test_each_fault_is_told_as_the_rule_and_what_came(failing):
    told = failing(metadata_suite(FINDINGS), {}, *(change for change, _ in FAULTS), {})
    assert told == {row: [reason] for row, (_, reason) in enumerate(FAULTS, 1)}


def test_statements_that_fit_their_film_pass(failing):
    true = {"stated_size": "512 x 400", "real_size": "512 x 400", "stated_format": "PNG", "stated_channels": 1.0}
    known = {"study_date": "20200304", "study_patients": 1.0, "accession_patients": 0.0, "offset_days": -4.0}
    assert failing(metadata_suite(FINDINGS), true, known) == {}


def test_a_film_without_any_word_for_a_finding_is_unlabelled_and_passes(failing):
    assert failing(metadata_suite(FINDINGS), {"finding": None, "finding_word": None}, {}) == {}


def test_a_batch_without_a_single_finding_passes(failing):
    unlabelled = {"finding": None, "finding_word": None}
    assert failing(metadata_suite(FINDINGS), unlabelled, unlabelled) == {}


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
    lying = {"view_position": "L", "stated_size": "1 x 1", "real_size": "2 x 2", "study_patients": 2.0}
    assert failing(metadata_suite(FINDINGS), {**broken, **lying}) == {0: ["x.png: no such file"]}


def test_faults_come_in_order_of_importance(failing):
    told = failing(metadata_suite(FINDINGS), {"sex": "x", "age": 200.0, "finding": None, "finding_word": "Flu"})
    assert [text.split()[0] for text in told[0]] == ["unknown", "age", "sex"]


def test_the_views_of_a_chest_film_are_known_in_any_case_and_only_frontal_ones_pass(failing):
    views = [*VIEW_POSITIONS, "pa", "ap supine", "LATERAL", "XPA", "PA of a hand"]
    told = failing(metadata_suite(FINDINGS), *({"view_position": view} for view in views))
    unknown = [views[row] for row, texts in told.items() if "must be one of a chest film" in texts[0]]
    lateral = [views[row] for row, texts in told.items() if "not a frontal view" in texts[0]]
    assert unknown == ["XPA", "PA of a hand"]
    assert lateral == [*viewwords.OTHER, "LATERAL"]


def test_a_film_that_its_header_rules_out_is_not_told_its_view_twice(failing):
    lateral = {"view_position": "LATERAL", "header_objection": "its header says view LATERAL"}
    assert failing(metadata_suite(FINDINGS), lateral) == {0: ["its header says view LATERAL"]}


@pytest.mark.parametrize(
    "column",
    ["problem", "finding", "source", "view_position", "header_objection", "study_date", "stated_size", "channels"],
)
def test_a_missing_column_is_an_error_and_never_a_pass(failing, column):
    with pytest.raises(UnreadableTable, match=f"'{column}'|could not be evaluated"):
        failing(metadata_suite(FINDINGS), {}, without=column)


# The columns that are compared


def rows(*changes: dict[str, Any]) -> Any:
    import pandas as pd

    empty = dict.fromkeys(("study_id", "accession", "patient_id", "stated_width", "stated_height", "stated_channels"))
    real = {"width": 224.0, "height": 200.0, "channels": "1"}
    return metadata.with_statements(pd.DataFrame([{**empty, **real, **change} for change in changes]))


def test_sizes_are_put_into_words_where_both_sides_are_stated():
    table = rows({"stated_width": "512", "stated_height": "256"}, {"stated_width": "512"}, {})
    assert table["stated_size"].fillna("").tolist() == ["512 x 256", "", ""]
    assert table["real_size"].fillna("").tolist() == ["224 x 200", "", ""]


def test_channels_become_numbers_however_they_came():
    table = rows({"stated_channels": "3", "channels": "1"}, {"stated_channels": 3.0, "channels": 3})
    assert (table["stated_channels"] == table["channels"]).tolist() == [False, True]


def test_the_patients_of_a_study_are_counted_and_unknown_ones_are_none():
    table = rows(
        {"study_id": "s1", "patient_id": "p1", "accession": "a"},
        {"study_id": "s1", "patient_id": "p2"},
        {"study_id": "s2", "patient_id": "p1", "accession": "a"},
        {"study_id": "s2"},
        {"patient_id": "p3"},
    )
    assert table["study_patients"].fillna(-1).tolist() == [2, 2, 1, 1, -1]
    assert table["accession_patients"].fillna(-1).tolist() == [1, -1, 1, -1, -1]


def test_a_table_without_the_columns_is_left_to_the_suite():
    import pandas as pd

    assert list(metadata.with_statements(pd.DataFrame({"width": [1]}))) == ["width"]
