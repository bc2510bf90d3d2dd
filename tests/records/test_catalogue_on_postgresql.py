"""The catalogue is the same on PostgreSQL as on SQLite, and two who write at once wait for each other."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import postgresql as real
import psycopg
import pytest
from postgresql import PostgreSQL, postgresql
from sqlalchemy import func, select

from radiographs.errors import CatalogueUnavailable
from radiographs.places import Places
from radiographs.records import model_moves, withdrawal
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import ModelMove
from radiographs.records.identity import Pseudonyms
from radiographs.records.schema import BatchRow, RadiographRow

from .films import KEY, Desk, delivery

__all__ = ["postgresql"]
FINDINGS = ("COVID", "Lung_Opacity", "Normal", "Viral Pneumonia")


@pytest.fixture
def url(postgresql: PostgreSQL, request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of this test alone."""
    return postgresql.new_database(f"films_{zlib.crc32(request.node.name.encode()):x}")


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose catalogue is on PostgreSQL."""
    with Catalogue.open(url) as catalogue:
        yield Desk(tmp_path / "home", catalogue)


def mixed(folder: Path) -> Path:
    """Films of all findings and of two sources, a conflict in waiting, a spoiled one and one without label."""
    rows = [
        {
            "path": f"{k}.png",
            "finding": FINDINGS[k % 4],
            "source": ("north", "south")[k % 3 // 2],
            "patient_id": f"p{k // 2}",
        }
        for k in range(64)
    ]
    delivery(folder, [*rows, {"path": "odd.png", "finding": "Broken rib", "source": "north"}])
    (folder / "stray.png").write_bytes(b"<html>")
    return folder


def test_the_same_delivery_makes_the_same_catalogue_and_cohort_as_on_sqlite(desk: Desk, tmp_path: Path) -> None:
    with Catalogue.open(f"sqlite:///{tmp_path / 'sqlite' / 'catalogue.db'}") as plain:
        other = Desk(tmp_path / "sqlite", plain)
        summaries = [each.admit(mixed(tmp_path / "in")) for each in (other, desk)]
        assert (summaries[1].admitted, summaries[1].quarantined) == (64, 2)
        told = [(s.admitted, s.known, s.updated, s.quarantined, s.by_finding, s.reasons) for s in summaries]
        assert told[0] == told[1]
        assert plain.counts() == desk.catalogue.counts() != ()
        quarantined = [{(r.name, r.reason) for r in each.list_quarantine()} for each in (plain, desk.catalogue)]
        assert quarantined[0] == quarantined[1]
        assert other.cohort().digest == desk.cohort().digest


def test_the_same_delivery_again_brings_nothing_and_changed_labels_are_versions(desk: Desk, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", [{"path": f"{k}.png", "finding": "Normal", "source": "north"} for k in range(4)])
    assert desk.admit(folder).admitted == 4
    assert (desk.admit(folder).admitted, desk.admit(folder).known) == (0, 4)
    delivery(folder, [{"path": f"{k}.png", "finding": "COVID", "source": "north"} for k in range(4)])
    assert desk.admit(folder).updated == 4
    assert [(count.finding, count.n_films) for count in desk.catalogue.counts()] != [("Normal", 4)]


@pytest.mark.parametrize(
    "odd",
    [
        {"source": "a very long name of a hospital " * 9},
        {"view_position": "PA, upright, " * 9},
        {"sex": "not told, and not asked"},
        {"source": "no\x00rth"},
        {"view_position": "P\x00A"},
        {"patient_id": "anna\x00", "study_id": "1\x00"},
        {"finding": "No\x00rmal"},
    ],
)
def test_a_long_or_odd_word_in_a_table_is_no_fault_of_the_database(
    desk: Desk, tmp_path: Path, odd: dict[str, str]
) -> None:
    rows = [{"path": "a.png", "finding": "Normal", "source": "north", **odd}]
    summary = desk.admit(delivery(tmp_path / "in", rows))
    assert summary.admitted + summary.quarantined == 1


def test_two_who_admit_the_same_delivery_at_once_admit_it_once(url: str, tmp_path: Path) -> None:
    folder = mixed(tmp_path / "in")

    def admit(_number: int) -> int:
        with Catalogue.open(url) as catalogue:
            return Desk(tmp_path / "home", catalogue).admit(folder).admitted

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(admit, range(2))) == [0, 64]
    with Catalogue.open(url) as catalogue, catalogue.reading() as session:
        assert session.scalar(select(func.count()).select_from(RadiographRow)) == 64


def test_a_second_writer_waits_and_readers_do_not(url: str) -> None:
    with Catalogue.open(url) as first, Catalogue.open(url) as second, ThreadPoolExecutor(1) as pool:
        with first.writing() as session:
            session.add(BatchRow(id="b1", status="admitted", n_rows=0, summary={"admitted": 0, "quarantined": 0}))
            session.flush()
            late = pool.submit(second.record_verdict, "h1", "run-1", "hold", [], "rule")
            _until_it_waits(late, url)
            assert not late.done()
            assert first.list_batches() == second.list_batches() == ()
        late.result(timeout=30)
        assert [batch.id for batch in second.list_batches()] == ["b1"]
        assert first.verdicts_served("h1") == 1


def test_a_reader_sees_one_state_however_long_it_reads(url: str) -> None:
    count = select(func.count()).select_from(BatchRow)
    with Catalogue.open(url) as reader, Catalogue.open(url) as writer:
        with reader.reading() as session:
            assert session.scalar(count) == 0
            with writer.writing() as other:
                other.add(BatchRow(id="b1", status="admitted", n_rows=0, summary={"admitted": 0, "quarantined": 0}))
            assert session.scalar(count) == 0
        with reader.reading() as session:
            assert session.scalar(count) == 1


def test_a_server_that_ends_is_refused_in_one_sentence() -> None:
    with real.running() as server, Catalogue.open(server.new_database("films")) as catalogue:
        assert catalogue.list_batches() == ()
        server.stop()
        with pytest.raises(CatalogueUnavailable, match="RADIOGRAPHS_CATALOGUE_URL") as refusal:
            catalogue.list_batches()
        assert "\n" not in str(refusal.value)


def _until_it_waits(writer: Future[None], url: str) -> None:
    """Returns once a connection to that database waits for a lock, or the writer has not waited."""
    pause = threading.Event()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(url, autocommit=True) as connection:
        while not writer.done() and connection.execute(waiting).fetchone() == (0,):
            pause.wait(0.02)


def test_a_patients_films_are_withdrawn_there_too_also_quarantined_ones(desk: Desk, tmp_path: Path) -> None:
    rows = [{"path": f"{k}.png", "finding": "Normal", "source": "north", "patient_id": "p-0001"} for k in range(2)]
    inspected = desk.inspect(delivery(tmp_path / "in", rows))
    desk.enrol(inspected, {0: "it is too dark"})
    films = withdrawal.of_patient(desk.catalogue, Pseudonyms(KEY, "north").patient("p-0001"))
    assert [withdrawal.find(desk.catalogue, film[:12]) for film in films] == [(film,) for film in films]
    done = withdrawal.withdraw(desk.catalogue, films, Places(desk.home), because="consent withdrawn")
    assert (len(films), done.n_files) == (2, 3)
    assert not list(desk.home.rglob("*.png")) and desk.catalogue.list_quarantine() == ()
    assert desk.admit(tmp_path / "in").admitted == 0


def test_retrains_that_an_older_version_noted_are_brought_over_there_too(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE retrains (key VARCHAR(64) PRIMARY KEY, run_id VARCHAR(64) NOT NULL, version VARCHAR(32), "
            "outcome VARCHAR(32), report TEXT, cohort VARCHAR(64), at TIMESTAMP WITH TIME ZONE)"
        )
        connection.execute("INSERT INTO retrains VALUES ('k', 'run-1', '1', 'hold', 'a.html', 'c', now())")
    for _ in range(2):
        with Catalogue.open(url) as catalogue:
            assert [record.run_id for record in catalogue.list_retrains()] == ["run-1"]


def test_moves_of_the_champion_are_kept_there_too_also_in_a_catalogue_made_before_them(url: str) -> None:
    with Catalogue.open(url):
        pass
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE model_moves")
    at = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    written = [
        ModelMove("promoted", "1", "", "r1", "b", "release rule", "it passed", "promote", "rule", at),
        ModelMove("approved", "2", "1", "r2", "c", "Dr Ä", "a long reason " * 40, "hold", "rule", at),
    ]
    with Catalogue.open(url) as catalogue:
        for move in written:
            model_moves.record_move(catalogue, move)
    with Catalogue.open(url) as catalogue:
        read = model_moves.list_moves(catalogue)
    assert [each.id for each in read] == [1, 2]
    assert [replace(each, id=0) for each in read] == written
