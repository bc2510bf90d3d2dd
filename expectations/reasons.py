"""Reads a suite's result back into one sentence a row, refusing a result that was never computed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from radiographs.errors import UnreadableTable

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )

ROW_COLUMN = "row"
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [ROW_COLUMN, "name"],
    "return_unexpected_index_query": False,
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def of_suite(result: ExpectationSuiteValidationResult, table: pd.DataFrame) -> dict[int, list[str]]:
    """The reasons of each failing row, in the order in which the suite lists its expectations.

    Args:
        result: of `batch.validate(suite, result_format=RESULT_FORMAT)`.
        table: the validated rows, with the columns that the reasons speak of.

    Raises:
        UnreadableTable: an expectation could not be evaluated (a column is missing, or holds another type).
    """
    templates = {index: str(_configuration(outcome).meta["reason"]) for index, outcome in enumerate(result.results)}
    failing = [
        (row, templates[index]) for index, outcome in enumerate(result.results) for row in _failing_rows(outcome)
    ]
    rows = table.set_index(ROW_COLUMN).loc[sorted({row for row, _ in failing})].to_dict("index")
    reasons: dict[int, list[str]] = {}
    for row, template in failing:
        reasons.setdefault(row, []).append(_filled(template, rows[row]))
    return reasons


def _configuration(outcome: ExpectationValidationResult) -> Any:
    configuration = outcome.expectation_config
    if configuration is None or "reason" not in (configuration.meta or {}):
        raise UnreadableTable(f"expected every expectation to carry a reason, got {configuration}")
    return configuration


def _failing_rows(outcome: ExpectationValidationResult) -> Iterable[int]:
    configuration = _configuration(outcome)
    column = configuration.kwargs.get("column")
    trouble = _trouble(outcome.exception_info or {})
    if trouble:
        raise UnreadableTable(f"column '{column}': {configuration.type} could not be evaluated ({trouble})")
    failing = outcome.result.get("unexpected_index_list") or []
    if not outcome.success and not failing:
        raise UnreadableTable(f"column '{column}': {configuration.type} failed without naming a row")
    return [int(found[ROW_COLUMN]) for found in failing]


def _trouble(exception_info: dict[str, Any]) -> str:
    """The first exception's message, whether the information is flat or keyed by metric; empty when there was none."""
    for entry in (exception_info, *exception_info.values()):
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message")).strip().splitlines()[0]
    return ""


def _filled(template: str, row: dict[Hashable, Any]) -> str:
    def replace(found: re.Match[str]) -> str:
        column = found.group(1)
        return _words(row[column]) if column in row else found.group(0)

    return PLACEHOLDER.sub(replace, template)


def _words(value: Any) -> str:
    if value is None or value != value:
        return "nothing"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
