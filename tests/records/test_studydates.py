"""A day is read where it is certain, and left out where it is not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs.records import studydates
from radiographs.records.studydates import Order

DAYS = st.dates(date(1895, 1, 1), date(2100, 12, 31))


@given(DAYS, st.sampled_from(("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%d 00:00:00", "%Y-%m-%dT10:11:12Z", "%d.%m.%Y")))
def test_a_day_that_can_be_read_in_one_way_is_read_whatever_the_column(day: date, form: str) -> None:
    orders: tuple[Order, ...] = ("", "day")
    assert {studydates.day(day.strftime(form), order) for order in orders} == {day.strftime("%Y%m%d")}


@given(DAYS)
def test_a_french_day_is_read_as_it_was_meant(day: date) -> None:
    assert studydates.day(day.strftime("%d/%m/%Y"), "day") == day.strftime("%Y%m%d")


@given(DAYS)
def test_without_an_order_a_day_is_right_or_left_out(day: date) -> None:
    told = studydates.day(day.strftime("%d/%m/%Y"), "")
    assert told == (day.strftime("%Y%m%d") if day.day > 12 or day.day == day.month else "")


@given(st.text(max_size=12) | st.text("0123456789/-.", max_size=12), st.sampled_from(("", "day", "month")))
def test_whatever_is_read_is_a_day(text: str, order: Order) -> None:
    told = studydates.day(text, order)
    assert not told or date(int(told[:4]), int(told[4:6]), int(told[6:]))


@pytest.mark.parametrize(
    "text", ["2020", "31/02/2020", "04/03/20", "1066-01-02", "20201332", "4 mars 2020", "2020-3/4"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert studydates.day(text, "day") is None


def test_a_date_that_denies_its_column_is_none() -> None:
    assert studydates.day("03/25/2020", "day") is None


@pytest.mark.parametrize(
    ("texts", "french", "order"),
    [
        (["04/03/2020"], False, ""),
        (["04/03/2020"], True, "day"),
        (["04/03/2020", "", "25/03/2020"], False, "day"),
        (["04/03/2020", "03/25/2020"], False, "month"),
        (["25/03/2020", "03/25/2020"], False, ""),
        (["2020-03-25"], False, ""),
    ],
)
def test_one_certain_date_tells_the_order_of_its_column(texts: list[str], french: bool, order: Order) -> None:
    assert studydates.order_of(texts, french=french) == order
