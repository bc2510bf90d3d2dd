"""A frontal film is told from other pictures, and a negative from a film, on either side of each limit."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks import other_pictures
from radiographs.imaging import chest, chest_edges, chest_template, decode, phantoms
from radiographs.imaging.chest import ChestLook
from radiographs.imaging.quality import Limits

LEAST = Limits().min_frontal_score
NAMES = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
Change = Callable[[np.ndarray], np.ndarray]


def phantom(seed: int, side_px: int = 128) -> np.ndarray:
    return phantoms.draw(NAMES[seed % 4], seed, side_px=side_px, source=phantoms.SOURCES[seed % 3]).pixels


def framed(film: np.ndarray, shade: int) -> np.ndarray:
    """A film of 192 px in an even frame of 24 px."""
    return cv2.copyMakeBorder(film, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=shade)


def lettered(film: np.ndarray) -> np.ndarray:
    return cv2.putText(film.copy(), "2020/02/05, D1", (4, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1, cv2.LINE_AA)


@pytest.mark.parametrize("seed", range(24))
def test_a_phantom_is_frontal_and_its_negative_is_inverted(seed: int) -> None:
    film = phantom(seed)
    assert chest.look(film).frontal_score > 2 * LEAST and not chest.look(film).inverted
    assert chest.look(255 - film).inverted or chest.look(film).frontal_score < chest.INVERTED_FROM + 0.02


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p[:, ::-1], id="mirrored"),
        pytest.param(lambda p: np.rot90(p), id="turned by a quarter"),
        pytest.param(lambda p: p[::-1, ::-1], id="turned by two"),
        pytest.param(lambda p: p[::-1], id="upside down in a mirror"),
        pytest.param(lambda p: p // 4 + 90, id="faint"),
        pytest.param(lambda p: cv2.copyMakeBorder(p, 0, 0, 40, 40, cv2.BORDER_CONSTANT, value=0), id="letterboxed"),
        pytest.param(lambda p: cv2.copyMakeBorder(p, 30, 30, 0, 0, cv2.BORDER_CONSTANT, value=255), id="white bars"),
        pytest.param(lambda p: p[8:-12, 10:-6], id="cropped"),
        pytest.param(lettered, id="lettered"),
    ],
)
def test_a_changed_film_is_still_a_chest_and_not_a_negative(change: Change) -> None:
    for seed in range(6):
        seen = chest.look(np.ascontiguousarray(change(phantom(seed))))
        assert seen.frontal_score > LEAST and not seen.inverted


@pytest.mark.parametrize("seed", range(6))
def test_the_scores_of_a_negative_are_those_of_the_film_exchanged(seed: int) -> None:
    film, other = chest.look(framed(phantom(seed), 0)), chest.look(255 - framed(phantom(seed), 0))
    assert abs(film.frontal_score - other.inverted_score) < 0.02 > abs(film.inverted_score - other.frontal_score)
    assert film.border_share == other.border_share


def test_a_mirrored_film_scores_the_same() -> None:
    film = phantom(3)
    assert chest.look(np.ascontiguousarray(film[:, ::-1])) == chest.look(film)


@pytest.mark.parametrize("shade", [0, 255])
def test_a_frame_is_measured_and_does_not_change_the_score(shade: int) -> None:
    film = phantom(2, 192)
    plain, seen = chest.look(film), chest.look(framed(film, shade))
    assert abs(seen.frontal_score - plain.frontal_score) < 0.08 and seen.border_share > plain.border_share + 0.1
    squares = np.random.default_rng(0).integers(0, 2, (32, 32)).astype(np.uint8) * 255
    lively = cv2.resize(squares, (192, 192), interpolation=cv2.INTER_NEAREST)
    assert chest.look(lively).border_share == 0
    assert abs(chest.look(framed(lively, shade)).border_share - (1 - 192**2 / 240**2)) < 0.06


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_picture_gets_scores_within_their_range(picture: np.ndarray) -> None:
    seen = chest.look(picture)
    assert all(0 <= score <= 1 for score in (seen.frontal_score, seen.inverted_score, seen.border_share))
    assert not seen.inverted or seen.inverted_score > seen.frontal_score


@pytest.mark.parametrize("shade", [0, 7, 255])
def test_an_even_picture_is_neither_a_chest_nor_a_negative(shade: int) -> None:
    seen = chest.look(np.full((80, 60), shade, np.uint8))
    assert (seen.frontal_score, seen.inverted) == (0.0, False)


@pytest.mark.parametrize("kind", other_pictures.KINDS)
def test_most_pictures_of_another_kind_are_stopped_and_hardly_any_is_taken_for_a_negative(kind: str) -> None:
    seen = [chest.look(other_pictures.KINDS[kind](2_000_000 + seed)) for seed in range(60)]
    assert sum(look.frontal_score < LEAST for look in seen) >= 0.7 * len(seen)
    assert sum(look.inverted for look in seen) <= 2


def test_a_film_in_two_tones_is_a_slice_and_a_slender_one_a_limb() -> None:
    film, lungs = phantom(2), phantoms.draw("Normal", 2, side_px=128).lung_mask > 0
    two_toned = np.where(lungs, 40, 210).astype(np.uint8)
    assert chest._separability(two_toned) > chest._TWO_TONES > chest._separability(film)
    assert chest.look(two_toned).frontal_score < LEAST
    tall = cv2.resize(film, (128, 384))
    assert chest.look(tall).frontal_score < LEAST <= chest.look(cv2.resize(film, (128, 160))).frontal_score


@pytest.mark.parametrize(
    ("inverted_score", "frontal_score", "inverted"),
    [(0.9, 0.3, True), (0.89, 0.0, False), (0.95, 0.48, True), (0.95, 0.49, False), (1.0, 1.0, False)],
)
def test_only_a_good_negative_that_is_no_good_film_is_inverted(
    inverted_score: float, frontal_score: float, inverted: bool
) -> None:
    assert ChestLook(frontal_score, inverted_score, 0.0).inverted is inverted


def test_edges_move_with_their_picture() -> None:
    view = np.random.default_rng(0).normal(size=(32, 32)).astype(np.float32)
    edges = chest_edges.of_view(view)
    assert edges.shape == (8, 8, 8)
    for changed, expected in (
        (view[:, ::-1], chest_edges.mirrored(edges)),
        (np.rot90(view), chest_edges.turned(edges)),
        (-view, chest_edges.negative(edges)),
    ):
        assert np.allclose(chest_edges.of_view(np.ascontiguousarray(changed)), expected, atol=1e-5)


def test_the_first_direction_brightens_to_the_right_and_the_third_downwards() -> None:
    rising = np.tile(np.linspace(-1.7, 1.7, 32, dtype=np.float32), (32, 1))
    for view, direction in ((rising, 0), (np.ascontiguousarray(rising.T), 2)):
        assert np.all(chest_edges.of_view(view)[:, 2:-2, 2:-2].argmax(axis=0) == direction)


def test_the_template_is_left_right_symmetric() -> None:
    whole = chest_template.whole()
    assert np.array_equal(chest_edges.mirrored(whole), whole) and whole.std() > 0.1


# Real films


@pytest.mark.parametrize(
    ("stopped", "passes"),
    [
        ("odd/ct_slice__16751_3_3.jpg", "odd/tinted__200.jpg"),
        ("odd/lateral__000005-5-b.jpg", "odd/png_named_jpg__000001-12.jpg"),
        ("odd/dog.jpg", "odd/rgba_png__ryct.2020003.fig2-a.png"),
        ("dicom/not_chest/CR-ModalitySequenceLUT.dcm", "dicom/chest/CR-MONO1-10-chest"),
        ("dicom/not_chest/RG3_J2KI.dcm", "odd/webp__465.webp"),
    ],
)
def test_what_is_no_frontal_chest_film_is_stopped_and_its_neighbour_passes(
    shared: Path, stopped: str, passes: str
) -> None:
    assert chest.look(decode.decode_file(shared / "probes" / stopped).pixels).frontal_score < LEAST
    assert chest.look(decode.decode_file(shared / "probes" / passes).pixels).frontal_score >= LEAST


def test_a_wrong_photometric_interpretation_is_suspected_and_the_right_one_is_not(shared: Path) -> None:
    folder = shared / "probes" / "dicom" / "chest"
    suspected = {
        path.name: chest.look(decode.decode_file(path).pixels).inverted for path in folder.iterdir() if path.is_file()
    }
    assert [name for name, inverted in suspected.items() if inverted] == ["Fake_MONOHR1.dcm"]
    assert len(suspected) == 5


def test_turned_and_mirrored_probes_pass_but_for_the_lateral_one(shared: Path) -> None:
    stopped = []
    for path in sorted((shared / "probes" / "augmented").rglob("*.jpg")):
        seen = chest.look(decode.decode_file(path).pixels)
        assert not seen.inverted
        if seen.frontal_score < LEAST:
            stopped.append(path.name.split("__")[1][:24])
    assert stopped == ["verticalFlipped_D5ACAA93"]


def films(shared: Path, step: int) -> list[np.ndarray]:
    with (shared / "radiographs" / "metadata.csv").open(encoding="utf-8") as file:
        names = [row["path"] for row in csv.DictReader(file)]
    return [decode.decode_file(shared / "radiographs" / name).pixels for name in names[::step]]


def test_no_real_film_is_called_a_negative_however_turned_and_nearly_every_negative_is(shared: Path) -> None:
    seen = films(shared, 25)
    for turn in range(4):
        assert not any(chest.look(np.ascontiguousarray(np.rot90(film, turn))).inverted for film in seen)
    assert sum(chest.look(255 - film).inverted for film in seen) >= 0.95 * len(seen)


@pytest.mark.long
def test_the_stated_figures_hold_on_all_public_films(shared: Path) -> None:
    seen = films(shared, 1)
    looks = [chest.look(film) for film in seen]
    assert len(looks) == 5035
    assert sum(look.inverted for look in looks) == 0
    assert sum(look.frontal_score < LEAST for look in looks) == 3
    assert round(float(np.mean([chest.look(255 - film).inverted for film in seen])), 3) == 0.983
