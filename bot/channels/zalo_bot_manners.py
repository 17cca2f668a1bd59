"""Courtesies on Zalo Bot: typing is shown once, groups are declined; a bot of this platform cannot leave one."""

from collections.abc import Callable

from .courtesies import TYPING_AFTER, Courtesies
from .zalo_bot_api import FAILURES, ZaloBotApi


class Manners(Courtesies[str]):
    failures = FAILURES

    def __init__(self, api: ZaloBotApi, words: Callable[[str], str], typing_after: float = TYPING_AFTER) -> None:
        """`words`: the words of a block of content/common/zalo_bot.md.j2."""
        super().__init__(typing_after)
        self._api = api
        self._words = words

    async def _show_typing(self, chat: str) -> None:
        await self._api.call("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def _turn_away(self, chat: str) -> None:
        await self._api.call("sendMessage", {"chat_id": chat, "text": self._words("group")})
