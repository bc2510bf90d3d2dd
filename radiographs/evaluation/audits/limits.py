"""The limits that the release rule gives to the questions of the audit, and what follows beyond them."""

from __future__ import annotations

from pydantic import model_validator

from radiographs.evaluation.intervals import Interval, decimal
from radiographs.evaluation.rule_section import Failed, Lead, NotJudged, Section, Share

_GRAVITY = ("none", "warns", "holds", "rejects")


class _AuditLimit(Section):
    failed: Failed
    not_judged: NotJudged

    @model_validator(mode="after")
    def _failing_is_graver(self) -> _AuditLimit:
        if _GRAVITY.index(self.not_judged) > _GRAVITY.index(self.failed):
            raise ValueError(f"not_judged ({self.not_judged}) must not be graver than failed ({self.failed})")
        return self


class AtMost(_AuditLimit):
    """A figure of the audit that may not lie above a limit."""

    at_most: Share

    def beyond(self, value: float) -> bool:
        """Whether a number lies on the wrong side."""
        return value > self.at_most

    def proven_beyond(self, figure: Interval) -> bool:
        """Whether the whole interval does."""
        return figure.low > self.at_most

    def in_words(self) -> str:
        """As printed."""
        return decimal(self.at_most, signed=True)


class AtLeast(_AuditLimit):
    """A figure of the audit that may not lie below a limit."""

    at_least: Lead

    def beyond(self, value: float) -> bool:
        """Whether a number lies on the wrong side."""
        return value < self.at_least

    def proven_beyond(self, figure: Interval) -> bool:
        """Whether the whole interval does."""
        return figure.high < self.at_least

    def in_words(self) -> str:
        """As printed."""
        return decimal(self.at_least, signed=True)


class AuditLimits(Section):
    """A limit for each question of the audit, under its name."""

    lungs_hidden: AtMost
    lungs_only: AtLeast
    border_only: AtMost
    border_swapped: AtMost
    greys_swapped: AtMost
    mark_pasted: AtMost
    marks_handled: AtLeast
    tone: AtLeast
    contrast: AtLeast
    reencoded: AtLeast
    mirrored: AtLeast
    turned_left: AtLeast
    turned_right: AtLeast
    source_told: AtMost
    heat_in_lungs: AtLeast
    heat_on_lesion: AtLeast
    weights_shuffled: AtMost
    heat_deleted: AtLeast
    heat_inserted: AtLeast
