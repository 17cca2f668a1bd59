"""The one place that calls the Zalo Bot Platform: how long we wait, what it answers, and what an error means for a message.

Answered(result)    {"ok": true, "result": …}
Refusal(code, …)    {"ok": false, "error_code": …}, whatever the HTTP status says; or an HTTP error without such words
Nonsense            neither
httpx.HTTPError     no whole answer

Its token stands in every URL, so no error is told with more than its type.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from ..model.delivery import Blocked, NotSent, Refused, Result, SlowDown, Unknown

SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Nothing of the request can have left us."""
UNAUTHORIZED, NOT_FOUND, IDLE, CONFLICT, TOO_MANY = 401, 404, 408, 409, 429
REFUSED_TOKEN = "Zalo refuses the token: look at ZALO_BOT_TOKEN"  # noqa: S105
UNKNOWN_BOT = "Zalo knows no such bot: look at ZALO_BOT_TOKEN and ZALO_BOT_API"
TOO_FAST = "Zalo asks us to slow down; where that lasts, the month's messages are used up"
WAIT_FOR_TOKEN = 60.0
LONGEST_PAUSE = 300.0
LONGEST_WORDS = 200
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for Zalo, in seconds."""

    connect: float = 5.0
    answer: float = 12.0
    poll: float = 5.0
    """How long Zalo may hold a poll open; we also wait for its end when we stop, for what it brings comes once only."""


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What is set, because nobody says how it is."""

    pause: float
    """Seconds to rest after a 429 that names none."""
    gone: frozenset[int]
    """The error codes that mean a person who cannot be written to."""


class Refusal(Exception):
    """Zalo said no."""

    def __init__(self, code: int, words: str, pause: float | None = None) -> None:
        super().__init__(f"{code} {words}".strip())
        self.code = code
        self.pause = pause


class Nonsense(Exception):
    """Not an answer as Zalo gives them."""


Failure = Refusal | Nonsense | httpx.HTTPError
FAILURES = (Refusal, Nonsense, httpx.HTTPError)


class ZaloBotApi:
    """Has not spoken to Zalo yet. Its polls do not wait behind its sends."""

    def __init__(self, token: str, api: str, patience: Patience) -> None:
        self._url = f"{api}/bot{token}"
        self._patience = patience
        self._http = httpx.AsyncClient(limits=httpx.Limits(max_connections=64), trust_env=False)

    async def call(self, method: str, body: dict[str, Any], held: float = 0.0) -> Any:
        """What Zalo answers. Raises Refusal, Nonsense, httpx.HTTPError. `held`: seconds for which it may keep us waiting by intent."""
        patience = self._patience
        times = httpx.Timeout(patience.answer, connect=patience.connect, pool=patience.connect, read=held + patience.answer)
        response = await self._http.post(f"{self._url}/{method}", json=body, timeout=times)
        return answer(response)

    async def updates(self) -> list[Any]:
        """What has come: nothing or one update. It is told once: whoever loses it, loses it for good."""
        try:
            result = await self.call("getUpdates", {"timeout": int(self._patience.poll)}, held=self._patience.poll)
        except Refusal as refusal:
            if refusal.code == IDLE:
                return []
            raise
        return result if isinstance(result, list) else [result] if result else []

    async def knows_us(self) -> bool:
        """Whether the token is a bot's."""
        try:
            await self.call("getMe", {})
        except Refusal as refusal:
            return refusal.code not in (UNAUTHORIZED, NOT_FOUND)
        return True

    async def name(self) -> str | None:
        """What people look for to find us; None where Zalo does not tell now."""
        try:
            told = await self.call("getMe", {})
        except FAILURES:
            return None
        name = told.get("account_name") if isinstance(told, dict) else None
        return name if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME else None

    async def close(self) -> None:
        await self._http.aclose()


def answer(response: httpx.Response) -> Any:
    """The result of an answer. Raises Refusal, Nonsense."""
    try:
        envelope = response.json()
    except (ValueError, RecursionError):
        envelope = None
    if isinstance(envelope, dict) and envelope.get("ok") is True:
        return envelope.get("result")
    if isinstance(envelope, dict) and envelope.get("ok") is False:
        words = str(envelope.get("description") or "")[:LONGEST_WORDS]
        raise Refusal(_whole(envelope.get("error_code")) or response.status_code, words, _pause(envelope, response))
    if response.is_error:
        raise Refusal(response.status_code, "", _pause({}, response))
    raise Nonsense


def outcome(error: Failure, unpublished: Unpublished) -> Result:
    """What a failed send means for its message."""
    match error:
        case Refusal(code=code) if code == TOO_MANY:
            return SlowDown(error.pause or unpublished.pause)
        case Refusal(code=code) if code == UNAUTHORIZED:
            return SlowDown(WAIT_FOR_TOKEN)
        case Refusal(code=code) if code in unpublished.gone:
            return Blocked(str(error))
        case Refusal(code=code) if code == IDLE or code >= 500:
            return Unknown(str(error))
        case Refusal():
            return Refused(str(error))
    return NotSent(type(error).__name__) if isinstance(error, SURELY_NOT_SENT) else Unknown(type(error).__name__)


def _pause(envelope: dict[str, Any], response: httpx.Response) -> float | None:
    """The rest that was asked for, wherever it stands; no source says that it stands anywhere."""
    parameters = envelope.get("parameters")
    named = parameters.get("retry_after") if isinstance(parameters, dict) else None
    seconds = _whole(named) or _whole(response.headers.get("retry-after"))
    return None if seconds is None else min(float(seconds), LONGEST_PAUSE)


def _whole(value: Any) -> int | None:
    """A positive whole number, written as a number or as a text."""
    text = str(value)
    return int(text) if not isinstance(value, bool) and text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text) else None
