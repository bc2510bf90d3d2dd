"""One check with its outcome: what a verdict is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Consequence = Literal["none", "warns", "holds", "rejects"]


@dataclass(frozen=True)
class Reason:
    """One check of the rule.

    Attributes:
        check: its short name.
        passed: whether it was met; a figure that is missing never passes.
        words: the sentence that a person reads.
        consequence: what a check that did not pass does to the verdict.
    """

    check: str
    passed: bool
    words: str
    consequence: Consequence = "none"


def of(check: str, words: str, consequence: Consequence = "none") -> Reason:
    """A check that passed, or what follows where it did not."""
    return Reason(check, consequence == "none", words, consequence)
