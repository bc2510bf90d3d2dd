"""A site's own words for findings, as a file that a person writes once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from radiographs import spelling
from radiographs.errors import UnreadableTable
from radiographs.findings import Findings
from radiographs.records import tables
from radiographs.records.columns import Columns

_YAML = (".yaml", ".yml")
_MOST_BYTES = 1 << 20
_COLUMNS = {
    **dict.fromkeys(("word", "localword", "local", "mot", "motlocal", "libelle", "term", "terme"), "word"),
    **dict.fromkeys(("finding", "diagnostic", "resultat"), "finding"),
}


@dataclass(frozen=True)
class Pair:
    """A local word, and the name of the finding that it stands for."""

    word: str
    finding: str


def read(path: Path, findings: Findings) -> Mapping[str, str]:
    """Reads a mapping: YAML lines `word: finding`, or a CSV or XLSX table with the columns word and finding.

    Returns:
        Findings by folded word (`spelling.folded`).

    Raises:
        UnreadableTable: it is broken, names a finding that is not known, or gives one word two findings.
    """
    if not path.is_file():
        raise UnreadableTable(f"{path}: no such mapping; name an existing file")
    pairs = _of_yaml(path) if path.suffix.lower() in _YAML else _of_table(path)
    mapping: dict[str, str] = {}
    for pair in pairs:
        finding, key = findings.recognise(pair.finding), spelling.folded(pair.word)
        if finding is None:
            raise UnreadableTable(
                f"{path}: '{pair.word}' is mapped to '{pair.finding}', which is no finding "
                f"(known: {', '.join(findings.names)}); correct or remove that line"
            )
        if mapping.setdefault(key, finding) != finding:
            raise UnreadableTable(
                f"{path}: '{pair.word}' is mapped to {mapping[key]} and to {finding}; keep one of the two"
            )
    if not mapping or "" in mapping:
        raise UnreadableTable(f"{path}: expected at least one line and a word in each, like `word: finding`")
    return mapping


def _of_yaml(path: Path) -> Sequence[Pair]:
    """Keys and values as they are written: YAML would take `no` for false, and of a key that stands twice keep one."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableTable(f"{path}: weighs more than {_MOST_BYTES >> 20} MiB, so it is no mapping of words")
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(error).split())
        raise UnreadableTable(f"{path}: no YAML in UTF-8 ({what}); write lines like `word: finding`") from error
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableTable(f"{path}: expected lines like `word: finding`")
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            line = key.start_mark.line + 1
            raise UnreadableTable(f"{path}: line {line} maps no single word to a single finding; write `word: finding`")
    return [Pair(key.value, value.value) for key, value in node.value]


def _of_table(path: Path) -> Sequence[Pair]:
    table = tables.read(path, ("word", "finding"), _recognise)
    fault = next((f"line {row.line_number}: {row.fault}" for row in table.rows if row.fault), "")
    if fault:
        raise UnreadableTable(f"{path}: {fault}; correct it")
    return [Pair(row.get("word"), row.get("finding")) for row in table.rows]


def _recognise(header: Sequence[str]) -> Columns:
    names = tuple(_COLUMNS.get(spelling.joined(cell), "") for cell in header)
    twice = next((name for name in names if name and names.count(name) > 1), "")
    return Columns(names, objection=f"two columns can be '{twice}'; remove one of them" if twice else "")
