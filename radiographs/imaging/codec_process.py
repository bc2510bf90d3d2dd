"""Codecs that a damaged codestream can crash, hang or bloat run in processes of their own, kept warm and replaced."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from radiographs.errors import UnreadableRadiograph

_PROGRAM = Path(__file__).with_name("codec_child.py")
# What the dynamic loader and Python need; nothing else of this process is any business of a codec.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR")
_SPARE_BYTES = 384 * 2**20
_SPARE_BYTES_PER_SAMPLE = 24
_PATIENCE_S = 20.0
_PATIENCE_S_PER_SAMPLE = 2e-6
_TOO_SLOW = "its compressed picture takes too long to decode; convert it to uncompressed DICOM"
_NO_CODEC = "its compression is not read by this installation; install python-gdcm and pylibjpeg-openjpeg"
_DAMAGED = "its compressed picture is damaged; copy or export it again"


class _Crashed(Exception):
    """The process ended, or talked nonsense, in the middle of a picture."""


def decode(frame: bytes, syntax: str, *, rows: int, columns: int, samples: int, bits: int) -> bytes:
    """Decode one compressed picture in another process.

    Memory: that process may take 384 MiB and 24 bytes a sample beyond its libraries. Time: 20 s and 2 s a million
    samples. It is kept for later pictures; threads that decode at the same time have one each.

    Args:
        frame: the codestream, whose announced size was already held against the header.
        syntax: UID of the transfer syntax.
        rows, columns, samples: of the picture.
        bits: of a sample, as the codestream has it.

    Returns:
        The samples, colour by pixel: one byte each up to 8 bits, else two, little endian.

    Raises:
        UnreadableRadiograph: the codec refused the picture, crashed on it, or took too long.
    """
    n_samples = rows * columns * samples
    patience_s = _PATIENCE_S + _PATIENCE_S_PER_SAMPLE * n_samples
    request = {
        "syntax": syntax,
        "rows": rows,
        "columns": columns,
        "samples": samples,
        "bits": bits,
        "n_bytes": len(frame),
        "spare_bytes": _SPARE_BYTES + _SPARE_BYTES_PER_SAMPLE * n_samples,
        "patience_s": patience_s,
    }
    errand = _Errand(request, frame, n_samples * (1 if bits <= 8 else 2), patience_s)
    used = _Child.rested()
    try:
        try:
            return (used or _Child()).run(errand)
        except _Crashed:
            # Damage done by an earlier picture may show only now, so a process that had one has not the last word.
            if used is None:
                raise
            return _Child().run(errand)
    except _Crashed as crash:
        raise UnreadableRadiograph(_DAMAGED) from crash


@dataclass(frozen=True)
class _Errand:
    """A request with its codestream, the bytes that must come back, and how long they may take."""

    request: dict[str, Any]
    frame: bytes
    expected_bytes: int
    patience_s: float


class _Child:
    """One decoding process: `run` gives it back to those that rest, unless it failed."""

    _resting: ClassVar[list[_Child]] = []

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._owner = os.getpid()
        self._overdue = False
        self._process = subprocess.Popen(
            # -P: the program's own folder is no place to import from.
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"OPENBLAS_NUM_THREADS": "1"},
        )

    @classmethod
    def rested(cls) -> _Child | None:
        """One that is free, started by this very process (a fork inherits the list, and must not share pipes)."""
        while cls._resting:
            with contextlib.suppress(IndexError):  # another thread was faster
                child = cls._resting.pop()
                if child._owner == os.getpid():
                    return child
        return None

    def run(self, errand: _Errand) -> bytes:
        """The decoded samples.

        Raises:
            UnreadableRadiograph: the codec refused the picture or took too long.
            _Crashed: the process did not live to answer.
        """
        timer = threading.Timer(errand.patience_s, self._give_up)
        timer.start()
        try:
            samples = self._ask(errand)
        except BaseException:
            self._end()
            if self._overdue:
                raise UnreadableRadiograph(_TOO_SLOW) from None
            raise
        finally:
            timer.cancel()
        self._resting.append(self)
        return samples

    def _ask(self, errand: _Errand) -> bytes:
        question, answer = self._process.stdin, self._process.stdout
        if question is None or answer is None:
            raise _Crashed
        try:
            question.write(json.dumps(errand.request).encode() + b"\n")
            question.write(errand.frame)
            question.flush()
            reply = json.loads(answer.readline())
            samples = answer.read(errand.expected_bytes) if reply.get("n_bytes") == errand.expected_bytes else b""
        except (OSError, ValueError) as error:
            raise _Crashed from error
        if reply.get("error") == "ModuleNotFoundError":
            raise UnreadableRadiograph(_NO_CODEC)
        if len(samples) != errand.expected_bytes:
            raise UnreadableRadiograph(_DAMAGED)
        return samples

    def _give_up(self) -> None:
        self._overdue = True
        self._process.kill()

    def _end(self) -> None:
        """Ends the process; one that failed may be damaged itself."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
