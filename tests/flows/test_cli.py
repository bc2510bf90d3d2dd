"""A person at the command line gets one sentence and an exit code, never a traceback alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs import settings
from radiographs.imaging import phantom_batches
from tests.conftest import NAMES


def sentence_of(err: str) -> str:
    """The only line of an error output; fails if there are more."""
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


def test_an_empty_folder_is_named_and_exits_1(call, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = call("admit", str(tmp_path / "empty"))
    assert code == 1
    assert str(tmp_path / "empty") in sentence_of(err)


def test_a_folder_that_does_not_exist_is_named_and_exits_1(call, tmp_path: Path) -> None:
    code, _, err = call("admit", str(tmp_path / "nowhere"))
    assert code == 1
    assert "nowhere" in sentence_of(err)


def test_a_table_without_a_path_column_is_named_with_the_column(call, tmp_path: Path) -> None:
    phantom_batches.write_batch(tmp_path / "in", 4, 1, side_px=64, findings=NAMES, spoiled=False)
    table = tmp_path / "in" / "metadata.csv"
    lines = table.read_text().splitlines()
    lines[0] = lines[0].replace("path", "where_it_is", 1)
    table.write_text("\n".join(lines) + "\n")
    code, _, err = call("admit", str(tmp_path / "in"))
    assert code == 1
    assert "metadata.csv" in sentence_of(err)
    assert "'path'" in sentence_of(err)


def test_admitting_twice_says_that_all_are_known(call, tmp_path: Path) -> None:
    phantom_batches.write_batch(tmp_path / "in", 12, 1, side_px=64, findings=NAMES, spoiled=False)
    assert call("admit", str(tmp_path / "in"))[0] == 0
    code, out, _ = call("admit", str(tmp_path / "in"))
    assert code == 0
    assert "0 admitted, 12 known" in out


def test_a_typo_in_the_release_rule_is_refused_before_anything_is_admitted(
    call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = tmp_path / "typo.yaml"
    rule.write_text("version: 1\nabsolut: {}\n")
    monkeypatch.setenv("RADIOGRAPHS_RELEASE_RULE", str(rule))
    code, _, err = call("retrain")
    assert code == 1
    assert "typo.yaml" in sentence_of(err)
    assert not (tmp_path / "state" / "catalogue.db").exists()


def test_an_unknown_backbone_is_answered_with_the_nearest_names(call, tmp_path: Path) -> None:
    code, _, err = call("retrain", "--backbone", "MobilNetV2")
    assert code == 1
    assert "MobileNetV2" in sentence_of(err)


def test_serving_before_any_promotion_says_what_to_run(call) -> None:
    code, _, err = call("serve", "--port", "39417")
    assert code == 1
    assert "radiographs retrain" in sentence_of(err)


def test_a_setting_out_of_range_is_named(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RADIOGRAPHS_SIDE_PX", "7")
    code, _, err = call("retrain")
    assert code == 1
    assert "RADIOGRAPHS_SIDE_PX" in sentence_of(err)


def test_a_taken_port_is_named_with_its_setting(call, tmp_path: Path) -> None:
    import socket

    (tmp_path / "state").mkdir(exist_ok=True)
    (tmp_path / "state" / "champion.json").write_text("{}")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        code, _, err = call("serve", "--port", str(port))
    assert code == 1
    assert str(port) in sentence_of(err)
    assert "RADIOGRAPHS_SERVICE_PORT" in sentence_of(err)


def test_the_quarantine_is_listed_with_reasons(call, tmp_path: Path) -> None:
    phantom_batches.write_batch(tmp_path / "in", 40, 1, side_px=64, findings=NAMES, spoiled=True)
    code, _, err = call("admit", str(tmp_path / "in"))
    assert code == 0, err
    _, out, _ = call("quarantine", "list")
    assert "truncated" in out


def test_what_a_person_asks_of_a_pacs_is_checked_and_hidden_from_the_server(monkeypatch) -> None:
    from flows import deliveries
    from radiographs.errors import InvalidSettings

    chosen = settings.read()
    asked = deliveries.asked(
        chosen, "https://pacs.example.org/dicom-web", ["PatientName=DUPONT JEAN", "days=3 limit=2"]
    )
    assert "DUPONT" not in repr(asked) and "example" not in repr(asked)
    wanted = deliveries.of(chosen, None, None, None, dicomweb=asked.dicomweb, query=asked.query)
    assert isinstance(wanted, deliveries.Pull) and wanted.query.most == 2
    assert wanted.query.filters["PatientName"] == "DUPONT JEAN"
    with pytest.raises(InvalidSettings, match="more than a place"):
        deliveries.asked(chosen, "https://anna:secret@pacs.example.org/x", None)


def test_a_files_name_that_looks_like_markup_is_shown_as_it_is(capsys) -> None:
    from datetime import UTC, datetime

    from flows import display
    from radiographs.records.entries import QuarantineRecord

    display.waiting([QuarantineRecord("k" * 64, "b", "scan [/b] 3.png", "why", "", datetime.now(UTC))], [])
    assert "scan [/b] 3.png" in capsys.readouterr().out
