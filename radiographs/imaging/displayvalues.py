"""Stored values become 0 = air to 255 = bone as the DICOM header has them shown, worked out once for each value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from radiographs.imaging import intensity, lookuptables

if TYPE_CHECKING:
    from pydicom import Dataset

# Which values a film holds costs a pass over it, and only one way of showing it asks.
_Present = Callable[[], np.ndarray]


def shown(stored: np.ndarray, dataset: Dataset, *, inverted: bool) -> np.ndarray:
    """Modality LUT or rescaling, VOI LUT or window, then 0–255; padding becomes air (PS3.3 C.7.5.1.1.2, C.11).

    Samples of up to 16 bits can have no more than 65 536 values: those go through the chain, and the film through the
    table that comes of it, which is the same to the last bit and several times as fast.

    Args:
        stored: (h, w) of an integer type.
        dataset: the header.
        inverted: whether the lowest value is white (MONOCHROME1).

    Returns:
        (h, w) uint8.

    Raises:
        UnreadableRadiograph: nothing but padding, or a chain that gives no finite values.
    """
    if stored.dtype.itemsize > 2:
        return _chain(stored, lambda: np.ones(stored.shape, bool), dataset, inverted=inverted)
    patterns = np.ascontiguousarray(stored).view(f"u{stored.dtype.itemsize}")
    n_values = 1 << (8 * stored.dtype.itemsize)

    def present() -> np.ndarray:
        return cv2.calcHist([patterns], [0], None, [n_values], [0, n_values]).ravel() > 0

    return intensity.by_table(stored, lambda values: _chain(values, present, dataset, inverted=inverted))


def _chain(values: np.ndarray, present: _Present, dataset: Dataset, *, inverted: bool) -> np.ndarray:
    """The whole chain for values of which only those `present` are in the film; same shape, uint8."""
    padding = _padding(dataset, values)
    pixels = _displayed(values, present, padding, dataset)
    if inverted:
        pixels = 255 - pixels
    return np.where(padding, np.uint8(0), pixels) if padding.any() else pixels


def _displayed(values: np.ndarray, present: _Present, padding: np.ndarray, dataset: Dataset) -> np.ndarray:
    modality = _modality(values, dataset)
    if table := lookuptables.first_of(dataset, "VOILUTSequence"):
        # Some tables say more bits than they use.
        highest = (1 << max(8, int(table.entries.max()).bit_length())) - 1
        return intensity.between(table.of(modality), 0, highest)
    if window := _window(dataset):
        return _windowed(modality, window, _range(dataset))
    if modality is values and values.dtype.itemsize == 1:
        return intensity.between(values, 0, (1 << int(dataset.BitsStored)) - 1)
    return intensity.spread(modality, present() & ~padding)


def _padding(dataset: Dataset, values: np.ndarray) -> np.ndarray:
    """Which stored values are padding outside the film; bool, the shape of `values`."""
    first = _number(dataset, "PixelPaddingValue")
    if first is None:
        return np.zeros(values.shape, bool)
    last = _number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((_as_stored(first, values), _as_stored(first if last is None else last, values)))
    return (values >= low) & (values <= high)


def _as_stored(number: float, values: np.ndarray) -> int:
    """A padding value that was written unsigned (65 535) where the samples are signed (-1)."""
    return int(number) - 65536 if values.dtype == np.int16 and number > 32767 else int(number)


def _modality(values: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Values after the modality LUT or rescaling; `values` itself where the header has neither."""
    if table := lookuptables.first_of(dataset, "ModalityLUTSequence"):
        return table.of(values)
    slope, intercept = _number(dataset, "RescaleSlope"), _number(dataset, "RescaleIntercept")
    if slope is None or intercept is None:
        return values
    return values.astype(np.float64) * slope + intercept


@dataclass(frozen=True)
class _Window:
    """The window of values to show, by one of the three functions of PS3.3 C.11.2.1."""

    center: float
    width: float
    function: str


def _window(dataset: Dataset) -> _Window | None:
    """The first window; None where there is none that could be applied."""
    center, width = _number(dataset, "WindowCenter"), _number(dataset, "WindowWidth")
    function = str(dataset.get("VOILUTFunction") or "LINEAR").strip().upper()
    function = function if function in ("LINEAR_EXACT", "SIGMOID") else "LINEAR"
    if center is None or width is None or width <= 0 or (function == "LINEAR" and width < 1):
        return None
    return _Window(center, width, function)


@dataclass(frozen=True)
class _Range:
    """What the darkest and the brightest possible value are before the window."""

    low: float
    high: float


def _range(dataset: Dataset) -> _Range:
    bits, signed = int(dataset.BitsStored), int(dataset.get("PixelRepresentation") or 0)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    slope, intercept = _number(dataset, "RescaleSlope"), _number(dataset, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        return _Range(low, high)
    return _Range(low * slope + intercept, high * slope + intercept)


def _windowed(modality: np.ndarray, window: _Window, span: _Range) -> np.ndarray:
    """Values through the window and on to 0–255; uint8, the shape of `modality`."""
    values, size = modality.astype(np.float64), span.high - span.low
    if window.function == "SIGMOID":
        with np.errstate(over="ignore"):
            values = size / (1 + np.exp(-4 * (values - window.center) / window.width)) + span.low
        return intensity.between(values, span.low, size + span.low)
    exact = window.function == "LINEAR_EXACT"
    center, width = window.center - (0 if exact else 0.5), window.width - (0 if exact else 1)
    below, above = values <= center - width / 2, values > center + width / 2
    inside = ~below & ~above
    values[below], values[above] = span.low, span.high
    values[inside] = ((values[inside] - center) / width + 0.5) * size + span.low
    return intensity.between(values, span.low, span.high)


def _number(dataset: Dataset, keyword: str) -> float | None:
    """The first number of an element; None where it is absent, empty or no finite number."""
    from pydicom.multival import MultiValue

    try:
        value = dataset.get(keyword)
        number = float(value[0] if isinstance(value, (MultiValue, list)) else value)
    except Exception:  # whatever a broken element raises, it says nothing
        return None
    return number if math.isfinite(number) else None
