"""Look-up tables of a DICOM header: modality, VOI and palette alike, whatever width their entries have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from radiographs.errors import UnreadableRadiograph

if TYPE_CHECKING:
    from pydicom import Dataset


@dataclass(frozen=True, eq=False)
class LookupTable:
    """`entries` (n,) uint8 or uint16; the first is for the value `first` and all below, the last for all above."""

    entries: np.ndarray
    first: int

    def of(self, values: np.ndarray) -> np.ndarray:
        """The entry of each value, of any number type and shape; rescaled values are rounded to the nearest."""
        if not np.isfinite(values).all():
            raise UnreadableRadiograph("its values are infinite or undefined; export it again as 8- or 16-bit grey")
        # A negative first value may have been written unsigned.
        first = self.first - 65536 if self.first > 32767 and values.min() < 0 else self.first
        return self.entries[np.clip(np.rint(values) - first, 0, len(self.entries) - 1).astype(np.intp)]


def table(descriptor: Sequence[int], data: Any, coding: str) -> LookupTable:
    """A table from its descriptor (number of entries, first value, bits) and its data (PS3.3 C.11.1.1).

    Entries have 8 or 16 bits as they fit the data, whatever the descriptor says of bits; `coding` is the type of those
    of 16 bits.

    Raises:
        UnreadableRadiograph: fewer entries than the descriptor says.
    """
    length, first, _ = (int(number) for number in descriptor)
    length = length or 65536
    if isinstance(data, bytes):
        entries = np.frombuffer(data, np.uint8 if len(data) < 2 * length else coding)[:length]
    else:
        entries = np.atleast_1d(np.asarray(data, np.uint16))[:length]
    if len(entries) < length:
        raise UnreadableRadiograph("a look-up table in its header is cut short; export it again from its source")
    return LookupTable(entries, first)


def first_of(dataset: Dataset, keyword: str) -> LookupTable | None:
    """The first table of a sequence; None where there is none or it is empty."""
    sequence = dataset.get(keyword)
    if not sequence or "LUTDescriptor" not in sequence[0] or "LUTData" not in sequence[0]:
        return None
    return table(sequence[0].LUTDescriptor, sequence[0].LUTData, _coding(dataset))


def palette(dataset: Dataset, values: np.ndarray) -> np.ndarray:
    """Palette indices (h, w) as colours, (h, w, 3) uint8 red, green, blue (PS3.3 C.7.6.3.1.5)."""
    channels = []
    for colour in ("Red", "Green", "Blue"):
        name = f"{colour}PaletteColorLookupTable"
        entries = dataset[f"{name}Data"].value
        looked_up = table(dataset[f"{name}Descriptor"].value, entries, _coding(dataset)).of(values)
        channels.append(looked_up if looked_up.dtype == np.uint8 else (looked_up >> 8).astype(np.uint8))
    return np.stack(channels, axis=-1)


def _coding(dataset: Dataset) -> str:
    """The type of 16-bit entries that are handed out as bytes."""
    return ">u2" if dataset.original_encoding[1] is False else "<u2"
