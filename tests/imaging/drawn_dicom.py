"""DICOM films written from arrays, plain or awkward, for tests of their reading."""

from __future__ import annotations

import io
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

FILM = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 5), 0, 255).astype(np.uint8)
TWELVE = FILM.astype(np.uint16) * 16


def spread(values: np.ndarray) -> np.ndarray:
    """The values from lowest to highest as 0–255, by the plain formula."""
    low, high = float(values.min()), float(values.max())
    return np.rint((values.astype(float) - low) * 255 / (high - low)).astype(np.uint8)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal but for rounding."""
    return one.shape == other.shape and int(np.abs(one.astype(int) - other.astype(int)).max()) <= 1


def encoded(
    values: np.ndarray,
    photometric: str = "MONOCHROME2",
    *,
    bits: int | None = None,
    syntax: str = ExplicitVRLittleEndian,
    pixel_data: bytes | None = None,
    **elements: Any,
) -> bytes:
    """The bytes of a DICOM file whose stored values are `values`, (h, w) or (h, w, 3); `elements` are set last."""
    film, meta = Dataset(), FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ComputedRadiographyImageStorage, "1.2.3"
    meta.TransferSyntaxUID, meta.ImplementationClassUID = UID(syntax), "1.2.4"
    film.file_meta = meta
    film.SOPClassUID, film.SOPInstanceUID, film.Modality = ComputedRadiographyImageStorage, "1.2.3", "CR"
    film.Rows, film.Columns = values.shape[:2]
    film.SamplesPerPixel = 3 if values.ndim == 3 else 1
    if values.ndim == 3:
        film.PlanarConfiguration = 0
    film.BitsAllocated = values.dtype.itemsize * 8
    film.BitsStored = bits or film.BitsAllocated
    film.HighBit = film.BitsStored - 1
    film.PixelRepresentation = int(values.dtype.kind == "i")
    film.PhotometricInterpretation = photometric
    film.PixelData = values.tobytes() if pixel_data is None else pixel_data
    film["PixelData"].VR = "OB" if values.dtype.itemsize == 1 else "OW"
    film["PixelData"].is_undefined_length = pixel_data is not None
    for keyword, value in elements.items():
        setattr(film, keyword, value)
    return _written(film)


def compressed(data: bytes, syntax: str) -> bytes:
    """The same film in another transfer syntax, as GDCM compresses it."""
    import gdcm

    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.dcm", Path(folder) / "after.dcm"
        before.write_bytes(data)
        reader, writer, change = gdcm.ImageReader(), gdcm.ImageWriter(), gdcm.ImageChangeTransferSyntax()
        reader.SetFileName(str(before))
        if not reader.Read():
            raise ValueError("GDCM does not read this film")
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
        change.SetInput(reader.GetImage())
        # Kept in a variable: the change holds no reference of its own.
        codec = _lossy_codec(syntax)
        if codec is not None:
            change.SetUserCodec(codec)
        if not change.Change():
            raise ValueError(f"GDCM does not write this film as {UID(syntax).name}")
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        writer.SetFileName(str(after))
        writer.Write()
        return after.read_bytes()


def _lossy_codec(syntax: str) -> Any:
    """The codec of a lossy syntax at nearly full quality; None where GDCM's own choice is right."""
    import gdcm

    if syntax in (JPEGBaseline8Bit, JPEGExtended12Bit):
        codec = gdcm.JPEGCodec()
        codec.SetQuality(99)
    elif syntax == JPEGLSNearLossless:
        codec = gdcm.JPEGLSCodec()
        codec.SetLossyError(1)
    else:
        return None
    codec.SetLossless(False)
    return codec


def frame(data: bytes) -> bytes:
    """The compressed picture alone."""
    return get_frame(pydicom.dcmread(io.BytesIO(data)).PixelData, 0, number_of_frames=1)


def with_frame(data: bytes, other: bytes) -> bytes:
    """The same file with another compressed picture under its header."""
    film = pydicom.dcmread(io.BytesIO(data))
    film.PixelData = encapsulate([other])
    return _written(film)


def without_preamble(data: bytes) -> bytes:
    """The same film as implicit little endian data set alone: no preamble, no file meta information."""
    film = pydicom.dcmread(io.BytesIO(data))
    del film.file_meta
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, film, implicit_vr=True, little_endian=True)
    return buffer.getvalue()


def changed(data: bytes, **elements: Any) -> bytes:
    """The same file with other values of some elements."""
    film = pydicom.dcmread(io.BytesIO(data))
    for keyword, value in elements.items():
        setattr(film, keyword, value)
    return _written(film)


def without(data: bytes, keyword: str) -> bytes:
    """The same file lacking one element."""
    film = pydicom.dcmread(io.BytesIO(data))
    delattr(film, keyword)
    return _written(film)


def _written(film: Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, film, enforce_file_format=True)
    return buffer.getvalue()


def with_raw(data: bytes, keyword: str, representation: str, value: bytes) -> bytes:
    """The same file (explicit VR little endian) with one more element put in front, whatever it holds."""
    (length,) = struct.unpack_from("<I", data, 140)
    start, tag = 144 + length, tag_for_keyword(keyword)
    value += b" " * (len(value) % 2)
    long_form = representation in ("OB", "UN")
    size = struct.pack("<HI", 0, len(value)) if long_form else struct.pack("<H", len(value))
    element = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + representation.encode() + size + value
    return data[:start] + element + data[start:]
