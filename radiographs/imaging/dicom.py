"""DICOM bytes become grey pixels in the one convention, with the header facts that records keep."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import (
    decompression,
    deflation,
    displayvalues,
    headerfacts,
    intensity,
    lookuptables,
    pictureheader,
    plain,
)
from radiographs.imaging.filefacts import DecodedRadiograph, DecodeLimits
from radiographs.imaging.pictureheader import PictureHeader

if TYPE_CHECKING:
    from pydicom import Dataset

_GREY = ("MONOCHROME1", "MONOCHROME2")


def read(data: bytes, limits: DecodeLimits) -> DecodedRadiograph:
    """Decode one DICOM film: header and limits first, then pixels through modality and VOI transformations.

    Raises:
        UnreadableRadiograph: no pixels, several frames, too many pixels, or a compression that is not read.
        Exception: whatever the reader raises on damaged bytes; the caller turns it into a refusal.
    """
    import pydicom

    dataset = pydicom.dcmread(io.BytesIO(deflation.undone(data, limits.max_bytes)), force=True)
    header = pictureheader.read(dataset)
    plain.check_pixels(header.rows * header.columns, limits)
    _state_syntax(dataset)
    film = _grey(dataset, header)
    return DecodedRadiograph(film.pixels, headerfacts.read(dataset, header, film.colour))


def _state_syntax(dataset: Dataset) -> None:
    """Names the transfer syntax of a data set that states none: as pydicom found its elements coded."""
    from pydicom.uid import UID

    stated = dataset.file_meta.get("TransferSyntaxUID") if getattr(dataset, "file_meta", None) else None
    if not stated:
        implicit, little = dataset.original_encoding
        kind = 2 if little is False else 0 if implicit else 1
        dataset.file_meta.TransferSyntaxUID = UID(decompression.NATIVE[kind])


@dataclass(frozen=True, eq=False)
class _Film:
    """Grey pixels, (h, w) uint8, 0 = air, and how coloured they were."""

    pixels: np.ndarray
    colour: intensity.Colour


def _grey(dataset: Dataset, header: PictureHeader) -> _Film:
    from pydicom.pixels import convert_color_space

    stored = decompression.stored(dataset, header)
    shape, values = (header.rows, header.columns), stored.values
    if stored.photometric in _GREY and values.shape == shape:
        inverted = stored.photometric == "MONOCHROME1"
        return _Film(displayvalues.shown(values, dataset, inverted=inverted), intensity.TRUE_GREY)
    if stored.photometric == "PALETTE COLOR" and values.shape == shape:
        return _from_colour(lookuptables.palette(dataset, values))
    if values.shape == (*shape, 3) and values.dtype == np.uint8:
        if stored.photometric == "RGB":
            return _from_colour(values)
        if stored.photometric.startswith("YBR_FULL"):
            return _from_colour(convert_color_space(values, "YBR_FULL", "RGB"))
    raise UnreadableRadiograph(
        f"its photometric interpretation {header.photometric or '(none)'} is not read; {decompression.REMEDY}"
    )


def _from_colour(values: np.ndarray) -> _Film:
    picture = Image.fromarray(values)
    return _Film(intensity.grey(picture), intensity.colour(picture))
