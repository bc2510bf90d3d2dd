"""Who answers: the bundle in the champion's seat, and the thread that notices when another was promoted."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from radiographs.errors import InvalidBundle, NoChampion, Refusal
from radiographs.runtime.bundle import Bundle

logger = logging.getLogger("bentoml.radiographs")  # below "bentoml", whose handlers the server sets up

MODEL_ALIAS = "champion"  # the alias under which a Bento names its own model; "latest" would follow the store instead
POLL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Champion:
    """A loaded bundle with the name under which it was registered.

    Attributes:
        bundle: answers.
        name: of the registered model.
        version: in the registry.
        run_id: of the training; empty where nobody wrote it down.
        cautions: checks of the release rule that it did not pass, in words; a person approved it in spite of them.
    """

    bundle: Bundle
    name: str
    version: str
    run_id: str = ""
    cautions: tuple[str, ...] = ()


def from_pointer(pointer: Path, *, threads: int = 0) -> Champion:
    """Loads and tries the bundle that a pointer file names, relative to the pointer's folder.

    Raises:
        NoChampion: there is no pointer yet.
        InvalidBundle: the pointer or the bundle it names cannot be used.
    """
    try:
        named = json.loads(pointer.read_text(encoding="utf-8"))
        folder = pointer.parent / named["bundle"]
        name, version, run_id = str(named["name"]), str(named["version"]), str(named.get("run_id", ""))
        cautions = _cautions(named, pointer.name)
    except FileNotFoundError as error:
        raise NoChampion("no model has been promoted yet: run `radiographs retrain`, then ask again") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidBundle(f"{pointer.name} does not name a bundle, a name and a version ({error})") from error
    return tried(Champion(Bundle.load(folder, threads=threads), name, version, run_id, cautions))


def from_bento(*, threads: int = 0) -> Champion:
    """Loads and tries the bundle that was baked into the Bento being served.

    Raises:
        NoChampion: the service does not run from a Bento.
        InvalidBundle: the bundle is incomplete or altered, or its cautions are no list of sentences.
    """
    import bentoml

    try:
        model = bentoml.models.get(MODEL_ALIAS)
    except bentoml.exceptions.BentoMLException as error:
        raise NoChampion(
            "this service carries no model: serve a built Bento, or set RADIOGRAPHS_FOLLOW_CHAMPION=true"
        ) from error
    facts = model.info.metadata
    cautions = _cautions(facts, f"the Bento's model {model.tag}")
    bundle = Bundle.load(Path(model.path) / "bundle", threads=threads)
    return tried(Champion(bundle, str(facts["name"]), str(facts["version"]), str(facts["run_id"]), cautions))


def _cautions(facts: Mapping[str, Any], source: str) -> tuple[str, ...]:
    """The cautions that were written down with a model; none where it is older than they are.

    What cannot be understood is refused: a model whose cautions were lost must not answer as one that has none.
    """
    written = facts.get("cautions", [])
    if not isinstance(written, list) or not all(isinstance(sentence, str) for sentence in written):
        raise InvalidBundle(f'{source}: expected "cautions" to be a list of sentences, got {written!r}')
    return tuple(written)


def tried(champion: Champion) -> Champion:
    """The champion, once its bundle has answered a film of known shape with scores and heatmaps in range.

    Raises:
        InvalidBundle: the answer is not one.
    """
    shading = np.linspace(40, 215, 96, dtype=np.uint8)
    film = np.tile(shading, (80, 1))
    try:
        answer = champion.bundle.answer(film)
    except Refusal:
        raise
    except Exception as error:
        raise InvalidBundle(f"bundle {champion.bundle.digest} does not answer ({type(error).__name__})") from error
    n_findings = len(champion.bundle.manifest.findings)
    scores_fit = answer.scores.shape == (n_findings,) and abs(float(answer.scores.sum()) - 1) < 1e-3
    if not (scores_fit and answer.heatmaps.min() >= 0 and answer.heatmaps.max() <= 1):  # so written, NaN fails it
        raise InvalidBundle(f"bundle {champion.bundle.digest} answers with scores or heatmaps out of range")
    return champion


class Seat:
    """Holds one champion; taking the seat is one assignment, so a request sees the old one or the new, never both."""

    def __init__(self) -> None:
        self._champion: Champion | None = None
        self._refusal: Refusal = NoChampion("the service is starting")

    def offer(self, load: Callable[[], Champion]) -> bool:
        """Seats what `load` gives; if it refuses, whoever sat there stays, and the log says so loudly."""
        try:
            champion = load()
        except Refusal as refusal:
            return self._decline(refusal)
        except Exception as error:
            logger.exception("the offered champion failed to load")
            return self._decline(InvalidBundle(f"the offered bundle failed to load ({type(error).__name__})"))
        self._champion, self._refusal = champion, NoChampion("")
        logger.info("answering with %s %s, bundle %s", champion.name, champion.version, champion.bundle.digest)
        for caution in champion.cautions:
            logger.warning("a person approved %s %s in spite of: %s", champion.name, champion.version, caution)
        return True

    def _decline(self, refusal: Refusal) -> Literal[False]:
        if str(refusal) == str(self._refusal):
            return False
        self._refusal = refusal
        if isinstance(refusal, NoChampion) and self._champion is None:
            logger.warning("waiting for a champion: %s", refusal)
            return False
        kept = f"{self._champion.name} {self._champion.version} keeps answering" if self._champion else "nobody answers"
        logger.error("REFUSED the offered champion, %s: %s", kept, refusal)
        return False

    @property
    def taken(self) -> bool:
        """Whether somebody sits there."""
        return self._champion is not None

    def holder(self) -> Champion:
        """The champion to answer one request with.

        Raises:
            NoChampion: nobody was promoted yet.
            InvalidBundle: the only one offered cannot be used.
        """
        if self._champion is None:
            raise type(self._refusal)(str(self._refusal))
        return self._champion


class Follower:
    """A thread that offers the seat to whomever the pointer file names, each time the file changes."""

    def __init__(self, seat: Seat, pointer: Path, load: Callable[[], Champion]) -> None:
        self._seat, self._pointer, self._load = seat, pointer, load
        self._seated: Stamp | None = None
        self._refused: Stamp | None = None
        self._pause_s, self._again_at = POLL_SECONDS, 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="champion-follower", daemon=True)

    def start(self) -> None:
        """Looks once, then keeps looking in the background."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        self._stopped.set()
        self._thread.join(timeout=POLL_SECONDS * 2)

    def look(self) -> None:
        """Offers the seat if the pointer changed; a refused one is tried again by itself, ever more rarely."""
        stamp = _stamp(self._pointer)
        if stamp == self._seated and self._seat.taken:
            return
        if stamp is not None and stamp == self._refused and time.monotonic() < self._again_at:
            return
        if self._seat.offer(self._load):
            self._seated, self._refused = stamp, None
            return
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_SECONDS) if stamp == self._refused else POLL_SECONDS
        self._refused, self._again_at = stamp, time.monotonic() + self._pause_s

    def _watch(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            self.look()


def _stamp(pointer: Path) -> Stamp | None:
    """What changes when a file is replaced: its time, size and inode; None while there is none."""
    try:
        facts = pointer.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
