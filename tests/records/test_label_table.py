"""A table of findings is used where it says one thing of somebody, and each line that it is not is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs.errors import UnreadableTable
from radiographs.records import label_table
from radiographs.records.label_table import LabelTable

from .films import FINDINGS


def read(folder: Path, text: str, mapping: dict[str, str] | None = None, source: str | None = "north") -> LabelTable:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return label_table.read(path, FINDINGS, mapping or {}, source=source)


def test_each_row_gives_a_finding_to_those_that_its_ids_name(tmp_path: Path) -> None:
    table = read(
        tmp_path, "IPP;N° examen;StudyInstanceUID;Diagnostic\np1;;;covid-19\n;a2;;Normal\np3;a3;1.2.3;Normal\n"
    )
    told = [(row.patient_id, row.accession, row.study_id, row.finding, row.word, row.source) for row in table.rows]
    assert told == [
        ("p1", None, None, "COVID", "covid-19", "north"),
        (None, "a2", None, "Normal", "Normal", "north"),
        ("p3", "a3", "1.2.3", "Normal", "Normal", "north"),
    ]
    assert [row.line_number for row in table.rows] == [2, 3, 4]
    assert (table.unmapped, table.unusable) == ((), ())


def test_a_sites_own_words_go_before_ours_whatever_their_spelling(tmp_path: Path) -> None:
    mapping = {"pneumopathie virale": "Viral Pneumonia", "normal": "Lung_Opacity"}
    table = read(tmp_path, "patient,finding\np1,Pneumopathie VIRALE\np2,Normal\n", mapping)
    assert [row.finding for row in table.rows] == ["Viral Pneumonia", "Lung_Opacity"]


def test_unmapped_words_are_counted_the_most_frequent_first(tmp_path: Path) -> None:
    words = ("Fracture", "Asthme", "Fracture", "Normal", "Fracture")
    table = read(tmp_path, "patient,finding\n" + "".join(f"p{at},{word}\n" for at, word in enumerate(words)))
    assert table.unmapped == (("Fracture", 3), ("Asthme", 1))
    assert len(table.rows) == 1


def test_lines_that_cannot_be_used_are_told_with_their_reason(tmp_path: Path) -> None:
    table = read(
        tmp_path, "patient,finding,source\n,Normal,north\np2,,north\np3,Normal,\np4,COVID,north,more\n", source=None
    )
    reasons = dict(table.unusable)
    assert table.rows == () and list(reasons) == [2, 3, 4, 5]
    assert "names no patient" in reasons[2] and "no finding is given" in reasons[3]
    assert "names no source" in reasons[4] and "5 cells" not in reasons[5] and "4 cells" in reasons[5]


def test_one_study_with_two_findings_is_used_by_neither_line_and_nobody_is_named(tmp_path: Path) -> None:
    table = read(tmp_path, "study,patient,finding\ns1,p1,COVID\ns2,p1,Normal\ns1,p1,Normal\n")
    assert [row.study_id for row in table.rows] == ["s2"]
    assert table.unusable == tuple(
        (number, "its study_id is given two findings: COVID in line 2 and Normal in line 4") for number in (2, 4)
    )


def test_a_patient_as_a_whole_is_contradicted_by_a_study_of_his(tmp_path: Path) -> None:
    table = read(tmp_path, "study,patient,finding\n,p1,COVID\ns2,p1,Normal\n,p2,Normal\ns3,p2,Normal\n")
    assert [line for line, _ in table.unusable] == [2, 3]
    assert [row.line_number for row in table.rows] == [4, 5]


def test_the_same_id_at_two_sources_is_two_patients(tmp_path: Path) -> None:
    table = read(tmp_path, "patient,finding,source\np1,COVID,north\np1,Normal,south\n")
    assert [(row.source, row.finding) for row in table.rows] == [("north", "COVID"), ("south", "Normal")]


def test_a_statement_that_stands_twice_counts_once(tmp_path: Path) -> None:
    table = read(tmp_path, "patient,finding\np1,COVID\np1,Covid-19\np2,Normal\n")
    assert [row.line_number for row in table.rows] == [2, 4]


def test_ids_do_not_stand_in_the_printed_form(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "patient,study,accession,finding\nDupont,12.34,A99,COVID\n").rows
    assert not any(name in repr(row) for name in ("Dupont", "12.34", "A99"))


@pytest.mark.parametrize(
    ("text", "source", "words"),
    [
        ("patient,note\np1,x\n", "north", "lacks the column 'finding'"),
        ("finding,note\nCOVID,x\n", "north", "tells whose finding it is; add one of patient_id, accession, study_id"),
        ("patient,finding\np1,COVID\n", None, "add the column 'source', or name it with --source"),
    ],
)
def test_a_table_that_can_label_nobody_is_refused(tmp_path: Path, text: str, source: str | None, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words):
        read(tmp_path, text, source=source)
