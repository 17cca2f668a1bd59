"""Fetches updates where no webhook can reach us, for development: the platform tells each update once and asks for no receipt.

So what was fetched is kept until it is stored, nothing is fetched meanwhile, and a poll under way is waited for when we stop. What is lost
on the wire is lost all the same: in earnest, let Zalo bring updates to the webhook.
"""

import time
from collections import deque
from typing import Any

import structlog

from ..model.errors import StoreError
from .base import Office
from .polling import TRIES, Polling
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

OTHER_POLLER = "another program polls Zalo with this token, or a webhook is set: stop it, one token is for one installation"
TOO_SOON = 0.2
"""Seconds: a poll that ends earlier with nothing was not held open at all, and the next must not follow at once."""


class Poller(Polling):
    def __init__(self, api: ZaloBotApi, take: Take, office: Office, patience: Patience) -> None:
        super().__init__("zalo bot", office, patience.poll)
        self._api = api
        self._take = take
        self._kept: deque[Any] = deque()
        self._stumbled = 0

    async def stop(self) -> None:
        await super().stop()
        if self._kept:
            log.error("updates_lost", count=len(self._kept))

    async def _round(self) -> float:
        if not self._kept:
            if not await self._office.hold():
                return self._another_try
            began = time.monotonic()
            self._kept.extend(await self._api.updates())
            if not self._kept:
                self._well()
                return 1.0 if time.monotonic() - began < TOO_SOON else 0
        while self._kept:
            await self._store(self._kept[0])
            self._kept.popleft()
        self._stumbled = 0
        self._well()
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

    def _named(self, error: Exception, pause: float) -> tuple[str, float] | None:
        if isinstance(error, Refusal):
            return _refused(error, pause)
        return (f"Zalo does not answer ({type(error).__name__})", pause) if isinstance(error, FAILURES) else None


def _refused(refusal: Refusal, pause: float) -> tuple[str, float]:
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
