"""Takes a film's lung and lesion masks in with it, or says in the row why one was not kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import masks
from radiographs.imaging.decode import DecodeLimits
from radiographs.imaging.masks import Mask
from radiographs.records import originals as kept
from radiographs.records.batchfile import Line

Kind = Literal["lung", "lesion"]


@dataclass(frozen=True)
class MaskFiles:
    """Where the masks of a film lie in the delivery."""

    lung: Path | None = None
    lesion: Path | None = None

    def __bool__(self) -> bool:
        return bool(self.lung or self.lesion)


def admit(line: Line, files: MaskFiles, film: np.ndarray, originals: Path) -> Line:
    """Checks each mask against its film and keeps it in the film's size; one that fails is noted, the film stays.

    Args:
        line: the film's line.
        files: its masks as delivered.
        film: (h, w) uint8, righted.
        originals: where masks are kept.

    Raises:
        StateUnwritable: the disk is full or read-only.
    """
    if not files:
        return replace(line, lung_mask="", lesion_mask="") if line.lung_mask or line.lesion_mask else line
    lung = _take(files.lung, "lung", film, originals)
    lesion = _take(files.lesion, "lesion", film, originals, lungs=lung.mask)
    corrections = json.dumps([*json.loads(line.corrections), *lung.said, *lesion.said], ensure_ascii=False)
    return replace(line, lung_mask=lung.name, lesion_mask=lesion.name, corrections=corrections)


@dataclass(frozen=True)
class _Taken:
    """Where a mask is kept ("" where it is not), what is to be noted of it, and the mask itself."""

    name: str = ""
    said: tuple[str, ...] = ()
    mask: Mask | None = None


def _take(file: Path | None, kind: Kind, film: np.ndarray, originals: Path, lungs: Mask | None = None) -> _Taken:
    if file is None:
        return _Taken()
    try:
        height, width = film.shape
        mask = masks.read(_content(file), (height, width))
    except UnreadableRadiograph as error:
        return _Taken(said=(f"its {kind} mask is not kept: {error}",))
    objections = masks.objections(kind, mask, film, lungs=lungs)
    if objections:
        return _Taken(said=objections)
    return _Taken(kept.keep_mask(originals, mask.pixels), mask.repairs, mask)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > DecodeLimits().max_bytes:
            raise UnreadableRadiograph("its file is larger than any mask; export it again")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableRadiograph(f"its file cannot be read ({error.strerror}); check its permissions") from error
