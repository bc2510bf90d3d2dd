"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path


def describe(path: Path, facts: dict[str, object]) -> None:
    """Leaves a note beside a store, for people, saying what its name stands for."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(facts, indent=1, sort_keys=True).encode())


def write_whole(path: Path, *parts: bytes | memoryview) -> None:
    """Writes a file under a temporary name, syncs it to the disk and renames it: it is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with partial.open("xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
