"""One reading of a film, the same on the way into the catalogue and into an answer: right it, mask it, measure it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from radiographs.imaging import chest, decode, marks, quality
from radiographs.imaging.filefacts import DecodedRadiograph, FileFacts
from radiographs.imaging.marks import Marks
from radiographs.imaging.quality import ImageFacts

Correction = Literal["righted", "masked"]
IN_WORDS: Mapping[Correction, str] = {
    "righted": "inverted intensities were righted",
    "masked": "burnt-in text that may name the patient was masked",
}


@dataclass(frozen=True, eq=False)
class Reading:
    """A film as it is stored and answered for.

    Attributes:
        radiograph_id: digest of the pixels as decoded, before anything was put right.
        pixels: (h, w) uint8, 0 = air, 255 = bone; righted, without text that may name the patient.
        file: what the file says.
        facts: what the pixels say, and whether they were righted.
        marks: burnt-in text as found.
        corrections: what was put right; empty where the pixels are those of the file.
    """

    radiograph_id: str
    pixels: np.ndarray
    file: FileFacts
    facts: ImageFacts
    marks: Marks
    corrections: tuple[Correction, ...]


def read(film: DecodedRadiograph) -> Reading:
    """Rights, masks and measures a decoded film.

    A plain image that is clearly inverted is righted. A DICOM file states its photometric interpretation: where its
    pixels contradict it, one of the two is wrong and a person has to say which, so it is only suspected.
    """
    look = chest.look(film.pixels)
    inverted = look.inverted
    rights = inverted and film.facts.format != "DICOM"
    upright = 255 - film.pixels if rights else film.pixels
    found = marks.find(upright)
    naming = tuple(region for region in found.regions if region.identifying)
    pixels = marks.mask(upright, naming) if naming else upright
    pixels.setflags(write=False)
    facts = quality.measure(
        upright,
        film.facts,
        marks=found,
        look=chest.look(upright) if rights else look,
        inversion="righted" if rights else "suspected" if inverted else "none",
    )
    corrections: tuple[Correction, ...] = (*(("righted",) if rights else ()), *(("masked",) if naming else ()))
    return Reading(decode.pixel_digest(film.pixels), pixels, film.facts, facts, found, corrections)
