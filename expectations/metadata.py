"""What every admitted row must say about its film, as a Great Expectations suite in order of importance."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from radiographs.findings import Findings
from radiographs.records import viewwords

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.row_conditions import Column

SUITE_NAME = "metadata"
SUITE_VERSION = 2
OLDEST_YEARS = 120
SEXES = ("M", "F", "O")
VIEW_POSITIONS = (*viewwords.FRONTAL, *viewwords.OTHER)


def metadata_suite(findings: Findings) -> ExpectationSuite:
    """Builds the suite; `{column}` in a reason stands for what the row holds in that column.

    A row with a problem of its own is held against nothing else: its facts are missing or cannot be trusted. A column
    that is empty keeps every promise but those of completeness: the film itself, its source, and a finding where a
    word for one was given (a film without any is unlabelled).

    Args:
        findings: the findings that a row may be labelled with.
    """
    import great_expectations as gx
    from great_expectations.expectations.row_conditions import Column

    readable = Column("problem").is_null()
    return gx.ExpectationSuite(
        name=SUITE_NAME,
        meta={"version": SUITE_VERSION},
        expectations=[
            *_of_the_row(findings, readable, Column("finding_word").is_not_null()),
            *_of_the_patient(readable),
            *_of_the_examination(readable, Column("header_objection").is_null()),
            *_given_against_real(readable),
        ],
    )


def with_statements(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns that the suite compares beside those of rows.csv; unchanged where some are missing.

    `stated_size` and `real_size` are sizes in words where one is stated ("512 x 512"); `stated_channels` and `channels`
    are numbers; `study_patients` and `accession_patients` count the patients of a row's study and accession number.
    """
    import pandas as pd

    sides = ("stated_width", "stated_height", "width", "height", "stated_channels", "channels")
    if not {*sides, "study_id", "accession", "patient_id"} <= set(table.columns):
        return table
    numbers = table[list(sides)].apply(pd.to_numeric, errors="coerce")
    stated = numbers[["stated_width", "stated_height", "width", "height"]].notna().all(axis=1)
    return table.assign(
        stated_channels=numbers["stated_channels"],
        channels=numbers["channels"],
        stated_size=_sizes(numbers[stated], "stated_width", "stated_height").reindex(table.index),
        real_size=_sizes(numbers[stated], "width", "height").reindex(table.index),
        study_patients=table.groupby("study_id")["patient_id"].transform("nunique").astype(float),
        accession_patients=table.groupby("accession")["patient_id"].transform("nunique").astype(float),
    )


def _sizes(numbers: pd.DataFrame, width: str, height: str) -> pd.Series[str]:
    import pandas as pd

    pairs = zip(numbers[width], numbers[height], strict=True)
    return pd.Series([f"{across:.0f} x {down:.0f}" for across, down in pairs], index=numbers.index, dtype=object)


def _of_the_row(findings: Findings, readable: Column, named: Column) -> list[Any]:
    from great_expectations import expectations as gxe

    known = ", ".join(findings.names)
    not_null = partial(gxe.ExpectColumnValuesToNotBeNull, row_condition=readable)
    return [
        gxe.ExpectColumnValuesToBeNull(column="problem", meta={"reason": "{problem}"}),
        not_null(column="radiograph_id", meta={"reason": "the film has no decoded pixels"}),
        gxe.ExpectColumnValuesToBeUnique(
            column="name",
            row_condition=readable,
            meta={"reason": "a name must stand once in a batch, got {name} again"},
        ),
        gxe.ExpectColumnValuesToNotBeNull(
            column="finding",
            row_condition=readable & named,
            meta={"reason": f"unknown finding '{{finding_word}}' (known: {known})"},
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="finding",
            value_set=list(findings.names),
            row_condition=readable,
            meta={"reason": f"unknown finding '{{finding}}' (known: {known})"},
        ),
        not_null(column="source", meta={"reason": "a row must name its source, got nothing"}),
    ]


def _of_the_patient(readable: Column) -> list[Any]:
    from great_expectations import expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="age",
            min_value=0,
            max_value=OLDEST_YEARS,
            row_condition=readable,
            meta={"reason": f"age must lie between 0 and {OLDEST_YEARS} years, got {{age}}"},
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="sex",
            value_set=list(SEXES),
            row_condition=readable,
            meta={"reason": f"sex must be {', '.join(SEXES[:-1])} or {SEXES[-1]}, or left empty, got {{sex}}"},
        ),
    ]


def _of_the_examination(readable: Column, header_agrees: Column) -> list[Any]:
    """A film whose header rules it out is told so by its header, once."""
    from great_expectations import expectations as gxe

    most_days = OLDEST_YEARS * 366
    return [
        gxe.ExpectColumnValuesToBeNull(
            column="header_objection", row_condition=readable, meta={"reason": "{header_objection}"}
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="view_position",
            regex=_any_of(VIEW_POSITIONS),
            row_condition=readable,
            meta={"reason": "view position must be one of a chest film (PA, AP, lateral …), got {view_position}"},
        ),
        gxe.ExpectColumnValuesToNotMatchRegex(
            column="view_position",
            regex=_any_of(viewwords.OTHER),
            row_condition=readable & header_agrees,
            meta={"reason": "not a frontal view: PA or AP is expected, got {view_position}"},
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="offset_days",
            min_value=-most_days,
            max_value=most_days,
            row_condition=readable,
            meta={"reason": "offset_days must lie within a life, got {offset_days}"},
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="study_date",
            regex=r"^(?:18|19|20|21)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$",
            row_condition=readable,
            meta={"reason": "a study date must be a day as YYYYMMDD, got {study_date}"},
        ),
        *(
            gxe.ExpectColumnValuesToBeBetween(
                column=column,
                max_value=1,
                row_condition=readable,
                meta={"reason": f"one {what} must be of one patient, got {{{column}}} in this batch"},
            )
            for column, what in (("study_patients", "study"), ("accession_patients", "accession number"))
        ),
    ]


def _given_against_real(readable: Column) -> list[Any]:
    """What a table says of a file, against the file; errors that are known were put right before."""
    from great_expectations import expectations as gxe

    pairs = (
        ("stated_size", "real_size", "the table says {stated_size} where the file is {real_size}"),
        ("stated_format", "format", "the table says {stated_format} where the file is {format}"),
        ("stated_channels", "channels", "the table says {stated_channels} channels where the file has {channels}"),
    )
    return [
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A=stated,
            column_B=real,
            ignore_row_if="either_value_is_missing",
            row_condition=readable,
            meta={"reason": reason},
        )
        for stated, real, reason in pairs
    ]


def _any_of(words: tuple[str, ...]) -> str:
    return f"(?i)^(?:{'|'.join(re.escape(word) for word in words)})$"
