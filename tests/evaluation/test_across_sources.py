"""What is said of a source that was left out, and when nothing can be."""

from __future__ import annotations

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, scores_of

from radiographs.evaluation import across_sources
from radiographs.evaluation.across_sources import NO_FIT, NOTHING_BESIDE, NOWHERE_ELSE, TOO_FEW, Answers, Claim

NAMES = FINDINGS.names
PLAN = {"large": {0: 60, 2: 60}, "single": {3: 40}, "mixed": {0: 30, 1: 9, 2: 30}, "alone": {1: 20, 2: 20}}


def claims(plan: dict[str, dict[int, int]] = PLAN, unfit: str = "") -> dict[tuple[str, str], Claim]:
    rows = [(source, finding) for source, held in plan.items() for finding, n in held.items() for _ in range(n)]
    truth, sources = np.array([finding for _, finding in rows]), [source for source, _ in rows]
    seen, unseen = scores_of(truth, 0.8), scores_of(truth, 0.3, seed=1)
    unseen[np.array(sources) == unfit] = np.nan
    answers = Answers(unseen, seen, truth, alone(len(truth)), sources)
    return {(claim.source, claim.finding): claim for claim in across_sources.judge(answers, FINDINGS, seed=0)}


def test_a_finding_that_several_sources_hold_among_others_has_its_claim() -> None:
    claim = claims()["large", NAMES[0]]
    assert claim.why == "" and claim.n == 60
    assert claim.seen is not None and claim.unseen is not None and claim.sensitivity is not None
    assert claim.seen.estimate > claim.unseen.estimate > 0.5
    assert claim.sensitivity.n == 60 and claim.unseen.n == 120


def test_the_area_is_that_within_the_source() -> None:
    from sklearn.metrics import roc_auc_score

    rows = [(source, finding) for source, held in PLAN.items() for finding, n in held.items() for _ in range(n)]
    truth = np.array([finding for _, finding in rows])
    inside = np.array([source == "mixed" for source, _ in rows])
    unseen = scores_of(truth, 0.3, seed=1)
    claim = claims()["mixed", NAMES[2]]
    assert claim.unseen is not None
    assert claim.unseen.estimate == pytest.approx(roc_auc_score(truth[inside] == 2, unseen[inside, 2]))


@pytest.mark.parametrize(
    ("source", "finding", "why"),
    [
        ("single", 3, NOWHERE_ELSE),
        ("mixed", 1, TOO_FEW),
        ("mixed", 0, ""),
    ],
)
def test_where_no_claim_can_be_made_it_says_why(source: str, finding: int, why: str) -> None:
    claim = claims()[source, NAMES[finding]]
    assert claim.why == why
    assert (claim.unseen is None) == bool(why)
    assert all(cell or place == 6 for place, cell in enumerate(claim.as_row()))


def test_a_source_of_one_finding_has_a_sensitivity_and_no_area() -> None:
    plan = PLAN | {"single": {2: 40}}
    claim = claims(plan)["single", NAMES[2]]
    assert claim.why == NOTHING_BESIDE and claim.unseen is None
    assert claim.sensitivity is not None and claim.sensitivity.n == 40


def test_one_more_film_makes_a_claim_possible() -> None:
    plan = PLAN | {"mixed": {0: 30, 1: 10, 2: 30}}
    assert claims(plan)["mixed", NAMES[1]].why == ""


def test_where_the_others_were_too_little_to_fit_on_nothing_is_said() -> None:
    claim = claims(unfit="large")["large", NAMES[0]]
    assert (claim.why, claim.seen, claim.unseen, claim.sensitivity) == (NO_FIT, None, None, None)


def test_the_largest_source_comes_first_and_only_findings_that_it_holds() -> None:
    assert list(claims())[:3] == [("large", NAMES[0]), ("large", NAMES[2]), ("mixed", NAMES[0])]
    assert len(claims()) == sum(len(held) for held in PLAN.values())
    assert C == 4
