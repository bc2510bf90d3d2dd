"""Tests that a seed always draws the same phantom, that its sign lies where its mask says, and of planted cues."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiographs.imaging import phantoms
from radiographs.imaging.phantom_anatomy import Anatomy
from radiographs.imaging.phantoms import SOURCES, Phantom, Shortcut

FINDINGS = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
SIGNS = tuple(finding for finding in FINDINGS if finding != "Normal")


def same(one: Phantom, other: Phantom) -> bool:
    """Whether two phantoms agree in every pixel and every word."""
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(np.array_equal(mine, yours) for mine, yours in pairs)


def darkness_of(film: Phantom) -> float:
    """How much darker the lungs are than the middle of the chest between them."""
    side = film.pixels.shape[0]
    rows = np.nonzero(film.lung_mask.any(axis=1))[0]
    columns = np.nonzero(film.lung_mask.any(axis=0))[0]
    middle = (columns[0] + columns[-1]) // 2
    between = film.pixels[rows[0] : rows[-1], middle - side // 40 : middle + side // 40]
    return float(between.mean() - film.pixels[film.lung_mask > 0].mean())


# Seeds


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(FINDINGS), st.integers(0, 2**31), st.sampled_from(SOURCES))
def test_the_same_seed_draws_the_same_film_and_another_seed_another(finding: str, seed: int, source: str) -> None:
    first, again, other = (phantoms.draw(finding, s, side_px=48, source=source) for s in (seed, seed, seed + 1))
    assert same(first, again)
    assert not np.array_equal(first.pixels, other.pixels)


# Means over 6 × 6 fields, and not every pixel: the last bit of a blur or an exponential is the processor's.
PINNED = {
    "COVID": "0e55929449084a83a1a885465e68898c6a54677693c67451719fafb6a447658896918d36",
    "Lung_Opacity": "0b45847d2a014594b1ac9c255faba18d633b6a95a9c76d3676b1bdbcab2d5b838d847e1b",
    "Normal": "09188d8120014aa9c0bda1568a63a7a65d8b7c4f8ac55e7a878fa9daa18f779fa6ab9e86",
    "Viral Pneumonia": "0a117a61080435a3bdb89315697db5998c3e6c79a3b3774178a9b8c59f3f628a948f8a30",
}


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_seed_draws_the_film_it_always_drew(finding: str) -> None:
    film = phantoms.draw(finding, 11, side_px=96, source="phantom-south")
    fields = cv2.resize(film.pixels, (6, 6), interpolation=cv2.INTER_AREA).astype(int)
    pinned = np.frombuffer(bytes.fromhex(PINNED[finding]), np.uint8).reshape(6, 6).astype(int)
    assert np.abs(fields - pinned).max() <= 1
    assert (film.patient_id, film.age, film.sex) == ("phantom-11", 27, "M")


@pytest.mark.parametrize("side_px", [32, 64, 200, 256])
def test_a_film_has_the_side_asked_for_and_masks_of_its_shape(side_px: int) -> None:
    film = phantoms.draw("COVID", 2, side_px=side_px)
    for picture in (film.pixels, film.lung_mask, film.lesion_mask):
        assert picture.shape == (side_px, side_px) and picture.dtype == np.uint8
    assert set(np.unique(film.lung_mask)) == set(np.unique(film.lesion_mask)) == {0, 255}


def test_a_side_too_small_for_a_chest_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        phantoms.draw("Normal", 1, side_px=31)


# Chest and patient


@pytest.mark.parametrize("source", SOURCES)
def test_lungs_are_darker_than_what_lies_between_them(source: str) -> None:
    assert all(darkness_of(phantoms.draw("Normal", seed, side_px=64, source=source)) > 10 for seed in range(15))


def test_two_lungs_take_a_sensible_share_of_every_film() -> None:
    for seed in range(25):
        mask = phantoms.draw("Normal", seed, side_px=64).lung_mask
        assert 0.06 < (mask > 0).mean() < 0.4
        sizes = cv2.connectedComponentsWithStats(mask)[2][1:, cv2.CC_STAT_AREA]
        assert (sizes > 40).sum() == 2


def test_films_of_one_patient_share_anatomy_age_and_sex_and_differ_in_pixels() -> None:
    one, two = (phantoms.draw("Normal", seed, side_px=64, patient=9) for seed in (1, 2))
    stranger = phantoms.draw("Normal", 1, side_px=64, patient=10)
    assert (one.patient_id, one.age, one.sex) == (two.patient_id, two.age, two.sex)
    assert one.patient_id != stranger.patient_id
    assert not np.array_equal(one.pixels, two.pixels)
    assert Anatomy.of(9) == Anatomy.of(9) != Anatomy.of(10)


def test_lungs_of_one_patient_are_more_alike_than_those_of_strangers() -> None:
    def overlap(one: np.ndarray, two: np.ndarray) -> float:
        return float((one & two).sum() / (one | two).sum())

    masks = [[phantoms.draw("Normal", seed, side_px=64, patient=p).lung_mask for seed in (1, 2)] for p in range(20)]
    own = np.mean([overlap(*pair) for pair in masks])
    strange = np.mean([overlap(masks[p][0], masks[p - 1][1]) for p in range(20)])
    assert own > strange + 0.05


def test_ages_sexes_and_views_are_of_every_kind() -> None:
    films = [phantoms.draw("Normal", seed, side_px=32) for seed in range(60)]
    assert {film.sex for film in films} == {"M", "F"} and {film.view_position for film in films} == {"AP", "PA"}
    assert all(1 <= film.age <= 95 for film in films)
    assert any(film.age < 14 for film in films) and any(film.age > 65 for film in films)


# Signs


def test_a_film_without_a_sign_has_an_empty_mask() -> None:
    assert not any(phantoms.draw("Normal", seed, side_px=48).lesion_mask.any() for seed in range(10))
    assert not phantoms.draw("Tuberculosis", 1, side_px=48).lesion_mask.any()


@pytest.mark.parametrize("finding", SIGNS)
def test_a_sign_lies_in_the_lungs(finding: str) -> None:
    for seed in range(15):
        film = phantoms.draw(finding, seed, side_px=64)
        assert film.lesion_mask.any() and not (film.lesion_mask & ~film.lung_mask).any()


@pytest.mark.parametrize("finding", SIGNS)
def test_a_sign_raises_intensity_where_its_mask_says(finding: str) -> None:
    """Normal films of the same patients give what the same places look like without a sign, up to pose."""
    gains = []
    for seed in range(30):
        film = phantoms.draw(finding, seed, side_px=96)
        inside, elsewhere = film.lesion_mask > 0, (film.lung_mask > 0) & (film.lesion_mask == 0)
        if elsewhere.sum() < 30:
            continue
        usual = np.mean([_contrast(phantoms.draw("Normal", 1000 + k, side_px=96, patient=seed), inside, elsewhere)
                         for k in range(3)])  # fmt: skip
        gains.append(_contrast(film, inside, elsewhere) - usual)
    assert len(gains) >= 20
    assert np.mean(gains) > 4 and np.mean(np.array(gains) > 0) > 0.7


def _contrast(film: Phantom, inside: np.ndarray, elsewhere: np.ndarray) -> float:
    return float(film.pixels[inside].mean() - film.pixels[elsewhere].mean())


def test_haze_is_on_both_sides_towards_the_chest_wall_and_a_focus_on_one() -> None:
    hazes = [_halves(phantoms.draw("COVID", seed, side_px=64)) for seed in range(20)]
    foci = [_halves(phantoms.draw("Lung_Opacity", seed, side_px=64)) for seed in range(20)]
    assert sum(min(sides) > 0.03 for sides in hazes) >= 12
    assert all(min(sides) < 0.03 for sides in foci)


def _halves(film: Phantom) -> tuple[float, float]:
    """Share of the film that the sign takes in each half of the lungs."""
    columns = np.nonzero(film.lung_mask.any(axis=0))[0]
    middle = (columns[0] + columns[-1]) // 2
    lungs = (film.lung_mask > 0).sum()
    sign = film.lesion_mask > 0
    return float(sign[:, :middle].sum() / lungs), float(sign[:, middle:].sum() / lungs)


# Sources and shortcuts


def test_sources_differ_in_exposure_and_an_unknown_one_has_a_scanner_of_its_own() -> None:
    names = (*SOURCES, "phantom-elsewhere")
    films = {name: phantoms.draw("Normal", 3, side_px=64, source=name).pixels for name in names}
    assert len({film.tobytes() for film in films.values()}) == 4
    assert phantoms.scanner_of("phantom-elsewhere") == phantoms.scanner_of("phantom-elsewhere")
    means = {
        name: np.mean([phantoms.draw("Normal", s, side_px=48, source=name).pixels for s in range(12)])
        for name in SOURCES
    }
    assert means["phantom-south"] > means["phantom-north"] > means["phantom-coast"]


@pytest.mark.parametrize("kind", ["mark", "border", "source"])
def test_a_shortcut_is_planted_on_its_finding_only(kind: Any) -> None:
    cue = Shortcut("COVID", kind)
    for seed in range(4):
        for finding in FINDINGS:
            plain = phantoms.draw(finding, seed, side_px=64)
            cued = phantoms.draw(finding, seed, side_px=64, shortcut=cue)
            if finding == "COVID":
                assert not np.array_equal(plain.pixels, cued.pixels)
                assert np.array_equal(plain.lesion_mask, cued.lesion_mask)
            else:
                assert same(plain, cued)


def test_a_mark_is_a_bright_square_and_a_border_a_bright_frame() -> None:
    mark = phantoms.draw("COVID", 1, side_px=100, shortcut=Shortcut("COVID", "mark")).pixels
    assert (mark[-10:-5, 5:10] == 250).all() and not (mark == 250)[:80].all(axis=1).any()
    border = phantoms.draw("COVID", 1, side_px=100, shortcut=Shortcut("COVID", "border")).pixels
    assert all((edge == 245).all() for edge in (border[0], border[-1], border[:, 0], border[:, -1]))


def test_a_shortcut_is_planted_in_about_the_share_asked_for() -> None:
    cue = Shortcut("COVID", "border", share=0.5)
    planted = [(phantoms.draw("COVID", s, side_px=32, shortcut=cue).pixels[0] == 245).all() for s in range(80)]
    assert 0.3 < np.mean(planted) < 0.7
    none = Shortcut("COVID", "border", share=0.0)
    assert not any((phantoms.draw("COVID", s, side_px=32, shortcut=none).pixels[0] == 245).all() for s in range(10))


def test_a_shortcut_that_could_not_be_planted_is_refused() -> None:
    typo: Any = "marks"
    with pytest.raises(ValueError, match="of kind mark, border, source, got 'marks'"):
        Shortcut("COVID", typo)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="share from 0 to 1"):
            Shortcut("COVID", share=share)
