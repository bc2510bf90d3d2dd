"""Each change does what it says and nothing beside, and leaves the film that it was given."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.errors import NoLungMask
from radiographs.imaging import interventions, phantoms, preprocessing
from radiographs.imaging.interventions import ALL
from radiographs.imaging.preprocessing import Preparation

SIDE_PX = 96


@pytest.fixture(scope="module")
def phantom() -> tuple[np.ndarray, np.ndarray]:
    """A prepared phantom with its prepared lung mask."""
    drawn = phantoms.draw("COVID", seed=3, side_px=160)
    preparation = Preparation(SIDE_PX)
    return preprocessing.prepare(drawn.pixels, preparation), preprocessing.prepare_mask(drawn.lung_mask, preparation)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_change_shows_and_leaves_film_and_size_alone(each, phantom) -> None:
    film, lungs = phantom
    before = film.copy()
    changed = interventions.applied(each, film, lungs)
    assert changed.shape == film.shape and changed.dtype == np.uint8 and changed.flags.c_contiguous
    assert (changed != film).mean() > 0.001
    np.testing.assert_array_equal(film, before)
    np.testing.assert_array_equal(changed, interventions.applied(each, film, lungs))


def test_hidden_lungs_are_black_and_lungs_alone_keep_nothing_sharp_around_them(phantom) -> None:
    film, lungs = phantom
    hidden, alone = (interventions.applied(interventions.named(f"lungs_{n}"), film, lungs) for n in ("hidden", "only"))
    inside = lungs == 255
    assert not hidden[inside].any() and (hidden[~inside] == film[~inside]).all()
    assert (alone[inside] == film[inside]).all()
    lettered = film.copy()
    lettered[2:9, 2:9] = np.indices((7, 7)).sum(axis=0) % 2 * 255  # as fine as a letter's strokes
    read = interventions.applied(interventions.named("lungs_only"), lettered, lungs)
    assert np.ptp(read[2:9, 2:9]) < 12


def test_a_swapped_border_is_the_donors_and_the_middle_the_films_own(phantom) -> None:
    film, _ = phantom
    donor = np.full_like(film, 7)
    changed = interventions.border_swapped(film, donor)
    wide = round(interventions.BORDER_SHARE * SIDE_PX)
    np.testing.assert_array_equal(changed[wide:-wide, wide:-wide], film[wide:-wide, wide:-wide])
    assert (changed[:wide] == 7).all() and (changed[:, -wide:] == 7).all() and (donor == 7).all()


def test_swapped_greys_are_the_donors_and_places_keep_their_order(phantom) -> None:
    film, _ = phantom
    donor = (255 * (film / 255.0) ** 2).astype(np.uint8)
    changed = interventions.greys_swapped(film, donor)
    body = film > 30
    assert abs(float(changed[body].mean()) - float(donor[body].mean())) < 4
    assert abs(float(film[body].mean()) - float(donor[body].mean())) > 20
    table = {int(grey): np.unique(changed[film == grey]) for grey in np.unique(film)}
    assert all(len(values) == 1 for values in table.values())
    assert (np.diff([int(table[grey][0]) for grey in sorted(table)]) >= 0).all()
    black = np.zeros_like(film)
    assert not interventions.greys_swapped(black, film).any()
    assert interventions.greys_swapped(film, black).dtype == np.uint8


def test_the_border_is_left_and_the_middle_is_black(phantom) -> None:
    film, _ = phantom
    changed = interventions.applied(interventions.named("border_only"), film)
    wide = round(interventions.BORDER_SHARE * SIDE_PX)
    assert not changed[wide:-wide, wide:-wide].any()
    np.testing.assert_array_equal(changed[:wide], film[:wide])
    np.testing.assert_array_equal(changed[:, -wide:], film[:, -wide:])


@pytest.mark.parametrize("side", [32, 96, 224, 299])
def test_a_mark_is_a_small_bright_letter_in_its_corner_at_any_side(side: int) -> None:
    changed = interventions.applied(interventions.named("mark_pasted"), np.full((side, side), 60, np.uint8))
    rows, columns = np.nonzero(changed != 60)
    assert changed.max() > 160
    assert rows.max() < 0.3 * side and columns.max() < 0.3 * side
    assert 0.001 < (changed != 60).mean() < 0.03


def test_turning_one_way_and_back_gives_the_middle_of_the_film_again(phantom) -> None:
    film, _ = phantom
    turned = interventions.applied(interventions.named("turned_left"), film)
    back = interventions.applied(interventions.named("turned_right"), turned)
    middle = slice(SIDE_PX // 4, -SIDE_PX // 4)
    assert np.abs(back[middle, middle].astype(int) - film[middle, middle]).mean() < 8
    assert np.abs(turned[middle, middle].astype(int) - film[middle, middle]).mean() > 8


def test_against_the_clock_moves_what_is_on_the_right_up() -> None:
    film = np.zeros((101, 101), np.uint8)
    film[48:53, 88:93] = 255
    rows, _ = np.nonzero(interventions.applied(interventions.named("turned_left"), film) > 100)
    assert rows.mean() < 46


def test_a_film_mirrored_twice_is_itself(phantom) -> None:
    film, _ = phantom
    mirror = interventions.named("mirrored")
    np.testing.assert_array_equal(interventions.applied(mirror, interventions.applied(mirror, film)), film)


def test_tone_and_contrast_keep_black_black_and_the_mean() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    toned = interventions.applied(interventions.named("tone"), ramp)
    assert (toned[0, 0], toned[0, -1]) == (0, 255) and toned[0, 128] < 128
    assert (np.diff(toned[0].astype(int)) >= 0).all()
    flat = interventions.applied(interventions.named("contrast"), ramp)
    assert abs(float(flat.mean()) - float(ramp.mean())) < 1
    assert flat.std() == pytest.approx(ramp.std() * interventions.CONTRAST, rel=0.02)


@pytest.mark.parametrize("name", ["lungs_hidden", "lungs_only"])
def test_without_lungs_they_cannot_be_hidden_or_shown_and_with_a_few_more_pixels_they_can(name: str) -> None:
    film = np.random.default_rng(0).integers(0, 256, (100, 100), np.uint8)
    few, enough = np.zeros((2, 100, 100), np.uint8)
    few[:1, :99], enough[:2] = 255, 255
    for lungs in (None, few):
        with pytest.raises(NoLungMask, match=name):
            interventions.applied(interventions.named(name), film, lungs)
    assert (interventions.applied(interventions.named(name), film, enough) != film).any()


def test_what_is_no_prepared_film_is_refused() -> None:
    turned = interventions.named("turned_left")
    for film in (np.zeros((4, 5), np.uint8), np.zeros((4, 4), np.float32), np.zeros((4, 4, 1), np.uint8)):
        with pytest.raises(ValueError, match="prepared film"):
            interventions.applied(turned, film)
    with pytest.raises(ValueError, match="lung mask of the film's shape"):
        interventions.applied(turned, np.zeros((4, 4), np.uint8), np.zeros((5, 5), np.uint8))
