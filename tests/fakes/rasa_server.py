"""Rasa's side of the wire, for what the real one will not do on demand: hang, fail, talk nonsense, serve another model."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .wire import listening

READY: dict[str, Any] = {
    "intent_ranking": [{"name": "eid_otp", "confidence": 0.9}, {"name": "affirm", "confidence": 0.1}],
    "entities": [{"entity": "commune", "value": "x"}, {"entity": "aspect", "value": "fee"}],
}


class RasaServer:
    """Answers on loopback as it is told to. `asked` are the texts it was asked, `at_once` the most it held together."""

    def __init__(self) -> None:
        self.model_file = "nlu-expected.tar.gz"
        self.token = "a token made up for tests"
        self.status = 200
        self.answer: Any = READY
        self.hangs = False
        self.go_on = asyncio.Event()
        self.asked: list[str] = []
        self.statuses = 0
        self.inside = 0
        self.at_once = 0
        self.url = ""
        self._changed = asyncio.Condition()

    async def holds(self, count: int) -> None:
        """Wait until so many questions are inside together."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.inside >= count)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                await self._answer(line.decode(), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        url = urlsplit(line.split(" ")[1])
        body = await self._body(reader)
        if parse_qs(url.query).get("token") != [self.token]:
            return self._say(writer, 401, {})
        if url.path == "/status":
            self.statuses += 1
            return self._say(writer, 200, {"model_file": self.model_file})
        self.asked.append(json.loads(body)["text"])
        self.inside += 1
        self.at_once = max(self.at_once, self.inside)
        async with self._changed:
            self._changed.notify_all()
        if self.hangs:
            await self.go_on.wait()
        self.inside -= 1
        return self._say(writer, self.status, self.answer)

    async def _body(self, reader: asyncio.StreamReader) -> bytes:
        length = 0
        while (header := (await reader.readline()).decode().strip()) != "":
            name, _, value = header.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        return await reader.readexactly(length)

    def _say(self, writer: asyncio.StreamWriter, status: int, answer: Any) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body)


@asynccontextmanager
async def rasa_server() -> AsyncIterator[RasaServer]:
    fake = RasaServer()
    async with listening(fake.handle) as port:
        fake.url = f"http://127.0.0.1:{port}"
        try:
            yield fake
        finally:
            fake.go_on.set()
