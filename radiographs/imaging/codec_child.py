"""The program of a process that decodes compressed pictures for another one, so that what crashes here ends only here.

It is started by its path, not imported. Each request is one JSON line {"syntax", "rows", "columns", "samples", "bits",
"n_bytes", "spare_bytes", "patience_s"} and n_bytes of codestream on standard input; each reply is one JSON line
{"n_bytes"} and the samples (8 or 16 bits each, little endian), or {"error"}. It ends when its input or patience does.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
from pathlib import Path
from typing import Any, BinaryIO

_JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Answers requests one after the other until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # The codecs print what they dislike; it is read from this file, and never mixed with replies.
    spoken = os.memfd_create("spoken")
    os.dup2(spoken, 1)
    os.dup2(spoken, 2)
    while line := requests.readline():
        request = json.loads(line)
        # Whoever asks ends this process in time; this is for when nobody is left to do so.
        signal.alarm(2 * math.ceil(request["patience_s"]))
        _answer(request, requests.read(request["n_bytes"]), replies, spoken)
        signal.alarm(0)


def _answer(request: dict[str, Any], frame: bytes, replies: BinaryIO, spoken: int) -> None:
    os.ftruncate(spoken, 0)
    os.lseek(spoken, 0, os.SEEK_SET)
    samples: bytes | bytearray = b""
    error = ""
    try:
        decode = _jpeg_2000 if request["syntax"] in _JPEG_2000 else _jpeg
        samples = decode(request, frame)
    except Exception as caught:
        error = type(caught).__name__
    # libjpeg fills what it cannot read with grey and only says so; a film must not be made up.
    if b"Corrupt JPEG data" in os.pread(spoken, 1 << 16, 0):
        error = "corrupt data"
    replies.write(json.dumps({"error": error} if error else {"n_bytes": len(samples)}).encode() + b"\n")
    if not error:
        replies.write(samples)
    replies.flush()


def _jpeg(request: dict[str, Any], frame: bytes) -> bytes:
    """JPEG lossless, JPEG extended and JPEG-LS by GDCM; a picture it refuses has no buffer."""
    import gdcm

    for silence in (gdcm.Trace.WarningOff, gdcm.Trace.ErrorOff, gdcm.Trace.DebugOff):
        silence()
    _limit_memory(request["spare_bytes"])
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image, bits = gdcm.Image(), request["bits"]
    image.SetNumberOfDimensions(2)
    image.SetDimensions((request["columns"], request["rows"], 1))
    image.SetDataElement(element)
    colours = (
        gdcm.PhotometricInterpretation.RGB if request["samples"] == 3 else gdcm.PhotometricInterpretation.MONOCHROME2
    )
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(colours))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(request["syntax"])))
    image.SetPixelFormat(gdcm.PixelFormat(request["samples"], 8 if bits <= 8 else 16, bits, bits - 1, 0))
    # The binding hands bytes out as text with lone surrogates for what is no UTF-8.
    return bytes(image.GetBuffer().encode("utf-8", "surrogateescape"))


def _jpeg_2000(request: dict[str, Any], frame: bytes) -> bytearray:
    """JPEG 2000 by OpenJPEG."""
    import openjpeg

    _limit_memory(request["spare_bytes"])
    return bytearray(openjpeg.decode_pixel_data(frame, version=2))


def _limit_memory(spare_bytes: int) -> None:
    """Lets the process have so much memory beyond what its libraries take; more is refused by the system."""
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * _PAGE_BYTES
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = taken + spare_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


if __name__ == "__main__":
    main()
