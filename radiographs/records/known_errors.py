"""What public data sets are known to say wrongly of their files, and how each of these errors is settled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Protocol

from radiographs.records import published
from radiographs.records.batchfile import Line
from radiographs.records.cellwords import Size

VERSION = 1


@dataclass(frozen=True)
class KnownError:
    """A statement that is known to be wrong where the file is as it is here.

    Attributes:
        data_set: that makes it.
        column: of what, size or channels.
        stated, real: what is said, and what the file then is.
        repair: what is done, as it is recorded.
    """

    data_set: str
    column: str
    stated: Size | int
    real: Size | int
    repair: str


KNOWN_ERRORS = (
    KnownError(
        published.SOURCE,
        "size",
        stated=Size(256, 256),
        real=Size(299, 299),
        repair="the table's size 256 x 256 is a known error of radiography-database; the file's 299 x 299 stands",
    ),
    KnownError(
        published.SOURCE,
        "channels",
        stated=1,
        real=3,
        repair="radiography-database says its files are grey, and this one has three channels, a known error; "
        "it is read as grey",
    ),
)
# A film is of a data set by its source, or, where a person named another source, by the name of its file.
_FILES = {published.SOURCE: re.compile(r"(?:COVID|Lung_Opacity|Normal|Viral Pneumonia)-\d+\.png", re.IGNORECASE)}


class Real(Protocol):
    """What decoding found of a file: FileFacts and ImageFacts both tell it."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def channels(self) -> int: ...


@dataclass(frozen=True)
class RealFile:
    """What the catalogue keeps of a file that was decoded before."""

    width: int
    height: int
    channels: int


@dataclass(frozen=True)
class Settled:
    """A line without the statements that are known to be wrong, and a sentence for each of them."""

    line: Line
    repairs: tuple[str, ...] = ()


def settle(line: Line, real: Real) -> Settled:
    """Puts the known errors of a line right; what contradicts its file otherwise stays for the expectations.

    Args:
        line: with what a table says of the file.
        real: what the file is.
    """
    repairs = []
    for error in KNOWN_ERRORS:
        if not _is_of(line, error.data_set):
            continue
        if error.column == "size" and (_stated_size(line), Size(real.width, real.height)) == (error.stated, error.real):
            line = replace(line, stated_width="", stated_height="")
            repairs.append(error.repair)
        if error.column == "channels" and (line.stated_channels, real.channels) == (str(error.stated), error.real):
            line = replace(line, stated_channels="")
            repairs.append(error.repair)
    return Settled(line, tuple(repairs))


def known_file(facts: Mapping[str, Any]) -> RealFile:
    """The file of a film whose facts are kept (an ImageFacts as a mapping), for a table that speaks of it again."""
    return RealFile(int(facts["width"]), int(facts["height"]), int(facts["channels"]))


def _is_of(line: Line, data_set: str) -> bool:
    return line.source == data_set or bool(_FILES[data_set].fullmatch(PurePosixPath(line.name).name))


def _stated_size(line: Line) -> Size | None:
    both = line.stated_width and line.stated_height
    return Size(int(line.stated_width), int(line.stated_height)) if both else None
