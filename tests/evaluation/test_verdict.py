"""For every check of the rule: a case that it stops, and its nearest neighbour that it lets through."""

import dataclasses
import math
import re

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, between, card_of, knowing_nothing, scores_of, truth_of
from made_verdicts import (
    ABSOLUTE,
    AT_MOST,
    BETTER,
    CONTENT,
    LIMIT,
    MARGINS,
    PARITY,
    RULE,
    TINY,
    card_with,
    decide,
    good_audit,
    good_card,
    good_comparison,
    good_scores,
    let_through,
    only_stopped_by,
    the,
)

from radiographs.evaluation import comparison
from radiographs.evaluation.audits.questions import CHECKS
from radiographs.evaluation.checks import shortcuts
from radiographs.evaluation.checks.bundle import Weight
from radiographs.evaluation.comparison import COMPARED, Comparison, PartDifference
from radiographs.evaluation.intervals import Interval
from radiographs.evaluation.release_rule import ReleaseRule
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Reason, Verdict


def test_a_first_champion_is_promoted_on_absolute_criteria_alone() -> None:
    found = decide()
    assert found.outcome == "promote" and all(reason.passed for reason in found.reasons)
    assert not [reason for reason in found.reasons if "champion" in reason.words]


def test_a_challenger_is_asked_for_every_absolute_check_and_every_comparison() -> None:
    first, later = decide(), decide(compared=good_comparison())
    assert later.outcome == "promote"
    extra = {reason.check for reason in later.reasons} - {reason.check for reason in first.reasons}
    assert len(extra) == len(COMPARED) + 1, "and parts, where there are any"
    assert {reason.check for reason in first.reasons} < {reason.check for reason in later.reasons}


def test_nine_films_of_a_finding_hold_and_ten_do_not() -> None:
    def with_films(n: int) -> Scorecard:
        card = good_card()
        return dataclasses.replace(card, findings=(*card.findings[:3], dataclasses.replace(card.findings[3], n=n)))

    only_stopped_by("Films", decide(with_films(9)), "hold")
    assert "Viral Pneumonia (9)" in the("Films", decide(with_films(9))).words
    let_through("Films", decide(with_films(10)))


@pytest.mark.parametrize(("check", "limit"), ABSOLUTE.items())
def test_a_low_end_below_a_limit_holds_and_one_on_it_passes(check: str, limit: float) -> None:
    only_stopped_by(check, decide(card_with(check, between(limit - TINY, 0.9))), "hold")
    let_through(check, decide(card_with(check, between(limit, 0.9))))


@pytest.mark.parametrize(("check", "limit"), ABSOLUTE.items())
def test_an_interval_wholly_below_a_limit_rejects_and_one_that_reaches_it_holds(check: str, limit: float) -> None:
    only_stopped_by(check, decide(card_with(check, between(limit - 0.3, limit - TINY))), "reject")
    only_stopped_by(check, decide(card_with(check, between(limit - 0.3, limit))), "hold")


@pytest.mark.parametrize("check", ABSOLUTE)
def test_a_missing_figure_never_passes(check: str) -> None:
    found = decide(card_with(check, None))
    only_stopped_by(check, found, "hold")
    assert "too few films" in the(check, found).words


@pytest.mark.parametrize(
    ("check", "key", "limit"), [("Logit parity", "logits", 0.01), ("Heatmap parity", "heatmaps", 0.02)]
)
def test_a_graph_beyond_the_parity_limit_rejects_and_one_on_it_passes(check: str, key: str, limit: float) -> None:
    only_stopped_by(check, decide(parity=PARITY | {key: math.nextafter(limit, 1)}), "reject")
    let_through(check, decide(parity=PARITY | {key: limit}))


@pytest.mark.parametrize(("check", "key"), [("Logit parity", "logits"), ("Heatmap parity", "heatmaps")])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_parity_that_is_no_number_rejects(check: str, key: str, value: float) -> None:
    only_stopped_by(check, decide(parity=PARITY | {key: value}), "reject")


@pytest.mark.parametrize(("check", "key"), [("Logit parity", "logits"), ("Heatmap parity", "heatmaps")])
def test_a_parity_that_was_not_measured_never_passes(check: str, key: str) -> None:
    only_stopped_by(check, decide(parity={name: value for name, value in PARITY.items() if name != key}), "hold")


def test_the_hundredth_verdict_on_the_same_films_holds_and_the_one_before_only_warns() -> None:
    only_stopped_by("Held-out films", decide(served=99), "hold")
    only_stopped_by("Held-out films", decide(served=98), "promote")
    assert "verdict 100 " in the("Held-out films", decide(served=99)).words


def test_the_twentieth_verdict_on_the_same_films_warns_and_the_one_before_does_not() -> None:
    assert the("Held-out films", decide(served=19)).consequence == "warns"
    let_through("Held-out films", decide(served=18))


COMPARISONS = {
    "balanced_accuracy": "Balanced accuracy against the champion",
    "accuracy": "Accuracy against the champion",
    "guarded_sensitivity": "COVID sensitivity against the champion",
    "guarded_specificity": "COVID specificity against the champion",
}


@pytest.mark.parametrize(("figure", "check"), COMPARISONS.items())
def test_a_difference_that_may_be_beyond_its_margin_holds_and_one_within_passes(figure: str, check: str) -> None:
    margin = MARGINS[figure]
    beyond = good_comparison(**{figure: Interval(0.0, -margin - TINY, 0.1, 400)})
    within = good_comparison(**{figure: Interval(0.0, -margin, 0.1, 400)})
    only_stopped_by(check, decide(compared=beyond), "hold")
    let_through(check, decide(compared=within))


@pytest.mark.parametrize(("figure", "check"), COMPARISONS.items())
def test_a_difference_wholly_beyond_its_margin_rejects_and_one_that_reaches_it_holds(figure: str, check: str) -> None:
    margin = MARGINS[figure]
    lost = decide(compared=good_comparison(**{figure: Interval(-0.1, -0.2, -margin - TINY, 400)}))
    assert lost.outcome == "reject" and the(check, lost).consequence == "rejects"
    unsure = decide(compared=good_comparison(**{figure: Interval(-0.1, -0.2, -margin, 400)}))
    assert unsure.outcome == "hold" and the(check, unsure).consequence == "holds"


@pytest.mark.parametrize(("figure", "check"), COMPARISONS.items())
def test_a_difference_that_is_missing_never_passes(figure: str, check: str) -> None:
    found = decide(compared=good_comparison(**{figure: None}))
    assert found.outcome == "hold" and the(check, found).consequence == "holds"


def test_a_primary_figure_below_the_champions_holds_and_one_as_high_passes() -> None:
    lower = good_comparison(balanced_accuracy=Interval(-TINY, -0.01, 0.02, 400))
    only_stopped_by("Balanced accuracy improved", decide(compared=lower), "hold")
    same = good_comparison(balanced_accuracy=Interval(0.0, -0.01, 0.02, 400))
    let_through("Balanced accuracy improved", decide(compared=same))


def test_when_better_is_asked_for_an_interval_from_nought_holds_and_one_above_passes() -> None:
    unproven = good_comparison(balanced_accuracy=Interval(0.01, 0.0, 0.02, 400))
    only_stopped_by("Balanced accuracy improved", decide(compared=unproven, rule=BETTER), "hold")
    proven = good_comparison(balanced_accuracy=Interval(0.01, TINY, 0.02, 400))
    let_through("Balanced accuracy improved", decide(compared=proven, rule=BETTER))


def test_a_reject_outweighs_a_hold() -> None:
    found = decide(card_with("COVID AUROC", None), parity=PARITY | {"logits": 1.0})
    assert found.outcome == "reject"
    assert [reason.consequence for reason in found.failed] == ["rejects", "holds"]


def test_a_good_comparison_does_not_save_a_model_below_the_absolute_criteria() -> None:
    blind = good_card(sensitivity=between(0.01, 0.1))
    assert decide(blind, good_comparison()).outcome == "reject"


@pytest.mark.parametrize("seed", range(8))
def test_a_classifier_that_guesses_is_never_promoted(seed: int) -> None:
    truth = truth_of(400)
    found = decide(card_of(scores_of(truth, 0.0, seed), truth, known=knowing_nothing(truth)))
    assert found.outcome != "promote" and not the("Best floor", found).passed


@pytest.mark.parametrize("always", range(C))
def test_a_classifier_that_always_says_the_same_is_never_promoted(always: int) -> None:
    truth = np.concatenate([truth_of(200), np.full(600, always)])  # accuracy 0.81
    found = decide(card_of(np.tile(np.eye(C)[always], (800, 1)), truth, known=knowing_nothing(truth)))
    assert found.outcome == "reject" and the("Best floor", found).consequence == "rejects"


def test_a_classifier_that_is_right_is_promoted() -> None:
    truth = truth_of(400)
    assert decide(card_of(scores_of(truth, 0.9), truth, known=knowing_nothing(truth))).outcome == "promote"


def test_a_classifier_that_nobody_held_against_a_floor_is_held() -> None:
    truth = truth_of(400)
    only_stopped_by("Best floor", decide(card_of(scores_of(truth, 0.9), truth)), "hold")


def measured(new: np.ndarray, old: np.ndarray, truth: np.ndarray) -> Verdict:
    compared = comparison.compare(new, old, truth, alone(len(truth)), findings=FINDINGS, seed=0, samples=200)
    return decide(card_of(new, truth, known=knowing_nothing(truth)), compared)


def test_a_copy_of_the_champion_passes_on_many_films_and_is_held_on_few() -> None:
    many, few = truth_of(2000), truth_of(60)
    assert measured(scores_of(many, 0.9), scores_of(many, 0.9), many).outcome == "promote"
    assert measured(scores_of(few, 0.9), scores_of(few, 0.9), few).outcome == "hold"


def test_a_much_worse_challenger_is_rejected_although_it_would_do_as_a_first_champion() -> None:
    truth = truth_of(2000)
    worse = scores_of(truth, 0.6)
    assert decide(card_of(worse, truth, known=knowing_nothing(truth))).outcome == "promote"
    assert measured(worse, scores_of(truth, 0.9, seed=1), truth).outcome == "reject"


def every_kind_of_verdict() -> list[Verdict]:
    gone = dict.fromkeys(COMPARED)
    lost = dict.fromkeys(COMPARED, Interval(-0.3, -0.4, -0.2, 400))
    unsure = dict.fromkeys(COMPARED, Interval(-0.01, -0.4, 0.3, 400))
    even = dict.fromkeys(COMPARED, Interval(0.0, -0.01, 0.01, 400))
    cards = [good_card()]
    cards += [card_with(check, figure) for check in ABSOLUTE for figure in (None, between(0.1, 0.2), between(0.2, 0.9))]
    found = [decide(card, good_comparison()) for card in cards]
    found += [
        decide(compared=good_comparison(**changed), rule=rule)
        for changed in (gone, lost, unsure, even)
        for rule in (RULE, BETTER)
    ]
    found += [
        decide(parity={}),
        decide(parity={"logits": 1, "heatmaps": math.nan}),
        decide(served=30),
        decide(served=300),
        decide(scores=None, shortcuts=None, weight=None),
        decide(scores=good_scores(between(0.2, 0.3), between(0.5, 0.6), between(0.5, 0.6))),
        decide(shortcuts=good_audit(**dict.fromkeys(CHECKS), source_told=None)),
        decide(shortcuts=good_audit(**dict.fromkeys(CHECKS, between(-0.9, -0.8)), source_told=between(0.8, 0.9))),
        decide(shortcuts=good_audit(**dict.fromkeys(CHECKS, between(-0.3, 0.0)))),
        decide(compared=with_parts(-0.3, -0.2, 100)),
        decide(weight=Weight(1e4, 1e4)),
        decide(champion_trouble="The champion, version 3, cannot answer."),
    ]
    return found


# Scores, audit, parts and weight


def test_calibration_beyond_chance_and_limit_holds_warns_where_unproven_and_passes_on_the_limit() -> None:
    only_stopped_by("Calibration", decide(scores=good_scores(Interval(0.1, 0.07 + TINY, 0.2, 400))), "hold")
    only_stopped_by("Calibration", decide(scores=good_scores(Interval(0.0701, 0.07, 0.2, 400))), "promote")
    let_through("Calibration", decide(scores=good_scores(Interval(0.07, 0.0, 0.2, 400))))


def test_scores_that_nobody_put_to_proof_hold() -> None:
    only_stopped_by("Calibration", decide(scores=None), "hold")


def test_a_threshold_that_misses_its_target_beyond_doubt_warns_and_one_that_may_reach_it_passes() -> None:
    check = "COVID operating point"
    missed = decide(scores=good_scores(sensitivity=between(0.8, 0.95 - TINY)))
    only_stopped_by(check, missed, "promote")
    assert the(check, missed).consequence == "warns"
    let_through(check, decide(scores=good_scores(sensitivity=between(0.8, 0.95))))


def test_sets_that_cover_less_than_asked_beyond_doubt_warn_and_those_that_may_reach_it_pass() -> None:
    only_stopped_by("Sets of findings", decide(scores=good_scores(share=between(0.7, 0.9 - TINY))), "promote")
    let_through("Sets of findings", decide(scores=good_scores(share=between(0.7, 0.9))))


@pytest.mark.parametrize("name", CHECKS)
def test_an_audited_figure_wholly_beyond_its_limit_holds_one_that_reaches_it_warns_and_one_on_it_passes(
    name: str,
) -> None:
    check, sign = shortcuts.named(name), 1 if name in AT_MOST else -1

    def lying(near: float, far: float, estimate: float) -> Interval:
        low, high = sorted((sign * near, sign * far))
        return Interval(sign * estimate, low, high, 100)

    failed = decide(shortcuts=good_audit(**{name: lying(LIMIT + TINY, 0.5, 0.3)}))
    only_stopped_by(check, failed, "hold")
    unsure = decide(shortcuts=good_audit(**{name: lying(LIMIT, 0.5, 0.3)}))
    only_stopped_by(check, unsure, "promote")
    assert the(check, unsure).consequence == "warns"
    let_through(check, decide(shortcuts=good_audit(**{name: lying(-0.2, 0.5, LIMIT)})))


@pytest.mark.parametrize("said", ["none", "warns", "holds"])
def test_what_was_not_judged_has_the_consequence_that_the_rule_gives_it(said: str) -> None:
    changed = CONTENT["audit"] | {"lungs_hidden": CONTENT["audit"]["lungs_hidden"] | {"not_judged": said}}
    found = decide(
        rule=ReleaseRule.model_validate(CONTENT | {"audit": changed}), shortcuts=good_audit(lungs_hidden=None)
    )
    seen = the("Audit: lungs hidden", found)
    assert seen.consequence == said and "not judged, no masks" in seen.words
    assert not seen.passed and seen in found.failed and seen.label.startswith("Not judged")
    assert found.outcome == ("hold" if said == "holds" else "promote")


def test_an_audit_that_was_not_made_or_lacks_a_question_holds() -> None:
    only_stopped_by("Audit", decide(shortcuts=None), "hold")
    whole = good_audit()
    short = dataclasses.replace(whole, observations=whole.observations[1:])
    only_stopped_by(shortcuts.named(CHECKS[0]), decide(shortcuts=short), "hold")


def test_a_source_told_above_chance_and_limit_has_its_consequence_and_one_on_the_limit_none() -> None:
    told = decide(shortcuts=good_audit(source_told=between(0.6 + 1e-6, 0.9)))
    only_stopped_by(shortcuts.SOURCE, told, "hold")
    let_through(shortcuts.SOURCE, decide(shortcuts=good_audit(source_told=between(0.6, 0.9))))


def with_parts(low: float, high: float, n: int) -> Comparison:
    parts = (PartDifference("Source", "north", n, between(low, high, n)),)
    return dataclasses.replace(good_comparison(), parts=parts)


def test_a_source_wholly_beyond_the_margin_holds_one_that_reaches_it_passes_and_one_of_few_films_is_not_judged() -> (
    None
):
    check = "Source against the champion"
    only_stopped_by(check, decide(compared=with_parts(-0.2, -0.05 - TINY, 30)), "hold")
    let_through(check, decide(compared=with_parts(-0.2, -0.05, 30)))
    few = decide(compared=with_parts(-0.2, -0.1, 29))
    let_through(check, few)
    assert "1 have fewer than 30 films" in the(check, few).words


@pytest.mark.parametrize(("check", "weight"), [("Size", Weight(100.01, 50)), ("Speed", Weight(100, 50.01))])
def test_a_bundle_too_large_or_too_slow_holds_and_one_at_both_limits_passes(check: str, weight: Weight) -> None:
    only_stopped_by(check, decide(weight=weight), "hold")
    let_through(check, decide(weight=Weight(100, 50)))


def test_a_bundle_that_was_not_weighed_holds() -> None:
    only_stopped_by("Size and speed", decide(weight=None), "hold")


def test_a_champion_that_cannot_be_compared_with_rejects_in_its_words() -> None:
    found = decide(champion_trouble="The champion, version 3, cannot answer.")
    only_stopped_by("Champion", found, "reject")
    assert the("Champion", found).words == "The champion, version 3, cannot answer."


def test_every_reason_is_a_sentence_and_every_figure_in_it_has_its_films_and_interval() -> None:
    for found in every_kind_of_verdict():
        for reason in found.reasons:
            assert re.fullmatch(r"[A-Z].*[a-zB0-9.)\]]\.", reason.words), reason.words
            assert "None" not in reason.words and "_accuracy" not in reason.words
            judged = reason.check in ABSOLUTE or reason.check in COMPARISONS.values()
            if judged and "too few films" not in reason.words:
                assert re.search(r"\[[+−\d.]+, [+−\d.]+\]", reason.words), reason.words
                assert re.search(r"\(n=\d+\)", reason.words), reason.words


def test_a_reason_passed_exactly_when_it_has_no_consequence() -> None:
    for found in every_kind_of_verdict():
        for reason in found.reasons:
            assert reason.passed == (reason.consequence == "none" and reason.judged)
        assert len({reason.check for reason in found.reasons}) == len(found.reasons)


def test_the_outcome_is_the_gravest_consequence() -> None:
    found = every_kind_of_verdict()
    assert {each.outcome for each in found} == {"promote", "hold", "reject"}
    for each in found:
        done = {reason.consequence for reason in each.reasons}
        assert each.outcome == ("reject" if "rejects" in done else "hold" if "holds" in done else "promote")


def test_a_number_and_the_limit_it_misses_are_told_apart_in_words() -> None:
    words = the("COVID sensitivity", decide(card_with("COVID sensitivity", between(0.5996, 0.9)))).words
    assert "its low end 0.5996 lies below 0.6000" in words


def test_a_verdict_names_its_rule_and_survives_its_json() -> None:
    found = decide(compared=good_comparison(accuracy=None), served=30)
    assert found.rule_digest == RULE.digest != BETTER.digest
    assert Verdict.from_json(found.to_json()) == found


def test_cautions_are_the_words_of_what_held_and_of_nothing_else() -> None:
    kinds = ("none", "warns", "holds", "rejects", "holds")
    reasons = tuple(Reason(str(k), kind == "none", f"{k} {kind}", kind) for k, kind in enumerate(kinds))
    assert Verdict("reject", reasons, "rule").cautions == ("2 holds", "4 holds")
    assert decide(served=0).cautions == ()


def test_an_approved_model_carries_what_held_it_and_what_the_audit_warned_of_and_a_promoted_one_nothing() -> None:
    unsure = good_audit(tone=between(-0.9, 0.2))
    held = decide(good_card(sensitivity=between(0.5, 0.9)), shortcuts=unsure, served=20)
    assert held.outcome == "hold"
    words = " | ".join(held.cautions)
    assert len(held.cautions) == 2 and "COVID sensitivity" in words and "Audit: tone" in words
    assert "verdict 21" not in words, "that is no reader's concern"
    assert decide(shortcuts=unsure).cautions == ()
