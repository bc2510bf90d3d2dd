"""A real PACS for tests: Orthanc with DICOMweb on loopback, in a folder of its own, filled over STOW-RS."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import generate_uid

from radiographs.imaging import phantom_batches, phantoms
from tasks.ports import LOOPBACK, free_port

PROGRAM = Path("/usr/sbin/Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
USER, PASSWORD = "reader", "s3cret-of-the-pacs"
START_SECONDS, STOP_SECONDS = 60.0, 15.0


@dataclass(frozen=True)
class Orthanc:
    """A running server; `url` is the root of its DICOMweb service."""

    url: str
    process: subprocess.Popen[bytes]
    storage: Path

    def store(self, films: Iterable[bytes]) -> None:
        """Sends DICOM files in one STOW-RS request, to the byte."""
        mark = "a-mark-that-is-in-no-film"
        parts = (f"--{mark}\r\nContent-Type: application/dicom\r\n\r\n".encode() + film + b"\r\n" for film in films)
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        kind = f'multipart/related; type="application/dicom"; boundary={mark}'
        reply = json.loads(
            self._ask("dicom-web/studies", body, {"Content-Type": kind, "Accept": "application/dicom+json"})
        )
        assert not reply["00081198"].get("Value"), "the server refused some of the films"

    def remove(self, sop_uid: str) -> None:
        """Takes one instance out of the server."""
        (known,) = json.loads(self._ask("tools/lookup", sop_uid.encode()))
        self._ask(known["Path"].lstrip("/"), method="DELETE")

    def clear(self) -> None:
        """Takes everything out of the server."""
        for patient in json.loads(self._ask("patients")):
            self._ask(f"patients/{patient}", method="DELETE")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def stop(self) -> None:
        """Ends the server and waits for it."""
        stop(self.process)

    def _ask(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, method: str | None = None
    ) -> bytes:
        root = self.url.removesuffix("/dicom-web")
        call = urllib.request.Request(f"{root}/{path}", body, headers or {}, method=method)
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, root, USER, PASSWORD, is_authenticated=True)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(passwords)
        )
        with opener.open(call, timeout=60) as reply:
            return reply.read()


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Orthanc]:
    """A server that keeps everything in `folder` and ends with the context; skips the test where Orthanc is absent.

    On the same folder and port it is the same server again.
    """
    if not PROGRAM.exists() or not PLUGIN.exists():
        pytest.skip("Orthanc is not installed: apt-get install orthanc orthanc-dicomweb")
    port = port or free_port()
    settings, storage, log = folder / "orthanc.json", folder / "storage", folder / "orthanc.log"
    storage.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(_settings(port, storage)), encoding="utf-8")
    with log.open("wb") as words:
        process = subprocess.Popen(
            [PROGRAM, settings], cwd=folder, stdout=words, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        server = Orthanc(f"http://{LOOPBACK}:{port}/dicom-web", process, storage)
        _wait_until_ready(server, log)
        yield server
    finally:
        stop(process)


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """An empty server for the tests of one module."""
    with running(tmp_path_factory.mktemp("orthanc")) as server:
        yield server


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process group and waits; kills what does not listen."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=STOP_SECONDS)


def film(number: int, folder: Path, *, side_px: int = 48, study_date: str = "20260301", modality: str = "CR") -> bytes:
    """The bytes of a phantom as a PACS keeps it: in a study and a series, with a date and an accession number."""
    path = folder / f"{number}.dcm"
    phantom_batches.write_dicom(phantoms.draw("Normal", number, side_px=side_px), path, bits=8)
    header = pydicom.dcmread(path)
    header.SeriesInstanceUID = generate_uid(entropy_srcs=[header.PatientID, "series", modality])
    header.StudyDate, header.AccessionNumber, header.Modality = study_date, f"A{number:06d}", modality
    header.StudyInstanceUID = generate_uid(entropy_srcs=[header.PatientID, study_date])
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = generate_uid(
        entropy_srcs=[header.PatientID, study_date, modality, str(number)]
    )
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, header, enforce_file_format=True)
    return buffer.getvalue()


def _settings(port: int, storage: Path) -> dict[str, object]:
    """Nothing but HTTP behind a password; calls that do not come from this machine are refused."""
    return {
        "Name": "test",
        "StorageDirectory": str(storage),
        "IndexDirectory": str(storage),
        "TemporaryDirectory": str(storage),
        "Plugins": [str(PLUGIN)],
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DicomServerEnabled": False,
        "SaveJobs": False,
        "MaximumStorageCacheSize": 0,
        "HttpThreadsCount": 8,
        "ConcurrentJobs": 1,
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableWado": False},
    }


def _wait_until_ready(server: Orthanc, log: Path) -> None:
    deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
    while True:
        last_words = log.read_text(errors="replace")[-2000:]
        assert server.process.poll() is None, f"Orthanc ended at once; it said:\n{last_words}"
        assert time.monotonic() < deadline, f"Orthanc does not answer; it said:\n{last_words}"
        try:
            server._ask("system")
            return
        except (urllib.error.URLError, OSError):
            pause.wait(0.05)
