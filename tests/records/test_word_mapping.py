"""A site's words are read as they are written, and a mapping that contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radiographs import spelling
from radiographs.errors import UnreadableTable
from radiographs.records import label_table

from .films import FINDINGS


def read(folder: Path, text: str, name: str = "words.yaml") -> Mapping[str, str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return label_table.read_mapping(path, FINDINGS)


def test_a_yaml_mapping_gives_findings_by_folded_word(tmp_path: Path) -> None:
    told = read(tmp_path, "# ours\nPneumopathie virale: Viral Pneumonia\nRAS: normal\n'COVID +': COVID\n")
    assert told == {"pneumopathie virale": "Viral Pneumonia", "ras": "Normal", "covid +": "COVID"}


def test_words_that_yaml_takes_for_truth_or_numbers_stay_words(tmp_path: Path) -> None:
    assert read(tmp_path, "no: Normal\nyes: COVID\n1: COVID\n2020-03-04: Normal\nnull: Normal\n") == {
        "no": "Normal", "yes": "COVID", "1": "COVID", "2020 03 04": "Normal", "null": "Normal",
    }  # fmt: skip


@pytest.mark.parametrize("header", ["word,finding", "Mot;Diagnostic", "finding\tlocal word"])
def test_a_csv_mapping_is_read_by_its_columns(tmp_path: Path, header: str) -> None:
    separator = next(sign for sign in ",;\t" if sign in header)
    line = ["RAS", "Normal"] if not header.startswith("finding") else ["Normal", "RAS"]
    assert read(tmp_path, f"{header}\n{separator.join(line)}\n", "words.csv") == {"ras": "Normal"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RAS: Healthy\n", "'RAS' is mapped to 'Healthy', which is no finding \\(known: COVID, .*correct or remove"),
        ("RAS: Normal\nras: COVID\n", "'ras' is mapped to Normal and to COVID; keep one"),
        ("RAS: Normal\nRAS: COVID\n", "'RAS' is mapped to Normal and to COVID"),
        ("", "expected lines like"),
        ("- RAS\n", "expected lines like"),
        ("RAS: [Normal]\n", "line 1 maps no single word"),
        ("'-': Normal\n", "a word in each"),
        ("a: b: c\n", "no YAML"),
        ("RAS: " + "[" * 5000, "no YAML"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_with_the_remedy(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words):
        read(tmp_path, text)


def test_an_absent_mapping_and_a_csv_without_its_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="no such mapping"):
        label_table.read_mapping(tmp_path / "gone.yaml", FINDINGS)
    with pytest.raises(UnreadableTable, match="lacks the column 'word'"):
        read(tmp_path, "code,finding\nRAS,Normal\n", "words.csv")
    with pytest.raises(UnreadableTable, match="two columns can be 'word'"):
        read(tmp_path, "mot,word,finding\nRAS,RAS,Normal\n", "words.csv")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=8).filter(spelling.folded), st.sampled_from(FINDINGS.names), min_size=1))
def test_what_a_program_wrote_as_yaml_is_what_is_read(tmp_path: Path, written: dict[str, str]) -> None:
    import yaml

    folded = {spelling.folded(word): finding for word, finding in written.items()}
    if len(folded) == len(written):
        assert read(tmp_path, yaml.safe_dump(written, allow_unicode=True)) == folded
