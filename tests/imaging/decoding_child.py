"""A process of its own that decodes what it is sent, under limits, so that a crash, a hang or a bloat can be told."""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.connection import Connection
from pathlib import Path

PATIENCE_S = 120.0
# Beyond what the interpreter and its libraries take; a film of the largest size that is decoded needs less.
SPARE_BYTES = 1 << 30


def serve(connection: Connection) -> None:
    """Decodes each file that comes; answers what became of it, and the most memory that was ever taken, in bytes."""
    limited = False
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        connection.send((_outcome(data), _most_bytes()))
        if not limited:  # by now every library is loaded
            taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (taken + SPARE_BYTES, resource.RLIM_INFINITY))
            limited = True


def _outcome(data: bytes) -> str:
    from radiographs.errors import UnreadableRadiograph
    from radiographs.imaging import decode

    try:
        film = decode.decode_bytes(data, "film.dcm")
        whole = film.pixels.shape == (film.facts.height, film.facts.width) and film.pixels.dtype == "uint8"
        return "decoded" if whole else f"decoded as {film.pixels.shape} {film.pixels.dtype}"
    except UnreadableRadiograph as refusal:
        proper = str(refusal).startswith("film.dcm: ") and "\n" not in str(refusal)
        return "refused" if proper else f"refused improperly: {refusal}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def _most_bytes() -> int:
    """The most that this process or a decoder that it ended has held in memory."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return 1024 * max(resource.getrusage(one).ru_maxrss for one in whose)


class DecodingChild:
    """One such process, replaced when it dies; `most_bytes` is its greatest size so far."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self.most_bytes = 0
        self._start()

    def outcome(self, data: bytes) -> str:
        """What becomes of the bytes: decoded or refused, or else what went wrong."""
        try:
            self._connection.send_bytes(data)
            if not self._connection.poll(PATIENCE_S):
                return self._died("it hung")
            word, self.most_bytes = self._connection.recv()
        except (EOFError, OSError):
            return self._died("it crashed")
        return str(word)

    def end(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _start(self) -> None:
        here, there = multiprocessing.get_context("spawn").Pipe()
        self._connection = here
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
        self._process.start()
        there.close()
        self.outcome(self._first)

    def _died(self, how: str) -> str:
        self.end()
        code = self._process.exitcode
        self._start()
        return f"{how} ({code})"
