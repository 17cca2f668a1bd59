"""Clients that ask a language model as fast as it answers: plain HTTP on a kept connection, for full clients are slower than the server."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question was sent and answered, on a monotonic clock; `status` 0 where no answer came in time."""

    began: float
    ended: float
    status: int


class Client:
    """One kept connection to `/model/parse` of a server."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._head = (
            f"POST /model/parse?token={quote(token)} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\nContent-Length: "
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, text: str) -> tuple[int, Any]:
        """Status and answer. Raises OSError and asyncio.IncompleteReadError where the connection breaks."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        body = json.dumps({"text": text}).encode()
        writer.write(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = int(next(line for line in head.split("\r\n") if line.startswith("content-length:")).split(":")[1])
        answer = await reader.readexactly(size)
        return int(head.split()[1]), json.loads(answer)

    async def close(self) -> None:
        if self._streams is None:
            return
        writer, self._streams = self._streams[1], None
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def load(clients: Sequence[Client], texts: Sequence[str], seconds: float) -> list[Asked]:
    """Every client asks, waits for its answer and asks the next, for so long."""
    ends = time.monotonic() + seconds
    places = [_from(texts, place * len(texts) // max(1, len(clients))) for place in range(len(clients))]
    asked = await asyncio.gather(*(_one(client, lines, ends) for client, lines in zip(clients, places, strict=True)))
    return [one for listed in asked for one in listed]


async def _one(client: Client, lines: Iterator[str], ends: float) -> list[Asked]:
    asked = []
    while (began := time.monotonic()) < ends:
        status = 0
        try:
            async with asyncio.timeout(PATIENCE):
                status, _ = await client.ask(next(lines))
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            await client.close()
        asked.append(Asked(began, time.monotonic(), status))
    return asked


def _from(texts: Sequence[str], start: int) -> Iterator[str]:
    while True:
        yield texts[start % len(texts)]
        start += 1
