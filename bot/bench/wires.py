"""How a citizen of the load reaches whom they talk to: our web chat, or Rasa's REST channel. Bare HTTP, so that who asks costs little.

A full client would take more of the processor than the server that is measured on the same machine.
"""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

QUIET = 0.5
"""Seconds of silence after which an answer of unknown length is taken for whole."""
BEGINS = 60
"""So much of a reply tells which it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one message: how many replies, a digest of their words, and how the last of them begins."""

    count: int
    digest: str
    ends: str = ""


def answered(texts: list[str]) -> Answer:
    return Answer(len(texts), hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12], " ".join(texts[-1:])[:BEGINS])


class Wire(Protocol):
    heard: list[str]
    """What has come so far for the last message: who breaks off waiting can tell how far it got."""

    async def open(self) -> None: ...

    async def say(self, text: str, key: str, replies: int | None) -> Answer:
        """Send one message and wait for its answer; of so many replies, or None where that is not known yet."""

    async def close(self) -> None: ...


class Http:
    """One kept connection. `source`: the address of this machine that it comes from, for who asks too much is told by that."""

    def __init__(self, url: str, source: str | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._source = None if source is None else (source, 0)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, local_addr=self._source)
        return self._streams

    async def post(self, path: str, body: dict[str, Any], head: str = "") -> tuple[int, Any]:
        """Status and answer. Raises OSError and asyncio.IncompleteReadError where the connection breaks."""
        reader, writer = await self.streams()
        sent = json.dumps(body).encode()
        about = f"Host: {self._host}\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n{head}"
        writer.write(f"POST {path} HTTP/1.1\r\n{about}\r\n".encode() + sent)
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = int(next(line for line in told.split("\r\n") if line.startswith("content-length:")).split(":")[1])
        answer = await reader.readexactly(size)
        return int(told.split()[1]), json.loads(answer)

    async def close(self) -> None:
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


@dataclass
class WebWire:
    """A page: a session, an open stream of what is shown, messages by POST."""

    url: str
    source: str
    token: str | None = None
    heard: list[str] = field(default_factory=list)
    _shown: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    _reads: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._talk, self._page = Http(self.url, self.source), Http(self.url, self.source)

    async def open(self) -> None:
        if self.token is None:
            status, answer = await self._talk.post("/chat/session", {"consent": True, "version": "1"})
            if status != 201:
                raise OSError(f"no session: {status}")
            self.token = answer["token"]
        reader, writer = await self._page.streams()
        last = "Last-Event-ID: 0\r\n"
        writer.write(f"GET /chat/events HTTP/1.1\r\nHost: page\r\nAuthorization: Bearer {self.token}\r\n{last}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise OSError("no stream")
        await reader.readline()  # the size of the first chunk: from here on the stream listens
        self._reads = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data: {"):
                shown = json.loads(line[5:])
                if not shown["mine"]:
                    self._shown.put_nowait(shown["html"])

    async def post(self, text: str, key: str) -> bool:
        """Whether it was new. Raises OSError where it was not accepted."""
        status, answer = await self._talk.post("/chat/messages", {"key": key, "text": text}, f"Authorization: Bearer {self.token}\r\n")
        if status != 202:
            raise OSError(f"status {status}")
        return bool(answer["new"])

    async def say(self, text: str, key: str, replies: int | None) -> Answer:
        while not self._shown.empty():
            self._shown.get_nowait()
        await self.post(text, key)
        return await self.hear(replies)

    async def hear(self, replies: int | None) -> Answer:
        heard: list[str] = []
        self.heard = heard
        with suppress(TimeoutError):
            while replies is None or len(heard) < replies:
                async with asyncio.timeout(QUIET if replies is None and heard else None):
                    heard.append(await self._shown.get())
        return answered(heard)

    async def close(self) -> None:
        if self._reads is not None:
            self._reads.cancel()
            with suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
                await self._reads
        await self._page.close()
        await self._talk.close()


@dataclass
class RasaWire:
    """Rasa's REST channel: the answer to a message is the answer to its request."""

    url: str
    sender: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._http = Http(self.url)

    async def open(self) -> None:
        await self._http.streams()

    async def say(self, text: str, key: str, replies: int | None) -> Answer:
        body = {"sender": self.sender, "message": text, "metadata": {"message_id": key}}
        status, answer = await self._http.post("/webhooks/rest/webhook", body)
        if status != 200:
            raise OSError(f"status {status}")
        return answered([row["text"] for row in answer])

    async def close(self) -> None:
        await self._http.close()
