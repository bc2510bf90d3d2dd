"""Whether a port can be had, asked before anything is started on it."""

from __future__ import annotations

import errno
import socket

from radiographs.errors import PortTaken

LOOPBACK = "127.0.0.1"


def require_free_port(port: int, setting: str) -> None:
    """Passes if a server could listen on a loopback port now.

    Raises:
        PortTaken: it could not; the sentence names the port and the setting that changes it.
    """
    try:
        _bind(port)
    except OSError as error:
        why = "is already taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise PortTaken(
            f"port {port} on {LOOPBACK} {why}: stop what listens there, or set {setting} to another port"
        ) from error


def free_port() -> int:
    """A loopback port that is free now, chosen by the system."""
    return _bind(0)


def _bind(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free to a server
        listener.bind((LOOPBACK, port))
        return int(listener.getsockname()[1])
