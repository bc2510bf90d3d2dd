"""What a cohort must keep to be trained and judged on, as a Great Expectations suite in order of importance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radiographs.findings import Findings

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

SUITE_NAME = "cohort"
SUITE_VERSION = 1
PLACES = ("train", "tune/select", "tune/calibrate", "held_out")


def cohort_suite(findings: Findings) -> ExpectationSuite:
    """Builds the suite over one row a film: those of the cohort, and those that earlier ones held out.

    Args:
        findings: the findings of the cohort.
    """
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    here, gone = Column("place").is_not_null(), Column("place").is_null()
    moved = Column("earlier_place").is_not_null() & here

    def once(column: str, whose: str) -> gxe.ExpectColumnValuesToBeBetween:
        return gxe.ExpectColumnValuesToBeBetween(
            column=column,
            min_value=1,
            max_value=1,
            row_condition=here,
            meta={"reason": f"{whose} must be in one split, got {{{column}}} (this film: {{place}})"},
        )

    return gx.ExpectationSuite(
        name=SUITE_NAME,
        meta={"version": SUITE_VERSION},
        expectations=[
            gxe.ExpectColumnValuesToBeUnique(column="name", meta={"reason": "a film must stand once in a cohort"}),
            gxe.ExpectColumnValuesToBeInSet(
                column="place",
                value_set=list(PLACES),
                row_condition=here,
                meta={"reason": f"a film must be in {', '.join(PLACES)}, got {{place}}"},
            ),
            gxe.ExpectColumnValuesToBeInSet(
                column="finding",
                value_set=list(findings.names),
                row_condition=here,
                meta={"reason": "a film must be labelled with a finding of the cohort, got {finding}"},
            ),
            once("patient_places", "a patient"),
            once("group_places", "a group"),
            once("twin_places", "near-duplicates"),
            gxe.ExpectColumnPairValuesToBeEqual(
                column_A="place",
                column_B="earlier_place",
                row_condition=moved,
                meta={"reason": "a film must stay in its split, moved from {earlier_place} to {place}"},
            ),
            gxe.ExpectColumnValuesToNotBeNull(
                column="retired",
                row_condition=gone,
                meta={"reason": "held-out lost this film without a dated reason"},
            ),
        ],
    )
