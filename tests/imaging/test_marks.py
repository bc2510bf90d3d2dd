"""Tests that burnt-in text is found and masked, and that anatomy, wires and arrows are left alone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from radiographs.imaging import decode, marks, phantom_marks, phantoms
from radiographs.imaging.marks import Region
from radiographs.imaging.phantom_marks import Lettering

NAME = "DOE^JOHN 1957-03-02"
PLACES = {"border": (0.02, 0.01), "shoulder": (0.9, 0.12), "lung": (0.35, 0.45), "abdomen": (0.5, 0.97)}


@cache
def bare(seed: int = 1, side_px: int = 512) -> np.ndarray:
    """A drawn chest whose scanner's letter is painted over, on a dark border as films are printed with."""
    film = phantoms.draw("Normal", seed, side_px=side_px, source="phantom-north").pixels
    box = (round(side_px * share) for share in (0.81, 0.02, 0.17, 0.14))
    film = marks.mask(film, (Region(*box, identifying=False),))
    film[: side_px // 20] = 4
    film.setflags(write=False)
    return film


def covered(found: marks.Marks, line: Region) -> float:
    """Which share of a line lies in identifying regions."""
    inside = np.zeros((line.height, line.width), bool)
    for region in found.regions:
        top, left = region.top - line.top, region.left - line.left
        if region.identifying:
            inside[max(0, top) : max(0, top + region.height), max(0, left) : max(0, left + region.width)] = True
    return float(inside.mean())


def identifying(pixels: np.ndarray) -> list[Region]:
    """The regions that may name a patient."""
    return [region for region in marks.find(pixels).regions if region.identifying]


def test_a_chest_without_text_has_no_marks() -> None:
    for seed in range(4):
        assert marks.find(bare(seed)) == marks.NONE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("font", ["simplex", "duplex", "italic", "truetype", "bitmap"])
@pytest.mark.parametrize("height_px", [8, 14, 22])
def test_a_name_line_is_found_in_any_font_and_place(place: str, font: phantom_marks.Font, height_px: int) -> None:
    burnt = phantom_marks.burn(bare(), Lettering(NAME, height_px, 255, font, jpeg_quality=80), *PLACES[place])
    assert covered(marks.find(burnt.pixels), burnt.box) > 0.9


@pytest.mark.parametrize(("value", "box"), [(0, 255), (255, 0), (150, 0), (0, 130), (200, None)])
@pytest.mark.parametrize("text", ["ID 4711-0815", "02.03.1957", "Doe, John"])
def test_white_black_and_grey_text_is_found_with_and_without_a_box(text: str, value: int, box: int | None) -> None:
    burnt = phantom_marks.burn(bare(), Lettering(text, 12, value, "simplex", box), 0.03, 0.0 if box is None else 0.3)
    assert covered(marks.find(burnt.pixels), burnt.box) > 0.9


@pytest.mark.parametrize("height_px", [30, 40])
def test_a_large_name_is_found(height_px: int) -> None:
    burnt = phantom_marks.burn(bare(), Lettering("DOE JOHN", height_px, 255, "truetype"), 0.4, 0.9)
    assert covered(marks.find(burnt.pixels), burnt.box) > 0.9


def test_a_name_is_found_where_the_film_lies_on_its_side_or_is_mirrored() -> None:
    burnt = phantom_marks.burn(bare(), Lettering(NAME, 12, 255), 0.05, 0.01)
    for turned in (np.rot90(burnt.pixels), np.rot90(burnt.pixels, 3), np.rot90(burnt.pixels, 2), burnt.pixels[:, ::-1]):
        assert identifying(np.ascontiguousarray(turned))


def test_boxes_lie_on_the_grid_of_a_large_film() -> None:
    large = cv2.resize(bare(), (1800, 1500), interpolation=cv2.INTER_LINEAR)
    burnt = phantom_marks.burn(large, Lettering(NAME, 40, 255), 0.05, 0.02)
    found = marks.find(burnt.pixels)
    assert covered(found, burnt.box) > 0.9
    assert all(region.left + region.width <= 1800 and region.top + region.height <= 1500 for region in found.regions)
    assert 0 < found.text_share < 0.1


@pytest.mark.parametrize("height_px", [12, 20, 32])
@pytest.mark.parametrize("circle", [False, True])
@pytest.mark.parametrize("side", ["L", "R"])
def test_a_lone_side_mark_is_no_name_and_says_the_side(side: str, circle: bool, height_px: int) -> None:
    lettering = Lettering(side, height_px, 255, "truetype", circle=circle)
    found = marks.find(phantom_marks.burn(bare(), lettering, 0.95, 0.15).pixels)
    assert [region.identifying for region in found.regions] == [False]
    assert found.laterality == side


def test_a_letter_in_a_ring_is_no_line_of_gaps() -> None:
    for font in ("simplex", "duplex", "italic"):
        lettering = Lettering("R", 32, 0, font, 255, circle=True)
        assert identifying(phantom_marks.burn(bare(), lettering, 0.95, 0.15).pixels) == []


@pytest.mark.parametrize("text", ["AP", "PA"])
@pytest.mark.parametrize("font", ["simplex", "truetype"])
def test_a_lone_view_mark_is_no_name_and_says_no_side(text: str, font: phantom_marks.Font) -> None:
    found = marks.find(phantom_marks.burn(bare(), Lettering(text, 14, 255, font), 0.95, 0.15).pixels)
    assert [region.identifying for region in found.regions] == [False]
    assert found.laterality == ""


def test_a_mirrored_letter_says_what_it_said() -> None:
    film = phantom_marks.burn(bare(), Lettering("R", 20, 255, "truetype"), 0.95, 0.15).pixels
    assert marks.find(np.ascontiguousarray(film[:, ::-1])).laterality == "R"


def test_two_sides_on_one_film_say_none() -> None:
    film = phantom_marks.burn(bare(), Lettering("L", 20, 255, "truetype"), 0.95, 0.15).pixels
    film = phantom_marks.burn(film, Lettering("R", 20, 255, "truetype"), 0.05, 0.15).pixels
    found = marks.find(film)
    assert len(found.regions) == 2 and found.laterality == ""


def test_short_lines_in_a_block_may_name_a_patient() -> None:
    film = bare()
    for text, top in (("AP", 0.14), ("PA", 0.19)):
        film = phantom_marks.burn(film, Lettering(text, 14, 255, "truetype"), 0.02, top).pixels
    assert len(identifying(film)) == 2


def wires(film: np.ndarray) -> None:
    """Leads over the chest, as a monitor's."""
    x = np.linspace(40, 470, 200)
    for phase in range(5):
        y = 250 + 90 * np.sin(x / 70 + phase) + 20 * phase
        cv2.polylines(film, [np.stack([x, y], axis=1).astype(np.int32)], False, 235, 2, cv2.LINE_AA)


def electrodes(film: np.ndarray) -> None:
    """Rings and discs, as of an electrocardiograph."""
    for x, y in ((150, 150), (350, 150), (250, 300), (150, 380), (350, 380)):
        cv2.circle(film, (x, y), 9, 240, 3, cv2.LINE_AA)
        cv2.circle(film, (x + 30, y), 5, 240, -1, cv2.LINE_AA)


def pacemaker(film: np.ndarray) -> None:
    """A box with a lead."""
    cv2.ellipse(film, (390, 130), (34, 28), 10, 0, 360, 245, -1, cv2.LINE_AA)
    cv2.ellipse(film, (300, 200), (100, 70), 0, 90, 300, 240, 3, cv2.LINE_AA)


def sternal_wires(film: np.ndarray) -> None:
    """Loops down the breast bone."""
    for y in range(140, 400, 38):
        cv2.ellipse(film, (256, y), (16, 7), 12, 0, 350, 250, 2, cv2.LINE_AA)


def arrows(film: np.ndarray) -> None:
    """Arrows that point at a finding."""
    for start, end in (((60, 200), (110, 230)), ((440, 210), (390, 240)), ((80, 350), (130, 330))):
        cv2.arrowedLine(film, start, end, 255, 4, cv2.LINE_AA, tipLength=0.4)


def frames(film: np.ndarray) -> None:
    """A box drawn around a finding, and a white edge of the film."""
    cv2.rectangle(film, (90, 180), (220, 330), 255, 2)
    film[:, :3], film[-4:] = 255, 255


@pytest.mark.parametrize("draw", [wires, electrodes, pacemaker, sternal_wires, arrows, frames])
def test_what_is_bright_and_thin_is_no_text(draw: Callable[[np.ndarray], None]) -> None:
    for seed in (1, 2, 3):
        film = bare(seed).copy()
        draw(film)
        assert marks.find(film) == marks.NONE


def test_grain_and_ruled_paper_are_no_name() -> None:
    random = np.random.default_rng(0)
    assert identifying(random.integers(0, 256, (224, 224), np.uint8)) == []
    assert identifying(np.clip(bare() + random.normal(0, 25, (512, 512)), 0, 255).astype(np.uint8)) == []
    assert identifying(np.tile(np.array([[0, 0, 255, 255]], np.uint8), (200, 50))) == []


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70))))
def test_any_picture_gets_boxes_that_lie_on_it(pixels: np.ndarray) -> None:
    found = marks.find(pixels)
    assert 0 <= found.text_share <= 1 and found.laterality in ("", "L", "R")
    for region in found.regions:
        assert 0 <= region.left < region.left + region.width <= pixels.shape[1]
        assert 0 <= region.top < region.top + region.height <= pixels.shape[0]
    assert marks.mask(pixels, found.regions).shape == pixels.shape


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.float32), np.zeros((0, 9), np.uint8)]
)
def test_anything_but_a_film_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a 2-D uint8 radiograph"):
        marks.find(pixels)
    with pytest.raises(ValueError, match="expected a 2-D uint8 radiograph"):
        marks.mask(pixels, ())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("box", [None, 0])
def test_a_masked_film_has_no_name_left(place: str, box: int | None) -> None:
    burnt = phantom_marks.burn(bare(), Lettering(NAME, 14, 255, "truetype", box), *PLACES[place])
    found = marks.find(burnt.pixels)
    assert identifying(marks.mask(burnt.pixels, found.regions)) == []


def test_masking_brings_back_nearly_what_the_letters_hid() -> None:
    burnt = phantom_marks.burn(bare(), Lettering(NAME, 14, 255), *PLACES["lung"])
    masked = marks.mask(burnt.pixels, marks.find(burnt.pixels).regions)
    line = burnt.box
    place = np.s_[line.top : line.top + line.height, line.left : line.left + line.width]
    assert np.abs(masked[place].astype(int) - bare()[place]).mean() < 16
    assert np.abs(burnt.pixels[place].astype(int) - bare()[place]).mean() > 40


def test_masking_changes_the_regions_only_and_leaves_the_input() -> None:
    film = phantom_marks.burn(bare(), Lettering(NAME, 14, 255), *PLACES["shoulder"]).pixels
    before, regions = film.copy(), marks.find(film).regions
    masked = marks.mask(film, regions)
    assert (film == before).all() and (masked == marks.mask(film, regions)).all()
    outside = np.ones(film.shape, bool)
    for region in regions:
        outside[region.top : region.top + region.height, region.left : region.left + region.width] = False
    assert (masked == film)[outside].all() and not (masked == film)[~outside].all()


def test_a_fill_runs_smoothly_from_side_to_side() -> None:
    ramp = np.tile(np.linspace(20, 220, 200).astype(np.uint8), (120, 1))
    masked = marks.mask(ramp, (Region(60, 40, 80, 30, True),))
    assert np.abs(np.diff(masked.astype(int), axis=1)).max() <= 12
    assert np.abs(masked.astype(int) - ramp).max() <= 40


def test_a_region_at_the_edge_or_over_everything_is_filled() -> None:
    film = np.full((40, 60), 90, np.uint8)
    film[:10, :20] = 255
    assert (marks.mask(film, (Region(0, 0, 20, 10, True),)) == 90).all()
    assert not marks.mask(film, (Region(0, 0, 60, 40, True),)).any()


@pytest.mark.parametrize("region", [Region(-1, 0, 5, 5, True), Region(50, 0, 20, 5, True), Region(3, 3, 0, 4, True)])
def test_a_region_off_the_film_is_refused(region: Region) -> None:
    with pytest.raises(ValueError, match="expected a region on the film"):
        marks.mask(np.zeros((40, 60), np.uint8), (region,))


def test_letters_are_drawn_where_they_are_said_to_be() -> None:
    burnt = phantom_marks.burn(np.zeros((100, 300), np.uint8), Lettering("ID 4711", 20, 255, "truetype"), 0.5, 0.5)
    rows, columns = np.flatnonzero(burnt.pixels.any(axis=1)), np.flatnonzero(burnt.pixels.any(axis=0))
    assert abs(burnt.box.top - rows[0]) <= 1 and abs(burnt.box.left - columns[0]) <= 1
    assert abs(burnt.box.height - 20) <= 2 and abs(burnt.box.width - (columns[-1] - columns[0] + 1)) <= 2


def test_letters_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="expected text"):
        Lettering(" ")
    with pytest.raises(ValueError, match="expected a film of at least"):
        phantom_marks.burn(np.zeros((20, 20), np.uint8), Lettering(NAME, 20), 0, 0)


PROBES = {"COVID-23": True, "COVID-385": True, "COVID-450": False, "COVID-545": True}


@pytest.mark.parametrize("probe", PROBES)
def test_real_films_with_text_or_arrows(shared: Path, probe: str) -> None:
    film = decode.decode_file(shared / "probes" / "odd" / f"text_or_arrows__{probe}.png").pixels
    found = marks.find(film)
    assert any(region.identifying for region in found.regions) == PROBES[probe]
    assert found.regions and identifying(marks.mask(film, found.regions)) == []


@pytest.mark.parametrize("probe", ["dog.jpg", "ct_slice__16751_3_3.jpg", "lateral__000005-5-b.jpg"])
def test_real_pictures_without_text(shared: Path, probe: str) -> None:
    assert marks.find(decode.decode_file(shared / "probes" / "odd" / probe).pixels) == marks.NONE


def films_of(shared: Path, source: str, every: int) -> list[np.ndarray]:
    """Every so-manieth film of a source."""
    with (shared / "radiographs" / "metadata.csv").open(encoding="utf-8") as lines:
        paths = [row["path"] for row in csv.DictReader(lines) if row["source"] == source]
    return [decode.decode_file(shared / "radiographs" / path).pixels for path in islice(paths, 0, None, every)]


def test_side_marks_of_real_films_are_read_on_the_safe_side(shared: Path) -> None:
    sides = [marks.find(film).laterality for film in films_of(shared, "kermany", 8)]
    assert "L" not in sides  # this hospital marks the right only
    assert sides.count("R") > 0.4 * len(sides)


@pytest.mark.long
def test_text_is_seldom_seen_over_the_lungs_of_real_films(shared: Path) -> None:
    films = films_of(shared, "radiography-database", 4)
    central = 0
    for film in films:
        height, width = film.shape
        for region in identifying(film):
            x, y = (region.left + region.width / 2) / width, (region.top + region.height / 2) / height
            central += 0.15 < x < 0.85 and 0.18 < y < 0.9
    assert central <= 0.005 * len(films)
