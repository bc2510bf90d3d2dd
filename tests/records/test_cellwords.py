"""Numbers, ages, sexes, formats and sizes are read in several countries' words, and never made up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs.records import cellwords
from radiographs.records.cellwords import Size


@given(st.integers(0, 120), st.integers(0, 99), st.sampled_from(".,"))
def test_a_decimal_number_is_read_with_point_or_comma(whole: int, part: int, sign: str) -> None:
    assert cellwords.number(f"{whole}{sign}{part:02d}", decimal_comma=True) == pytest.approx(whole + part / 100)


@given(st.text(max_size=10))
def test_a_number_is_finite_or_none(text: str) -> None:
    value = cellwords.number(text, decimal_comma=True)
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e3", "1_000", "٣", "1,234,5", "old", "-", "5 5"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert cellwords.number(text, decimal_comma=True) is None


def test_a_comma_is_no_decimal_one_where_it_separates_cells() -> None:
    assert cellwords.number("55,5", decimal_comma=False) is None


@pytest.mark.parametrize(
    ("text", "years"),
    [("55", 55), ("055Y", 55), ("006M", 0.5), ("55 ans", 55), ("6 mois", 0.5), ("55,5", 55.5), ("-1", -1),
     ("10 j", 0.027), ("2 years", 2), ("1 année", 1)],
)  # fmt: skip
def test_ages_are_years_in_whatever_unit_they_came(text: str, years: float) -> None:
    assert cellwords.age(text, decimal_comma=True) == pytest.approx(years, abs=5e-4)


@pytest.mark.parametrize("text", ["old", "55 parsecs", "nan", "50-60", ">89"])
def test_what_is_no_age_is_none(text: str) -> None:
    assert cellwords.age(text, decimal_comma=True) is None


@pytest.mark.parametrize(
    ("words", "sex"),
    [("M m Male HOMME h masculin Man", "M"), ("F Femme féminin WOMAN girl", "F"), ("O Autre other", "O"),
     ("unknown Inconnu U ?", ""), ("banana 1", None)],
)  # fmt: skip
def test_sexes_are_known_in_two_languages(words: str, sex: str | None) -> None:
    assert {cellwords.sex(word) for word in words.split()} == {sex}


@pytest.mark.parametrize("text", ["256*256", "256x256", "256 X 256", "256 × 256 px"])
def test_a_size_is_read_in_the_ways_people_write_it(text: str) -> None:
    assert cellwords.size(text) == Size(256, 256)


@pytest.mark.parametrize("text", ["large", "256", "1.2 MB", "256*256*3", ""])
def test_a_size_in_other_words_says_nothing(text: str) -> None:
    assert cellwords.size(text) is None


def test_formats_and_colour_models_get_the_names_of_decoding() -> None:
    words = ("png", "JPG", "image/jpeg", ".tif", "dcm", "WebP", "35x43")
    assert [cellwords.file_format(word) for word in words] == ["PNG", "JPEG", "JPEG", "TIFF", "DICOM", "WEBP", None]
    modes = ("L", "RGB", "RGBA", "P", "MONOCHROME1", "YBR_FULL_422", "niveaux de gris", "tilted")
    assert [cellwords.channels(mode) for mode in modes] == [1, 3, 4, 1, 1, 3, 1, None]


def test_whole_numbers_are_above_nothing() -> None:
    assert [cellwords.whole(text) for text in ("512", "512.0", "512.5", "0", "-3", "", "x")] == [512, 512, *[None] * 5]
