"""Courtesies on Telegram: a tap is answered at once and its choice marked, typing is shown, groups are declined and left."""

import asyncio
import html
from collections.abc import Callable

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import TelegramError

from .courtesies import TYPING_AFTER, Courtesies
from .telegram_updates import ForeignTap, Tapped

CHOSEN = "✅ "
LONGEST_TOAST = 200
LONGEST_LABEL = 64
TYPING_AGAIN = 4.5
"""Telegram shows it for five seconds."""
TYPING_TIMES = 4


class Manners(Courtesies[int]):
    failures = (TelegramError,)

    def __init__(self, bot: Bot, words: Callable[[str], str], typing_after: float = TYPING_AFTER) -> None:
        """`words`: the words of a block of content/common/telegram.md.j2."""
        super().__init__(typing_after)
        self._bot = bot
        self._words = words

    def tapped(self, tap: Tapped) -> None:
        """Say that the tap was heard, and mark what was chosen."""
        self._begin(self._confirm(tap))

    def foreign(self, tap: ForeignTap) -> None:
        self._begin(self._bot.answer_callback_query(tap.query, self._words("old_tap")[:LONGEST_TOAST], show_alert=True))

    def _why(self, error: Exception) -> str:
        return f"{type(error).__name__}: {error}"

    async def _confirm(self, tap: Tapped) -> None:
        payload = tap.inbound.tap.payload if tap.inbound.tap else ""
        label = _label(tap.keyboard, payload)
        await self._bot.answer_callback_query(tap.query, f"{CHOSEN}{label}"[:LONGEST_TOAST] if label else None)
        marked = _marked(tap.keyboard, payload)
        if label and tap.message_id is not None and marked != tap.keyboard:
            await self._bot.edit_message_reply_markup(tap.inbound.address.id, tap.message_id, reply_markup=marked)

    async def _show_typing(self, chat: int) -> None:
        for _ in range(TYPING_TIMES):
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
            await asyncio.sleep(TYPING_AGAIN)

    async def _turn_away(self, chat: int) -> None:
        try:
            await self._bot.send_message(chat, html.escape(self._words("group"), quote=False))
        finally:
            await self._bot.leave_chat(chat)


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
