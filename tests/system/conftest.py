"""A Bento really built and really served, and a real browser, for the tests that drive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import drawn_bundle
import pytest

from tasks import packaging
from tasks.serving import ServedBento

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Built:
    """A Bento in a store of its own, and the bundle inside it."""

    tag: str
    bundle: Path
    home: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The Bento of bentofile.yaml around a drawn bundle."""
    home = tmp_path_factory.mktemp("bentoml")
    bundle = drawn_bundle.write(tmp_path_factory.mktemp("bundles") / "drawn")
    model = packaging.store_bundle(bundle, "7", "a-run", bentoml_home=home)
    return Built(packaging.build_bento(packaging.PROJECT, model, bentoml_home=home), bundle, home)


@pytest.fixture(scope="session")
def served(built: Built) -> Iterator[ServedBento]:
    """That Bento, running."""
    with packaging.serve_bento(built.tag, built.home, threads=1) as service:
        yield service


@pytest.fixture(scope="session")
def served_with_cautions(built: Built) -> Iterator[ServedBento]:
    """The same bundle in a Bento of its own, running, as a person approved it in spite of two checks."""
    model = packaging.store_bundle(built.bundle, "7", "a-run", bentoml_home=built.home, cautions=drawn_bundle.CAUTIONS)
    tag = packaging.build_bento(packaging.PROJECT, model, bentoml_home=built.home)
    with packaging.serve_bento(tag, built.home, threads=1) as service:
        yield service


@pytest.fixture(scope="module")  # no longer: while it lasts, Playwright's event loop runs in this thread
def browser() -> Iterator[Any]:
    """A real Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
