"""Which files of a delivered folder are films, masks or tables, never looking outside it."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

MASK_FOLDERS = {"masks": "lung", "lesion_masks": "lesion"}
JUNK = {"thumbs.db", "desktop.ini", "ehthumbs.db"}
DOCUMENTS = {".csv", ".tsv", ".xlsx", ".xls", ".txt", ".md", ".json", ".yaml", ".yml", ".pdf", ".log", ".part"}
MOST_PATH_BYTES = 4096
MOST_NAME_BYTES = 255
SHOWN_LETTERS = 200


class Fence:
    """Tells whether paths, links followed, stay in a folder; each folder within is looked at once."""

    def __init__(self, root: Path) -> None:
        self._real_root = Path(os.path.realpath(root))
        self._inside: dict[Path, bool] = {}

    def holds(self, path: Path) -> bool:
        """Whether it stays inside; never raises, also where links lead round in a circle."""
        if os.path.islink(path):  # noqa: PTH114 — unlike that of Path, it never raises
            return self._leads_inside(path)
        folder = path.parent
        if folder not in self._inside:
            self._inside[folder] = self._leads_inside(folder)
        return self._inside[folder]

    def _leads_inside(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._real_root)


@dataclass(frozen=True)
class Found:
    """What a path in a table stands for.

    Attributes:
        name: relative to the delivered folder as it is on disk; as the table says it where it stands for no file.
        path: the file; None where there is none to read.
        objection: empty, or why it may not be read, as the end of a sentence ("leads out of the delivered folder").
        near: empty, or in brackets the file that may be meant by the name of one that is not there.
    """

    name: str
    path: Path | None = None
    objection: str = ""
    near: str = ""


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

    def find(self, word: str) -> Found:
        """The file that a path in a table stands for; it is never sought outside the folder.

        Accents count the same in both of their Unicode forms, and a bare file name may lie in any one folder.
        """
        name = tidy_name(word)
        if name in self._listed:
            return Found(name, self.root / name)
        if name is None:
            return Found(_shown(word), objection="leads out of the delivered folder; give a path relative to it")
        if _n_bytes(name) > MOST_PATH_BYTES or any(_n_bytes(part) > MOST_NAME_BYTES for part in name.split("/")):
            return Found(_shown(name), objection="is longer than that of any file")
        is_there = name in self.outside or os.path.isfile(self.root / name)  # noqa: PTH113 — it never raises
        known = name if is_there else self._only(self._by_form, name)
        if not known and "/" not in name:
            known = self._only(self._by_bare_name, name)
        if not known:
            return Found(_shown(name), near=self._near(name))
        path = self.root / known
        if known in self.outside or not self.fence.holds(path):
            return Found(_shown(known), objection="is a link that leads out of the delivered folder")
        return Found(known, path)

    def _only(self, index: Mapping[str, list[str]], name: str) -> str:
        meant = index.get(_one_form(name), [])
        return meant[0] if len(meant) == 1 else ""

    def _near(self, name: str) -> str:
        """What may have been meant, in brackets."""
        plain = _one_form(name)
        for index, key, words in (
            (self._by_form, plain, "both spellings of its accents are there"),
            (self._by_capitals, plain.casefold(), "{} differs only in capitals"),
            (self._by_stem, str(PurePosixPath(plain).with_suffix("")), "{} has another ending"),
            (self._by_bare_name, PurePosixPath(plain).name, "{} lies in another folder"),
        ):
            if key in index:
                return f" ({words.format(index[key][0])})"
        return ""

    @cached_property
    def _by_form(self) -> Mapping[str, list[str]]:
        return _index(self._all, lambda name: name)

    @cached_property
    def _by_capitals(self) -> Mapping[str, list[str]]:
        return _index(self._all, str.casefold)

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        return _index(self._all, lambda name: str(PurePosixPath(name).with_suffix("")))

    @cached_property
    def _by_bare_name(self) -> Mapping[str, list[str]]:
        """Films alone: a mask mostly bears the name of its film."""
        return _index(self.films, lambda name: name.rpartition("/")[2])

    @cached_property
    def _listed(self) -> frozenset[str]:
        """What was found inside on the way through the folder, and needs no second look."""
        return frozenset(self._all) - self.outside

    @cached_property
    def _all(self) -> tuple[str, ...]:
        return (*self.films, *sorted(self.masks))

    def mask_of(self, film: str, kind: str) -> Path | None:
        """The mask of the film's own name in the folder of masks beside its folder, if there is one."""
        place = PurePosixPath(film)
        folder = next(name for name, mask_kind in MASK_FOLDERS.items() if mask_kind == kind)
        for candidate in (place.name, f"{place.stem}.png"):
            name = str(place.parent.parent / folder / candidate)
            if place.parent != PurePosixPath(".") and name.lower() in self._masks_by_small_letters:
                return self.root / self._masks_by_small_letters[name.lower()]
        return None

    @cached_property
    def _masks_by_small_letters(self) -> Mapping[str, str]:
        return {name.lower(): name for name in sorted(self.masks, reverse=True)}


def look(root: Path) -> Inbox:
    """Lists a folder; hidden files, known junk and documents are passed over."""
    fence = Fence(root)
    films, masks, outside = [], set(), set()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() and not fence.holds(path):
            outside.add(name)
        if MASK_FOLDERS.keys() & {part.lower() for part in PurePosixPath(name).parts[:-1]}:
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
    text = word.replace("\\", "/")
    parts = text.split("/")
    drive = len(word) > 1 and word[1] == ":"
    if "\x00" in text or drive or text.startswith("/") or ".." in parts:
        return None
    return "/".join(part for part in parts if part not in ("", ".")) or "."


def _index(names: Iterable[str], key: Callable[[str], str]) -> Mapping[str, list[str]]:
    """Names by a key of them in one Unicode form."""
    index: dict[str, list[str]] = defaultdict(list)
    for name in names:
        index[key(_one_form(name))].append(name)
    return dict(index)


def _n_bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def _one_form(name: str) -> str:
    """Composed letters: one disk writes é as one sign, another as two."""
    return unicodedata.normalize("NFC", name)


def _shown(name: str) -> str:
    """A name for people, of a length that fits into a line and a database."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= SHOWN_LETTERS else f"{plain[:SHOWN_LETTERS]}…"
