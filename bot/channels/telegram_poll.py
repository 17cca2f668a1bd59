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
from .secret_webhook import Take
from .telegram_api import REFUSED_TOKEN, WAIT_FOR_TOKEN, Patience, seconds, updates
from .telegram_updates import chat_of

log = structlog.get_logger(__name__)

OTHER_POLLER = "another program polls Telegram with this token, or a webhook is set: stop it, one token is for one installation"
LONGEST_PAUSE = 30.0
ANOTHER_TRY = 2.0
"""Seconds until a process that is not elected asks again: so long nobody polls after one that went has resigned."""
TRIES = 3
"""How often an update that makes us stumble (an error of ours) is fetched again before it is left behind, with an alarm."""


class Poller:
    def __init__(self, bot: Bot, take: Take, office: Office, patience: Patience) -> None:
        self._bot = bot
        self._take = take
        self._office = office
        self._patience = patience
        self._offset: int | None = None
        self._failures = 0
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble: str | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="telegram poll")

    async def stop(self) -> None:
        """What was fetched is stored first; a poll that waits is given up, for nothing of it was confirmed."""
        self._stopping.set()
        if self._task is not None:
            await self._task
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
        """Fetch and store one batch. Seconds to rest before the next."""
        if not await self._office.hold():
            return min(ANOTHER_TRY, self._patience.poll / 2)
        batch = await self._fetch()
        if batch is None:
            return 0
        await self._store(batch)
        ids = [update["update_id"] for update in batch if isinstance(update, dict) and isinstance(update.get("update_id"), int)]
        self._offset = ids[-1] + 1 if ids else self._offset
        self._failures, self.trouble = 0, None
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

    def _after(self, error: Exception) -> float:
        """What is wrong, for the operator; how long to rest."""
        self._failures += 1
        pause = min(LONGEST_PAUSE, 2.0 ** min(self._failures - 1, 10))
        match error:
            case StoreError():
                self.trouble = str(error)
            case InvalidToken():
                self.trouble, pause = REFUSED_TOKEN, WAIT_FOR_TOKEN
            case Conflict():
                self.trouble, pause = OTHER_POLLER, max(pause, 5.0)
            case RetryAfter():
                self.trouble, pause = "Telegram asks us to slow down", seconds(error.retry_after)
            case TelegramError():
                self.trouble = f"Telegram does not answer ({type(error.__cause__ or error).__name__})"
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
