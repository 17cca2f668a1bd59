"""Small courtesies that nothing depends on: typing is shown, groups are declined. None is stored or tried again."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from .zalo_bot_api import FAILURES, ZaloBotApi

log = structlog.get_logger(__name__)

TYPING_AFTER = 1.0
"""Seconds without an answer after which typing is shown, once."""
AT_ONCE = 500
"""Courtesies under way; beyond that, people get their answers without."""


class Manners:
    def __init__(self, api: ZaloBotApi, words: Callable[[str], str], typing_after: float = TYPING_AFTER) -> None:
        """`words`: the words of a block of content/common/zalo_bot.md.j2."""
        self._api = api
        self._words = words
        self._typing_after = typing_after
        self._running: set[asyncio.Task[None]] = set()
        self._typing: dict[str, asyncio.Task[None]] = {}
        self._declined: set[str] = set()

    def decline(self, chat: str) -> None:
        """Say once, in a group, that we talk one by one. A bot of this platform cannot leave."""
        if chat not in self._declined:
            self._declined = {*self._declined, chat} if len(self._declined) < AT_ONCE else {chat}
            self._begin(self._api.call("sendMessage", {"chat_id": chat, "text": self._words("group")}))

    def thinking(self, chat: str) -> None:
        """Somebody wrote; should the answer take long, they see typing."""
        if chat not in self._typing and (task := self._begin(self._type(chat))):
            self._typing[chat] = task
            task.add_done_callback(lambda _task: self._typing.pop(chat, None))

    def answered(self, chat: str) -> None:
        task = self._typing.pop(chat, None)
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self, courtesy: Coroutine[Any, Any, Any]) -> "asyncio.Task[None] | None":
        if len(self._running) >= AT_ONCE:
            courtesy.close()
            return None
        task = asyncio.create_task(_quietly(courtesy))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _type(self, chat: str) -> None:
        await asyncio.sleep(self._typing_after)
        await self._api.call("sendChatAction", {"chat_id": chat, "action": "typing"})


async def _quietly(courtesy: Coroutine[Any, Any, Any]) -> None:
    try:
        await courtesy
    except FAILURES as error:
        log.info("courtesy_failed", why=type(error).__name__)
