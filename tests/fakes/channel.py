"""A platform that does as it is told: answers each send with the next result a test has laid out, and keeps what it was given."""

import asyncio
from collections import deque
from collections.abc import Callable

from bot.channels.base import Door, Limits, Markup
from bot.model.delivery import Outgoing, Result, Sent

Answer = Result | BaseException | Callable[[], Result]


class FakePlatform:
    def __init__(self, account: str = "web", limits: Limits | None = None) -> None:
        self.account = account
        self.limits = limits or Limits(Markup.PLAIN)
        self.trouble: str | None = None
        self.got: list[Outgoing] = []
        self.answers: deque[Answer] = deque()
        self.gate = asyncio.Event()
        """Closed, every send hangs until the test opens it."""
        self.gate.set()

    async def start(self, door: Door) -> None:
        return None

    async def send(self, out: Outgoing) -> Result:
        self.got.append(out)
        await self.gate.wait()
        answer = self.answers.popleft() if self.answers else Sent(f"id-{out.id}")
        if isinstance(answer, BaseException):
            raise answer
        return answer if not callable(answer) else answer()

    async def stop(self) -> None:
        return None

    async def close(self) -> None:
        return None

    @property
    def texts(self) -> list[str]:
        return [out.text for out in self.got]
