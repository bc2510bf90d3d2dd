"""A frontal film is told from other pictures, and a negative from a film, on either side of each limit."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from radiographs.imaging import chest, chest_template, decode, phantoms
from radiographs.imaging.quality import Limits

LEAST = Limits().min_frontal_score


def phantom(seed: int, side_px: int = 128) -> np.ndarray:
    names = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
    return phantoms.draw(names[seed % 4], seed, side_px=side_px, source=phantoms.SOURCES[seed % 3]).pixels


def framed(film: np.ndarray, shade: int) -> np.ndarray:
    """A film of 192 px in an even frame of 24 px."""
    return cv2.copyMakeBorder(film, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=shade)


@pytest.mark.parametrize("seed", range(12))
def test_a_phantom_is_frontal_and_its_negative_is_inverted(seed: int) -> None:
    film = phantom(seed)
    assert chest.look(film).frontal_score > 2 * LEAST and not chest.look(film).inverted
    assert chest.look(255 - film).inverted


@pytest.mark.parametrize("turn", [lambda p: p[:, ::-1], lambda p: np.rot90(p), lambda p: p[::-1, ::-1]])
def test_a_mirrored_or_turned_film_is_still_a_chest_and_not_a_negative(turn) -> None:
    for seed in range(6):
        seen = chest.look(np.ascontiguousarray(turn(phantom(seed))))
        assert seen.frontal_score > LEAST and not seen.inverted


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


@pytest.mark.parametrize("shade", [0, 7, 255])
def test_an_even_picture_is_neither_a_chest_nor_a_negative(shade: int) -> None:
    seen = chest.look(np.full((80, 60), shade, np.uint8))
    assert (seen.frontal_score, seen.inverted) == (0.0, False)


# Real films


@pytest.mark.parametrize(
    ("stopped", "passes"),
    [
        ("odd/ct_slice__16751_3_3.jpg", "odd/tinted__200.jpg"),
        ("odd/lateral__000005-5-b.jpg", "odd/png_named_jpg__000001-12.jpg"),
        ("odd/dog.jpg", "odd/rgba_png__ryct.2020003.fig2-a.png"),
        ("dicom/not_chest/CR-ModalitySequenceLUT.dcm", "dicom/chest/CR-MONO1-10-chest"),
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


def films(shared: Path, step: int) -> list[np.ndarray]:
    with (shared / "radiographs" / "metadata.csv").open(encoding="utf-8") as file:
        names = [row["path"] for row in csv.DictReader(file)]
    return [decode.decode_file(shared / "radiographs" / name).pixels for name in names[::step]]


def test_no_real_film_is_called_a_negative_and_nearly_every_negative_is(shared: Path) -> None:
    seen = films(shared, 25)
    assert not any(chest.look(film).inverted for film in seen)
    assert sum(chest.look(255 - film).inverted for film in seen) >= 0.95 * len(seen)


@pytest.mark.long
def test_the_template_is_the_mean_of_the_public_films_and_the_stated_figures_hold(shared: Path) -> None:
    seen = films(shared, 1)
    copies = [cv2.resize(film, (64, 64), interpolation=cv2.INTER_AREA) for film in seen]
    grids = [chest._standardised(chest._without_frame(copy)) for copy in copies]
    mean = np.mean([grid for grid in grids if grid is not None], axis=0)
    mean = (mean + mean[:, ::-1]) / 2
    assert np.abs(mean / mean.std() - chest_template.TEMPLATE).max() < 0.02
    looks = [chest.look(film) for film in seen]
    assert len(looks) == 5035
    assert sum(look.inverted for look in looks) == 0
    assert sum(look.frontal_score < LEAST for look in looks) == 3
    assert round(float(np.mean([chest.look(255 - film).inverted for film in seen])), 3) == 0.987
