"""A known error of a public table is put right with a record, and nothing else is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from radiographs.records import known_errors
from radiographs.records.batchfile import Line
from radiographs.records.cellwords import Size

SIZE = "the table's size 256 x 256 is a known error of radiography-database; the file's 299 x 299 stands"


def line(*, source: str = "radiography-database", name: str = "a.png", **stated: str) -> Line:
    empty = dict.fromkeys(
        ("problem", "change", "finding", "finding_word", "patient_id", "study_id", "view_position", "sex",
         "radiograph_id", "file_digest", "original", "lung_mask", "lesion_mask", "phash", "told", "known_as"), "",
    )  # fmt: skip
    told = {f"stated_{what}": value for what, value in stated.items()}
    return Line(row=0, name=name, source=source, age=None, offset_days=None, **empty, **told)  # type: ignore[arg-type]


def real(width: int, height: int, channels: int = 1) -> known_errors.Real:
    return SimpleNamespace(width=width, height=height, channels=channels)  # type: ignore[return-value]


def test_the_known_size_is_put_right_and_recorded() -> None:
    said = line(width="256", height="256", format="PNG", channels="1")
    settled = known_errors.settle(said, real(299, 299))
    assert settled.repairs == (SIZE,)
    assert (settled.line.stated_width, settled.line.stated_height) == ("", "")
    assert (settled.line.stated_format, settled.line.stated_channels) == ("PNG", "1")
    assert said.stated_width == "256"


def test_three_channels_are_known_too() -> None:
    settled = known_errors.settle(line(width="256", height="256", channels="1"), real(299, 299, channels=3))
    assert len(settled.repairs) == 2 and "three channels" in settled.repairs[1]
    assert settled.line.stated_channels == ""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (line(width="256", height="256"), real(224, 224)),
        (line(width="512", height="512"), real(299, 299)),
        (line(width="256", height="299"), real(299, 256)),
        (line(channels="3"), real(299, 299, channels=1)),
        (line(source="north", width="256", height="256", channels="1"), real(299, 299, channels=3)),
        (line(), real(299, 299, channels=3)),
    ],
)
def test_any_other_contradiction_stays_for_the_expectations(said: Line, found: known_errors.Real) -> None:
    assert known_errors.settle(said, found) == known_errors.Settled(said)


@pytest.mark.parametrize(
    ("name", "known"),
    [("Viral Pneumonia/images/Viral Pneumonia-12.png", True), ("COVID/COVID-3.PNG", True), ("x/COVID-3-b.png", False)],
)
def test_a_file_of_the_data_set_is_known_by_its_name_under_another_source(name: str, known: bool) -> None:
    settled = known_errors.settle(line(source="mine", name=name, width="256", height="256"), real(299, 299))
    assert bool(settled.repairs) is known


def test_a_film_that_was_decoded_before_is_settled_by_its_kept_facts() -> None:
    kept = known_errors.known_file({"width": 299, "height": 299, "channels": 1, "format": "PNG"})
    assert known_errors.settle(line(width="256", height="256"), kept).repairs == (SIZE,)


def test_every_known_error_says_what_is_done_and_where_it_is_from() -> None:
    for error in known_errors.KNOWN_ERRORS:
        assert error.data_set in error.repair and "known error" in error.repair
        assert isinstance(error.stated, Size if error.column == "size" else int)
