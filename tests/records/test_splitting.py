"""Splits are drawn once per group, near their shares in every stratum, and never drawn again."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.records import splitting
from radiographs.records.splitting import Assignment, NewGroup, Tally

FINDINGS = ("A", "B")
SOURCES = ("north", "south", "east")
groups = st.lists(
    st.builds(
        NewGroup,
        id=st.uuids().map(str),
        finding=st.sampled_from(FINDINGS),
        source=st.sampled_from(SOURCES),
        n_films=st.integers(1, 4),
    ),
    max_size=120,
    unique_by=lambda group: group.id,
)


def tallies(groups: list[NewGroup], assignments: tuple[Assignment, ...]) -> list[Tally]:
    place = {assignment.group_id: assignment for assignment in assignments}
    return [
        Tally(group.finding, group.source, place[group.id].split, place[group.id].tune_half, group.n_films)
        for group in groups
    ]


@given(groups, st.integers(0, 9), st.randoms(use_true_random=False))
def test_every_group_gets_one_place_whatever_the_order_of_the_groups(
    many: list[NewGroup], seed: int, shuffler: random.Random
) -> None:
    mixed = list(many)
    shuffler.shuffle(mixed)
    assignments = splitting.assign(many, [], seed=seed)
    assert assignments == splitting.assign(mixed, [], seed=seed)
    assert sorted(a.group_id for a in assignments) == sorted(group.id for group in many)
    assert all((a.tune_half in ("select", "calibrate")) == (a.split == "tune") for a in assignments)
    assert {a.split for a in assignments} <= {"train", "tune", "held_out"}


@settings(max_examples=60)
@given(groups, groups, st.integers(0, 9))
def test_shares_stay_near_their_targets_in_each_stratum_also_when_films_come_later(
    first: list[NewGroup], more: list[NewGroup], seed: int
) -> None:
    ids = {group.id for group in first}
    later = [group for group in more if group.id not in ids]
    settled = tallies(first, splitting.assign(first, [], seed=seed))
    everything = settled + tallies(later, splitting.assign(later, settled, seed=seed))
    for stratum in {(tally.finding, tally.source) for tally in everything}:
        films = [tally for tally in everything if (tally.finding, tally.source) == stratum]
        total = sum(tally.n_films for tally in films)
        largest = max(tally.n_films for tally in films)
        for split, share in splitting.SHARES.items():
            got = sum(tally.n_films for tally in films if tally.split == split)
            assert abs(got - share * total) <= 3 * largest + 3, (stratum, split, got, total)


def test_many_single_films_split_70_15_15_and_tune_into_halves() -> None:
    many = [NewGroup(f"g{k}", FINDINGS[k % 2], SOURCES[k % 3], 1) for k in range(1200)]
    settled = tallies(many, splitting.assign(many, [], seed=1))
    by_split = Counter(tally.split for tally in settled)
    halves = Counter((tally.finding, tally.tune_half) for tally in settled if tally.split == "tune")
    assert abs(by_split["train"] - 840) <= 6 and abs(by_split["held_out"] - 180) <= 6
    assert all(abs(halves[finding, "select"] - halves[finding, "calibrate"]) <= 1 for finding in FINDINGS)


def test_what_is_settled_counts() -> None:
    settled = [Tally("A", "north", "train", "", 100), Tally("A", "north", "tune", "select", 2)]
    many = [NewGroup(f"g{k}", "A", "north", 1) for k in range(40)]
    assert {assignment.split for assignment in splitting.assign(many, settled, seed=0)} == {"tune", "held_out"}


def test_three_groups_of_a_finding_reach_all_splits_and_four_both_halves_later() -> None:
    few = [NewGroup(f"g{k}", "A", SOURCES[k], 1) for k in range(3)]
    settled = tallies(few, splitting.assign(few, [], seed=0))
    assert {tally.split for tally in settled} == {"train", "tune", "held_out"}
    more = [NewGroup(f"h{k}", "A", "north", 1) for k in range(20)]
    settled += tallies(more, splitting.assign(more, settled, seed=0))
    assert {tally.tune_half for tally in settled if tally.split == "tune"} == {"select", "calibrate"}


def test_another_seed_draws_other_groups() -> None:
    many = [NewGroup(f"g{k}", "A", "north", 1) for k in range(60)]
    assert splitting.assign(many, [], seed=1) != splitting.assign(many, [], seed=2)
