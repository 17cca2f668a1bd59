"""Small courtesies that nothing depends on: typing is shown, a group is declined once. None is stored or tried again.

Whatever goes wrong with one is a line in the log.
"""

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

TYPING_AFTER = 1.0
"""Seconds without an answer after which typing is shown."""
AT_ONCE = 500
"""Courtesies under way; beyond that, people get their answers without."""

Chat = TypeVar("Chat", bound=Hashable)


class Courtesies(Generic[Chat]):
    """What a platform's own courtesies are made of: it says how typing is shown and a group declined."""

    failures: tuple[type[Exception], ...]
    """What may go wrong with one."""

    def __init__(self, typing_after: float) -> None:
        self._typing_after = typing_after
        self._running: set[asyncio.Task[None]] = set()
        self._typing: dict[Chat, asyncio.Task[None]] = {}
        self._declined: set[Chat] = set()

    def thinking(self, chat: Chat) -> None:
        """Somebody wrote; should the answer take long, they see typing."""
        if chat not in self._typing and (task := self._begin(self._show_typing_later(chat))):
            self._typing[chat] = task
            task.add_done_callback(lambda _task: self._typing.pop(chat, None))

    def answered(self, chat: Chat) -> None:
        task = self._typing.pop(chat, None)
        if task is not None:
            task.cancel()

    def decline(self, chat: Chat) -> None:
        """Say once, in a group, that we talk one by one."""
        if chat not in self._declined:
            self._declined = {*self._declined, chat} if len(self._declined) < AT_ONCE else {chat}
            self._begin(self._turn_away(chat))

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _show_typing(self, chat: Chat) -> None:
        raise NotImplementedError

    async def _turn_away(self, chat: Chat) -> None:
        raise NotImplementedError

    def _begin(self, courtesy: Coroutine[Any, Any, Any]) -> "asyncio.Task[None] | None":
        if len(self._running) >= AT_ONCE:
            courtesy.close()
            return None
        task = asyncio.create_task(self._quietly(courtesy))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _show_typing_later(self, chat: Chat) -> None:
        await asyncio.sleep(self._typing_after)
        await self._show_typing(chat)

    async def _quietly(self, courtesy: Coroutine[Any, Any, Any]) -> None:
        try:
            await courtesy
        except self.failures as error:
            log.info("courtesy_failed", why=self._why(error))

    def _why(self, error: Exception) -> str:
        """Its kind alone, for its words may hold a token."""
        return type(error).__name__
