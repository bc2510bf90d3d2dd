"""What the pixels of an admitted film must look like, as a Great Expectations suite in order of importance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from radiographs.imaging.quality import Limits

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

SUITE_NAME = "image_facts"
SUITE_VERSION = 2
INVERSIONS = ("none", "righted")


def image_facts_suite(limits: Limits) -> ExpectationSuite:
    """Builds the suite; a row with a problem of its own is left to the metadata suite.

    Args:
        limits: what a film's facts are held against.
    """
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    readable = Column("problem").is_null()
    between = partial(gxe.ExpectColumnValuesToBeBetween, row_condition=readable)
    return gx.ExpectationSuite(
        name=SUITE_NAME,
        meta={"version": SUITE_VERSION},
        expectations=[
            between(
                column="shorter_side_px",
                min_value=limits.min_side_px,
                meta={"reason": f"a film's shorter side must have {limits.min_side_px} px, got {{width}} x {{height}}"},
            ),
            between(
                column="aspect",
                max_value=limits.max_aspect,
                meta={
                    "reason": f"the longer side may be {limits.max_aspect:g} times the shorter, got {{aspect}} times"
                },
            ),
            between(
                column="tint",
                max_value=limits.max_tint,
                meta={
                    "reason": f"a film must be grey (tint at most {limits.max_tint:g}), got colours of tint {{tint}}"
                },
            ),
            between(
                column="contrast",
                min_value=limits.min_contrast,
                meta={"reason": f"contrast must be at least {limits.min_contrast:g}, got {{contrast}}"},
            ),
            between(
                column="entropy",
                min_value=limits.min_entropy,
                meta={"reason": f"entropy must be at least {limits.min_entropy:g} bits, got {{entropy}}"},
            ),
            gxe.ExpectColumnValuesToBeInSet(
                column="inversion",
                value_set=list(INVERSIONS),
                row_condition=readable,
                meta={
                    "reason": "the pixels look like a negative of what the photometric interpretation says; "
                    "a release from quarantine rights them"
                },
            ),
            between(
                column="frontal_score",
                min_value=limits.min_frontal_score,
                row_condition=readable & (Column("inversion") != "suspected"),
                meta={
                    "reason": "a frontal chest film is expected (likeness at least "
                    f"{limits.min_frontal_score:g}), got {{frontal_score}}"
                },
            ),
            *(
                between(
                    column=share, min_value=0, max_value=1, meta={"reason": f"{share} must be a share, got {{{share}}}"}
                )
                for share in ("exposure", "border_share", "text_share")
            ),
            gxe.ExpectColumnValuesToBeInSet(
                column="laterality",
                value_set=["L", "R"],
                row_condition=readable,
                meta={"reason": "laterality must be L, R or empty, got {laterality}"},
            ),
            gxe.ExpectColumnValuesToNotBeNull(
                column="frontal_score",
                row_condition=readable,
                meta={"reason": "the film's facts are not complete"},
            ),
        ],
    )


def with_shape(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `shorter_side_px` and `aspect` beside width and height; unchanged where those two are missing."""
    if not {"width", "height"} <= set(table.columns):
        return table
    sides = table[["width", "height"]]
    shorter = sides.min(axis=1, skipna=False)
    return table.assign(shorter_side_px=shorter, aspect=sides.max(axis=1, skipna=False) / shorter)
