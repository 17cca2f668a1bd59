"""Where a platform keeps what people send: real HTTP on loopback that holds files by their names, and can be told to misbehave.

async with media_server() as media:
    media.files["a.jpg"] = picture()
    media.address("a.jpg")
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class MediaServer:
    """`asked` are the names that anybody has asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.files: dict[str, bytes] = {}
        self.leads: dict[str, str] = {}
        """Names that lead to other addresses."""
        self.hangs: set[str] = set()
        self.breaks: set[str] = set()
        """Names whose bytes end too early."""
        self.asked: list[str] = []
        self._go_on = asyncio.Event()

    def address(self, name: str) -> str:
        return f"{self.url}/{name}"

    def finish(self) -> None:
        """Whatever hangs, ends."""
        self._go_on.set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name = (await reader.readline()).decode().split(" ")[1].removeprefix("/")
            while (await reader.readline()).strip():
                pass
            self.asked.append(name)
            if name in self.hangs:
                await self._go_on.wait()
            writer.write(self._answer(name))
            await writer.drain()
        except (ConnectionError, IndexError):
            pass
        finally:
            writer.close()

    def _answer(self, name: str) -> bytes:
        if name in self.leads:
            return f"HTTP/1.1 302 X\r\nlocation: {self.leads[name]}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        body = self.files.get(name)
        status, told = (404, b"") if body is None else (200, body)
        head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(told)}\r\nconnection: close\r\n\r\n".encode()
        return head + (told[: len(told) // 2] if name in self.breaks else told)


@asynccontextmanager
async def media_server() -> AsyncIterator[MediaServer]:
    fake = MediaServer()
    server = await asyncio.start_server(fake.handle, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        fake.finish()
        server.close()
