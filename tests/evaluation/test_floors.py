"""What a rule that cannot read films reaches: all where a source tells the finding, nothing where nothing tells."""

from __future__ import annotations

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, scores_of, truth_of

from radiographs.errors import InvalidScores
from radiographs.evaluation import floors
from radiographs.evaluation.floors import Floor, Seen


def seen(n: int, tells: str = "", seed: int = 0) -> Seen:
    """Films of which one thing, or nothing, tells the finding."""
    random, truth = np.random.default_rng(seed), truth_of(n)
    noise = random.permutation(truth)
    sources = [f"source {finding}" for finding in (truth if tells == "source" else noise)]
    views = ["PA" if finding % 2 else "" for finding in (truth if tells == "view" else noise)]
    ages = np.where(truth == 3, 5.0, 60.0) if tells == "age" else random.uniform(0, 90, n)
    ages[random.random(n) < 0.2] = np.nan
    films = random.random((n, floors.THUMBNAIL_PX**2)).astype(np.float32)
    if tells == "thumbnail":
        films[np.arange(n), truth] += 2
    numbers = np.column_stack([ages, np.full(n, 512.0), np.full(n, 512.0)])
    return Seen(truth, alone(n), np.array([sources, views, ["M"] * n]).T, numbers, films)


def found(tells: str, scores: np.ndarray | None = None, n: int = 400) -> dict[str, Floor]:
    judged = seen(n // 2, tells, seed=1)
    model = scores_of(judged.truth, 0.5) if scores is None else scores
    computed = floors.compute(model, seen(n, tells), judged, findings=FINDINGS, seed=0)
    return {floor.name: floor for floor in computed}


def balanced(floor: Floor) -> float:
    assert floor.balanced_accuracy is not None
    return floor.balanced_accuracy.estimate


def test_where_nothing_tells_every_rule_is_at_chance_and_a_model_that_sees_leads() -> None:
    for floor in found("").values():
        assert abs(balanced(floor) - 1 / C) < 0.1, floor.name
        assert floor.lead is not None and floor.lead.low > 0.2
        assert floor.n == 200


@pytest.mark.parametrize(
    ("tells", "knowing", "blind"),
    [
        ("source", {"source", "metadata"}, {"majority", "thumbnail"}),
        ("thumbnail", {"thumbnail"}, {"majority", "source", "metadata"}),
    ],
)
def test_what_tells_the_finding_is_found_by_the_rules_that_see_it(tells: str, knowing: set, blind: set) -> None:
    of = found(tells)
    assert all(balanced(of[name]) > 0.95 for name in knowing)
    assert all(balanced(of[name]) < 0.4 for name in blind)
    assert floors.best(tuple(of.values())) in [of[name] for name in knowing]


@pytest.mark.parametrize(("tells", "least"), [("view", 0.45), ("age", 0.4)])
def test_metadata_beside_the_source_is_used(tells: str, least: float) -> None:
    of = found(tells)
    assert balanced(of["metadata"]) > least > balanced(of["source"])


def test_a_model_that_only_knows_the_source_does_not_lead() -> None:
    judged = seen(200, "source", seed=1)
    cheat = np.eye(C)[[int(name[-1]) for name in judged.categories[:, 0]]]
    lead = found("source", cheat)["source"].lead
    assert lead is not None and lead.estimate == 0 and lead.low <= 0 <= lead.high


def test_a_source_that_train_does_not_know_is_answered_by_the_shares_of_all() -> None:
    train, judged = seen(400, "source"), seen(200, "source", seed=1)
    judged.categories[:, 0] = "another hospital"
    by_source = floors.compute(scores_of(judged.truth, 0.5), train, judged, findings=FINDINGS, seed=0)[1]
    assert by_source.name == "source" and balanced(by_source) == 1 / C


def test_common_findings_do_not_hide_what_a_source_tells_of_a_rare_one() -> None:
    """A rare finding is never the likeliest in its source, yet its source raises it: balanced accuracy sees that."""
    truth = np.array([0] * 300 + [1] * 30 + [2] * 30 + [3] * 30)
    sources = np.array(["a"] * 250 + ["b"] * 50 + ["b"] * 25 + ["a"] * 5 + ["a"] * 60)
    films = Seen(
        truth, alone(390), np.stack([sources, sources], axis=1), np.zeros((390, 1)), np.zeros((390, 256), np.float32)
    )
    by_source = floors.compute(scores_of(truth, 0.5), films, films, findings=FINDINGS, seed=0)[1]
    assert by_source.accuracy is not None
    assert by_source.accuracy.estimate == pytest.approx(300 / 390)
    assert balanced(by_source) > 0.4


def test_a_finding_that_train_lacks_is_refused_by_name() -> None:
    train = seen(400)
    train.truth[train.truth == 2] = 1
    with pytest.raises(InvalidScores, match=FINDINGS.names[2]):
        floors.compute(scores_of(truth_of(200), 0.5), train, seen(200), findings=FINDINGS, seed=0)


def test_the_same_seed_gives_the_same_floors_and_json_keeps_them() -> None:
    one, again = found("view"), found("view")
    assert one == again
    assert {name: Floor.from_dict(floor.as_dict()) for name, floor in one.items()} == one
    assert all(len(floor.as_row()) == len(floors.HEADINGS) for floor in one.values())
