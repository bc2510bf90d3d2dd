"""The same fits under JAX, which is what reaches a GPU; only where the extra for it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.long
def test_fits_under_jax_end_as_they_do_under_tensorflow() -> None:
    pytest.importorskip("jax", reason="the gpu extra is not installed")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "test_fit.py")]
    done = subprocess.run(
        command, env=os.environ | {"KERAS_BACKEND": "jax"}, cwd=HERE.parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
