"""A real PostgreSQL for tests: a server in a folder of its own, reached over a socket there and by no network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
ACCOUNT = "postgres"  # the server refuses to run as root
START_SECONDS = 60


@dataclass(frozen=True)
class PostgreSQL:
    """A running server, reached over the socket in its folder."""

    folder: Path

    def stop(self) -> None:
        """Ends the server at once, as a power cut does."""
        _run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{ACCOUNT}@/{name}?host={self.folder}"

    def new_database(self, name: str) -> str:
        """Makes an empty database and returns its address."""
        with psycopg.connect(self.url(ACCOUNT), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server that ends with the context; skips the test where PostgreSQL is absent."""
    if not PROGRAMS or not (PROGRAMS[-1] / "initdb").exists():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="radiographs-pg-"))  # a socket's path must be short
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(ACCOUNT).pw_uid, pwd.getpwnam(ACCOUNT).pw_gid)
        data, log = folder / "data", folder / "server.log"
        _run("initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        speed = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {speed}"
        _run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", str(START_SECONDS), "start")
        server = PostgreSQL(folder)
        try:
            yield server
        finally:
            if (data / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    """A server for the tests of one module."""
    with running() as server:
        yield server


def _run(program: str, *arguments: str | Path) -> None:
    """Runs one of its programs as somebody who is not root; what it says is shown where it fails."""
    account: dict[str, object] = {}
    if os.geteuid() == 0:
        account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
    done = subprocess.run(
        [PROGRAMS[-1] / program, *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2 * START_SECONDS,
        check=False,
        **account,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, f"{program}: {done.stdout[-2000:]}"
