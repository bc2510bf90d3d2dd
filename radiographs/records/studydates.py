"""The day of an examination as tables write it; a date that can be read in two ways is left out rather than guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

Order = Literal["day", "month", ""]

AMBIGUOUS = "a study date was left out, because its day and month could be taken for each other"
UNREADABLE = "a study date was left out, because it is no date that can be read"
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})(?:([/-])(\d{{1,2}})\2(\d{{1,2}})|(\d{{2}})(\d{{2}})){_TIME}", re.A)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.A)
_FIRST_YEAR = 1895  # of radiographs


def order_of(texts: Iterable[str], *, french: bool) -> Order:
    """Whether a column of dates that end in the year names the day or the month first.

    Args:
        texts: its cells.
        french: whether the table's header is in French, where the day comes first.

    Returns:
        "day" or "month" where the language or any date proves it, "" where nothing does or two dates disagree.
    """
    if french:
        return "day"
    proven = {_proven(match) for text in texts if (match := _YEAR_LAST.fullmatch(text))} - {""}
    return proven.pop() if len(proven) == 1 else ""


def day(text: str, order: Order) -> str | None:
    """The day as YYYYMMDD; "" where it is ambiguous, None where it is no date.

    Args:
        text: ISO (2020-03-04), DICOM (20200304), or a date that ends in its year (04/03/2020, 04.03.2020).
        order: of the column that it stands in.
    """
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        year, month, day_of_month = (int(part) for part in match.groups() if part and part.isdigit())
        return _written(year, month, day_of_month)
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    named_first = _proven(match) or order or ("day" if first == second else "")
    if not named_first:
        return ""
    if order and named_first != order:
        return None
    return _written(year, second, first) if named_first == "day" else _written(year, first, second)


def _proven(match: re.Match[str]) -> Order:
    """Which number comes first, where only one reading is a date; with dots it is always the day."""
    first, second = int(match[1]), int(match[3])
    if match[2] == "." or (first > 12 >= second):
        return "day"
    return "month" if second > 12 >= first else ""


def _written(year: int, month: int, day_of_month: int) -> str | None:
    try:
        date(year, month, day_of_month)
    except ValueError:
        return None
    return f"{year}{month:02d}{day_of_month:02d}" if year >= _FIRST_YEAR else None
