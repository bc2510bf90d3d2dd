"""The figures on parts of the films: which part, from how many films, and none where there are too few."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from made_scores import FINDINGS, C, alone, card_of, scores_of, truth_of

from radiographs.evaluation import intervals, metrics, strata
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.strata import FEWEST, UNKNOWN


def film(**known: object) -> SimpleNamespace:
    return SimpleNamespace(**({"source": "one", "view_position": "", "sex": "", "age": None} | known))


def found(values: list[str], skill: float = 0.5) -> tuple[strata.Stratum, ...]:
    truth = truth_of(len(values))
    films = metrics.judge(scores_of(truth, skill), truth, alone(len(values)), n_findings=C)
    return strata.compute(films, {"Source": values})


def test_the_parts_together_are_all_films_and_right_as_often() -> None:
    values = ["here"] * 200 + ["there"] * 120
    here, there = found(values)
    truth = truth_of(320)
    right = scores_of(truth, 0.5).argmax(axis=1) == truth
    assert (here.value, here.n, there.value, there.n) == ("here", 200, "there", 120)
    assert here.accuracy is not None and there.accuracy is not None
    assert here.accuracy.estimate == pytest.approx(right[:200].mean())
    assert there.accuracy.estimate == pytest.approx(right[200:].mean())
    assert here.counts == (50,) * C
    assert here.sensitivities[1] is not None
    assert here.sensitivities[1].estimate == pytest.approx(right[:200][truth[:200] == 1].mean())


def test_too_few_films_give_no_figure_and_one_more_does() -> None:
    (_, few), (_, enough) = (found(["many"] * 40 + ["part"] * n) for n in (FEWEST - 1, FEWEST))
    assert few.accuracy is None and few.as_row()[2] == intervals.TOO_FEW
    assert enough.accuracy is not None
    assert enough.sensitivities == (None,) * C, "no finding has enough films of its own"


def test_a_finding_that_a_part_lacks_has_an_empty_cell() -> None:
    truth = np.zeros(20, np.int64)
    films = metrics.judge(scores_of(truth, 0.5), truth, alone(20), n_findings=C)
    (part,) = strata.compute(films, {"Source": ["one"] * 20})
    assert part.as_row()[3] != "" and part.as_row()[4:] == ("",) * (C - 1)


def test_what_is_not_known_comes_last_and_the_largest_first() -> None:
    assert [each.value for each in found([UNKNOWN] * 30 + ["small"] * 4 + ["large"] * 8)] == ["large", "small", UNKNOWN]


def test_ages_rise() -> None:
    rising = [name for _, name in strata.AGE_BANDS]
    assert [each.value for each in found([*rising[::-1], rising[2], rising[2]])] == rising


def test_films_are_parted_by_source_view_sex_and_age_band() -> None:
    ages = [None, 0.0, 17.9, 18.0, 39.0, 40.0, 64.9, 65.0, 101.0]
    parts = strata.parts_of([film(age=age, sex="F", view_position="PA") for age in ages])
    assert set(parts) == {"Source", "View", "Sex", "Age"}
    young, grown, older, old = (name for _, name in strata.AGE_BANDS)
    assert parts["Age"] == (UNKNOWN, young, young, grown, grown, older, older, old, old)
    assert set(parts["Sex"]) == {"F"} and set(parts["View"]) == {"PA"}
    assert set(strata.parts_of([film()])["View"]) == {UNKNOWN}


def test_a_scorecard_keeps_its_strata_in_json() -> None:
    truth = truth_of(48)
    values = ["here"] * 40 + ["there"] * 8
    card = card_of(scores_of(truth, 0.5), truth, parts={"Source": values, "Sex": [UNKNOWN] * 48})
    assert Scorecard.from_json(card.to_json()) == card
    by_source, by_sex = card.stratum_tables()
    assert by_source[0] == ("Source", "n", "Accuracy", *FINDINGS.names)
    assert [row[:2] for row in by_source[1:]] == [("here", "40"), ("there", "8")]
    assert by_source[2][2:] == (intervals.TOO_FEW,) * (1 + C)
    assert by_sex[0][0] == "Sex"
