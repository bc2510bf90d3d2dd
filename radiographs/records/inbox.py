"""Which files of a delivered folder are films, masks or tables, never looking outside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MASK_FOLDERS = {"masks": "lung", "lesion_masks": "lesion"}
JUNK = {"thumbs.db", "desktop.ini", "ehthumbs.db"}
DOCUMENTS = {".csv", ".tsv", ".xlsx", ".xls", ".txt", ".md", ".json", ".yaml", ".yml", ".pdf", ".log", ".part"}


class Fence:
    """Tells whether paths, links followed, stay in a folder; each folder within is looked at once."""

    def __init__(self, root: Path) -> None:
        self._real_root = root.resolve()
        self._inside: dict[Path, bool] = {}

    def holds(self, path: Path) -> bool:
        if path.is_symlink():
            return path.resolve().is_relative_to(self._real_root)
        folder = path.parent
        if folder not in self._inside:
            self._inside[folder] = folder.resolve().is_relative_to(self._real_root)
        return self._inside[folder]


@dataclass(frozen=True)
class Inbox:
    """The regular files of a folder by their relative names with forward slashes, in sorted order.

    Attributes:
        films: files that are to be admitted or quarantined.
        masks: files in folders named masks or lesion_masks.
        outside: films that are links out of the folder.
    """

    root: Path
    fence: Fence
    films: tuple[str, ...]
    masks: frozenset[str]
    outside: frozenset[str]

    def mask_of(self, film: str, kind: str) -> Path | None:
        """The mask of the film's own name in the folder of masks beside its folder, if there is one."""
        place = PurePosixPath(film)
        folder = next(name for name, mask_kind in MASK_FOLDERS.items() if mask_kind == kind)
        for candidate in (place.name, f"{place.stem}.png"):
            name = str(place.parent.parent / folder / candidate)
            if place.parent != PurePosixPath(".") and name in self.masks:
                return self.root / name
        return None


def look(root: Path) -> Inbox:
    """Lists a folder; hidden files, known junk and documents are passed over."""
    fence = Fence(root)
    films, masks, outside = [], set(), set()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() and not fence.holds(path):
            outside.add(name)
        if MASK_FOLDERS.keys() & set(PurePosixPath(name).parts[:-1]):
            masks.add(name)
        else:
            films.append(name)
    return Inbox(root, fence, tuple(sorted(films)), frozenset(masks - outside), frozenset(outside))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in files:
            tidy = name.lower()
            if not name.startswith(".") and tidy not in JUNK and Path(tidy).suffix not in DOCUMENTS:
                yield Path(folder, name)


def tidy_name(word: str) -> str | None:
    """A path of a table as a relative name with forward slashes; None where it would leave the folder."""
    place = PurePosixPath(word.replace("\\", "/"))
    drive = len(word) > 1 and word[1] == ":"
    if "\x00" in word or drive or place.is_absolute() or ".." in place.parts:
        return None
    return str(place)
