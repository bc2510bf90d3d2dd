"""Pixel data of each transfer syntax become an array, by one decoder fixed for each whatever else is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import codec_process, codestreams, runlengths
from radiographs.imaging.codestreams import Announced
from radiographs.imaging.pictureheader import PictureHeader

if TYPE_CHECKING:
    from pydicom import Dataset

NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
REMEDY = "convert it to uncompressed DICOM (explicit VR little endian) or to a 16-bit PNG"
_RUN_LENGTHS = "1.2.840.10008.1.2.5"
_SEQUENTIAL, _EXTENDED, _LOSSLESS, _LS = (0xC0, 0xC1, 0xC2), (0xC0, 0xC1), (0xC3,), (0xF7,)
# The JPEG processes that may lie under each syntax; some exporters put a progressive picture under the baseline one.
_JPEG = {
    "1.2.840.10008.1.2.4.50": _SEQUENTIAL,
    "1.2.840.10008.1.2.4.51": _EXTENDED,
    "1.2.840.10008.1.2.4.57": _LOSSLESS,
    "1.2.840.10008.1.2.4.70": _LOSSLESS,
    "1.2.840.10008.1.2.4.80": _LS,
    "1.2.840.10008.1.2.4.81": _LS,
}
_JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
_ON_EXPORT = "export it again from its source"


@dataclass(frozen=True, eq=False)
class Stored:
    """Stored values, (h, w) or (h, w, 3) of an integer type, and the photometric interpretation that they now have."""

    values: np.ndarray
    photometric: str


def stored(dataset: Dataset, header: PictureHeader) -> Stored:
    """Decode the one frame: what it announces is held against the header before a decoder takes memory for it.

    Uncompressed frames and JPEG of 8 bits (Pillow's libjpeg-turbo) are decoded by pydicom, run lengths here; JPEG
    lossless, extended and LS by GDCM and JPEG 2000 by OpenJPEG, in a process of their own (see `codec_process`).

    Raises:
        UnreadableRadiograph: a compression that is not read, or a frame that contradicts its header.
        Exception: whatever pydicom raises on damaged data.
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if syntax in NATIVE:
        if dataset["PixelData"].is_undefined_length:
            raise UnreadableRadiograph(f"its header calls it uncompressed and its picture is not; {_ON_EXPORT}")
        return _by_pydicom(dataset, header)
    if syntax not in (*_JPEG, *_JPEG_2000, _RUN_LENGTHS):
        raise UnreadableRadiograph(f"its compression ({_name(syntax)}) is not read; {REMEDY}")
    if header.bits_allocated not in (8, 16):
        raise UnreadableRadiograph(f"samples of {header.bits_allocated} bits are not read compressed; {REMEDY}")
    return _decompressed(dataset, header, syntax)


def _name(syntax: str) -> str:
    """A transfer syntax in words; where it is none, no more of it than an identifier may have."""
    from pydicom.uid import UID

    return UID(syntax).name[:64]


def _decompressed(dataset: Dataset, header: PictureHeader, syntax: str) -> Stored:
    from pydicom.encaps import get_frame

    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    if syntax == _RUN_LENGTHS:
        return Stored(_as_numbers(runlengths.decode(frame, header), header, header.bits_allocated), header.photometric)
    if syntax in _JPEG_2000:
        frame = codestreams.bare_jpeg_2000(frame)
        announced = codestreams.jpeg_2000(frame)
    else:
        announced = codestreams.jpeg(frame)
        if announced.process not in _JPEG[syntax]:
            raise UnreadableRadiograph(f"its header and its picture differ in compression; {_ON_EXPORT}")
    _check(announced, header)
    if announced.bits == 8 and announced.process in _SEQUENTIAL:
        return _by_pydicom(dataset, header)
    samples = codec_process.decode(
        frame,
        syntax,
        rows=header.rows,
        columns=header.columns,
        samples=header.samples,
        bits=announced.bits,
    )
    patterns = np.frombuffer(samples, np.uint8 if announced.bits <= 8 else "<u2")
    shape = (header.rows, header.columns) if header.samples == 1 else (header.rows, header.columns, header.samples)
    # OpenJPEG has undone these two by then.
    photometric = "RGB" if header.photometric in ("YBR_ICT", "YBR_RCT") else header.photometric
    return Stored(_as_numbers(patterns.reshape(shape), header, announced.bits), photometric)


def _check(announced: Announced, header: PictureHeader) -> None:
    """Refuse a compressed picture that is not the one its header describes."""
    if (announced.rows, announced.columns) != (header.rows, header.columns):
        raise UnreadableRadiograph(f"its header and its picture differ in size; {_ON_EXPORT}")
    if announced.components != header.samples:
        raise UnreadableRadiograph(f"its header and its picture differ in channels; {_ON_EXPORT}")
    if announced.bits > header.bits_allocated or (announced.bits <= 8) != (header.bits_stored <= 8):
        raise UnreadableRadiograph(f"its header and its picture differ in depth; {_ON_EXPORT}")
    if announced.process and announced.bits < 8:
        raise UnreadableRadiograph(f"JPEG of {announced.bits} bits is not read; {REMEDY}")


def _as_numbers(patterns: np.ndarray, header: PictureHeader, bits: int) -> np.ndarray:
    """Bit patterns of `bits` bits as numbers of the header's type; a signed one repeats its sign bit to the left."""
    depth = header.bits_allocated
    values = patterns.astype(f"u{depth // 8}", copy=False)
    if not header.signed:
        return values
    shift = depth - bits
    return (values << shift).view(f"i{depth // 8}") >> shift


def _by_pydicom(dataset: Dataset, header: PictureHeader) -> Stored:
    """The frame as pydicom reads it, with YBR turned to RGB."""
    from pydicom.pixels import pixel_array

    compressed = str(dataset.file_meta.TransferSyntaxUID) not in NATIVE
    values = pixel_array(dataset, decoding_plugin="pillow" if compressed else "")
    return Stored(values, "RGB" if header.photometric.startswith("YBR_") else header.photometric)
