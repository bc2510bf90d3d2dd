"""Where the report on a registered version lies, and its verdict read back from there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from radiographs.errors import VerdictUnreadable
from radiographs.evaluation.scorecard import Scorecard
from radiographs.evaluation.verdict import Verdict
from radiographs.places import Places
from tasks.registry import RegisteredVersion
from tasks.tracking import Tracking, reached

REPORT, VERDICT, SCORECARD = "report.html", "verdict.json", "scorecard.json"


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


def report_on(tracking: Tracking, places: Places, version: RegisteredVersion) -> Path:
    """The folder of a version's report; fetched from its MLflow run where it is gone from the state folder.

    Raises:
        VerdictUnreadable: it is neither here nor there, as of a model that was never judged.
    """
    folder = folder_of(places, version)
    if (folder / REPORT).is_file() and (folder / VERDICT).is_file():
        return folder
    with reached(tracking) as client:
        attached = {file.path for file in client.list_artifacts(version.run_id, "report")}
        if not {f"report/{REPORT}", f"report/{VERDICT}"} <= attached:
            raise VerdictUnreadable(
                f"version {version.version} has no report in {folder}, and MLflow run {version.run_id} holds none: it "
                "was never judged"
            )
        with tempfile.TemporaryDirectory(dir=places.reports, prefix=".fetching-") as arriving:
            fetched = client.download_artifacts(version.run_id, "report", arriving)
            shutil.copytree(fetched, folder, dirs_exist_ok=True)
    return folder


def scorecard_in(folder: Path) -> Scorecard:
    """The scorecard that lies beside a report.

    Raises:
        VerdictUnreadable: there is none, or it is not as it was written.
    """
    file = folder / SCORECARD
    try:
        return Scorecard.from_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VerdictUnreadable(f"{file} cannot be read ({type(error).__name__}); restore it from a backup") from error
