"""Patients, studies, dates and files get names that cannot be turned back."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from radiographs.errors import InvalidSettings
from radiographs.records import identity
from radiographs.records.identity import Pseudonyms

KEY = b"k" * 32
NORTH = Pseudonyms(KEY, "north")
identities = st.text(min_size=1, max_size=20)


def key_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    """A key file as a site would lay it out."""
    path = folder / "site.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


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


def test_the_own_key_is_closed_again_after_a_copy_from_a_backup_opened_it(tmp_path: Path) -> None:
    path = key_file(tmp_path, KEY, 0o644)
    assert identity.read_or_make_key(path) == KEY
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [KEY, KEY.hex().encode(), b" " + KEY.hex().upper().encode() + b"\r\n"])
def test_a_site_gives_its_key_as_bytes_or_as_hex_digits(tmp_path: Path, content: bytes) -> None:
    assert identity.read_key(key_file(tmp_path, content, 0o640)) == KEY


@pytest.mark.parametrize("content", [b"", b"a password", KEY + b"\n", KEY.hex().encode()[:-1], b"x" * 5000])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidSettings, match=r"site\.key: expected a key of 32 bytes .*restore it"):
        identity.read_key(key_file(tmp_path, content))


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644])
def test_a_key_that_everybody_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(InvalidSettings, match=r"site\.key: everybody .* may open the key; close it with: chmod o="):
        identity.read_key(key_file(tmp_path, KEY, mode))


def test_a_key_is_never_made_where_a_site_names_one_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"sitte\.key: there is no such key file"):
        identity.read_key(tmp_path / "keys" / "sitte.key")
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="there is no such key file"):
        identity.read_key(tmp_path)


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
    assert identity.veil("anan-anan_xanan ananan anan", "anan", "é") == "é-é_xanan ananan é"
    assert identity.veil("x/a.png", None, "") == "x/a.png"


def test_the_key_is_not_printed_with_the_pseudonyms() -> None:
    assert repr(NORTH) == "Pseudonyms(source='north')"


@given(identities)
def test_patients_and_studies_keep_the_pseudonyms_they_always_had(stated: str) -> None:
    assert NORTH.patient(stated) == NORTH.study(stated) == identity.pseudonym(KEY, "north", stated)


def test_an_accession_number_has_another_pseudonym_than_a_patient_so_called() -> None:
    assert len(NORTH.accession("7")) == 16 and NORTH.accession("7") != NORTH.patient("7")


def test_nothing_stays_nothing() -> None:
    assert NORTH.patient("") == NORTH.study("") == NORTH.accession("") == NORTH.uid("") == ""


@given(identities)
def test_a_uid_becomes_a_valid_uid_the_same_in_all_sources(stated: str) -> None:
    uid = UID(NORTH.uid(stated))
    assert uid.is_valid and uid.startswith("2.25.") and uid != stated
    assert uid == Pseudonyms(KEY, "south").uid(stated) != Pseudonyms(b"l" * 32, "north").uid(stated)


@given(identities)
def test_a_patient_s_dates_are_shifted_back_by_one_to_3650_days(stated: str) -> None:
    assert -3650 <= NORTH.shift_days(stated) <= -1
    assert NORTH.shift_days(stated) == Pseudonyms(KEY, "north").shift_days(stated)


def test_shifts_differ_between_patients_sources_and_keys() -> None:
    drawn = {NORTH.shift_days(str(patient)) for patient in range(40_000)}
    assert (min(drawn), max(drawn)) == (-3650, -1) and len(drawn) > 3600
    shifts = [Pseudonyms(key, source).shift_days("p1") for key in (KEY, b"l" * 32) for source in ("north", "south")]
    assert len(set(shifts)) == 4


@given(identities, st.dates(date(1900, 1, 1)), st.integers(0, 2000))
def test_days_between_two_dates_of_a_patient_stay(patient: str, first: date, days: int) -> None:
    try:
        second = first + timedelta(days)
    except OverflowError:
        return
    moved = [date.fromisoformat(NORTH.date(patient, day.strftime("%Y%m%d"))) for day in (first, second)]
    assert (moved[1] - moved[0]).days == (second - first).days
    assert first != moved[0]


@pytest.mark.parametrize("stated", ["", "20200230", "2020-01-02", "202001", "20200102x", "00010101", "٢٠٢٠٠١٠٢"])
def test_what_is_no_date_becomes_nothing(stated: str) -> None:
    assert NORTH.date("p1", stated) == ""


def test_no_date_is_kept_where_no_patient_keeps_it_consistent() -> None:
    assert NORTH.date("", "20200102") == ""
    with pytest.raises(ValueError, match="no patient is named"):
        NORTH.shift_days("")


def test_half_a_character_in_an_identity_breaks_nothing() -> None:
    assert len(NORTH.patient("\udcff")) == 16


@pytest.mark.parametrize("word", ["UNKNOWN", " anonymous ", "0000000", "-", "N/A", "", None])
def test_a_word_for_nobody_is_no_patient(word: str | None) -> None:
    assert identity.of_somebody(word) is None


@pytest.mark.parametrize("word", ["P000", "850123456789", "Anon-17", "10"])
def test_its_neighbours_are_patients(word: str) -> None:
    assert identity.of_somebody(word) == word


def test_a_veil_covers_capitals_and_small_letters_and_whole_words_only() -> None:
    assert identity.veil("AB8501_1.dcm", "ab8501", "…") == "…_1.dcm"
    assert identity.veil("xAB8501_1.dcm", "ab8501", "…") == "xAB8501_1.dcm"
