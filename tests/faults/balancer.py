"""One address before several processes, as a reverse proxy gives it: connections in turn to whichever takes them, bytes both ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ..fakes.wire import listening


class Balancer:
    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self.url = ""
        self.carried = dict.fromkeys(ports, 0)
        """How many connections each process got."""
        self._next = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._reach()
        if there is None:
            writer.close()
            return
        back, forth = there
        await asyncio.gather(_pump(reader, forth), _pump(back, writer), return_exceptions=True)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self.ports:
            self._next += 1
            port = self.ports[self._next % len(self.ports)]
            with suppress(OSError):
                connected = await asyncio.open_connection("127.0.0.1", port)
                self.carried[port] += 1
                return connected
        return None


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


@asynccontextmanager
async def balanced(*ports: int) -> AsyncIterator[Balancer]:
    balancer = Balancer(list(ports))
    async with listening(balancer.take) as port:
        balancer.url = f"http://127.0.0.1:{port}"
        yield balancer
