"""Findings that come later than their films: a table by patient, accession number or study, and a site's own words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radiographs import spelling
from radiographs.errors import UnreadableTable
from radiographs.findings import Findings
from radiographs.records import tables, word_mapping
from radiographs.records.tables import Row, Table

IDS = ("patient_id", "accession", "study_id")
_SHOWN_LETTERS = 60
read_mapping = word_mapping.read


@dataclass(frozen=True)
class LabelRow:
    """One finding, for the films that its ids name; the ids are the hospital's own, and are never shown.

    Attributes:
        finding: recognised; word is how the table spells it.
        line_number: in the table, from 1.
        source: where the ids are from.
    """

    patient_id: str | None = field(repr=False)
    accession: str | None = field(repr=False)
    study_id: str | None = field(repr=False)
    finding: str
    word: str
    line_number: int
    source: str


@dataclass(frozen=True)
class LabelTable:
    """A table of findings as it can be used.

    Attributes:
        rows: in the table's order, each statement once.
        unmapped: words that stand for no finding, the most frequent first, with their number of rows.
        unusable: line numbers with the reason, which names nobody.
    """

    rows: tuple[LabelRow, ...]
    unmapped: tuple[tuple[str, int], ...] = ()
    unusable: tuple[tuple[int, str], ...] = ()


def read(path: Path, findings: Findings, mapping: Mapping[str, str], *, source: str | None = None) -> LabelTable:
    """Reads a table of findings; one id with two findings is a contradiction, and none of its lines is used.

    Args:
        path: CSV or XLSX with a finding and at least one of patient, accession and study id in each row.
        findings: what the words may stand for.
        mapping: the site's words, as `read_mapping` gives them; they go before our own spellings.
        source: of rows that name none.

    Raises:
        UnreadableTable: the table is broken, or lacks the finding, all ids, or a source that is not given either.
    """
    table = tables.read(path, ("finding",))
    _check(path, table, source)
    known = {spelling.folded(word): finding for word, finding in mapping.items()}
    rows: list[LabelRow] = []
    unmapped: Counter[str] = Counter()
    unusable: dict[int, str] = {}
    for line in table.rows:
        word = line.get("finding")
        finding = known.get(spelling.folded(word)) or findings.recognise(word)
        if fault := _fault(line, word, source):
            unusable[line.line_number] = fault
        elif finding is None:
            unmapped[word[:_SHOWN_LETTERS]] += 1
        else:
            rows.append(_row(line, finding, source))
    unusable |= _contradictions(rows)
    used: dict[tuple[str | None, ...], LabelRow] = {}
    for row in rows:
        if row.line_number not in unusable:
            used.setdefault(_statement(row), row)
    return LabelTable(tuple(used.values()), tuple(unmapped.most_common()), tuple(sorted(unusable.items())))


def _check(path: Path, table: Table, source: str | None) -> None:
    if not set(IDS) & set(table.columns):
        raise UnreadableTable(
            f"{path}: the table lacks a column that tells whose finding it is; add one of {', '.join(IDS)}"
        )
    if not source and "source" not in table.columns:
        raise UnreadableTable(
            f"{path}: nothing says where its patients are from; add the column 'source', or name it with --source"
        )


def _fault(line: Row, word: str, source: str | None) -> str:
    if line.fault:
        return line.fault
    if not word:
        return "no finding is given"
    if not any(line.get(name) for name in IDS):
        return f"it names no patient, accession number or study ({', '.join(IDS)})"
    return "" if line.get("source") or source else "it names no source; fill the column, or name it with --source"


def _row(line: Row, finding: str, source: str | None) -> LabelRow:
    return LabelRow(
        patient_id=line.get("patient_id") or None,
        accession=line.get("accession") or None,
        study_id=line.get("study_id") or None,
        finding=finding,
        word=line.get("finding"),
        line_number=line.line_number,
        source=line.get("source") or source or "",
    )


def _statement(row: LabelRow) -> tuple[str | None, ...]:
    return (row.source, row.patient_id, row.accession, row.study_id, row.finding)


def _contradictions(rows: Sequence[LabelRow]) -> dict[int, str]:
    """Lines of one study, one accession number, or one patient taken as a whole, with different findings."""
    by_id: dict[tuple[str, str, str], list[LabelRow]] = defaultdict(list)
    whole_patients = set()
    for row in rows:
        for name in IDS:
            if value := getattr(row, name):
                by_id[row.source, name, value].append(row)
        if row.patient_id and not (row.accession or row.study_id):
            whole_patients.add((row.source, "patient_id", row.patient_id))
    found: dict[int, str] = {}
    for (source, name, value), group in by_id.items():
        by_finding = {row.finding: row.line_number for row in reversed(group)}
        if len(by_finding) > 1 and (name != "patient_id" or (source, name, value) in whole_patients):
            told = " and ".join(f"{finding} in line {number}" for finding, number in reversed(by_finding.items()))
            found |= {row.line_number: f"its {name} is given two findings: {told}" for row in group}
    return found
