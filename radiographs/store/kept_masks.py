"""Reads kept masks into the square of their prepared films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from radiographs.errors import UnreadableRadiograph
from radiographs.imaging import preprocessing
from radiographs.imaging.preprocessing import Preparation


def prepared(names: Sequence[str], originals: Path, preparation: Preparation) -> list[NDArray[np.uint8] | None]:
    """Masks on the squares of their films.

    Args:
        names: of kept masks, relative to `originals`; "" where a film has none.
        originals: where they are kept, each of its film's own size.
        preparation: of the films; one that needs no lungs.

    Returns:
        For each name (side, side) uint8 of 0, 127 and 255, or None where there is none.

    Raises:
        UnreadableRadiograph: a mask is gone or cannot be decoded.
    """
    return [_prepared(originals / name, preparation) if name else None for name in names]


def _prepared(path: Path, preparation: Preparation) -> NDArray[np.uint8]:
    try:
        mask = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    except OSError as error:
        raise UnreadableRadiograph(f"{path} cannot be read ({error}); admit the film's mask again") from error
    if mask is None:
        raise UnreadableRadiograph(f"{path} is no image; admit the film's mask again")
    return preprocessing.prepare_mask(np.asarray(mask, np.uint8), preparation)
