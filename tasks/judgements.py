"""Where the report on a registered version lies, and its verdict read back from there."""

from __future__ import annotations

from pathlib import Path

from radiographs.errors import VerdictUnreadable
from radiographs.evaluation.verdict import Verdict
from radiographs.places import Places
from tasks.registry import RegisteredVersion

REPORT, VERDICT = "report.html", "verdict.json"


def folder_of(places: Places, version: RegisteredVersion) -> Path:
    """The folder of all that was written down about a version."""
    return places.reports / f"{version.version}-{version.bundle[:12]}"


def verdict_on(places: Places, version: RegisteredVersion) -> Verdict:
    """The verdict that lies beside a version's report.

    Raises:
        VerdictUnreadable: there is none, or it is not as it was written.
    """
    file = folder_of(places, version) / VERDICT
    try:
        return Verdict.from_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VerdictUnreadable(
            f"version {version.version} has no verdict that can be read in {file} ({type(error).__name__}); if it was "
            f"judged, restore that file: MLflow run {version.run_id} holds a copy as report/{VERDICT}"
        ) from error
