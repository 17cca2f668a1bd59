"""Fetches updates where no webhook can reach us: poll, store every one, only then move on.

The offset lives in memory: after a restart Telegram repeats what was not confirmed, and the door knows what it has. Update ids may jump
either way, so the offset follows the last batch, never the highest id ever seen (Bot API, `Update.update_id`).
"""

import asyncio
from collections import defaultdict
from typing import Any

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from ..model.errors import StoreError
from .base import Office
from .polling import LONGEST_PAUSE, TRIES, Polling
from .secret_webhook import Take
from .telegram_api import REFUSED_TOKEN, WAIT_FOR_TOKEN, Patience, seconds, updates
from .telegram_fields import chat_of

log = structlog.get_logger(__name__)

OTHER_POLLER = "another program polls Telegram with this token, or a webhook is set: stop it, one token is for one installation"


class Poller(Polling):
    """A poll that waits when we are to stop is given up, for nothing of it was confirmed."""

    def __init__(self, bot: Bot, take: Take, office: Office, patience: Patience) -> None:
        super().__init__("telegram", office, patience.poll)
        self._bot = bot
        self._take = take
        self._patience = patience
        self._offset: int | None = None

    async def _round(self) -> float:
        if not await self._office.hold():
            return self._another_try
        batch = await self._fetch()
        if batch is None:
            return 0
        await self._store(batch)
        ids = [update["update_id"] for update in batch if isinstance(update, dict) and isinstance(update.get("update_id"), int)]
        self._offset = ids[-1] + 1 if ids else self._offset
        self._well()
        return LONGEST_PAUSE if batch and not ids else 0

    async def _fetch(self) -> list[Any] | None:
        """The next batch, or None where we are to stop instead of waiting for it."""
        fetching = asyncio.ensure_future(updates(self._bot, self._offset, self._patience))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((fetching, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if fetching.done():
            return fetching.result()
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)
        return None

    async def _store(self, batch: list[Any]) -> None:
        """People side by side, each person's updates in order."""
        chats: dict[int | None, list[Any]] = defaultdict(list)
        for update in batch:
            chats[chat_of(update)].append(update)
        done = await asyncio.gather(*(self._store_in_order(of_one) for of_one in chats.values()), return_exceptions=True)
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed

    async def _store_in_order(self, of_one: list[Any]) -> None:
        for update in of_one:
            try:
                await self._take(update)
            except StoreError:
                raise
            except Exception:
                if self._failures < TRIES:
                    raise
                log.exception("update_given_up", update=update.get("update_id"))

    def _named(self, error: Exception, pause: float) -> tuple[str, float] | None:
        match error:
            case InvalidToken():
                return REFUSED_TOKEN, WAIT_FOR_TOKEN
            case Conflict():
                return OTHER_POLLER, max(pause, 5.0)
            case RetryAfter():
                return "Telegram asks us to slow down", seconds(error.retry_after)
            case TelegramError():
                return f"Telegram does not answer ({type(error.__cause__ or error).__name__})", pause
        return None
