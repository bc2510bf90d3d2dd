"""DICOM bytes become grey pixels in the one convention, with the header facts that records keep."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import intensity, plain
from radiographs.imaging.filefacts import DecodedRadiograph, DecodeLimits, FileFacts

if TYPE_CHECKING:
    from pydicom import Dataset

_IMPLICIT_LITTLE = "1.2.840.10008.1.2"
_NATIVE = (_IMPLICIT_LITTLE, "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
_JPEG = ("1.2.840.10008.1.2.4.50",)
_JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
# pydicom inflates a deflated data set whole before anyone can see how large it becomes.
_DEFLATED = re.compile(rb"\x02\x00\x10\x00UI..1\.2\.840\.10008\.1\.2\.1\.99", re.DOTALL)
_AGE = re.compile(r"^\s*(\d{1,3})\s*([DWMY]?)\s*$", re.IGNORECASE)
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0, "": 1.0}
_REMEDY = "convert it to uncompressed DICOM (explicit VR little endian) or to a 16-bit PNG"


def read(data: bytes, limits: DecodeLimits) -> DecodedRadiograph:
    """Decode one DICOM film: header and limits first, then pixels through modality and VOI transformations.

    Raises:
        UnreadableRadiograph: no pixels, several frames, too many pixels, or a compression that is not read.
        Exception: whatever the reader raises on damaged bytes; the caller turns it into a refusal.
    """
    import pydicom

    if _DEFLATED.search(data):
        raise UnreadableRadiograph(f"its compression (deflated) is not read; {_REMEDY}")
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    rows, columns = _size(dataset)
    plain.check_pixels(rows * columns, limits)
    _check_compression(dataset, rows, columns)
    pixels, colour = _pixels(dataset, (rows, columns))
    return DecodedRadiograph(pixels, _facts(dataset, pixels.shape, colour))


def _size(dataset: Dataset) -> tuple[int, int]:
    """Rows and columns of the one frame."""
    if "PixelData" not in dataset or not dataset.get("Rows") or not dataset.get("Columns"):
        raise UnreadableRadiograph("it is DICOM without a picture in it; give the image object of the study")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames != 1:
        raise UnreadableRadiograph(f"it holds {frames} frames where one is expected; export each film to its own file")
    return int(dataset.Rows), int(dataset.Columns)


def _check_compression(dataset: Dataset, rows: int, columns: int) -> None:
    """Refuse a compression without decoder here, and a compressed picture of another size than the header says."""
    from pydicom.encaps import get_frame
    from pydicom.pixels import get_decoder
    from pydicom.uid import UID

    meta = getattr(dataset, "file_meta", None)
    syntax = UID(str((meta and meta.get("TransferSyntaxUID")) or ""))
    if not syntax:
        dataset.file_meta.TransferSyntaxUID = UID(_unstated_syntax(dataset))
    elif syntax in _JPEG + _JPEG_2000 and get_decoder(syntax).is_available:
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
        if _embedded_size(frame, syntax in _JPEG) != (columns, rows):
            raise UnreadableRadiograph("its header and its picture differ in size; export it again from its source")
    elif syntax not in _NATIVE:
        raise UnreadableRadiograph(f"its compression ({syntax.name}) is not read; {_REMEDY}")


def _unstated_syntax(dataset: Dataset) -> str:
    """A data set that states no transfer syntax is little endian, as pydicom found its elements coded."""
    implicit, little = dataset.original_encoding
    if little is False:
        return _NATIVE[2]
    return _IMPLICIT_LITTLE if implicit else _NATIVE[1]


def _embedded_size(frame: bytes, is_jpeg: bool) -> tuple[int, int]:
    """(width, height) that the compressed picture itself announces."""
    from PIL import Jpeg2KImagePlugin, JpegImagePlugin

    reader: Any = JpegImagePlugin.JpegImageFile if is_jpeg else Jpeg2KImagePlugin.Jpeg2KImageFile
    return reader(io.BytesIO(frame)).size


def _pixels(dataset: Dataset, shape: tuple[int, int]) -> tuple[np.ndarray, intensity.Colour]:
    """Grey pixels, (h, w) uint8, 0 = air, and how coloured they were."""
    from pydicom.pixels import pixel_array

    stored = pixel_array(dataset)
    photometric = str(dataset.get("PhotometricInterpretation", ""))
    if photometric in ("MONOCHROME1", "MONOCHROME2") and stored.shape == shape:
        return _display(dataset, stored, inverted=photometric == "MONOCHROME1"), intensity.TRUE_GREY
    if stored.shape == (*shape, 3) and stored.dtype == np.uint8:
        picture = Image.fromarray(stored)
        return intensity.grey(picture), intensity.colour(picture)
    raise UnreadableRadiograph(f"its photometric interpretation {photometric or '(none)'} is not read; {_REMEDY}")


def _display(dataset: Dataset, stored: np.ndarray, *, inverted: bool) -> np.ndarray:
    """Modality LUT, VOI LUT or window, then 0–255; padding becomes air (source: DICOM PS3.3 C.7.5.1.1.2, C.11)."""
    from pydicom.pixels import apply_modality_lut, apply_voi_lut

    padding = _padding(dataset, stored)
    values = apply_modality_lut(stored, dataset)
    if "WindowCenter" in dataset or "VOILUTSequence" in dataset:
        low, high = _voi_range(dataset, values)
        pixels = intensity.between(apply_voi_lut(values, dataset), low, high)
    elif values is stored and stored.dtype.itemsize == 1:
        pixels = intensity.between(values, 0, (1 << int(dataset.BitsStored)) - 1)
    else:
        pixels = intensity.spread(values, None if padding is None else ~padding)
    if inverted:
        pixels = 255 - pixels
    return pixels if padding is None else np.where(padding, np.uint8(0), pixels)


def _voi_range(dataset: Dataset, values: np.ndarray) -> tuple[float, float]:
    """The darkest and brightest value that the film's own VOI transformation can give."""
    from pydicom.pixels import apply_voi_lut

    if "VOILUTSequence" in dataset and len(dataset.VOILUTSequence) and np.issubdtype(values.dtype, np.integer):
        table = dataset.VOILUTSequence[0]
        entries = np.frombuffer(table.LUTData, "<u2") if isinstance(table.LUTData, bytes) else np.asarray(table.LUTData)
        return 0.0, float((1 << max(8, int(entries.max()).bit_length())) - 1)
    with np.errstate(over="ignore"):
        ends = apply_voi_lut(np.array([-1e9, 1e9]), dataset, prefer_lut=False)
    return float(ends[0]), float(ends[1])


def _padding(dataset: Dataset, stored: np.ndarray) -> np.ndarray | None:
    """Where the stored values are padding outside the film, (h, w) bool; None where nothing is."""
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return None
    limit = dataset.get("PixelPaddingRangeLimit")
    first, last = sorted((int(value), int(value if limit is None else limit)))
    padding = (stored >= first) & (stored <= last)
    return padding if padding.any() else None


def _facts(dataset: Dataset, shape: tuple[int, ...], colour: intensity.Colour) -> FileFacts:
    sex = _text(dataset, "PatientSex")
    return FileFacts(
        format="DICOM",
        width=shape[1],
        height=shape[0],
        bit_depth=int(dataset.BitsStored),
        channels=int(dataset.get("SamplesPerPixel") or 1),
        photometric=str(dataset.PhotometricInterpretation),
        tint=colour.tint,
        toning=colour.toning,
        modality=_text(dataset, "Modality"),
        body_part=_text(dataset, "BodyPartExamined"),
        view_position=_text(dataset, "ViewPosition"),
        sex=sex.upper() if sex else None,
        age=_age_years(_text(dataset, "PatientAge")),
        patient_id=_text(dataset, "PatientID"),
        study_id=_text(dataset, "StudyInstanceUID"),
    )


def _text(dataset: Dataset, keyword: str) -> str | None:
    return str(dataset.get(keyword) or "").strip("\x00 \t\r\n") or None


def _age_years(stated: str | None) -> float | None:
    """A DICOM age string ("045Y", "006M", or bare years) in years; None where it says nothing readable."""
    match = _AGE.match(stated or "")
    return round(int(match[1]) * _YEARS[match[2].upper()], 3) if match else None
