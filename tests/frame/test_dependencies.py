"""docs/dependencies.md keeps step with pyproject.toml, and the locks with both."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = {"Serving": PROJECT["dependencies"]} | {
    name.capitalize().replace("Dev", "Development"): wanted for name, wanted in PROJECT["optional-dependencies"].items()
}


def plain(requirement: str) -> str:
    """The name in a requirement, as indexes normalise it."""
    return re.split(r"[\[<>=~! ]", requirement)[0].lower()


def pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def locked(name: str) -> set[str]:
    return {plain(line) for line in pins(name)}


@pytest.mark.parametrize("title", GROUPS)
def test_each_direct_dependency_has_its_line_under_its_title(title):
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    section = page.split(f"## {title}\n")[1].split("\n## ")[0]
    told = {line.split("|")[1].strip().lower() for line in section.splitlines() if line.startswith("| ")} - {"package"}
    assert told == {plain(requirement) for requirement in GROUPS[title]}


def test_every_direct_dependency_is_locked_and_those_of_a_gpu_apart():
    wanted = {plain(name) for title, names in GROUPS.items() for name in names if title != "Gpu"}
    assert wanted <= locked("requirements.lock")
    assert {plain(name) for name in GROUPS["Gpu"]} <= locked("requirements-gpu.lock") - locked("requirements.lock")


def test_the_lock_for_a_gpu_holds_everything_else_at_the_same_version():
    common, gpu = (pins(name) for name in ("requirements.lock", "requirements-gpu.lock"))
    assert set(common) <= set(gpu)


def test_the_serving_lock_holds_what_serving_needs_and_no_training_library():
    serving = locked("requirements-serving.lock")
    assert {plain(requirement) for requirement in PROJECT["dependencies"]} <= serving
    assert not serving & {"tensorflow-cpu", "keras", "prefect", "mlflow", "great-expectations", "pandas"}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-serving.lock", "requirements-gpu.lock"])
def test_a_lock_names_exact_versions_and_no_index(name):
    assert [line for line in pins(name) if not re.match(r"[\w.\[\],-]+==[\w.]+(?: ;.*)?$", line)] == []
