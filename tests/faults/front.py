"""One address before several processes, as a reverse proxy gives it: each connection goes to one that lives, and can be cut."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress


class Front:
    def __init__(self, ports: Callable[[], Sequence[int]]) -> None:
        """`ports`: where the processes listen now."""
        self.port = 0
        self._ports = ports
        self._turn = itertools.count()
        self._lines: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self.handle, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Whoever comes now is refused."""
        if self._server is not None:
            self._server.close()
        self.cut()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> int:
        """Every connection that is open now is lost, whatever is on its way. How many."""
        lines = list(self._lines)
        for line in lines:
            line.transport.abort()
        return len(lines) // 2

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await self._connect()
        if behind is None:
            writer.transport.abort()
            return
        answers, questions = behind
        self._lines |= {writer, questions}
        try:
            await asyncio.gather(_pour(reader, questions), _pour(answers, writer))
        finally:
            self._lines -= {writer, questions}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        ports = self._ports()
        first = next(self._turn)
        for place in range(len(ports)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", ports[(first + place) % len(ports)])
        return None


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65536):
            sink.write(part)
            await sink.drain()
    except (ConnectionError, OSError):
        pass
    finally:
        with suppress(ConnectionError, OSError):
            sink.close()


@asynccontextmanager
async def front(ports: Callable[[], Sequence[int]]) -> AsyncIterator[Front]:
    it = Front(ports)
    await it.open()
    try:
        yield it
    finally:
        it.close()
