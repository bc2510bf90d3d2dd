"""The key that turns patients and files into names that cannot be turned back."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from radiographs.errors import InvalidSettings

KEY_BYTES = 32


def read_or_make_key(path: Path) -> bytes:
    """The key kept in a file that only its owner may read; made on first use.

    Raises:
        InvalidSettings: the file is there and holds no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
            _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise InvalidSettings(
            f"{path}: expected a key of {KEY_BYTES} bytes, got {len(key)}; restore it from a backup, "
            "since a new key would make all patients and files strangers"
        )
    return key


def _publish(draft: Path, path: Path) -> None:
    """Gives the draft its name unless another process was faster."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return


def pseudonym(key: bytes, source: str, identity: str) -> str:
    """16 hex digits that stand for a patient or study of a source; empty stays empty."""
    if not identity:
        return ""
    return hmac.new(key, f"{source}/{identity}".encode(), hashlib.sha256).hexdigest()[:16]


def file_digest(key: bytes, path: Path) -> str:
    """HMAC-SHA256 of a file's bytes, read in pieces."""
    digest = hmac.new(key, digestmod=hashlib.sha256)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def bytes_digest(key: bytes, data: bytes) -> str:
    """HMAC-SHA256 of bytes: what `file_digest` gives for a file that holds them."""
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def veil(name: str, identity: str | None, stand_in: str) -> str:
    """A file's shown name without the patient's identity, where that stands in it as a word of four letters or more."""
    if not identity or len(identity) < 4:
        return name
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(identity)}(?![A-Za-z0-9])", stand_in, name)
