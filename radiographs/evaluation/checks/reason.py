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
        passed: whether it was met; a figure that is missing never passes, nor does what was not judged.
        words: the sentence that a person reads.
        consequence: what a check that did not pass does to the verdict.
        judged: whether films sufficed to judge; what was not judged has neither passed nor failed.
    """

    check: str
    passed: bool
    words: str
    consequence: Consequence = "none"
    judged: bool = True

    @property
    def audits(self) -> bool:
        """Whether it is a check of the audit for shortcuts."""
        return self.check.startswith("Audit")

    @property
    def label(self) -> str:
        """How the check came out, in a word or two, with what follows where it did not pass."""
        if not self.judged:
            return "Not judged" if self.consequence == "none" else f"Not judged, {self.consequence}"
        return "Passed" if self.passed else self.consequence.capitalize()


def not_judged(check: str, words: str, consequence: Consequence) -> Reason:
    """A check that could not be judged, and what the rule makes of that."""
    return Reason(check, False, words, consequence, judged=False)


def of(check: str, words: str, consequence: Consequence = "none") -> Reason:
    """A check that passed, or what follows where it did not."""
    return Reason(check, consequence == "none", words, consequence)
