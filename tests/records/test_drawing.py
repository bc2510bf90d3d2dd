"""The films that networks are compared on: how many of each finding, from where, and in which folds."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from radiographs.errors import CohortRejected, InvalidSettings
from radiographs.findings import Findings
from radiographs.records import drawing
from radiographs.records.cohort import Cohort, Film

TWO = Findings(("Tuberculosis", "Clear"), "Tuberculosis")


def film(number: int, finding: str, source: str = "north", **changed: str) -> Film:
    said = {"patient_id": "", "view_position": "", "sex": "", "age": None}
    files = {"original": "", "lung_mask": "", "lesion_mask": ""}
    group = f"{finding}-{number // 2}"
    one = Film(f"{finding}-{number:04d}", finding, source, group, split="train", tune_half="", **said, **files)
    return dataclasses.replace(one, **changed)


def cohort(per_finding: int = 80, *more: Film) -> Cohort:
    films = [
        film(number, finding, "south" if number % 4 == 0 else "north")
        for finding in TWO.names
        for number in range(per_finding)
    ]
    return Cohort("digest", TWO, tuple(films) + more)


def test_every_finding_gives_as_many_films_as_were_asked_for_its_sources_by_their_share() -> None:
    sample = drawing.draw(cohort(), 40, 4, seed=0)
    assert Counter(one.finding for one in sample.films) == {"Tuberculosis": 40, "Clear": 40}
    assert Counter(one.source for one in sample.films) == {"north": 60, "south": 20}
    assert sample.labels.tolist() == [TWO.index(one.finding) for one in sample.films]


def test_held_out_and_what_calibrates_are_never_drawn_and_change_nothing() -> None:
    aside = [
        film(900 + n, name, split=split, tune_half=half)
        for n in range(30)
        for name in TWO.names
        for split, half in (("held_out", ""), ("tune", "calibrate"))
    ]
    sample = drawing.draw(cohort(80, *aside), 500, 4, seed=0)
    assert {one.split for one in sample.films} == {"train"}
    assert sample.digest == drawing.draw(cohort(80), 500, 4, seed=0).digest


def test_tune_select_is_drawn_like_train() -> None:
    chosen = [film(900 + n, name, split="tune", tune_half="select") for n in range(4) for name in TWO.names]
    assert len(drawing.draw(cohort(80, *chosen), 500, 4, seed=0).films) == 168


def test_films_of_a_group_share_a_fold_and_every_fold_holds_both_findings_of_both_sources() -> None:
    sample = drawing.draw(cohort(), 80, 4, seed=0)
    assert len({(one.group_id, fold) for one, fold in zip(sample.films, sample.folds, strict=True)}) == len(
        set(sample.groups)
    )
    strata = {(f.finding, f.source, fold) for f, fold in zip(sample.films, sample.folds.tolist(), strict=True)}
    assert len(strata) == 2 * 2 * 4


def test_what_is_learnt_from_watched_and_judged_in_a_fold_share_no_group_and_are_all_films() -> None:
    sample = drawing.draw(cohort(), 80, 4, seed=0)
    judged: list[int] = []
    for fold in range(4):
        parts = sample.parts(fold)
        named = [{sample.groups[row] for row in rows} for rows in (parts.train, parts.watched, parts.judged)]
        assert all(named) and not (named[0] & named[1] or named[0] & named[2] or named[1] & named[2])
        assert sum(map(len, (parts.train, parts.watched, parts.judged))) == len(sample.films)
        judged += parts.judged.tolist()
    assert sorted(judged) == list(range(len(sample.films)))


def test_learning_from_fewer_takes_a_part_of_the_same_films_and_leaves_the_others_as_they_are() -> None:
    sample = drawing.draw(cohort(), 80, 4, seed=0)
    whole, twenty, ten = sample.parts(1), sample.parts(1, 20), sample.parts(1, 10)
    assert np.bincount(sample.labels[twenty.train]).tolist() == [20, 20]
    assert set(ten.train) < set(twenty.train) < set(whole.train)
    assert np.array_equal(ten.watched, whole.watched) and np.array_equal(ten.judged, whole.judged)


def test_a_longer_draw_holds_a_shorter_one_and_another_seed_draws_other_films() -> None:
    short, long, other = (
        {one.id for one in drawing.draw(cohort(), n, 4, seed=seed).films} for n, seed in ((20, 0), (60, 0), (20, 1))
    )
    assert short < long
    assert short != other


def test_films_without_a_mask_are_left_out_where_masks_are_needed() -> None:
    masked = [film(500 + n, name, lung_mask="m.png") for n in range(30) for name in TWO.names]
    sample = drawing.draw(cohort(80, *masked), 500, 4, seed=0, masked_only=True)
    assert len(sample.films) == 60 and all(one.lung_mask for one in sample.films)
    with pytest.raises(CohortRejected, match="0 films with a lung mask"):
        drawing.draw(cohort(), 500, 4, seed=0, masked_only=True)


def test_a_finding_with_fewer_than_ten_films_is_named() -> None:
    few = Cohort("digest", TWO, tuple(f for f in cohort().films if f.finding == "Clear" or f.id < "Tuberculosis-0009"))
    with pytest.raises(CohortRejected, match=r"9 films .* have the finding Tuberculosis"):
        drawing.draw(few, 500, 4, seed=0)


@pytest.mark.parametrize(("films", "folds"), [(9, 4), (40, 1)])
def test_too_few_folds_or_films_are_refused(films: int, folds: int) -> None:
    with pytest.raises(InvalidSettings, match="at least 2 folds and 10 films"):
        drawing.draw(cohort(), films, folds, seed=0)


def test_shares_are_whole_add_up_and_leave_no_stratum_more_than_it_has() -> None:
    assert drawing.shares([70, 20, 10], 10) == [7, 2, 1]
    assert drawing.shares([1, 1, 1], 2) == [1, 1, 0]
    assert drawing.shares([3, 2], 9) == [3, 2]
