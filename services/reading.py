"""One film read once by one champion: the scores and every picture of an answer come from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import cv2
import numpy as np

from radiographs.errors import NotARadiograph
from radiographs.imaging import decode, header_gate, overlays, preprocessing, quality
from radiographs.imaging import reading as films
from radiographs.imaging.decode import DecodeLimits
from radiographs.runtime.bundle import Answer
from services.champion import Champion
from services.refusals import Refused

FILM = "the film"  # the name in every sentence: an upload's own name may identify a patient
DISPLAY_SIDE_PX = 1536


@dataclass(frozen=True)
class Reading:
    """A film as it is answered for, the champion who read it, and its answer."""

    champion: Champion
    film: films.Reading
    answer: Answer

    @property
    def scores(self) -> dict[str, float]:
        """Score by finding, in the order of the findings, to six places."""
        names = self.champion.bundle.manifest.findings.names
        return {name: round(float(score), 6) for name, score in zip(names, self.answer.scores, strict=True)}


def read(champion: Champion, data: bytes, limits: DecodeLimits) -> Reading:
    """Decodes, checks and answers one film.

    Raises:
        UnreadableRadiograph: the bytes are no whole image.
        NotARadiograph: the image, or its header, is not one frontal chest radiograph.
    """
    film = films.read(decode.decode_bytes(data, FILM, limits))
    objections = (*header_gate.objections(film.file), *quality.objections(film.facts))
    if objections:
        raise NotARadiograph(f"{FILM} is not taken as a chest radiograph: {'; '.join(objections)}")
    return Reading(champion, film, champion.bundle.answer(film.pixels))


def finding_named(champion: Champion, word: str, top: str = "top") -> str:
    """The finding that a caller's word stands for; `top` stands for itself until there is an answer.

    Raises:
        Refused: the champion has no such finding; the sentence lists those it has.
    """
    findings = champion.bundle.manifest.findings
    if word == top:
        return top
    found = findings.recognise(word)
    if found is None:
        known = ", ".join(findings.names)
        raise Refused(
            HTTPStatus.BAD_REQUEST, "unknown_finding", f"the model has no finding of that name: ask for top, {known}"
        )
    return found


def overlay_png(reading: Reading, finding: str) -> bytes:
    """PNG of the film with the heatmap of one finding over it, at most 1536 px on its longer side."""
    manifest = reading.champion.bundle.manifest
    pixels = for_display(reading.film.pixels)
    heatmap = reading.answer.heatmaps[manifest.findings.index(finding)]
    return overlays.to_png(
        overlays.blend(pixels, preprocessing.project_back(heatmap, pixels.shape, manifest.preparation))
    )


def film_png(reading: Reading) -> bytes:
    """PNG of the film as it was read, of the same size as its overlay."""
    return overlays.to_png(for_display(reading.film.pixels))


def for_display(pixels: np.ndarray) -> np.ndarray:
    """A film no larger than a screen shows.

    Args:
        pixels: (height, width) uint8.

    Returns:
        The same array, or a smaller one of the same proportions whose longer side is 1536 px.
    """
    height, width = pixels.shape
    shrink = DISPLAY_SIDE_PX / max(height, width)
    if shrink >= 1:
        return pixels
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
