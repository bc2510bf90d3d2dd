"""Any radiograph file becomes one convention: (height, width) uint8, 0 = air, 255 = bone, with the facts it states."""

from __future__ import annotations

import hashlib
import logging
import warnings
from pathlib import Path

import numpy as np

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import containers, dicom, plain
from radiographs.imaging.filefacts import DecodedRadiograph, DecodeLimits, FileFacts

__all__ = [
    "DECODER_VERSION",
    "DecodeLimits",
    "DecodedRadiograph",
    "FileFacts",
    "decode_bytes",
    "decode_file",
    "pixel_digest",
]

DECODER_VERSION = "1"
_LIMITS = DecodeLimits()
_LIBRARIES = r"(PIL|pydicom)\."


def decode_bytes(data: bytes, name: str, limits: DecodeLimits = _LIMITS) -> DecodedRadiograph:
    """Decode one file's bytes; the format is told from the bytes, the name only serves the sentence of a refusal.

    Args:
        data: the whole file.
        name: what a person knows the file by.
        limits: the largest file and picture that is decoded.

    Returns:
        The film: pixels (h, w) uint8, 0 = air, 255 = bone, upright, read-only, and the facts of its file.

    Raises:
        UnreadableRadiograph: one sentence that starts with the name and ends with a remedy.
    """
    shown, kind = _shown(name), "file"
    _keep_libraries_quiet()
    try:
        _check_weight(len(data), limits)
        kind = containers.sniff(data)
        film = dicom.read(data, limits) if kind == "DICOM" else plain.read(data, kind, limits)
    except UnreadableRadiograph as refusal:
        raise UnreadableRadiograph(f"{shown}: {_shown(str(refusal))}") from None
    except Exception as error:
        raise UnreadableRadiograph(
            f"{shown}: it begins as {kind} and cannot be decoded to its end ({type(error).__name__}), "
            "so it is cut short or damaged; copy or export it again"
        ) from error
    film.pixels.setflags(write=False)
    return film


def decode_file(path: Path, limits: DecodeLimits = _LIMITS) -> DecodedRadiograph:
    """Read and decode one file; a file past the limit is not read.

    Raises:
        UnreadableRadiograph: see `decode_bytes`; also where the file cannot be read at all.
    """
    try:
        if not path.is_file():
            raise UnreadableRadiograph("there is no such file; check the path")
        _check_weight(path.stat().st_size, limits)
        data = path.read_bytes()
    except UnreadableRadiograph as refusal:
        raise UnreadableRadiograph(f"{_shown(path.name)}: {refusal}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableRadiograph(
            f"{_shown(path.name)}: it cannot be read ({reason}); check its permissions"
        ) from error
    return decode_bytes(data, path.name, limits)


def pixel_digest(pixels: np.ndarray) -> str:
    """A radiograph's identity: SHA-256, in hex, over the decoder version, the shape and the pixels.

    Args:
        pixels: (h, w) uint8, as decoded: before any righting or masking.

    Raises:
        ValueError: pixels of another shape or type.
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8:
        raise ValueError(f"expected a 2-D uint8 radiograph, got shape {pixels.shape} of {pixels.dtype}")
    digest = hashlib.sha256(f"radiograph {DECODER_VERSION} {pixels.shape[0]}x{pixels.shape[1]}\n".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def _shown(words: str) -> str:
    """Words that fit into one line of a terminal, whatever they quote of a file."""
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def _check_weight(n_bytes: int, limits: DecodeLimits) -> None:
    if n_bytes > limits.max_bytes:
        raise UnreadableRadiograph(
            f"it weighs {n_bytes / 2**20:.1f} MiB where at most {limits.max_bytes / 2**20:.1f} are read; "
            "export it smaller"
        )


def _keep_libraries_quiet() -> None:
    """Hold back the decoders' warnings about a file's oddities, in any thread: what matters of them is a refusal.

    `warnings.catch_warnings` swaps a list that all threads share, so one narrow filter is put in once instead.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)  # its warnings quote values, which may name a patient
    if not any(getattr(rule[3], "pattern", "") == _LIBRARIES for rule in warnings.filters):
        warnings.filterwarnings("ignore", module=_LIBRARIES)
