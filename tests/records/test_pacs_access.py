"""An address or secret of a PACS that cannot work, or that others could read, is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from radiographs.errors import InvalidSettings
from radiographs.records.pacs import Pacs


def test_the_printed_settings_hold_no_secret() -> None:
    assert "s3cret" not in repr(Pacs("https://pacs.example", user="u", password="s3cret"))
    assert "s3cret" not in repr(Pacs("https://pacs.example", token="s3cret"))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"url": "pacs.example/dicom-web"}, "root of its DICOMweb service"),
        ({"url": "ftp://pacs.example"}, "root of its DICOMweb service"),
        ({"url": "https://pacs.example:port/x"}, "root of its DICOMweb service"),
        ({"url": "https://[::1/x"}, "root of its DICOMweb service"),
        ({"url": "https://u:s3cret@pacs.example/x"}, "give user, password or token as settings"),
        ({"url": "https://pacs.example/x?token=s3cret"}, "give user, password or token as settings"),
        ({"url": "http://pacs.example", "user": "u", "password": "s3cret"}, "https://"),
        ({"url": "http://pacs.example", "token": "s3cret"}, "a tunnel end on 127.0.0.1"),
        ({"user": "u", "token": "s3cret"}, "both a token and a user"),
        ({"password": "s3cret"}, "without its user"),
        ({"token": "s3cret\n"}, "line ends"),
        ({"ca_file": Path("absent.pem")}, r"absent\.pem: no such certificate"),
        ({"page_size": 0}, "page of 1 or more"),
        ({"timeout_s": 0}, "above 0 seconds"),
    ],
)
def test_settings_that_cannot_work_or_leak_are_refused(chosen: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidSettings, match=words) as refusal:
        Pacs(**({"url": "https://pacs.example/dicom-web"} | chosen))  # type: ignore[arg-type]
    assert "s3cret" not in str(refusal.value)


def test_a_password_may_cross_this_machine_and_an_address_has_one_name() -> None:
    for host in ("127.0.0.1:8042", "localhost", "[::1]:8042"):
        assert Pacs(f"http://{host}/dicom-web/", user="u", password="p").root == f"http://{host}/dicom-web"
