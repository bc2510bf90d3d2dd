"""What a file says of the film in it, as a value that every decoder here fills in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class DecodeLimits:
    """What a file may weigh, and how many pixels it may announce, before anything of it is decoded."""

    max_bytes: int = 64 * 2**20
    max_pixels: int = 60_000_000


@dataclass(frozen=True)
class FileFacts:
    """The facts of one file; `width` and `height` are those of the decoded film, in pixels, upright.

    `photometric` is the DICOM photometric interpretation, or the pixel type of a plain image ("L", "RGB", "P", …).
    `tint` tells how many-coloured it is and `toning` how coloured at all (formulas: `intensity.colour`); both are 0 for
    true grey, and a film toned in one hue has only toning. What only a DICOM header states is None elsewhere; `age` is
    in years, `study_date` is YYYYMMDD, `burned_in` is YES or NO. What may identify a patient is kept out of the printed
    form.
    """

    format: str
    width: int
    height: int
    bit_depth: int
    channels: int
    photometric: str
    tint: float
    toning: float = 0.0
    modality: str | None = None
    body_part: str | None = None
    view_position: str | None = None
    manufacturer: str | None = None
    sop_class: str | None = None
    burned_in: str | None = None
    sex: str | None = field(default=None, repr=False)
    age: float | None = field(default=None, repr=False)
    patient_id: str | None = field(default=None, repr=False)
    study_id: str | None = field(default=None, repr=False)
    accession: str | None = field(default=None, repr=False)
    study_date: str | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class DecodedRadiograph:
    """One film: `pixels` (h, w) uint8, 0 = air, 255 = bone, read-only; and the facts of its file."""

    pixels: np.ndarray
    facts: FileFacts
