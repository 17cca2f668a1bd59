"""The one place that calls Telegram: who we are there, how long we wait, and what an error means for a message."""

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from ..model.delivery import Blocked, NotSent, Refused, Result, SlowDown, Unknown
from .telegram_fields import ALLOWED

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's own way to ask for its coming behaviour, without a warning at each use

OFFICIAL = "https://api.telegram.org"
SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Nothing of the request can have left us."""
REFUSED_TOKEN = "Telegram refuses the token: look at TELEGRAM_TOKEN"  # noqa: S105
WAIT_FOR_TOKEN = 60.0
GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot can't initiate conversation")
"""What Telegram says, in a 400, of a person who cannot be written to."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for Telegram, in seconds. `answer` and `connect` together stay below the limit of a whole send."""

    connect: float = 5.0
    answer: float = 12.0
    poll: float = 10.0
    """How long Telegram may hold a poll open; below the term of the elected poller."""
    file: float = 20.0
    """How long a whole file may take: somebody waits before the screen."""


def connect(token: str, api: str, patience: Patience) -> tuple[Bot, list[HTTPXRequest]]:
    """A bot that has not spoken to Telegram yet, and its connections: its polls do not wait behind its sends."""

    def request(size: int) -> HTTPXRequest:
        return HTTPXRequest(size, patience.answer, patience.connect, patience.connect, patience.connect)

    polls, sends = request(1), request(64)
    return Bot(token, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot", request=sends, get_updates_request=polls), [polls, sends]


async def updates(bot: Bot, offset: int | None, patience: Patience) -> list[Any]:
    """The next updates as they came, unparsed: one that cannot be parsed then spoils no other. Raises TelegramError.

    «get_Updates» is no slip: the library warns of the names that it has a method for, and its method parses.
    """
    wanted: dict[str, Any] = {"timeout": int(patience.poll), "allowed_updates": ALLOWED}
    if offset is not None:
        wanted["offset"] = offset
    batch = await bot.do_api_request("get_Updates", wanted, read_timeout=patience.poll + patience.answer)
    return batch if isinstance(batch, list) else []


def outcome(error: BaseException) -> Result:
    """What a failed send means for its message. Telegram's words are kept, ours never hold the token or a text."""
    match error:
        case RetryAfter():
            return SlowDown(seconds(error.retry_after))
        case InvalidToken():
            return SlowDown(WAIT_FOR_TOKEN)
        case Forbidden() | ChatMigrated():
            return Blocked(error.message)
        case BadRequest() if any(gone in error.message.lower() for gone in GONE):
            return Blocked(error.message)
        case BadRequest() | Conflict():
            return Refused(error.message)
    cause = error.__cause__
    if isinstance(cause, SURELY_NOT_SENT):
        return NotSent(type(cause).__name__)
    return Unknown(type(cause or error).__name__)


def cannot_be_parsed(error: TelegramError) -> bool:
    """Telegram did not take the markup; the same words without any may still go."""
    return isinstance(error, BadRequest) and "can't parse entities" in error.message.lower()


def seconds(pause: float | timedelta) -> float:
    """The library is moving from numbers to timedelta."""
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
