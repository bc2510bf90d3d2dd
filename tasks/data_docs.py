"""Runs suites over a table and shows the outcome in Data Docs, whatever the table is about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations import reasons

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier

SHOWN_RUNS = 200


def failures_of(
    suites: tuple[ExpectationSuite, ...], table: pd.DataFrame, name: str, docs: Path
) -> tuple[dict[int, list[str]], ...]:
    """Validates a table and writes the pages; returns, for each suite, the reasons of each failing row.

    Args:
        suites: in the order of the answer.
        table: with the columns `row` and `name` beside those that the suites speak of.
        name: what the run is called on the pages.
        docs: folder of the Data Docs; everything written lies in it.

    Raises:
        UnreadableTable: an expectation could not be evaluated.
    """
    context = _context(docs.resolve())
    results = _results(context, suites, table=table, batch_id=name)
    failures = tuple(reasons.of_suite(result, table) for result in results.values())
    context.build_data_docs(
        resource_identifiers=[*results, *context.stores[context.expectations_store_name].list_keys()]
    )
    return failures


def _context(docs: Path) -> EphemeralDataContext:
    """A context in memory whose results and pages, and nothing else, are files under `docs`."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    stores = InMemoryStoreBackendDefaults()
    stores.stores[stores.validation_results_store_name] = {
        "class_name": "ValidationResultsStore",
        "store_backend": _folder(docs / "results"),
    }
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": _folder(docs),
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "validation_results_limit": SHOWN_RUNS},
        "site_section_builders": {"profiling": "none"},
    }
    config = DataContextConfig(
        store_backend_defaults=stores,
        data_docs_sites={"batches": site},
        progress_bars={"globally": False},
        analytics_enabled=False,
    )
    return gx.get_context(project_config=config, mode="ephemeral")


def _folder(path: Path) -> dict[str, Any]:
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(path)}


def _results(
    context: EphemeralDataContext, suites: tuple[ExpectationSuite, ...], *, table: pd.DataFrame, batch_id: str
) -> dict[ValidationResultIdentifier, ExpectationSuiteValidationResult]:
    """The outcome of each suite, in their order, stored as a run that bears the batch's id."""
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier

    asset = context.data_sources.add_pandas("inspected").add_dataframe_asset(name=batch_id)
    rows = asset.add_batch_definition_whole_dataframe("rows")
    definitions = [
        context.validation_definitions.add(
            gx.ValidationDefinition(name=suite.name, data=rows, suite=context.suites.add(suite))
        )
        for suite in suites
    ]
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name="admission", validation_definitions=definitions, result_format=reasons.RESULT_FORMAT)
    )
    run_id = RunIdentifier(run_name=batch_id, run_time=datetime.now(UTC))
    return checkpoint.run({"dataframe": table}, run_id=run_id).run_results
