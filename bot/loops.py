"""A background loop: works when woken, looks for itself now and then, and outlives whatever goes wrong in one round."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from . import metrics
from .model.errors import StoreError

log = structlog.get_logger(__name__)

Round = Callable[[], Awaitable[float | None]]
"""One round of work; answers in how many seconds the next is wanted, or None for the usual poll."""


class Loop:
    def __init__(self, name: str, work: Round, poll: float) -> None:
        """`poll`: seconds between rounds when nobody wakes it."""
        self.name = name
        self._work = work
        self._poll = poll
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        metrics.LOOP_FAILURES.labels(name)

    @property
    def alive(self) -> bool:
        """Whether it is at work, or was stopped on purpose."""
        return self._task is not None and (self._stopping or not self._task.done())

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """Only a hint: a lost one costs at most one poll."""
        self._wake.set()

    async def stop(self) -> None:
        """Let the round under way finish, then end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            pause = await self._round()
            if self._stopping:
                return
            try:
                async with asyncio.timeout(self._poll if pause is None else min(pause, self._poll)):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _round(self) -> float | None:
        try:
            return await self._work()
        except StoreError as error:
            log.error("store_trouble", loop=self.name, why=str(error))
        except Exception:
            log.exception("round_failed", loop=self.name)
        metrics.LOOP_FAILURES.labels(self.name).inc()
        return None
