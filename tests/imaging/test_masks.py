"""A mask becomes 0, 127 and 255 in its film's size or is refused in one sentence, and another patient's is noticed."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import mask_pairs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import mask_fit, mask_outline, masks, phantoms
from radiographs.imaging.filefacts import DecodeLimits
from radiographs.imaging.masks import Bounds, Mask

DRAWN = phantoms.draw("COVID", 3, side_px=200)
LUNGS = DRAWN.lung_mask
SHAPE = (200, 200)
OUTLINE = mask_outline.Outline.of(LUNGS == 255)
SIGN = mask_outline.Outline.of(DRAWN.lesion_mask == 255)


def saved(pixels: np.ndarray | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a mask file."""
    buffer = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(buffer, kind, **options)
    return buffer.getvalue()


def refusal(data: bytes, shape: tuple[int, int] = SHAPE, limits: DecodeLimits | None = None) -> str:
    """The sentence by which a mask file is refused."""
    with pytest.raises(UnreadableRadiograph) as caught:
        masks.read(data, shape, limits or DecodeLimits())
    return str(caught.value)


def of(pixels: np.ndarray) -> Mask:
    """A mask that needed no repair."""
    return Mask(pixels, ())


def lung_objections(pixels: np.ndarray, bounds: Bounds | None = None) -> str:
    """What is said against pixels as the lung mask of the drawn film."""
    return " ".join(masks.objections("lung", of(pixels), DRAWN.pixels, bounds=bounds or Bounds()))


# Reading


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_mask_of_0_and_255_with_127_to_be_ignored_is_read_as_it_is(kind):
    pixels = LUNGS.copy()
    pixels[:9] = 127
    mask = masks.read(saved(pixels, kind), SHAPE)
    assert np.array_equal(mask.pixels, pixels)
    assert mask.repairs == ()
    assert not mask.pixels.flags.writeable


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 38), (1, 2), (3, 200), (254, 255)])
def test_any_two_values_are_read_as_outside_and_inside_and_it_is_said(low, high):
    mask = masks.read(saved(np.where(LUNGS > 0, high, low).astype(np.uint8)), SHAPE)
    assert np.array_equal(mask.pixels, LUNGS)
    assert mask.repairs == (f"the mask's {low} and {high} were read as 0 and 255",)


def test_one_bit_and_sixteen_bit_masks_mean_the_same_as_those_of_eight():
    one_bit = Image.fromarray(LUNGS).convert("1")
    sixteen = Image.fromarray((LUNGS // 255).astype(np.uint16))
    for picture in (one_bit, sixteen):
        assert np.array_equal(masks.read(saved(picture), SHAPE).pixels, LUNGS)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_equal_channels_are_read_as_one_and_it_is_said(mode):
    mask = masks.read(saved(Image.fromarray(LUNGS).convert(mode)), SHAPE)
    assert np.array_equal(mask.pixels, LUNGS)
    assert mask.repairs == (f"the mask's {len(mode)} channels were read as one",)


@pytest.mark.parametrize("options", [{"kind": "JPEG", "quality": 60}, {"kind": "WEBP", "quality": 70}])
def test_soft_edges_are_cut_half_way_and_it_is_said(options):
    mask = masks.read(saved(LUNGS, **options), SHAPE)
    assert np.mean(mask.pixels != LUNGS) < 0.01
    assert "grey values were cut at" in mask.repairs[-1]


def test_a_radiograph_given_as_a_mask_is_refused_and_a_blurred_mask_is_not():
    assert "grey values where a mask holds two" in refusal(saved(DRAWN.pixels))
    assert masks.read(saved(cv2.GaussianBlur(LUNGS, (0, 0), 1.5)), SHAPE).repairs


def test_three_labels_close_together_are_refused_since_nobody_knows_which_is_lung():
    labels = LUNGS // 255
    labels[:, 100:] *= 2
    assert "3 grey values" in refusal(saved(labels))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "zero bytes"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (bytes(128) + b"DICM" + bytes(400), "a DICOM file"),
        (saved(LUNGS)[:300], "ends before the picture does"),
    ],
)
def test_what_is_no_plain_picture_is_refused_without_naming_the_file(data, words):
    sentence = refusal(data)
    assert words in sentence
    assert not sentence.startswith("mask")
    assert "\n" not in sentence


def test_limits_hold_before_anything_is_decoded(monkeypatch):
    data = saved(LUNGS)
    assert masks.read(data, SHAPE, DecodeLimits(max_pixels=LUNGS.size)).repairs == ()
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("pixels were decoded"))
    assert "pixels where at most" in refusal(data, limits=DecodeLimits(max_pixels=LUNGS.size - 1))
    assert "weighs" in refusal(data, limits=DecodeLimits(max_bytes=10))


def test_a_mask_of_256_px_fits_a_film_of_299_and_it_is_said():
    small = phantoms.draw("Normal", 1, side_px=256).lung_mask
    mask = masks.read(saved(small), (299, 299))
    assert mask.pixels.shape == (299, 299)
    assert mask.repairs == ("the mask was resized from 256 x 256 pixels where the film measures 299 x 299",)
    assert set(np.unique(mask.pixels)) == {0, 255}


def test_other_proportions_are_refused_beyond_one_percent():
    pixels = np.zeros((200, 100), np.uint8)
    assert masks.from_pixels(pixels, (404, 200)).pixels.shape == (404, 200)
    with pytest.raises(UnreadableRadiograph, match=r"measures 100 x 200 .* 200 x 408, of other proportions"):
        masks.from_pixels(pixels, (408, 200))
    with pytest.raises(UnreadableRadiograph, match="other proportions"):
        masks.from_pixels(pixels, (100, 200))


@given(
    pixels=arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=24)),
    height=st.integers(1, 60),
    width=st.integers(1, 60),
)
@settings(max_examples=300, deadline=None)
def test_any_pixels_become_a_mask_or_one_sentence(pixels, height, width):
    for shape in ((height, width), pixels.shape):
        try:
            mask = masks.from_pixels(pixels, shape)
        except UnreadableRadiograph as error:
            assert str(error)
            assert "\n" not in str(error)
        else:
            assert mask.pixels.shape == shape
            assert set(np.unique(mask.pixels)) <= {0, 127, 255}


@given(
    pixels=arrays.arrays(
        np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=70), elements=st.sampled_from([0, 127, 255])
    ),
    kind=st.sampled_from(["lung", "lesion"]),
    seed=st.integers(0, 9),
)
@settings(max_examples=300, deadline=None)
def test_any_mask_on_any_film_gets_sentences_and_no_crash(pixels, kind, seed):
    film = np.random.default_rng(seed).integers(0, 256, pixels.shape).astype(np.uint8)
    generous = Bounds((0, 1), (0, 1), (0, 1), 0, 0, 1, 0)
    for bounds in (Bounds(), generous):
        for sentence in masks.objections(kind, of(pixels), film, bounds=bounds):
            assert sentence.startswith(f"its {kind} mask ")
            assert sentence.endswith(", so it is not kept")


@given(seed=st.integers(0, 50), side=st.integers(96, 300), film_side=st.integers(96, 700))
@settings(max_examples=40, deadline=None)
def test_resizing_keeps_the_area_within_two_percent(seed, side, film_side):
    pixels = phantoms.draw("Normal", seed, side_px=side).lung_mask
    mask = masks.from_pixels(pixels, (film_side, film_side))
    assert np.mean(mask.pixels == 255) == pytest.approx(np.mean(pixels == 255), rel=0.02)


# Plausibility


def test_a_mask_of_another_shape_than_the_film_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match=r"\(200, 200\)"):
        masks.objections("lung", of(LUNGS[1:]), DRAWN.pixels)


def test_an_empty_lung_mask_is_refused_and_an_empty_lesion_mask_says_that_there_is_none():
    nothing = of(np.zeros(SHAPE, np.uint8))
    assert masks.objections("lung", nothing, DRAWN.pixels) == ("its lung mask marks nothing, so it is not kept",)
    assert masks.objections("lesion", nothing, DRAWN.pixels) == ()


def test_what_is_to_be_ignored_is_not_marked():
    ignored = np.where(LUNGS > 0, 127, 0).astype(np.uint8)
    assert "marks nothing" in lung_objections(ignored)


def test_a_mask_of_everything_is_refused_with_its_share():
    assert "covers 100% of the film where lungs cover 6 to 65%" in lung_objections(np.full(SHAPE, 255, np.uint8))


def test_a_mask_the_wrong_way_round_is_refused():
    assert "as what surrounds the lungs does" in lung_objections(255 - LUNGS)


def test_one_lung_or_both_in_a_corner_are_refused():
    one = LUNGS.copy()
    one[:, :100] = 0
    corner = np.zeros(SHAPE, np.uint8)
    corner[:100, :100] = cv2.resize(LUNGS, (100, 100), interpolation=cv2.INTER_NEAREST)
    for pixels in (one, corner):
        assert "where lungs lie around the middle" in lung_objections(pixels)
    assert "wide and" in lung_objections(one)


def test_scattered_dots_are_refused_as_pieces():
    dots = np.zeros(SHAPE, np.uint8)
    dots[20:-20:3, 20:-20:3] = 255
    assert "in its two largest pieces" in lung_objections(dots)


@pytest.mark.parametrize(
    ("passing", "failing", "words"),
    [
        ({"lung_area": (OUTLINE.area - 0.001, 1)}, {"lung_area": (OUTLINE.area + 0.001, 1)}, "of the film where"),
        ({"lung_area": (0, OUTLINE.area + 0.001)}, {"lung_area": (0, OUTLINE.area - 0.001)}, "of the film where"),
        (
            {"lung_centre_across": (0, OUTLINE.across + 0.001)},
            {"lung_centre_across": (0, OUTLINE.across - 0.001)},
            "of the width",
        ),
        (
            {"lung_centre_down": (OUTLINE.down - 0.001, 1)},
            {"lung_centre_down": (OUTLINE.down + 0.001, 1)},
            "of the height",
        ),
        ({"min_lung_width": OUTLINE.width}, {"min_lung_width": OUTLINE.width + 0.001}, "wide and"),
        ({"min_lung_height": OUTLINE.height}, {"min_lung_height": OUTLINE.height + 0.001}, "wide and"),
        ({"max_lung_border": 0.0}, {"max_lung_border": -0.001}, "border"),
        ({"min_lung_in_two_pieces": 1.0}, {"min_lung_in_two_pieces": 1.001}, "pieces"),
    ],
)
def test_each_bound_of_a_lung_mask_stops_what_is_past_it_and_nothing_short_of_it(passing, failing, words):
    assert lung_objections(LUNGS, replace(Bounds(), **passing)) == ""
    assert words in lung_objections(LUNGS, replace(Bounds(), **failing))


@pytest.mark.parametrize(
    ("passing", "failing", "words"),
    [
        ({"max_lesion_area": SIGN.area}, {"max_lesion_area": SIGN.area - 0.001}, "can be a lesion"),
        (
            {"lesion_centre_across": (SIGN.across - 0.001, 1)},
            {"lesion_centre_across": (SIGN.across + 0.001, 1)},
            "far outside",
        ),
        ({"lesion_centre_down": (0, SIGN.down + 0.001)}, {"lesion_centre_down": (0, SIGN.down - 0.001)}, "far outside"),
        ({"min_lesion_in_lungs": 1.0}, {"min_lesion_in_lungs": 1.001}, "within the lung mask"),
        ({"max_lesion_on_air": 0.0}, {"max_lesion_on_air": -0.001}, "black in the film"),
    ],
)
def test_each_bound_of_a_lesion_mask_stops_what_is_past_it_and_nothing_short_of_it(passing, failing, words):
    lesion, lungs = of(DRAWN.lesion_mask), of(LUNGS)
    kept = masks.objections("lesion", lesion, DRAWN.pixels, lungs=lungs, bounds=replace(Bounds(), **passing))
    assert kept == ()
    (said,) = masks.objections("lesion", lesion, DRAWN.pixels, lungs=lungs, bounds=replace(Bounds(), **failing))
    assert words in said


def test_one_stray_pixel_in_a_corner_is_no_lesion_even_on_a_large_film():
    film = cv2.resize(DRAWN.pixels, (1500, 1500))
    stray = np.zeros(film.shape, np.uint8)
    stray[0, -1] = 255
    assert any("far outside" in said for said in masks.objections("lesion", of(stray), film))


# The wrong patient


@pytest.mark.parametrize("side_px", [64, 96, 224, 512])
def test_phantoms_pass_with_their_own_masks_and_fail_with_those_of_others(side_px):
    findings = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")
    drawn = [
        phantoms.draw(findings[seed % 4], seed, side_px=side_px, source=phantoms.SOURCES[seed % 3])
        for seed in range(24)
    ]
    wrong = 0
    for number, film in enumerate(drawn):
        own, other = of(film.lung_mask), of(drawn[number - 7].lung_mask)
        assert masks.objections("lung", own, film.pixels) == ()
        assert masks.objections("lesion", of(film.lesion_mask), film.pixels, lungs=own) == ()
        wrong += bool(masks.objections("lung", other, film.pixels))
    assert wrong >= 19


def test_the_sentence_says_that_it_may_be_another_patients():
    (said,) = masks.objections("lung", of(phantoms.draw("Normal", 8, side_px=200).lung_mask), DRAWN.pixels)
    assert "does not follow the lungs of this film (fit -" in said
    assert "may be another patient's" in said


def test_the_fit_asks_for_a_mask_of_this_film():
    for inside in (np.zeros(SHAPE, bool), np.ones((9, 9), bool)):
        with pytest.raises(ValueError, match="marks something of its film"):
            mask_fit.fit(inside, DRAWN.pixels)


def test_real_masks_pass_on_their_own_films_and_hardly_on_those_of_others(shared):
    films = mask_pairs.films(shared, every=8)
    laid = mask_pairs.pairs(films, wrong=10)
    rule = mask_pairs.Rule(np.array(mask_fit.WEIGHTS), mask_fit.INTERCEPT + mask_fit.LENIENCY)
    scores = rule.score(laid)
    stopped = {kind: np.mean([s < 0 for s, p in zip(scores, laid, strict=True) if p.kind == kind]) for kind in KINDS}
    assert stopped["own"] == 0
    assert stopped["coarse"] == 0
    assert stopped["wrong"] > 0.93
    assert stopped["moved"] > 0.98
    assert stopped["upside down"] > 0.9


KINDS = ("own", "coarse", "wrong", "moved", "upside down")


@pytest.mark.long
def test_the_rule_fitted_anew_is_the_one_in_use_and_does_what_is_said_of_it(shared):
    from sklearn.metrics import roc_auc_score

    films = mask_pairs.films(shared)
    laid = mask_pairs.pairs(films)
    rule = mask_pairs.fitted(laid)
    assert rule.weights == pytest.approx(np.array(mask_fit.WEIGHTS), abs=0.05)
    assert rule.intercept == pytest.approx(mask_fit.INTERCEPT, abs=0.1)
    scores = mask_pairs.held_out_scores(films, laid) + mask_fit.LENIENCY
    own, wrong = (scores[[pair.kind == kind for pair in laid]] for kind in ("own", "wrong"))
    assert (len(own), len(wrong)) == (304, 9120)
    assert roc_auc_score([1] * len(own) + [0] * len(wrong), [*own, *wrong]) > 0.998
    assert np.mean(own < 0) <= 0.01
    assert np.mean(wrong < 0) > 0.95
