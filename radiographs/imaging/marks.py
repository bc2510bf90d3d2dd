"""Letters and lines burnt into a film: where they are, whether they may name a patient, and how to take them out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A box of burnt-in text in pixels of the film; `identifying` where it is more than a lone L, R, AP or PA mark."""

    left: int
    top: int
    width: int
    height: int
    identifying: bool


@dataclass(frozen=True)
class Marks:
    """All burnt-in text of a film.

    Attributes:
        regions: boxes, from top to bottom.
        text_share: share of the film's area that the boxes cover, in [0, 1].
        laterality: "L" or "R" where a lone mark says so, else "".
    """

    regions: tuple[Region, ...]
    text_share: float
    laterality: str


NONE = Marks((), 0.0, "")
