"""Tests that the settings of a preparation name what they do, and nothing that they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import pytest

from radiographs.errors import InvalidSettings, NoLungMask
from radiographs.imaging import contrast, lung_view, marks, preparation
from radiographs.imaging.contrast import Contrast
from radiographs.imaging.lung_view import Lungs
from radiographs.imaging.preparation import Preparation

FITS = ("letterbox", "stretch")
EVERY_KIND = [
    Preparation(96, "stretch", handling, enhanced, lungs, border)
    for handling in ("keep", "mask")
    for enhanced in get_args(Contrast)
    for lungs in get_args(Lungs)
    for border in (0.0, 0.1)
]


@dataclass(frozen=True)
class Film:
    id: str
    lung_mask: str


@pytest.mark.parametrize(
    ("chosen", "pinned"),
    [
        (Preparation(), "0c665e66ce3c"),
        (Preparation(64, "stretch"), "adc89927433f"),
        (Preparation(marks="mask"), "dce5722460ba"),
        (Preparation(contrast="clahe"), "2f4072c595a5"),
        (Preparation(contrast="gamma"), "330c91b67f67"),
        (Preparation(contrast="equalise"), "0a1682a37783"),
        (Preparation(lungs="lung"), "b8c900524fd7"),
        (Preparation(lungs="dilated lung"), "673af05cf905"),
        (Preparation(lungs="lung crop"), "9d61db956401"),
        (Preparation(border=0.1), "0f1b2d9a89be"),
    ],
)
def test_a_digest_is_the_same_as_ever(chosen: Preparation, pinned: str) -> None:
    assert chosen.digest == pinned


def test_a_digest_tells_every_setting_apart() -> None:
    others = [Preparation(side, fit) for side in (64, 224) for fit in FITS]
    assert len({chosen.digest for chosen in (*EVERY_KIND, *others)}) == len(EVERY_KIND) + len(others)


def test_a_digest_changes_with_the_version_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Preparation().digest
    monkeypatch.setattr(preparation, "PREPARATION_VERSION", "next")
    assert Preparation().digest != before


@pytest.mark.parametrize(
    ("module", "version", "chosen"),
    [
        (marks, "FINDER_VERSION", Preparation(marks="mask")),
        (contrast, "VERSION", Preparation(contrast="clahe")),
        (lung_view, "VERSION", Preparation(lungs="lung crop")),
    ],
)
def test_a_digest_changes_with_the_code_that_it_uses_and_with_no_other(
    module: Any, version: str, chosen: Preparation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, used = Preparation().digest, chosen.digest
    monkeypatch.setattr(module, version, "next")
    assert Preparation().digest == plain and chosen.digest != used


@pytest.mark.parametrize("chosen", EVERY_KIND)
def test_settings_come_back_from_their_json(chosen: Preparation) -> None:
    assert Preparation.from_dict(chosen.as_dict()) == chosen


def test_settings_that_came_later_are_left_out_where_nothing_was_done_before_them() -> None:
    assert Preparation(96, "stretch").as_dict() == {"side_px": 96, "fit": "stretch"}
    assert Preparation(96, "stretch", border=0).as_dict() == {"side_px": 96, "fit": "stretch"}
    assert Preparation.from_dict({"side_px": 96, "fit": "stretch"}) == Preparation(96, "stretch", "keep")
    assert Preparation(96, lungs="lung").as_dict() == {"side_px": 96, "fit": "letterbox", "lungs": "lung"}


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"side_px": 64},
        {"side_px": 64, "fit": "letterbox", "more": 1},
        {"side_px": 64, "fit": "crop"},
        {"side_px": 64, "fit": "stretch", "marks": "hide"},
        {"side_px": 64, "fit": "stretch", "contrast": "sharpen"},
        {"side_px": 64, "fit": "stretch", "contrast": None},
        {"side_px": 64, "fit": "stretch", "lungs": "heart"},
        {"side_px": 64, "fit": "stretch", "lungs": ["lung"]},
        {"side_px": 64, "fit": "stretch", "border": 0.21},
        {"side_px": 64, "fit": "stretch", "border": -0.01},
        {"side_px": 64, "fit": "stretch", "border": float("nan")},
        {"side_px": 64, "fit": "stretch", "border": "0.1"},
        {"side_px": 64, "fit": "stretch", "border": False},
        {"fit": "stretch", "marks": "mask"},
        {"side_px": 7, "fit": "stretch"},
        {"side_px": "64", "fit": "stretch"},
        {"side_px": True, "fit": "stretch"},
    ],
)
def test_settings_that_cannot_work_are_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings):
        Preparation.from_dict(stated)


@pytest.mark.parametrize("lungs", get_args(Lungs))
def test_only_a_preparation_that_needs_no_mask_can_be_served(lungs: Any) -> None:
    chosen = Preparation(lungs=lungs)
    assert chosen.needs_lungs == (lungs != "all")
    if lungs == "all":
        chosen.require_servable()
        return
    with pytest.raises(InvalidSettings, match=f"got '{lungs}': a film that is asked about brings no mask"):
        chosen.require_servable()


def test_a_prepared_film_is_named_by_its_mask_only_where_that_has_a_say() -> None:
    chosen = Preparation(lungs="lung")
    first, second = (preparation.preparation_key("film", digest * 64, chosen) for digest in "ab")
    assert first != second and first == f"film+{'a' * 16}"
    for digest in ("", "a" * 64):
        assert preparation.preparation_key("film", digest, Preparation(contrast="clahe")) == "film"


def test_a_film_of_a_cohort_is_named_by_the_digest_that_its_mask_is_kept_under() -> None:
    film, chosen = Film("film", f"masks/ab/{'ab' * 32}.png"), Preparation(lungs="lung crop")
    assert preparation.key_of(film, chosen) == preparation.preparation_key("film", "ab" * 32, chosen)
    assert preparation.key_of(film, Preparation()) == preparation.key_of(Film("film", ""), Preparation()) == "film"


def test_a_film_without_a_mask_has_no_name_where_a_mask_is_needed() -> None:
    with pytest.raises(NoLungMask, match="lungs = 'lung' needs a lung mask of every film, and film f-1 has none"):
        preparation.key_of(Film("f-1", ""), Preparation(lungs="lung"))
