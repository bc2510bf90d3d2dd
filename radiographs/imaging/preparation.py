"""The settings by which a film becomes the square that a network sees, and the names they give to stored films."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol, get_args

from radiographs.errors import InvalidSettings, NoLungMask
from radiographs.imaging import contrast, lung_view, marks
from radiographs.imaging.contrast import Contrast
from radiographs.imaging.lung_view import Lungs

PREPARATION_VERSION = "1"
Fit = Literal["letterbox", "stretch"]
Handling = Literal["keep", "mask"]
MAX_BORDER = 0.2
_MIN_SIDE_PX, _MAX_SIDE_PX = 8, 4096
_DIGEST_DIGITS = 16


@dataclass(frozen=True)
class Preparation:
    """How a film becomes a square.

    Attributes:
        side_px: of the square.
        fit: whether proportions are kept (letterbox) or not (stretch).
        marks: whether burnt-in text, lone L, R, AP and PA marks with it, is kept or masked out before the resizing.
        contrast: what is done to the grey levels of what is seen.
        lungs: whether all of the film is seen, the lungs, the lungs and some of what surrounds them, or their box.
        border: share of the film's width and height that is cut off at each of its sides, 0 to 0.2.

    Raises:
        InvalidSettings: a setting that cannot work.
    """

    side_px: int = 224
    fit: Fit = "letterbox"
    marks: Handling = "keep"
    contrast: Contrast = "none"
    lungs: Lungs = "all"
    border: float = 0.0

    def __post_init__(self) -> None:
        if type(self.side_px) is not int or not _MIN_SIDE_PX <= self.side_px <= _MAX_SIDE_PX:
            raise InvalidSettings(
                f"side_px must be a whole number from {_MIN_SIDE_PX} to {_MAX_SIDE_PX}, got {self.side_px!r}; set it so"
            )
        for name, words in (("fit", Fit), ("marks", Handling), ("contrast", Contrast), ("lungs", Lungs)):
            said = getattr(self, name)
            if said not in get_args(words):
                raise InvalidSettings(
                    f"{name} must be one of {', '.join(get_args(words))}, got {said!r}; set one of them"
                )
        if isinstance(self.border, bool) or not isinstance(self.border, int | float) or not self._border_works:
            raise InvalidSettings(f"border must be a share from 0 to {MAX_BORDER}, got {self.border!r}; set it so")

    @property
    def _border_works(self) -> bool:
        return 0 <= self.border <= MAX_BORDER

    @property
    def needs_lungs(self) -> bool:
        """Whether a film can be prepared only with its lung mask."""
        return self.lungs != "all"

    def require_servable(self) -> None:
        """Refuses what can be compared on films with masks and cannot be served.

        Raises:
            InvalidSettings: the preparation needs lung masks.
        """
        if self.needs_lungs:
            raise InvalidSettings(
                f"lungs must be all for a model that is to be served, got {self.lungs!r}: a film that is asked about "
                "brings no mask; compare it with `radiographs benchmark`, or set lungs to all"
            )

    @property
    def digest(self) -> str:
        """Twelve hex digits that name the settings and the versions of the code: prepared films are stored under it."""
        said = {"version": PREPARATION_VERSION, **self.as_dict()}
        if self.marks == "mask":
            said["finder"] = marks.FINDER_VERSION
        if self.contrast != "none":
            said["enhancer"] = contrast.VERSION
        if self.needs_lungs:
            said["viewer"] = lung_view.VERSION
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON takes them; those that came later are left out where nothing was done before them."""
        return {name: value for name, value in asdict(self).items() if name not in _LATER or value != _LATER[name]}

    @classmethod
    def from_dict(cls, stated: dict[str, Any]) -> Preparation:
        """The settings as JSON gave them; none may be unknown, and none missing but those that `as_dict` leaves out.

        Raises:
            InvalidSettings: a missing or unknown setting, or a value that cannot work.
        """
        known = {field.name for field in fields(cls)}
        if set(stated) | set(_LATER) != known:
            raise InvalidSettings(f"a preparation states {sorted(known)}, got {sorted(stated)}; write it again")
        return cls(**stated)


_LATER = {field.name: field.default for field in fields(Preparation) if field.name not in ("side_px", "fit")}


class MaskedFilm(Protocol):
    """What is needed of a film here; `records.cohort.Film` is one."""

    @property
    def id(self) -> str: ...

    @property
    def lung_mask(self) -> str: ...


def preparation_key(film_id: str, lung_mask_digest: str, preparation: Preparation) -> str:
    """Names a prepared film in the store of its preparation: by the film, and by its mask where that has a say.

    Args:
        film_id: of the film.
        lung_mask_digest: hex digest of its lung mask, "" where it has none.
        preparation: how it is prepared.

    Returns:
        The film's id, followed by "+" and the first 16 digits of the mask's digest where a mask is needed.

    Raises:
        NoLungMask: a mask is needed and there is none.
    """
    if not preparation.needs_lungs:
        return film_id
    if not lung_mask_digest:
        raise NoLungMask(
            f"lungs = {preparation.lungs!r} needs a lung mask of every film, and film {film_id} has none; "
            "leave films without masks out, or set lungs to all"
        )
    return f"{film_id}+{lung_mask_digest[:_DIGEST_DIGITS]}"


def key_of(film: MaskedFilm, preparation: Preparation) -> str:
    """`preparation_key` of a film of a cohort, whose kept masks are named by their digests.

    Raises:
        NoLungMask: a mask is needed and there is none.
    """
    return preparation_key(film.id, PurePosixPath(film.lung_mask).stem, preparation)
