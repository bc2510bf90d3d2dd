"""Decides whether a challenger is promoted, held for a person or rejected, with reasons in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.checks import absolute, against_champion, bundle, reason, scores, shortcuts
from radiographs.evaluation.checks.bundle import Weight
from radiographs.evaluation.checks.reason import Reason
from radiographs.evaluation.comparison import Comparison
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.score_proof import ScoreProof
from radiographs.evaluation.scorecard import Scorecard

Outcome = Literal["promote", "hold", "reject"]


@dataclass(frozen=True)
class Verdict:
    """Whether a model may become champion.

    Attributes:
        outcome: "promote", "hold" (a person decides) or "reject".
        reasons: every check with its words, passed or not, in the order of the rule.
        rule_digest: of the release rule that was applied.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    rule_digest: str

    @property
    def passed(self) -> tuple[Reason, ...]:
        """The checks that were judged and met."""
        return tuple(reason for reason in self.reasons if reason.passed)

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The checks that did not pass, the gravest first; last those that were not judged and have no consequence."""
        order = ("rejects", "holds", "warns", "none")
        return tuple(sorted((r for r in self.reasons if not r.passed), key=lambda r: order.index(r.consequence)))

    @property
    def cautions(self) -> tuple[str, ...]:
        """What kept the rule from promoting by itself, and what the audit warned of, in words.

        An approved model is used in spite of them. A model that nothing held has none.
        """
        held = [reason.words for reason in self.reasons if reason.consequence == "holds"]
        warned = [each.words for each in self.reasons if each.judged and each.consequence == "warns" and each.audits]
        return (*held, *warned) if held else ()

    def to_json(self) -> str:
        """Deterministic JSON text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """The verdict that `to_json` wrote."""
        content = json.loads(text)
        return cls(content["outcome"], tuple(Reason(**each) for each in content["reasons"]), content["rule_digest"])


@dataclass(frozen=True)
class Evidence:
    """All that is known of a challenger when it is judged; what is missing never counts as a pass.

    Attributes:
        scorecard: of the challenger's bundle on held-out films.
        comparison: with the champion on the same films; None when there is none to compare with.
        parity: `logits` and `heatmaps`, largest differences between served graph and trained network.
        verdicts_served: verdicts that these held-out films served before this one.
        scores: what its scores, thresholds and sets are worth on held-out films.
        shortcuts: what the audit found.
        weight: of the bundle, in megabytes and milliseconds.
        champion_trouble: why there is a champion that nothing can be compared with; "" where there is none such.
    """

    scorecard: Scorecard
    comparison: Comparison | None
    parity: Mapping[str, float]
    verdicts_served: int
    scores: ScoreProof | None
    shortcuts: Shortcuts | None
    weight: Weight | None
    champion_trouble: str = ""


def decide(rule: ReleaseRule, evidence: Evidence) -> Verdict:
    """Applies the release rule: absolute criteria always, the comparison where there is a champion."""
    reasons = [
        *absolute.on_scorecard(rule, evidence.scorecard),
        *scores.on_scores(rule, evidence.scores, evidence.scorecard.guarded),
        *shortcuts.on_audit(rule, evidence.shortcuts),
        *absolute.on_parity(rule, evidence.parity),
        *bundle.on_weight(rule, evidence.weight),
        absolute.on_looks(rule, evidence.verdicts_served + 1),
    ]
    if evidence.champion_trouble:
        reasons.append(reason.of("Champion", evidence.champion_trouble, "rejects"))
    if evidence.comparison is not None:
        reasons += against_champion.on_comparison(rule, evidence.comparison)
    done = {each.consequence for each in reasons}
    outcome: Outcome = "reject" if "rejects" in done else "hold" if "holds" in done else "promote"
    return Verdict(outcome, tuple(reasons), rule.digest)
