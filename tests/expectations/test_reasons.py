"""A reason says what the row held, and a suite without reasons is refused."""

from __future__ import annotations

import pytest

from radiographs.errors import UnreadableTable


def suite_of(**meta):
    import great_expectations as gx
    from great_expectations import expectations as gxe

    return gx.ExpectationSuite(
        name="one", expectations=[gxe.ExpectColumnValuesToBeInSet(column="sex", value_set=["M"], **meta)]
    )


def test_braces_in_a_value_are_left_as_they_came(failing):
    told = failing(suite_of(meta={"reason": "got {sex} and {unheard_of}"}), {"sex": "{age}"})
    assert told == {0: ["got {age} and {unheard_of}"]}


def test_an_expectation_without_a_reason_is_refused(failing):
    with pytest.raises(UnreadableTable, match="carry a reason"):
        failing(suite_of(), {})


def test_a_column_of_another_type_is_an_error_and_never_a_pass(failing):
    import great_expectations as gx
    from great_expectations import expectations as gxe

    between = gxe.ExpectColumnValuesToBeBetween(column="sex", min_value=0, max_value=1, meta={"reason": "sex {sex}"})
    with pytest.raises(UnreadableTable, match="column 'sex'"):
        failing(gx.ExpectationSuite(name="one", expectations=[between]), {})
