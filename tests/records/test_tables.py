"""Tables are read whatever program and country they come from, and what cannot be read is told by its line."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from radiographs.errors import UnreadableTable
from radiographs.records import tables
from radiographs.records.tables import Table

SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")


def write(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(path: Path) -> Table:
    return tables.read(path, ("path",))


def cells(table: Table, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row.get(column) for column in columns) for row in table.rows]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_every_separator_is_read_in_every_encoding(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = (("Fichier", "Hôpital", "Âge"), ("é.png", "Châlons", "55"))
    path = write(tmp_path, "\r\n".join(separator.join(line) for line in lines), encoding)
    table = read(path)
    assert cells(table, "path", "source", "age") == [("é.png", "Châlons", "55")]
    assert table.french and table.decimal_comma is (separator != ",")


# Cells of one line that reach their file and come back: no control signs, no blanks round them.
CELL = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs")), max_size=12).map(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELL.filter(bool), CELL, CELL), min_size=1, max_size=6),
    separator=st.sampled_from(SEPARATORS),
    encoding=st.sampled_from(ENCODINGS),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    end=st.sampled_from(("\n", "\r\n", "\r")),
)
@example(rows=[("a,b;c.png", '"', "|")], separator=";", encoding="cp1252", quoting=csv.QUOTE_MINIMAL, end="\r\n")
def test_what_a_program_wrote_is_what_is_read(
    tmp_path: Path, rows: list[tuple[str, str, str]], separator: str, encoding: str, quoting: int, end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([("path", "finding", "note"), *rows])
    table = read(write(tmp_path, _encoded(text.getvalue(), encoding)))
    told = [(path, finding) for path, finding in cells(table, "path", "finding")]
    assert table.columns == ("path", "finding")
    assert told == [(path, finding) for path, finding, _ in rows]
    assert not any(row.fault for row in table.rows)


def _encoded(text: str, encoding: str) -> bytes:
    """In UTF-8 where the encoding lacks a sign, or where its bytes happen to be another text in UTF-8."""
    try:
        content = text.encode(encoding)
        assume(encoding not in ("latin-1", "cp1252") or text.isascii() or not _is_utf8(content))
    except UnicodeEncodeError:
        return text.encode("utf-8")
    return content


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda noise: b"path,finding\n" + noise))
def test_any_bytes_are_a_table_or_a_refusal_that_names_the_file(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    try:
        assert read(path).columns
    except UnreadableTable as refusal:
        assert str(refusal).startswith(f"{path}: ")
        assert len(str(refusal).removeprefix(str(path))) < 1000


def test_blank_lines_and_trailing_separators_are_passed_over(tmp_path: Path) -> None:
    table = read(write(tmp_path, "\n;;\npath;finding;;\n\na.png;Normal;;\n ; ;\nb.png;COVID\n"))
    assert cells(table, "path", "finding") == [("a.png", "Normal"), ("b.png", "COVID")]
    assert [row.line_number for row in table.rows] == [5, 7]
    assert not any(row.fault for row in table.rows)


def test_a_row_with_more_cells_than_columns_is_its_own_fault(tmp_path: Path) -> None:
    table = read(write(tmp_path, "path,finding\na.png,Normal,or not\nb.png,COVID\nc.png\n"))
    assert [row.fault for row in table.rows] == ["the row has 3 cells where the table has 2 columns", "", ""]
    assert table.rows[2].get("finding") == ""


def test_the_line_that_excel_puts_first_names_the_separator(tmp_path: Path) -> None:
    table = read(write(tmp_path, "sep=|\r\npath|finding\r\na,b;c.png|Normal\r\n"))
    assert cells(table, "path", "finding") == [("a,b;c.png", "Normal")]
    assert table.rows[0].line_number == 3


def test_a_table_of_one_column_may_hold_any_sign_in_its_cells(tmp_path: Path) -> None:
    assert cells(read(write(tmp_path, "path\na,b.png\nc;d|e.png\n")), "path") == [("a,b.png",), ("c;d|e.png",)]


def test_commas_in_notes_are_not_taken_for_separators(tmp_path: Path) -> None:
    lines = [f"{at}.png;Normal;seen, read, and, as, said, kept" for at in range(9)]
    table = read(write(tmp_path, "\n".join(["path;finding;note, of, anyone", *lines])))
    assert len(table.rows) == 9 and table.columns == ("path", "finding")
    assert table.decimal_comma


def test_a_cell_may_hold_line_ends_quotes_and_separators_in_quotes(tmp_path: Path) -> None:
    table = read(
        write(tmp_path, 'path,finding,note\r\n"a.png","Normal","two\r\nlines, ""quoted"""\r\nb.png,COVID,\r\n')
    )
    assert cells(table, "path", "finding") == [("a.png", "Normal"), ("b.png", "COVID")]
    assert [row.line_number for row in table.rows] == [2, 4]


def test_quotes_that_do_not_match_are_a_fault_of_their_row(tmp_path: Path) -> None:
    table = read(write(tmp_path, 'path,finding\n"a".png,Normal\nb.png,COVID\n'))
    assert "quotes do not match" in table.rows[0].fault and table.rows[1].fault == ""


@pytest.mark.parametrize("after", ["", "x" * 200_000], ids=["to the end", "for long"])
def test_a_quote_that_swallows_rows_is_refused_by_its_line(tmp_path: Path, after: str) -> None:
    path = write(tmp_path, f'path,finding\na.png,"Normal\nb.png,COVID\nc.png,{after}\n')
    with pytest.raises(UnreadableTable, match=r"t\.csv: the quote that is opened in line 2 .*close or double it"):
        read(path)


def test_a_huge_cell_and_a_nul_byte_are_faults_of_their_rows(tmp_path: Path) -> None:
    table = read(write(tmp_path, f"path,finding\na.png,{'x' * 200_000}\nb\x00.png,COVID\nc.png,Normal\n"))
    assert [bool(row.fault) for row in table.rows] == [True, True, False]
    assert "131072 characters" in table.rows[0].fault and "NUL" in table.rows[1].fault
    assert "\x00" not in table.rows[1].get("path")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks the column 'path' \\(it has no column that is known\\)"),
        (b"a.png,DUPONT Jean,19560304\n", "\\(it has no column that is known\\)"),
        (b"\n\n", "lacks the column 'path'"),
        (b"finding,note\nNormal,\n", "lacks the column 'path' \\(it has finding, note\\)"),
        (b"path\x00,finding\na.png,Normal\n", "NUL"),
        ("path,finding\n".encode("utf-16")[:-1], "begins as utf-16"),
        ("path,finding\n".encode("utf-16-le"), "NUL"),
        (b"\xef\xbb\xbfpath,finding\n\xff.png,\n", "begins as utf-8-sig"),
        (b"path,Path,finding\n", "the column 'path' stands twice"),
        (b"label,path,class\n", "'label' and 'class' can both be the column 'finding'; rename the one"),
    ],
)
def test_what_cannot_be_read_as_one_table_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(UnreadableTable, match=words):
        read(write(tmp_path, content))


def test_a_refusal_shows_few_and_short_columns(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read(write(tmp_path, "finding," + ",".join("x" * 500 + str(at) for at in range(399))))
    assert "and 384 more" in str(caught.value) and len(str(caught.value)) < 1500


def test_a_tsv_table_and_capitals_in_the_ending_are_fine(tmp_path: Path) -> None:
    assert cells(read(write(tmp_path, "path\tfinding\na.png\tNormal\n", name="T.TSV")), "path") == [("a.png",)]


def test_a_hundred_thousand_rows_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "path;finding\n" + "".join(f"films/{at}.png;Normal\n" for at in range(100_000)))
    table = read(path)
    assert len(table.rows) == 100_000
    assert table.rows[-1].line_number == 100_001


# Workbooks


def workbook(path: Path, *lines: tuple[object, ...]) -> Path:
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_a_workbook_is_read_and_whole_numbers_lose_their_point(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx", ("Path", "IPP", "Âge", "note"), ("a.png", 12.0, 55.5, None), (), ("b.png", None)
    )
    table = read(path)
    assert cells(table, "path", "patient_id", "age") == [("a.png", "12", "55.5"), ("b.png", "", "")]
    assert [row.line_number for row in table.rows] == [2, 4] and table.decimal_comma


def test_a_workbook_that_states_a_wrong_extent_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ("path", "finding"), ("a.png", "Normal"))
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as true, zipfile.ZipFile(lying, "w") as false:
        for entry in true.infolist():
            data = true.read(entry)
            false.writestr(entry, data.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:A1"'))
    assert cells(read(lying), "path", "finding") == [("a.png", "Normal")]


def test_a_workbook_that_unpacks_to_a_mountain_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables.workbooks, "MOST_UNPACKED_BYTES", 100)
    with pytest.raises(UnreadableTable, match="unpacks to"):
        read(workbook(tmp_path / "t.xlsx", ("path",), ("a.png",)))


@pytest.mark.parametrize("damage", [lambda data: data[:-200], lambda data: b"PK" + data[:300], lambda data: b""])
def test_a_broken_workbook_is_refused_by_name(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    path = workbook(tmp_path / "t.xlsx", ("path",), ("a.png",))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableTable, match=r"t\.xlsx: not a readable XLSX workbook"):
        read(path)
