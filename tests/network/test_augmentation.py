"""Changes of a film while training: resampled once, no black from beyond its edge, as far as the settings say."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from small_net import lenet

from radiographs.network import augmentation
from radiographs.network.fit_settings import Augmentation

SIDE = 48
NONE = Augmentation(rotation_degrees=0, shift=0, zoom=0, contrast=0)


def changed(settings: Augmentation, films: np.ndarray, seed: int = 0) -> np.ndarray:
    import keras

    same = keras.Sequential([keras.Input((SIDE, SIDE)), keras.layers.Identity()])
    return np.array(augmentation.before(same, SIDE, settings, seed)(films, training=True))


def smooth(count: int = 6) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.stack(
        [cv2.GaussianBlur(random.integers(40, 255, (SIDE, SIDE), np.uint8), (9, 9), 3) for _ in range(count)]
    )


def test_no_change_leaves_films_as_they_are() -> None:
    films = smooth()
    np.testing.assert_allclose(changed(NONE, films), films, atol=1e-4)


def test_no_black_comes_from_beyond_the_edge() -> None:
    films = np.full((32, SIDE, SIDE), 180, np.uint8)
    far = Augmentation(rotation_degrees=30, shift=0.2, zoom=0.3, contrast=0)
    np.testing.assert_allclose(changed(far, films), 180, atol=1e-3)


@pytest.mark.parametrize(
    ("degrees", "zoom", "across", "down"), [(20, 1, 0, 0), (0, 1.2, 0, 0), (0, 1, 4, -3), (10, 0.9, 2, 5)]
)
def test_turn_zoom_and_shift_are_one_affine_map_about_the_middle(
    degrees: float, zoom: float, across: float, down: float
) -> None:
    from keras import ops

    film = smooth(1)[0].astype(np.float32)
    values = [np.array([value], np.float32) for value in (math.radians(degrees), zoom, across, down)]
    rows = augmentation.affine(*values, SIDE)
    ours = np.array(ops.image.affine_transform(film[None, ..., None], rows, fill_mode="nearest"))[0, ..., 0]
    middle = (SIDE - 1) / 2
    into = cv2.getRotationMatrix2D((middle, middle), degrees, 1 / zoom)
    into[:, 2] += into[:, :2] @ (across, down)
    expected = cv2.warpAffine(film, into, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.abs(ours - expected)[6:-6, 6:-6].max() < 2.5


def test_cutout_fills_one_square_inside_the_film_with_its_mean() -> None:
    films = smooth()
    cut = changed(Augmentation(rotation_degrees=0, shift=0, zoom=0, contrast=0, cutout=0.25), films)
    places = []
    for before, after in zip(films.astype(float), cut, strict=True):
        touched = np.abs(after - before) > 1e-3
        rows, columns = np.flatnonzero(touched.any(1)), np.flatnonzero(touched.any(0))
        assert np.ptp(rows) + 1 <= SIDE // 4 + 1
        assert np.ptp(columns) + 1 <= SIDE // 4 + 1
        assert touched.sum() > 0.6 * (SIDE // 4) ** 2
        np.testing.assert_allclose(after[touched], before.mean(), atol=0.5)
        places.append((rows[0], columns[0]))
    assert len(set(places)) > 1


def test_contrast_moves_greys_about_the_films_mean() -> None:
    films = smooth(16)
    after = changed(Augmentation(rotation_degrees=0, shift=0, zoom=0, contrast=0.3), films)
    spread = after.std(axis=(1, 2)) / films.std(axis=(1, 2))
    assert spread.min() < 0.95
    assert spread.max() > 1.05
    assert spread.min() > 0.69
    assert spread.max() < 1.31


def test_films_of_a_batch_are_changed_differently_and_by_the_seed() -> None:
    film = np.repeat(smooth(1), 4, axis=0)
    one = changed(Augmentation(), film)
    assert np.abs(one[0] - one[1]).max() > 1
    np.testing.assert_array_equal(one, changed(Augmentation(), film))
    assert not np.array_equal(one, changed(Augmentation(), film, seed=1))


def test_outside_training_nothing_changes() -> None:
    built = lenet()
    films = np.random.default_rng(0).integers(0, 255, (4, 32, 32)).astype(np.uint8)
    model = augmentation.before(built.model, 32, Augmentation(cutout=0.3), seed=0)
    np.testing.assert_allclose(model.predict_on_batch(films), built.model.predict_on_batch(films), atol=1e-6)


@pytest.mark.parametrize("wrong", [{"shift": 1.0}, {"zoom": -0.1}, {"rotation_degrees": 181}, {"mixup": -1}])
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Augmentation(**wrong)


def test_strength_scales_every_change() -> None:
    strong = Augmentation(cutout=0.2, mixup=0.1).scaled(2)
    assert strong == Augmentation(10.0, 0.08, 0.16, 0.3, 0.4, 0.2)
    assert Augmentation().scaled(0) == NONE
