"""Films and masks as kept: named by content, written under a temporary name and renamed."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path

import numpy as np

from radiographs.errors import UnreadableRadiograph

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "TIFF": ".tif"}


def keep_film(folder: Path, radiograph_id: str, data: bytes, pixels: np.ndarray, kind: str) -> str:
    """Stores a film; returns its name relative to the folder.

    Args:
        folder: where originals are kept.
        radiograph_id: digest of the pixels.
        data: the file as it came; kept as it is where `kind` is a plain image format.
        pixels: (h, w) uint8, 0 = air; stored as PNG without loss for any other kind, so that no header is kept.
        kind: format of the file.
    """
    suffix = _SUFFIXES.get(kind)
    name = f"{radiograph_id[:2]}/{radiograph_id}{suffix or '.png'}"
    if not (folder / name).exists():
        publish(folder / name, data if suffix else _png(pixels))
    return name


def keep_mask(folder: Path, mask: Path, digest: str) -> str:
    """Stores a mask under the SHA-256 of its bytes; returns its name relative to the folder."""
    name = f"masks/{digest[:2]}/{digest}{mask.suffix.lower()}"
    if not (folder / name).exists():
        publish(folder / name, mask.read_bytes())
    return name


def plain_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def copy(source: Path, path: Path) -> None:
    """Copies a file whole or not at all; one that is there already is left."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(source, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _png(pixels: np.ndarray) -> bytes:
    import cv2

    done, encoded = cv2.imencode(".png", pixels)
    if not done:
        raise UnreadableRadiograph(f"a film of shape {pixels.shape} cannot be written as PNG")
    return encoded.tobytes()
