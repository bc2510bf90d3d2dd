"""The findings a classifier tells apart, as a value that travels with cohorts and bundles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from radiographs import spelling
from radiographs.errors import InvalidFindings

PACKAGED = Path(__file__).with_name("findings.yaml")


@dataclass(frozen=True)
class Findings:
    """The ordered findings; position is the index of a score everywhere.

    Attributes:
        names: at least two different names.
        guarded: the finding whose sensitivity and specificity the release rule guards.
        synonyms: other spellings, lower-cased, to a name.
    """

    names: tuple[str, ...]
    guarded: str
    synonyms: dict[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) != len(self.names):
            raise InvalidFindings(f"expected at least two different findings, got {list(self.names)}")
        strangers = {self.guarded, *self.synonyms.values()} - set(self.names)
        if strangers:
            raise InvalidFindings(f"guarded and synonyms must name one of {list(self.names)}, got {sorted(strangers)}")

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """Position of an exact name; ValueError for a stranger."""
        return self.names.index(name)

    def recognise(self, word: str) -> str | None:
        """The finding that a word from a table or folder stands for, or None; capitals, accents and signs are free."""
        return word if word in self.names else self._by_spelling.get(spelling.folded(word))

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        """Names by each of their spellings; a name goes before another's synonym, and one said of two is nobody's."""
        said = [spelling.folded(name) for name in self.names]
        names = {word: name for word, name in zip(said, self.names, strict=True) if said.count(word) == 1}
        return {spelling.folded(word): name for word, name in self.synonyms.items()} | names

    def as_yaml(self) -> str:
        """The text to store beside a cohort or in a bundle; `read` gives the same value back."""
        content = {"findings": list(self.names), "guarded": self.guarded, "synonyms": dict(self.synonyms)}
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def read(path: Path = PACKAGED) -> Findings:
    """Reads a findings file.

    Raises:
        InvalidFindings: the file is missing, is not YAML of that shape, or contradicts itself.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Findings(
            names=tuple(content["findings"]),
            guarded=content["guarded"],
            synonyms={str(word).lower(): name for word, name in (content.get("synonyms") or {}).items()},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise InvalidFindings(f"{path}: expected the keys findings and guarded ({error})") from error
