"""Fixtures that every room's tests share: the real films, and one loop that has run once on phantoms."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("unhurried")

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
# The loop of the tests knows two findings of its own: names, order and number must come from the file alone.
FINDINGS = """
findings: [Tuberculosis, Clear]
guarded: Tuberculosis
"""
NAMES = ("Tuberculosis", "Clear")
QUICK = {"trials": 2, "epochs": 12, "fine_tune_epochs": 0}
# Tiny networks on few films must be promoted, so that what follows a promotion can be tested.
LENIENT = {
    "absolute": {
        "films_per_finding": 2,
        "balanced_accuracy_over_floor": -0.5,  # its cue is seen at 16 x 16 pixels too
        "guarded_sensitivity_at_least": 0.0,
        "guarded_specificity_at_least": 0.0,
        "each_finding_auc_above": 0.0,
    },
    "comparison": {
        "non_inferior_within": dict.fromkeys(
            ("balanced_accuracy", "accuracy", "guarded_sensitivity", "guarded_specificity"), 0.99
        ),
        "parts": {"accuracy": 0.99, "fewest_films": 2, "worse": "warns"},
        "primary": "balanced_accuracy",
        "promote_when": "non_inferior",
    },
}


def lenient(shipped: dict[str, Any]) -> dict[str, Any]:
    """The shipped rule with limits that a tiny network meets; what the audit says of it only warns."""
    audit = {name: limit | {"failed": "warns", "not_judged": "none"} for name, limit in shipped["audit"].items()}
    scores = shipped["scores"] | {"calibration_error_over_chance": 0.99}
    return shipped | LENIENT | {"audit": audit, "scores": scores}


# Files that share what is dear to start, dearest first: pytest-xdist keeps them in one process, which starts it once.
TOGETHER = {
    "tests/flows/test_retrain.py": "loop",
    "tests/system/test_schedule.py": "loop",
    "tests/system/test_serving_environment.py": "loop",
    "tests/flows/test_across.py": "prefect_server",
    "tests/flows/test_admit.py": "prefect_server",
    "tests/flows/test_approve.py": "prefect_server",
    "tests/flows/test_benchmark.py": "prefect_server",
    "tests/flows/test_cli.py": "prefect_server",
    "tests/flows/test_report_command.py": "prefect_server",
    "tests/flows/test_rollback.py": "prefect_server",
    "tests/system/test_pacs_flow.py": "prefect_server",
    "tests/system/test_page.py": "served",
    "tests/system/test_served_bento.py": "served",
}
APART = "tests/network/test_every_backbone.py"  # each backbone, built once for its tests, is a group of its own


def group_of(nodeid: str) -> str:
    """Names the tests that run in one process with this one: those of its file, unless the tables say otherwise."""
    file, _, test = nodeid.partition("::")
    return test.partition("[")[2] if file == APART and "[" in test else TOGETHER.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """pytest-xdist's own `loadgroup` groups nothing with this pytest, whose node ids cannot be given a suffix."""
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Grouped(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear ones come first: begun last, one of them would keep one core busy while the others wait."""
    order = [*dict.fromkeys(TOGETHER.values())]
    servers = str(PROJECT / "tests" / "system")

    def turn(item: pytest.Item) -> int:
        group = group_of(item.nodeid)
        return order.index(group) if group in order else len(order) + (not str(item.path).startswith(servers))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real radiographs beside the checkout; a test that uses it skips where it is absent."""
    if not (SHARED / "radiographs" / "metadata.csv").is_file():
        pytest.skip("the real radiographs of ../shared are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def session_patch() -> Iterator[pytest.MonkeyPatch]:
    """A monkeypatch that lasts as long as the session."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, session_patch: pytest.MonkeyPatch) -> Iterator[None]:
    """One Prefect server for all tests that run flows in this process."""
    from flows import environment

    for name, value in environment.QUIET.items():
        session_patch.setenv(name, value)
    session_patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
    session_patch.setenv("PREFECT_LOGGING_LEVEL", "CRITICAL")
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@dataclass(frozen=True)
class Loop:
    """A state folder in which LeNet-5 was trained on phantoms and promoted."""

    home: Path
    inbox: Path
    outcome: object
    spoiled: int
    films: int


def point_at(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Makes the settings of this process those of a small loop in `home`."""
    rule, findings_file = home.parent / "release.yaml", home.parent / "findings.yaml"
    shipped = yaml.safe_load((PROJECT / "expectations" / "release.yaml").read_text(encoding="utf-8"))
    rule.write_text(yaml.safe_dump(lenient(shipped)), encoding="utf-8")
    findings_file.write_text(FINDINGS, encoding="utf-8")
    chosen = {
        "HOME": str(home),
        "BACKBONE": "LeNet-5",
        "WEIGHTS": "none",
        "SIDE_PX": "32",
        "RELEASE_RULE": str(rule),
        "FINDINGS_FILE": str(findings_file),
        "TOLERATED_FAILURE_SHARE": "0.3",
    }
    for name in [name for name in os.environ if name.startswith("RADIOGRAPHS_")]:
        patch.delenv(name)
    for name, value in chosen.items():
        patch.setenv(f"RADIOGRAPHS_{name}", value)
    patch.setenv("BENTOML_HOME", str(home / "bentoml"))
    patch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.2")  # these fits last seconds


@pytest.fixture(scope="session")
def loop(tmp_path_factory: pytest.TempPathFactory, session_patch: pytest.MonkeyPatch, prefect_server: None) -> Loop:
    """The whole loop once: phantoms admitted, LeNet-5 trained, judged, promoted and packaged."""
    from radiographs.imaging import phantom_batches
    from radiographs.imaging.phantoms import Shortcut

    home = tmp_path_factory.mktemp("loop") / "state"
    point_at(home, session_patch)
    inbox = home / "inbox" / "first"
    batch = phantom_batches.write_batch(
        inbox, 300, 5, side_px=96, findings=NAMES, spoiled=True, shortcut=Shortcut(NAMES[0], "border")
    )
    from flows.retrain import retrain

    outcome = retrain(inbox=inbox, **QUICK)
    return Loop(home, inbox, outcome, len(batch.spoiled), batch.n_films)
