"""Tests that films pass and that what cannot be a film is told from it, close to each limit on either side."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from radiographs.imaging import decode, phantoms, quality
from radiographs.imaging.decode import DecodedRadiograph
from radiographs.imaging.quality import ImageFacts, Limits

LIMITS = Limits()
GOOD = ImageFacts(
    width=400, height=300, bit_depth=8, channels=1, format="PNG", tint=0.0, mean_intensity=120.0, contrast=50.0,
    sharpness=200.0, entropy=7.0, black_share=0.1, exposure=0.5, border_share=0.0, text_share=0.0, laterality="",
    inversion="none", frontal_score=0.8,
)  # fmt: skip


def decoded(picture: np.ndarray) -> DecodedRadiograph:
    """What comes of a picture that was saved as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return decode.decode_bytes(buffer.getvalue(), "film.png")


def objections_to(picture: np.ndarray) -> tuple[str, ...]:
    """What is held against a picture."""
    film = decoded(picture)
    return quality.objections(quality.measure(film.pixels, film.facts))


PAIRS = [
    ({"width": 64, "height": 64}, {"width": 64, "height": 63}, "63 pixels"),
    ({"width": 250, "height": 100}, {"width": 251, "height": 100}, "251 to 100"),
    ({"width": 100, "height": 250}, {"width": 100, "height": 251}, "251 to 100"),
    ({"tint": LIMITS.max_tint}, {"tint": LIMITS.max_tint + 0.001}, "coloured"),
    ({"contrast": LIMITS.min_contrast}, {"contrast": LIMITS.min_contrast - 0.1}, "nearly even"),
    ({"entropy": LIMITS.min_entropy}, {"entropy": LIMITS.min_entropy - 0.1}, "few grey levels"),
    (
        {"frontal_score": LIMITS.min_frontal_score},
        {"frontal_score": LIMITS.min_frontal_score - 0.01},
        "does not look like a frontal chest film",
    ),
    ({"inversion": "righted"}, {"inversion": "suspected"}, "look like a negative"),
    ({"inversion": "none"}, {"inversion": "suspected", "frontal_score": 0.0}, "look like a negative"),
]


@pytest.mark.parametrize(("inside", "outside", "words"), PAIRS)
def test_each_limit_takes_what_reaches_it_and_objects_to_what_just_does_not(
    inside: dict[str, float], outside: dict[str, float], words: str
) -> None:
    assert quality.objections(replace(GOOD, **inside)) == ()
    (said,) = quality.objections(replace(GOOD, **outside))
    assert words in said


def test_every_objection_is_told_and_not_only_the_first() -> None:
    assert (
        len(
            quality.objections(
                replace(GOOD, width=10, height=1, tint=1.0, contrast=0.0, entropy=0.0, frontal_score=0.0)
            )
        )
        == 6
    )


@pytest.mark.parametrize("finding", ["COVID", "Lung_Opacity", "Viral Pneumonia", "Normal"])
@pytest.mark.parametrize("source", phantoms.SOURCES)
def test_phantoms_pass(finding: str, source: str) -> None:
    assert objections_to(phantoms.draw(finding, 3, side_px=96, source=source).pixels) == ()


def test_a_film_toned_in_one_hue_passes_and_a_photograph_of_many_does_not() -> None:
    film = phantoms.draw("COVID", 4, side_px=96).pixels
    toned = np.dstack([film * 0.8, film * 0.9, film]).astype(np.uint8)
    assert objections_to(toned) == ()
    random = np.random.default_rng(0)
    patches = random.integers(0, 256, (6, 6, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
    assert any("coloured" in said for said in objections_to(patches))


@pytest.mark.parametrize(
    ("picture", "n"),
    [(np.zeros((200, 200), np.uint8), 3), (np.full((1, 1), 90, np.uint8), 4), (np.full((90, 90), 255, np.uint8), 3)],
)
def test_black_white_and_a_single_pixel_are_objected_to(picture: np.ndarray, n: int) -> None:
    assert len(objections_to(picture)) == n


def test_the_figures_are_those_of_their_definitions() -> None:
    film = decoded(np.tile(np.array([[0, 200], [0, 200]], np.uint8), (50, 50)))
    facts = quality.measure(film.pixels, film.facts)
    assert (facts.mean_intensity, facts.contrast, facts.entropy, facts.black_share) == (100.0, 100.0, 1.0, 0.5)
    assert (facts.width, facts.height, facts.format, facts.bit_depth, facts.channels) == (100, 100, "PNG", 8, 1)
    assert facts.exposure == round(200 / 255, 4)
    assert quality.measure(np.full((9, 9), 7, np.uint8), film.facts).sharpness == 0


def test_a_sharp_film_has_more_sharpness_than_its_blurred_copy() -> None:
    film = phantoms.draw("Normal", 1, side_px=128).pixels
    facts = decoded(film).facts
    blurred = np.asarray(Image.fromarray(film).resize((32, 32)).resize((128, 128)))
    assert quality.measure(film, facts).sharpness > 2 * quality.measure(blurred, facts).sharpness


# Real films


def test_a_sample_of_real_films_has_no_objections(shared: Path) -> None:
    with (shared / "radiographs" / "metadata.csv").open(encoding="utf-8") as file:
        names = [row["path"] for row in csv.DictReader(file)]
    objected = {}
    for name in np.random.default_rng(7).choice(names, 150, replace=False):
        film = decode.decode_file(shared / "radiographs" / name)
        if said := quality.objections(quality.measure(film.pixels, film.facts)):
            objected[name] = said
    assert objected == {}


@pytest.mark.parametrize("name", ["tinted__200.jpg", "rgba_png__ryct.2020003.fig2-a.png", "webp__465.webp"])
def test_an_awkward_real_film_passes(shared: Path, name: str) -> None:
    film = decode.decode_file(shared / "probes" / "odd" / name)
    assert quality.objections(quality.measure(film.pixels, film.facts)) == ()


def test_a_photograph_of_a_dog_is_objected_to_for_its_colours(shared: Path) -> None:
    film = decode.decode_file(shared / "probes" / "odd" / "dog.jpg")
    assert any("coloured" in said for said in quality.objections(quality.measure(film.pixels, film.facts)))
