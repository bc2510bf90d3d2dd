"""A codec that crashes, hangs or is killed takes nothing with it but the film it was given."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys

import drawn_dicom
import numpy as np
import pytest
from drawn_dicom import TWELVE
from pydicom.uid import JPEGLosslessSV1, JPEGLSLossless

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import codec_process, decode

PLAIN = drawn_dicom.encoded(TWELVE, bits=12)


def pixels(data: bytes) -> np.ndarray:
    """The decoded film."""
    return decode.decode_bytes(data, "film.dcm").pixels


def refusal(data: bytes) -> str:
    """The sentence by which the bytes are refused."""
    with pytest.raises(UnreadableRadiograph, match=r"^film\.dcm: ") as caught:
        decode.decode_bytes(data, "film.dcm")
    return str(caught.value)


def test_a_decoder_that_crashes_is_a_refusal_and_the_next_film_is_read(monkeypatch, tmp_path):
    program = tmp_path / "codec.py"
    program.write_text("import os, sys; sys.stdin.readline(); os.abort()", encoding="utf-8")
    data = drawn_dicom.compressed(PLAIN, JPEGLosslessSV1)
    with monkeypatch.context() as patch:
        patch.setattr(codec_process, "_PROGRAM", program)
        patch.setattr(codec_process._Child, "_resting", [])
        assert "is damaged" in refusal(data)
    assert np.array_equal(pixels(data), pixels(PLAIN))


def test_a_decoder_that_hangs_is_ended(monkeypatch, tmp_path):
    program = tmp_path / "codec.py"
    program.write_text("import sys; sys.stdin.read()", encoding="utf-8")
    monkeypatch.setattr(codec_process, "_PROGRAM", program)
    monkeypatch.setattr(codec_process, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(codec_process._Child, "_resting", [])
    assert "too long" in refusal(drawn_dicom.compressed(PLAIN, JPEGLosslessSV1))


def test_a_decoder_that_nobody_waits_for_ends_by_itself(tmp_path):
    slow = tmp_path / "gdcm.py"
    slow.write_text("while True: pass", encoding="utf-8")
    request = {"syntax": JPEGLSLossless, "n_bytes": 0, "patience_s": 0.1}
    left = subprocess.Popen(
        [sys.executable, "-P", str(codec_process._PROGRAM)],
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    left.stdin.write(json.dumps(request).encode() + b"\n")
    left.stdin.flush()
    assert left.wait(60) == -signal.SIGALRM
    left.stdin.close()


def test_a_decoder_killed_while_it_rested_is_replaced():
    data = drawn_dicom.compressed(PLAIN, JPEGLSLossless)
    before = pixels(data)
    for child in codec_process._Child._resting:
        child._process.kill()
        child._process.wait()
    assert np.array_equal(pixels(data), before)


def test_a_decoding_process_ends_with_the_process_that_started_it(tmp_path):
    script = """
import sys
from pathlib import Path
from radiographs.imaging import codec_process, decode
decode.decode_file(Path(sys.argv[1]))
print(codec_process._Child._resting[0]._process.pid, flush=True)
sys.stdin.read()
"""
    (tmp_path / "film.dcm").write_bytes(drawn_dicom.compressed(PLAIN, JPEGLSLossless))
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "film.dcm")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    ended, _, _ = select.select([child], [], [], 30)
    os.close(child)
    assert ended
