"""A taken port is said before anything is started on it."""

from __future__ import annotations

import socket

import pytest

from radiographs.errors import PortTaken
from tasks import ports


def test_a_free_port_passes() -> None:
    ports.require_free_port(ports.free_port(), "RADIOGRAPHS_SERVICE_PORT")


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 (listening everywhere is the case tested)
def test_a_taken_port_is_refused_with_its_setting(address: str) -> None:
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .* already taken: .* set RADIOGRAPHS_SERVICE_PORT"):
            ports.require_free_port(port, "RADIOGRAPHS_SERVICE_PORT")


def test_a_port_released_a_moment_ago_is_free() -> None:
    with socket.socket() as listener, socket.socket() as caller:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        caller.connect(("127.0.0.1", port))
        listener.accept()[0].close()
    ports.require_free_port(port, "RADIOGRAPHS_SERVICE_PORT")
