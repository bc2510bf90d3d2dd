"""The catalogue remembers, and says in one sentence why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs.errors import CatalogueUnavailable
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import RetrainRecord


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
