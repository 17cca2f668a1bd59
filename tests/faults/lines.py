"""The platforms of a round, more patient than in other tests: what was not taken is brought again until it is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from ..fakes.telegram import SECRET_HEADER, TelegramServer
from ..fakes.telegram import Person as TelegramPerson
from ..fakes.wire import listening
from ..fakes.zalo_oa import Person as ZaloPerson
from ..fakes.zalo_oa import ZaloServer
from .citizens import TROUBLE, Citizen
from .front import Front, front

AGAIN = 0.1
"""Seconds until something is brought again; the platforms take longer."""
MOST_KEPT = 50


class PatientTelegram(TelegramServer):
    def __init__(self) -> None:
        super().__init__()
        self.http = httpx.AsyncClient(timeout=10, verify=False, limits=httpx.Limits(max_connections=None))
        self.past: list[dict[str, Any]] = []
        """What was brought, to be brought again by a flood."""

    async def deliver_raw(self, update: Any) -> None:
        self.past = [*self.past, update][-MOST_KEPT:]
        if not self.hook:
            await super().deliver_raw(update)
            return
        while not await self.bring(json.dumps(update).encode()):
            await asyncio.sleep(AGAIN)

    async def bring(self, body: bytes) -> bool:
        """One try. Whether it was taken."""
        try:
            answer = await self.http.post(self.hook["url"], content=body, headers={SECRET_HEADER: self.hook["secret_token"]})
        except TROUBLE:
            return False
        self.hook_answers.append(answer.status_code)
        return answer.is_success


class PatientZalo(ZaloServer):
    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.http = httpx.AsyncClient(timeout=10, verify=False, limits=httpx.Limits(max_connections=None))
        self.past: list[dict[str, Any]] = []

    async def deliver(self, event: dict[str, Any]) -> int:
        self.past = [*self.past, event][-MOST_KEPT:]
        raw = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        while not await self.bring(raw, self.signed(raw, str(event["timestamp"]))):
            await asyncio.sleep(AGAIN)
        return 200

    async def bring(self, raw: bytes, headers: dict[str, Any]) -> bool:
        """One try. Whether it was taken."""
        try:
            answer = await self.http.post(self.hook, content=raw, headers={"Content-Type": "application/json", **headers})
        except TROUBLE:
            return False
        self.hook_answers.append(answer.status_code)
        return answer.status_code == 200


@asynccontextmanager
async def before(server: PatientTelegram | PatientZalo) -> AsyncIterator[Front]:
    """The platform, listening, and the way to it, which can be cut or closed."""
    async with listening(server.handle) as port, front(lambda: [port]) as way:
        server.url = way.url
        try:
            yield way
        finally:  # a round that came to nothing leaves no socket to the next
            server.go_on.set()
            await server._notify()
            await server.http.aclose()
    assert server.odd == []


class Someone(Protocol):
    """A citizen on some platform."""

    name: str
    platform: str

    @property
    def address(self) -> str:
        """What our own records call them."""

    async def says(self, text: str) -> None:
        """Back when the platform has it, or has brought it."""

    @property
    def texts(self) -> list[str]:
        """All that they were ever shown, in order."""


@dataclass
class OnTelegram:
    name: str
    person: TelegramPerson
    platform: str = "telegram"

    @property
    def address(self) -> str:
        return str(self.person.id)

    @property
    def texts(self) -> list[str]:
        return self.person.texts

    async def says(self, text: str) -> None:
        await self.person.says(text)


@dataclass
class OnZalo:
    name: str
    person: ZaloPerson
    platform: str = "zalo"

    @property
    def address(self) -> str:
        return self.person.id

    @property
    def texts(self) -> list[str]:
        return self.person.texts

    async def says(self, text: str) -> None:
        await self.person.says(text)


class OnWeb:
    platform = "web"

    def __init__(self, name: str, http: httpx.AsyncClient) -> None:
        self.name = name
        self._citizen = Citizen(http, "", 0)
        self._reading: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """The visitor's id stands in their token."""
        return self._citizen.token.split(".")[2]

    @property
    def texts(self) -> list[str]:
        return self._citizen.texts

    async def says(self, text: str) -> None:
        if self._reading is None:
            await self._citizen.arrives()
            self._reading = asyncio.create_task(self._read())
        await self._citizen.says(text)

    async def leaves(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        async for _ in self._citizen._events():
            pass
