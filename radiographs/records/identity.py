"""The key that turns patients, studies, dates and files into names that cannot be turned back."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from radiographs.errors import InvalidSettings

KEY_BYTES = 32
_HEX_KEY = re.compile(rb"\s*([0-9A-Fa-f]{64})\s*")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MOST_DAYS = 3650
_STRANGERS = "a new key would make all patients and files strangers"


def read_key(path: Path) -> bytes:
    """The key kept in a file that a site gives: 32 bytes, or the same as 64 hex digits; never made here.

    Raises:
        InvalidSettings: the file is absent, open to everybody, or holds no key.
    """
    try:
        if not path.is_file():
            raise InvalidSettings(f"{path}: there is no such key file; restore it or correct the path: {_STRANGERS}")
        if path.stat().st_mode & 0o007:
            raise InvalidSettings(
                f"{path}: everybody on this machine may open the key; close it with: chmod o= '{path}'"
            )
        with path.open("rb") as file:
            content = file.read(1024)
    except OSError as error:
        raise InvalidSettings(f"{path}: the key cannot be read ({error.strerror}); check its permissions") from error
    written = _HEX_KEY.fullmatch(content)
    key = bytes.fromhex(written[1].decode()) if written else content
    if len(key) != KEY_BYTES:
        raise InvalidSettings(
            f"{path}: expected a key of {KEY_BYTES} bytes (or of {2 * KEY_BYTES} hex digits), got {len(content)}; "
            f"restore it from a backup, since {_STRANGERS}"
        )
    return key


def read_or_make_key(path: Path) -> bytes:
    """The system's own key, in a file that only its owner may read; made on first use.

    Raises:
        InvalidSettings: the file is there and holds no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
            _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    _close(path)
    return read_key(path)


def _publish(draft: Path, path: Path) -> None:
    """Gives the draft its name unless another process was faster."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return


def _close(path: Path) -> None:
    """Closes the own key to others, which a copy from a backup may have opened; another owner's file is left."""
    try:
        if path.is_file() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except PermissionError:
        return


def fingerprint(key: bytes) -> str:
    """64 hex digits by which a key is known again, and from which it cannot be had."""
    return _hmac(key, "catalogue").hex()


def pseudonym(key: bytes, source: str, identity: str) -> str:
    """16 hex digits that stand for a patient or study of a source; empty stays empty."""
    if not identity:
        return ""
    return _hmac(key, f"{source}/{identity}").hex()[:16]


@dataclass(frozen=True)
class Pseudonyms:
    """The names of one source's patients, studies and dates; the same key and source give the same names for ever."""

    key: bytes = field(repr=False)
    source: str

    def patient(self, identity: str) -> str:
        """16 hex digits for a patient; empty stays empty."""
        return pseudonym(self.key, self.source, identity)

    def study(self, uid: str) -> str:
        """16 hex digits for a study; empty stays empty."""
        return pseudonym(self.key, self.source, uid)

    def accession(self, number: str) -> str:
        """16 hex digits for an accession number, other than those of a patient so called; empty stays empty."""
        return pseudonym(self.key, self.source, f"accession\0{number}") if number else ""

    def uid(self, uid: str) -> str:
        """A DICOM UID in place of another, the same in all sources, since UIDs are unique; empty stays empty.

        Source: PS3.5 section B.2, a UID derived from a UUID.
        """
        if not uid:
            return ""
        drawn = uuid.UUID(bytes=_hmac(self.key, f"uid\0{uid}")[:16], version=4)
        return f"2.25.{drawn.int}"

    def shift_days(self, patient_identity: str) -> int:
        """Days to add to each date of a patient: −1 to −3650, never 0.

        Raises:
            ValueError: no patient is named, so that nobody's dates would stay together.
        """
        if not patient_identity:
            raise ValueError("dates are shifted per patient, and no patient is named")
        drawn = _hmac(self.key, f"{self.source}\0days\0{patient_identity}")
        return -1 - int.from_bytes(drawn[:8]) % _MOST_DAYS

    def date(self, patient_identity: str, stated: str) -> str:
        """A date YYYYMMDD moved by the patient's shift; empty where there is no patient or no such day."""
        match = _DAY.fullmatch(stated)
        if not match or not patient_identity:
            return ""
        try:
            moved = date(*(int(part) for part in match.groups())) + timedelta(self.shift_days(patient_identity))
        except (ValueError, OverflowError):
            return ""
        return moved.isoformat().replace("-", "")


def _hmac(key: bytes, text: str) -> bytes:
    # A file's name or a broken header may hold half a character, which has no bytes of its own.
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")


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


# What stands in tables and headers where no patient is named; as one patient they would be one great group.
_NOBODY = frozenset(
    {
        "unknown", "anonymous", "anonymized", "anonymised", "anonym", "anon", "none", "null", "nan", "na", "nil", "n/a",
        "undefined", "unspecified", "not available", "no id", "noid", "no name", "deidentified", "de-identified",
        "inconnu", "inconnue", "anonyme", "patient", "test", "xxx", "0",
    }
)  # fmt: skip


def of_somebody(identity: str | None) -> str | None:
    """A patient's identity; None for a word or sign that stands for nobody ("UNKNOWN", "000000", "-")."""
    if not identity:
        return None
    word = identity.strip().casefold()
    return None if word in _NOBODY or not word.strip("0-_.?*/# ") else identity


def veil(name: str, identity: str | None, stand_in: str) -> str:
    """A file's shown name without an identity, where that stands in it as a word of four letters or more.

    Capitals and small letters count the same.
    """
    if not identity or len(identity) < 4 or identity.lower() not in name.lower():
        return name
    pattern = rf"(?<![A-Za-z0-9]){re.escape(identity)}(?![A-Za-z0-9])"
    return re.sub(pattern, lambda _: stand_in, name, flags=re.IGNORECASE)
