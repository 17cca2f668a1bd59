"""The door as a channel's test sees it: remembers who came, and can be out of order."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.model.message import Address, Inbound, Kind, Received


class FakeDoor:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self.inbound: list[Inbound] = []
        self.reached: list[tuple[Address, bool]] = []
        self.echoes: list[tuple[Address, str, str]] = []
        self.trouble: Exception | None = None
        self.answering = True

    async def __call__(self, inbound: Inbound) -> Received:
        if self.trouble:
            raise self.trouble
        new = (inbound.address, inbound.external_id) not in [(one.address, one.external_id) for one in self.inbound]
        self.inbound.append(inbound)
        await self._notify()
        return Received(len(self.inbound), new, inbound.text, self.answering)

    async def echo(self, address: Address, sent_id: str, text: str, at: datetime) -> None:
        if self.trouble:
            raise self.trouble
        self.echoes.append((address, sent_id, text))

    async def reach(self, address: Address, reachable: bool, at: datetime | None = None) -> None:
        if self.trouble:
            raise self.trouble
        self.reached.append((address, reachable))
        await self._notify()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something about what came holds."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(holds)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @property
    def arrived(self) -> list[tuple[Kind, str, str]]:
        """Each distinct arrival: kind, text, external id."""
        return list(dict.fromkeys((one.kind, one.text, one.external_id) for one in self.inbound))
