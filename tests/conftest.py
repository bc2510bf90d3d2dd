"""Fixtures that every room's tests share; nothing here starts a server."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real radiographs beside the checkout; a test that uses it skips where it is absent."""
    if not (SHARED / "radiographs" / "metadata.csv").is_file():
        pytest.skip("the real radiographs of ../shared are not beside this checkout")
    return SHARED
