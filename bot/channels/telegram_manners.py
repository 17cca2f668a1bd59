"""Small courtesies that nothing depends on: a tap is answered at once and its choice marked, typing is shown, groups are declined.

None of them is stored or tried again; whatever goes wrong with one is a line in the log.
"""

import asyncio
import html
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import TelegramError

from .telegram_updates import Elsewhere, ForeignTap, Tapped

log = structlog.get_logger(__name__)

CHOSEN = "✅ "
LONGEST_TOAST = 200
LONGEST_LABEL = 64
TYPING_AFTER = 1.0
"""Seconds without an answer after which typing is shown."""
TYPING_AGAIN = 4.5
"""Telegram shows it for five seconds."""
TYPING_TIMES = 4
AT_ONCE = 500
"""Courtesies under way; beyond that, people get their answers without."""


class Manners:
    def __init__(self, bot: Bot, words: Callable[[str], str], typing_after: float = TYPING_AFTER) -> None:
        """`words`: the words of a block of content/common/telegram.md.j2."""
        self._bot = bot
        self._words = words
        self._typing_after = typing_after
        self._running: set[asyncio.Task[None]] = set()
        self._typing: dict[int, asyncio.Task[None]] = {}
        self._declined: set[int] = set()

    def tapped(self, tap: Tapped) -> None:
        """Say that the tap was heard, and mark what was chosen."""
        self._begin(self._confirm(tap))

    def foreign(self, tap: ForeignTap) -> None:
        self._begin(self._bot.answer_callback_query(tap.query, self._words("old_tap")[:LONGEST_TOAST], show_alert=True))

    def decline(self, where: Elsewhere) -> None:
        """Say once, in a group, that we talk one by one, and leave."""
        if where.chat not in self._declined:
            self._declined = {*self._declined, where.chat} if len(self._declined) < AT_ONCE else {where.chat}
            self._begin(self._leave(where.chat))

    def thinking(self, chat: int) -> None:
        """Somebody wrote; should the answer take long, they see typing."""
        if chat not in self._typing and (task := self._begin(self._type(chat))):
            self._typing[chat] = task
            task.add_done_callback(lambda _task: self._typing.pop(chat, None))

    def answered(self, chat: int) -> None:
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

    async def _confirm(self, tap: Tapped) -> None:
        payload = tap.inbound.tap.payload if tap.inbound.tap else ""
        label = _label(tap.keyboard, payload)
        await self._bot.answer_callback_query(tap.query, f"{CHOSEN}{label}"[:LONGEST_TOAST] if label else None)
        marked = _marked(tap.keyboard, payload)
        if label and tap.message_id is not None and marked != tap.keyboard:
            await self._bot.edit_message_reply_markup(tap.inbound.address.id, tap.message_id, reply_markup=marked)

    async def _type(self, chat: int) -> None:
        await asyncio.sleep(self._typing_after)
        for _ in range(TYPING_TIMES):
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
            await asyncio.sleep(TYPING_AGAIN)

    async def _leave(self, chat: int) -> None:
        try:
            await self._bot.send_message(chat, html.escape(self._words("group"), quote=False))
        finally:
            await self._bot.leave_chat(chat)


async def _quietly(courtesy: Coroutine[Any, Any, Any]) -> None:
    try:
        await courtesy
    except TelegramError as error:
        log.info("courtesy_failed", why=f"{type(error).__name__}: {error.message}")


def _label(keyboard: InlineKeyboardMarkup | None, payload: str) -> str | None:
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    return next((button.text.removeprefix(CHOSEN) for button in buttons if button.callback_data == payload), None)


def _marked(keyboard: InlineKeyboardMarkup | None, payload: str) -> InlineKeyboardMarkup | None:
    """The same buttons, the chosen one marked and no other; all can be tapped again, for a tap on an old one is a correction."""
    if keyboard is None:
        return None

    def button(old: InlineKeyboardButton) -> InlineKeyboardButton:
        label = old.text.removeprefix(CHOSEN)
        return InlineKeyboardButton(f"{CHOSEN}{label}" if old.callback_data == payload else label, callback_data=old.callback_data)

    return InlineKeyboardMarkup([[button(old) for old in row] for row in keyboard.inline_keyboard])
