"""A server that is measured, as a process of its own on a free port."""

import asyncio
import socket


class Child:
    """Whoever inherits starts it, each in its own way."""

    def __init__(self) -> None:
        self._port = free_port()
        self._child: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._child is not None, "start it first"
        return self._child.pid


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
