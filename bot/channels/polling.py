"""What all who fetch updates for themselves have in common: one process of all does, and what goes wrong is told and waited out."""

import asyncio
from abc import ABC, abstractmethod

import structlog

from ..model.errors import StoreError
from .base import Office

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 30.0
"""Seconds of rest at the most after many failures, unless the platform names another time."""
ANOTHER_TRY = 2.0
"""Seconds until a process that is not elected asks again: so long nobody polls after one that went has resigned."""
TRIES = 3
"""How often an update that makes us stumble (an error of ours) is tried before it is left behind, with an alarm."""


class Polling(ABC):
    """`trouble`: what is wrong now, for the operator."""

    def __init__(self, name: str, office: Office, poll: float) -> None:
        """`name`: whose updates, for the log. `poll`: seconds for which the platform holds a poll open."""
        self._name = name
        self._office = office
        self._another_try = min(ANOTHER_TRY, poll / 2)
        self._failures = 0
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble: str | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"{self._name} poll")

    async def stop(self) -> None:
        """What was fetched is stored first; then another process may be elected at once."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            try:
                await self._office.resign()
            except StoreError as error:
                log.warning("office_not_resigned", why=str(error))

    @abstractmethod
    async def _round(self) -> float:
        """Fetch, where we hold the office, and store. Seconds to rest before the next."""

    @abstractmethod
    def _named(self, error: Exception, pause: float) -> tuple[str, float] | None:
        """What a failure of the platform is to the operator, and how long to rest; None for a mistake of ours."""

    def _well(self) -> None:
        self._failures, self.trouble = 0, None

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = await self._round()
            except Exception as error:
                pause = self._after(error)
            if pause:
                await self._until_stopped(pause)

    def _after(self, error: Exception) -> float:
        """Tell it; how long to rest."""
        self._failures += 1
        pause = min(LONGEST_PAUSE, 2.0 ** min(self._failures - 1, 10))
        named = (str(error), pause) if isinstance(error, StoreError) else self._named(error, pause)
        if named is None:
            log.exception("poll_failed")
            return pause
        self.trouble, pause = named
        log.warning("poll_failed", why=self.trouble, pause=pause)
        return pause

    async def _until_stopped(self, pause: float) -> None:
        try:
            async with asyncio.timeout(pause):
                await self._stopping.wait()
        except TimeoutError:
            pass
