"""The commands make their environment by themselves, or say in one sentence why they cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from flows import environment

ROOT = Path(__file__).resolve().parents[2]
PIP_ANSWERS = {"global.index-url": "https://pip.example/simple", "global.extra-index-url": "file:///a\nfile:///b"}


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the installation reads, and an empty folder of programs that come before the machine's own."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    program(tmp_path / "programs", "uname", '[ "$1" = -s ] && echo Linux || echo x86_64')
    return tmp_path


def install(clone: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON", "SSL_"))}
    path = f"{clone / 'programs'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", clone / ".ci" / "environment.sh", "install"],
        env=kept | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def fake_venv(clone: Path, uv: str) -> None:
    """A .venv whose python plays pip with answers of its own, and whose uv does as told."""
    answers = "".join(f'"pip config get {key}") echo "{value}";;\n' for key, value in PIP_ANSWERS.items())
    program(
        clone / ".venv" / "bin",
        "python",
        f'echo "python $*" >> calls\nshift\ncase "$*" in\n{answers}"pip config get"*) exit 1;;\nesac\nexit 0',
    )
    program(clone / ".venv" / "bin", "uv", uv)


def calls(clone: Path) -> str:
    return (clone / "calls").read_text(encoding="utf-8")


def test_another_platform_is_refused_in_one_sentence(clone):
    program(clone / "programs", "uname", '[ "$1" = -s ] && echo Darwin || echo arm64')
    refused = install(clone)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "This project is locked for Linux x86-64 and this machine is Darwin arm64; "
        "use a Linux x86-64 machine or container."
    ]


def test_a_python_out_of_range_is_refused_with_its_version_and_the_remedy(clone):
    program(clone / "programs", "old", '[ "$1" = --version ] && echo Python 3.10.1; exit 1')
    refused = install(clone, PYTHON="old")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "Python 3.10.1" in refused.stderr
    assert "make PYTHON=" in refused.stderr


def test_a_python_without_venv_is_refused_with_the_remedy(clone):
    program(clone / "programs", "bare", 'case "$2" in *ensurepip*) exit 1;; esac')
    refused = install(clone, PYTHON="bare")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "apt-get install python3-venv" in refused.stderr


def test_a_numbered_python_is_taken_where_python3_is_out_of_range(clone):
    program(clone / "programs", "python3", "exit 1")
    for name in ("python3.11", "python3.12", "python3.13"):
        program(clone / "programs", name, "exit 1")
    program(clone / "programs", "python3.12", 'echo "$*" >> chosen; case "$*" in *venv*.venv) exit 7;; esac')
    assert install(clone).returncode == 7
    assert "-m venv --clear .venv" in (clone / "chosen").read_text(encoding="utf-8")


def test_pips_own_index_reaches_uv_and_is_written_nowhere(clone):
    fake_venv(clone, uv='echo "uv $* $UV_DEFAULT_INDEX $UV_INDEX $UV_FIND_LINKS" >> calls')
    assert install(clone, PIP_FIND_LINKS="/x /y").returncode == 0
    assert "https://pip.example/simple file:///a file:///b /x,/y" in calls(clone)
    assert "--compile-bytecode -r requirements.lock" in calls(clone)
    (clone / "calls").unlink()
    shutil.rmtree(clone / ".venv")
    written = [path for path in clone.rglob("*") if path.is_file() and b"pip.example" in path.read_bytes()]
    assert written == []


def test_pips_environment_beats_its_configuration_and_uvs_own_beats_both(clone):
    fake_venv(clone, uv='echo "uv $UV_DEFAULT_INDEX $UV_INDEX" >> calls')
    install(clone, PIP_INDEX_URL="https://environment.example/simple", UV_INDEX="https://uv.example/simple")
    assert "uv https://environment.example/simple https://uv.example/simple" in calls(clone)


def test_pip_installs_where_uv_cannot(clone):
    fake_venv(clone, uv="exit 2")
    done = install(clone)
    assert done.returncode == 0
    assert "uv could not install them, so pip does" in done.stderr
    assert "pip install --disable-pip-version-check -q -r requirements.lock" in calls(clone)


def test_the_quiet_variables_of_make_are_those_of_the_command_line():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert dict(re.findall(r"^export (\w+) := (.*)$", text, re.MULTILINE)) == environment.QUIET


def test_every_command_is_told_by_make_alone():
    told = subprocess.run(["make", "-C", ROOT, "help"], capture_output=True, text=True, check=True).stdout
    for command in ("demo", "test", "test-all", "check", "bench", "up", "lock", "clean"):
        assert f"make {command} " in told
