"""What is too little to train on, and its nearest neighbour that is enough."""

from __future__ import annotations

import pytest

from radiographs.errors import CohortRejected
from radiographs.records.cohort import Cohort, Film
from radiographs.records.sufficiency import require_trainable

from .films import FINDINGS


def cohort(in_train: int, sources: tuple[str, ...] = ("north", "south")) -> Cohort:
    """So many films of `Viral Pneumonia` in train, 12 of each other finding, and plenty of all elsewhere."""
    counts = dict.fromkeys(FINDINGS.names, 12) | {"Viral Pneumonia": in_train}
    films = [film(name, k, "train", sources[k % len(sources)]) for name in counts for k in range(counts[name])]
    films += [film(name, k, split, "east") for name in counts for k in range(30) for split in ("tune", "held_out")]
    return Cohort("digest", FINDINGS, tuple(films))


def film(finding: str, number: int, split: str, source: str) -> Film:
    name = f"{finding}-{split}-{number}"
    return Film(
        id=name,
        finding=finding,
        source=source,
        group_id=name,
        split=split,
        tune_half="select" if split == "tune" else "",
        patient_id=name,
        view_position="",
        sex="",
        age=None,
        original=f"{name}.png",
        lung_mask="",
        lesion_mask="",
    )


def test_nine_films_of_a_finding_in_train_are_too_few_and_ten_are_enough() -> None:
    with pytest.raises(CohortRejected, match=r"train holds 9 of Viral Pneumonia, .* at least 10 films of each finding"):
        require_trainable(cohort(9))
    assert require_trainable(cohort(10)) == ()


def test_films_of_one_source_are_trained_on_and_it_is_said_what_they_cannot_show() -> None:
    (said,) = require_trainable(cohort(12, ("north",)))
    assert said.startswith("all 48 films of train come from one source, north")
    assert require_trainable(cohort(12, ("north", "south"))) == ()


def test_the_sources_of_one_source_cannot_be_balanced_those_of_two_can() -> None:
    with pytest.raises(CohortRejected, match="all 48 films of train come from north, so that there are no sources"):
        require_trainable(cohort(12, ("north",)), by_source=True)
    assert require_trainable(cohort(12, ("north", "south")), by_source=True) == ()
