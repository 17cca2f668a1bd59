"""A server of a test's own on loopback, after which nobody is left talking."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Protocol

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handle: Handle, port: int = 0) -> AsyncIterator[int]:
    """The port. At the end every talk that goes on is broken off, for the event loop may outlive the test."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await handle(reader, writer)
        finally:
            talks.discard(task)
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=2**21)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


class Platform(Protocol):
    """A fake of one, of which something may hang until `go_on`."""

    url: str
    go_on: asyncio.Event

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...
    async def _notify(self) -> None: ...


@asynccontextmanager
async def reachable(fake: Platform, port: int = 0) -> AsyncIterator[None]:
    """It listens there; at the end whatever hangs goes on."""
    async with listening(fake.handle, port) as taken:
        fake.url = f"http://127.0.0.1:{taken}"
        try:
            yield
        finally:
            fake.go_on.set()
            await fake._notify()
