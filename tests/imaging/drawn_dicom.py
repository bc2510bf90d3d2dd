"""DICOM films written from arrays, plain or awkward, for tests of their reading."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ComputedRadiographyImageStorage, ExplicitVRLittleEndian


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


def without_preamble(data: bytes) -> bytes:
    """The same film as implicit little endian data set alone: no preamble, no file meta information."""
    film = pydicom.dcmread(io.BytesIO(data))
    del film.file_meta
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, film, implicit_vr=True, little_endian=True)
    return buffer.getvalue()


def without(data: bytes, keyword: str) -> bytes:
    """The same file lacking one element."""
    film = pydicom.dcmread(io.BytesIO(data))
    delattr(film, keyword)
    return _written(film)


def _written(film: Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, film, enforce_file_format=True)
    return buffer.getvalue()
