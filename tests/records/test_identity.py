"""Patients and files get names that cannot be turned back."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from radiographs.errors import InvalidSettings
from radiographs.records import identity

KEY = b"k" * 32


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pseudonym.key"
    key = identity.read_or_make_key(path)
    assert len(key) == 32 and key == identity.read_or_make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]


def test_a_damaged_key_is_refused_rather_than_replaced(tmp_path: Path) -> None:
    (tmp_path / "pseudonym.key").write_bytes(b"short")
    with pytest.raises(InvalidSettings, match=r"pseudonym\.key.*restore it from a backup"):
        identity.read_or_make_key(tmp_path / "pseudonym.key")


def test_a_pseudonym_is_the_keyed_digest_of_source_and_patient() -> None:
    expected = hmac.new(KEY, b"north/p1", hashlib.sha256).hexdigest()[:16]
    assert identity.pseudonym(KEY, "north", "p1") == expected
    assert identity.pseudonym(KEY, "south", "p1") != expected
    assert identity.pseudonym(KEY, "north", "") == ""


def test_a_file_and_its_bytes_have_one_digest(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(data)
    assert identity.file_digest(KEY, tmp_path / "a") == identity.bytes_digest(KEY, data)


def test_a_name_is_shown_without_the_patient_in_it() -> None:
    assert identity.veil("x/cohen-2_PA.png", "cohen-2", "ab12") == "x/cohen-2_PA.png".replace("cohen-2", "ab12")
    assert identity.veil("x/cohen-21.png", "cohen-2", "ab12") == "x/cohen-21.png"
    assert identity.veil("x/1.png", "1", "ab12") == "x/1.png"
    assert identity.veil("x/a.png", None, "") == "x/a.png"
