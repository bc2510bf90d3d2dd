"""A disk that fills up during admission costs nothing but time: the next call finishes the job."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from radiographs.errors import CatalogueUnavailable, Refusal, StateUnwritable
from radiographs.records.catalogue import Catalogue
from radiographs.records.schema import BatchRow, RadiographRow

from .films import Desk, delivery

ROWS = [{"path": f"{k}.png", "finding": "Normal", "source": "north"} for k in range(6)]


def count(catalogue: Catalogue, table: type) -> int:
    with catalogue.reading() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_write_that_fails_is_one_sentence_and_the_next_call_finishes(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder, written, write = delivery(tmp_path / "in", ROWS), [], Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".part":
            written.append(path)
            if len(written) > 3:
                raise OSError(number, os.strerror(number))
        return write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(StateUnwritable, match="make room and call again"):
            desk.inspect(folder)
    assert count(desk.catalogue, BatchRow) == count(desk.catalogue, RadiographRow) == 0
    assert not list(desk.home.rglob("*.part"))
    assert desk.admit(folder).admitted == len(ROWS)


def test_another_fault_of_the_disk_is_not_called_a_full_one(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = delivery(tmp_path / "in", ROWS[:1])

    def broken(path: Path, data: bytes) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(OSError, match="Input/output error"):
        desk.inspect(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 640 kB; needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this process may not mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.mark.parametrize("room_kb", [0, 120, 260])
def test_a_disk_that_is_really_full_leaves_the_catalogue_whole(small_disk: Path, tmp_path: Path, room_kb: int) -> None:
    """With less room the films do not fit, with more the catalogue's own pages do not."""
    folder = delivery(tmp_path / "in", [{**row, "path": f"{k}.png"} for k in range(40) for row in ROWS[:1]])
    with Catalogue.open(f"sqlite:///{small_disk / 'catalogue.db'}") as catalogue:
        desk = Desk(small_disk, catalogue)
        free = os.statvfs(small_disk)
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room_kb * 1024))
        with pytest.raises((StateUnwritable, CatalogueUnavailable)) as refused:
            desk.admit(folder)
        assert isinstance(refused.value, Refusal) and "\n" not in str(refused.value)
        ballast.unlink()
        assert count(catalogue, RadiographRow) == 0
        subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
        assert desk.admit(folder).admitted == 40
        assert count(catalogue, RadiographRow) == 40
