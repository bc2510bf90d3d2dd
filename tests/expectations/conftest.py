"""One film's row that keeps every promise, and a way to hold altered rows against a suite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from expectations import image_facts, reasons

GOOD_ROW = {
    "problem": None,
    "finding": "COVID",
    "finding_word": "Covid",
    "source": "north",
    "view_position": "PA",
    "sex": "F",
    "age": 61.0,
    "radiograph_id": "a" * 64,
    "width": 224.0,
    "height": 200.0,
    "tint": 0.0,
    "contrast": 55.0,
    "entropy": 7.1,
    "exposure": 0.5,
    "border_share": 0.0,
    "text_share": 0.0,
    "laterality": None,
    "inversion": "none",
    "frontal_score": 0.8,
}


@pytest.fixture
def failing(request: pytest.FixtureRequest) -> Callable[..., dict[int, list[str]]]:
    """`failing(suite, *changes)`: the reasons of the rows that fail when each change is put on a good row."""

    def hold(suite: Any, *changes: dict[str, Any], without: str = "") -> dict[int, list[str]]:
        import great_expectations as gx
        import pandas as pd

        rows = [{"row": row, "name": f"{row}.png", **GOOD_ROW, **change} for row, change in enumerate(changes)]
        table = image_facts.with_shape(pd.DataFrame(rows).drop(columns=without or []))
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        asset = context.data_sources.add_pandas("rows").add_dataframe_asset(name="rows")
        batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": table})
        return reasons.of_suite(batch.validate(suite, result_format=reasons.RESULT_FORMAT), table)

    return hold
