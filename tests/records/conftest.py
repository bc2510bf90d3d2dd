"""A desk to admit films at, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from radiographs.records.catalogue import Catalogue

from .films import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    with Catalogue.open(f"sqlite:///{home / 'catalogue.db'}") as catalogue:
        yield Desk(home, catalogue)
