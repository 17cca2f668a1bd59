"""Fetches updates where no webhook can reach us, for development: the platform tells each update once and asks for no receipt.

So what was fetched is kept until it is stored, nothing is fetched meanwhile, and a poll under way is waited for when we stop. What is lost
on the wire is lost all the same: in earnest, let Zalo bring updates to the webhook.
"""

import asyncio
import time
from collections import deque
from typing import Any

import structlog

from ..model.errors import StoreError
from .base import Office
from .secret_webhook import Take
from .zalo_bot_api import (
    CONFLICT,
    FAILURES,
    LONGEST_PAUSE,
    NOT_FOUND,
    REFUSED_TOKEN,
    TOO_FAST,
    TOO_MANY,
    UNAUTHORIZED,
    UNKNOWN_BOT,
    WAIT_FOR_TOKEN,
    Patience,
    Refusal,
    ZaloBotApi,
)

log = structlog.get_logger(__name__)

ANOTHER_TRY = 2.0
"""Seconds after which a process that was not elected asks again."""
OTHER_POLLER = "another program polls Zalo with this token, or a webhook is set: stop it, one token is for one installation"
LONGEST_REST = 30.0
TOO_SOON = 0.2
"""Seconds: a poll that ends earlier with nothing was not held open at all, and the next must not follow at once."""
TRIES = 3
"""How often an update that makes us stumble (an error of ours) is tried before it is left behind, with an alarm."""


class Poller:
    def __init__(self, api: ZaloBotApi, take: Take, office: Office, patience: Patience) -> None:
        self._api = api
        self._take = take
        self._office = office
        self._patience = patience
        self._kept: deque[Any] = deque()
        self._stumbled = 0
        self._failures = 0
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble: str | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="zalo bot poll")

    async def stop(self) -> None:
        self._stopping.set()
        if self._task is not None:
            await self._task
            if self._kept:
                log.error("updates_lost", count=len(self._kept))
            try:
                await self._office.resign()
            except StoreError as error:
                log.warning("office_not_resigned", why=str(error))

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = await self._round()
            except Exception as error:
                pause = self._after(error)
            if pause:
                await self._until_stopped(pause)

    async def _round(self) -> float:
        """Store what is kept, else fetch. Seconds to rest before the next."""
        if not self._kept:
            if not await self._office.hold():
                return min(ANOTHER_TRY, self._patience.poll / 2)
            began = time.monotonic()
            self._kept.extend(await self._api.updates())
            if not self._kept:
                self._failures, self.trouble = 0, None
                return 1.0 if time.monotonic() - began < TOO_SOON else 0
        while self._kept:
            await self._store(self._kept[0])
            self._kept.popleft()
        self._failures, self._stumbled, self.trouble = 0, 0, None
        return 0

    async def _store(self, update: Any) -> None:
        try:
            await self._take(update)
        except StoreError:
            raise
        except Exception:
            self._stumbled += 1
            if self._stumbled < TRIES:
                raise
            self._stumbled = 0
            log.exception("update_given_up")

    def _after(self, error: Exception) -> float:
        """What is wrong, for the operator; how long to rest."""
        self._failures += 1
        pause = min(LONGEST_REST, 2.0 ** min(self._failures - 1, 10))
        match error:
            case StoreError():
                self.trouble = str(error)
            case Refusal():
                self.trouble, pause = _named(error, pause)
            case _ if isinstance(error, FAILURES):
                self.trouble = f"Zalo does not answer ({type(error).__name__})"
            case _:
                log.exception("poll_failed")
                return pause
        log.warning("poll_failed", why=self.trouble, pause=pause)
        return pause

    async def _until_stopped(self, pause: float) -> None:
        try:
            async with asyncio.timeout(pause):
                await self._stopping.wait()
        except TimeoutError:
            pass


def _named(refusal: Refusal, pause: float) -> tuple[str, float]:
    match refusal.code:
        case code if code == UNAUTHORIZED:
            return REFUSED_TOKEN, WAIT_FOR_TOKEN
        case code if code == NOT_FOUND:
            return UNKNOWN_BOT, WAIT_FOR_TOKEN
        case code if code == CONFLICT:
            return OTHER_POLLER, max(pause, 5.0)
        case code if code == TOO_MANY:
            return TOO_FAST, min(refusal.pause or WAIT_FOR_TOKEN, LONGEST_PAUSE)
    return f"Zalo refuses to tell what has come ({refusal})", pause
