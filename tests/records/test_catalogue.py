"""The catalogue remembers, and says in one sentence why it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from radiographs.errors import CatalogueUnavailable, InvalidSettings
from radiographs.places import Places
from radiographs.records import admission, intake, keykeeping
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import RetrainRecord
from tasks.catalogue import Custody

from .films import FINDINGS, Desk, delivery


def opened(tmp_path: Path) -> Catalogue:
    return Catalogue.open(f"sqlite:///{tmp_path / 'home' / 'catalogue.db'}")


def test_a_retrain_is_found_again_by_its_key(tmp_path: Path) -> None:
    with opened(tmp_path) as catalogue:
        assert catalogue.find_retrain("k") is None
        catalogue.record_retrain(RetrainRecord("k", "run-1", "1", "hold", "a.html"))
        catalogue.record_retrain(RetrainRecord("k", "run-2", "2", "promote", "b.html", "cohort-1"))
    with opened(tmp_path) as catalogue:
        found = catalogue.find_retrain("k")
        assert found is not None and found.at.endswith("+00:00")
        assert (found.run_id, found.version, found.outcome, found.report) == ("run-2", "2", "promote", "b.html")


def test_a_run_that_was_registered_and_not_judged_is_on_record_and_is_no_finished_retrain(tmp_path: Path) -> None:
    with opened(tmp_path) as catalogue:
        catalogue.record_retrain(RetrainRecord("k", "run-1", "1", "hold", "a.html"))
        catalogue.record_retrain(RetrainRecord("k", "run-2", "2", "", "", "cohort-1"))
        found = catalogue.find_retrain("k")
        assert found is not None and found.version == "1"
        catalogue.record_retrain(RetrainRecord("k", "run-2", "2", "promote", "b.html", "cohort-1"))
        found = catalogue.find_retrain("k")
        assert found is not None and (found.version, found.outcome) == ("2", "promote")
        assert [record.version for record in catalogue.list_retrains()] == ["1", "2"]


def test_retrains_that_an_older_version_noted_by_key_are_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as catalogue, catalogue.writing() as session:
        session.execute(text(
            "CREATE TABLE retrains (key VARCHAR(64) PRIMARY KEY, run_id VARCHAR(64), version VARCHAR(32), "
            "outcome VARCHAR(32), report TEXT, cohort VARCHAR(64), at DATETIME)"
        ))  # fmt: skip
        session.execute(text(
            "INSERT INTO retrains VALUES ('k', 'run-1', '1', 'hold', 'a.html', 'c', '2026-01-02 03:04:05.000000')"
        ))  # fmt: skip
    for _ in range(2):
        with opened(tmp_path) as catalogue:
            (record,) = catalogue.list_retrains()
            assert record == RetrainRecord("k", "run-1", "1", "hold", "a.html", "c", "2026-01-02T03:04:05+00:00")
            assert catalogue.find_retrain("k") == record


def test_a_catalogue_keeps_to_the_key_that_it_was_first_used_with(tmp_path: Path) -> None:
    with opened(tmp_path) as catalogue:
        assert not keykeeping.has_names(catalogue)
        keykeeping.keep_to(catalogue, b"k" * 32)
        assert keykeeping.has_names(catalogue)
    with opened(tmp_path) as catalogue:
        keykeeping.keep_to(catalogue, b"k" * 32)
        with pytest.raises(InvalidSettings, match=r"not the one .*RADIOGRAPHS_PSEUDONYM_KEY") as refusal:
            keykeeping.keep_to(catalogue, b"z" * 32)
        assert "\n" not in str(refusal.value) and "zz" not in str(refusal.value)
    assert b"kkkk" not in (tmp_path / "home" / "catalogue.db").read_bytes()


def test_no_key_is_made_for_a_catalogue_that_has_one(tmp_path: Path) -> None:
    places, url = Places(tmp_path / "home"), f"sqlite:///{tmp_path / 'home' / 'catalogue.db'}"
    custody = Custody(places, catalogue_url=url)
    key = custody.workplace().key
    assert custody.workplace().key == key
    places.key_file.unlink()
    with pytest.raises(InvalidSettings, match=r"pseudonym\.key: there is no such key file; restore it"):
        custody.workplace()
    assert not places.key_file.exists()
    site = tmp_path / "site.key"
    site.write_bytes(b"s" * 32)
    site.chmod(0o600)
    with pytest.raises(InvalidSettings, match="not the one"):
        Custody(places, site, catalogue_url=url).workplace()
    site.write_bytes(key)
    assert Custody(places, site, catalogue_url=url).workplace().key == key


def test_an_admission_with_another_key_is_refused_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": "a.png", "finding": "Normal", "source": "north"}])
    assert desk.admit(folder).admitted == 1
    rows = intake.read_batch(folder, FINDINGS)
    with pytest.raises(InvalidSettings, match="not the one"):
        admission.inspect(rows, desk.catalogue, replace(desk.place, key=b"z" * 32))
    assert desk.inspect(folder).n_new == 0


def test_verdicts_are_counted_by_held_out_set_and_a_repeated_one_once(tmp_path: Path) -> None:
    with opened(tmp_path) as catalogue:
        for run in ("r1", "r2", "r2"):
            catalogue.record_verdict("h1", run, "hold", ["too few films"], "rule")
        catalogue.record_verdict("h2", "r1", "promote", [], "rule")
        assert (catalogue.verdicts_served("h1"), catalogue.verdicts_served("h2")) == (2, 1)
        assert catalogue.verdicts_served("h3") == 0


def test_sqlite_keeps_foreign_keys_and_lets_readers_read_while_one_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as writer, opened(tmp_path) as reader, writer.writing() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert reader.list_batches() == ()


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"this is no database, but a letter to a friend" * 20)
    with pytest.raises(CatalogueUnavailable, match=r"catalogue\.db cannot be opened or written .*another database"):
        Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}")


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    with pytest.raises(CatalogueUnavailable, match=r"home/catalogue\.db cannot be opened"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:s3cret@127.0.0.1:1/films?connect_timeout=1",
        "postgresql://127.0.0.1:1/films?user=someone&password=s3cret&connect_timeout=1",
        "mysql://someone:s3cret@127.0.0.1/films",
        "s3cret nonsense",
    ],
)
def test_an_address_that_cannot_be_reached_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(CatalogueUnavailable) as refusal:
        Catalogue.open(url)
    assert "s3cret" not in str(refusal.value)
    assert "RADIOGRAPHS_CATALOGUE_URL" in str(refusal.value)
    assert "\n" not in str(refusal.value)
