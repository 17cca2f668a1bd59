"""Files that people sent on Telegram: fetched anew each time somebody may look, from Telegram's own address, and never written down."""

import asyncio
import re

import httpx
import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from . import media
from .base import Unfetched
from .telegram_api import Patience

log = structlog.get_logger(__name__)

_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
"""What Telegram calls a file: no other host, no way up, no query."""


class Files:
    def __init__(self, bot: Bot, patience: Patience) -> None:
        self._bot = bot
        self._patience = patience
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(patience.answer, connect=patience.connect), follow_redirects=False)

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        try:
            async with asyncio.timeout(self._patience.file):
                return await self._fetch(reference, most)
        except BadRequest as error:
            return Unfetched.TOO_BIG if "too big" in error.message.lower() else Unfetched.GONE
        except (TelegramError, httpx.HTTPError, TimeoutError) as error:
            log.warning("file_not_fetched", why=type(error).__name__)
            return Unfetched.AWAY

    async def close(self) -> None:
        await self._http.aclose()

    async def _fetch(self, reference: str, most: int) -> bytes | Unfetched:
        file = await self._bot.get_file(reference)
        if (file.file_size or 0) > most:
            return Unfetched.TOO_BIG
        base = f"{self._bot.base_file_url}/"
        path = (file.file_path or "").removeprefix(base)
        if not _PATH.fullmatch(path):
            return Unfetched.GONE
        return await media.fetch(self._http, base + path, (media.origin(base),), most)
