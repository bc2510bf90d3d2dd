"""What a DICOM header announces of the picture behind it, read once, so that each decoder is held to the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from radiographs.errors import UnreadableRadiograph

if TYPE_CHECKING:
    from pydicom import Dataset

# What the standard allows a code to have.
_MOST_CHARACTERS = 16


@dataclass(frozen=True)
class PictureHeader:
    """One frame as its header has it: its size in pixels, samples a pixel, and bits of a sample.

    A sample fills `bits_allocated` bits of which `bits_stored` count; `signed` tells how they are read as a number.
    """

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    photometric: str

    @property
    def n_samples(self) -> int:
        """Samples of the whole picture."""
        return self.rows * self.columns * self.samples


def read(dataset: Dataset) -> PictureHeader:
    """The header of the one frame in a data set.

    Raises:
        UnreadableRadiograph: no picture, several frames, or figures that no film has.
    """
    if "PixelData" not in dataset or not dataset.get("Rows") or not dataset.get("Columns"):
        raise UnreadableRadiograph("it is DICOM without a picture in it; give the image object of the study")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames != 1:
        raise UnreadableRadiograph(f"it holds {frames} frames where one is expected; export each film to its own file")
    allocated = int(dataset.BitsAllocated)
    header = PictureHeader(
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        samples=int(dataset.get("SamplesPerPixel") or 1),
        bits_allocated=allocated,
        bits_stored=int(dataset.get("BitsStored") or allocated),
        signed=bool(dataset.get("PixelRepresentation")),
        photometric=str(dataset.get("PhotometricInterpretation") or "").strip().upper()[:_MOST_CHARACTERS],
    )
    if header.samples not in (1, 3) or not 1 <= header.bits_stored <= header.bits_allocated <= 64:
        raise UnreadableRadiograph(
            f"its header announces {header.samples} samples of {header.bits_stored} in {header.bits_allocated} bits, "
            "which no film has; export it again from its source"
        )
    return header
