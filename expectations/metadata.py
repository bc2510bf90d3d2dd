"""What every admitted row must say about its film, as a Great Expectations suite in order of importance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from radiographs.findings import Findings

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

SUITE_NAME = "metadata"
OLDEST_YEARS = 120
SEXES = ("M", "F", "O")
# DICOM's View Position (0018,5101) for the chest, with the words that public tables add to it.
VIEW_POSITIONS = (
    "PA", "AP", "AP Supine", "AP Erect", "AP Semi Erect", "PA Erect", "Frontal",
    "L", "LL", "RL", "LAT", "Lateral", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO",
)  # fmt: skip


def metadata_suite(findings: Findings) -> ExpectationSuite:
    """Builds the suite; `{column}` in a reason stands for what the row holds in that column.

    A row with a problem of its own is held against nothing else: its facts are missing or cannot be trusted.

    Args:
        findings: the findings that a row may be labelled with.
    """
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    known = ", ".join(findings.names)
    readable = Column("problem").is_null()
    views = "|".join(re.escape(view) for view in VIEW_POSITIONS)
    return gx.ExpectationSuite(
        name=SUITE_NAME,
        expectations=[
            gxe.ExpectColumnValuesToBeNull(column="problem", meta={"reason": "{problem}"}),
            gxe.ExpectColumnValuesToNotBeNull(
                column="radiograph_id", row_condition=readable, meta={"reason": "the film has no decoded pixels"}
            ),
            gxe.ExpectColumnValuesToBeUnique(
                column="name",
                row_condition=readable,
                meta={"reason": "a name must stand once in a batch, got {name} again"},
            ),
            gxe.ExpectColumnValuesToNotBeNull(
                column="finding",
                row_condition=readable,
                meta={"reason": f"unknown finding '{{finding_word}}' (known: {known})"},
            ),
            gxe.ExpectColumnValuesToBeInSet(
                column="finding",
                value_set=list(findings.names),
                row_condition=readable,
                meta={"reason": f"unknown finding '{{finding}}' (known: {known})"},
            ),
            gxe.ExpectColumnValuesToNotBeNull(
                column="source", row_condition=readable, meta={"reason": "a row must name its source, got nothing"}
            ),
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
            gxe.ExpectColumnValuesToMatchRegex(
                column="view_position",
                regex=f"(?i)^(?:{views})$",
                row_condition=readable,
                meta={"reason": "view position must be one of a chest film (PA, AP, lateral …), got {view_position}"},
            ),
        ],
    )
