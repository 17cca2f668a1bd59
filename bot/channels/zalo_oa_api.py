"""The one place that calls Zalo: messages to citizens, and the tokens that this needs. Knows nothing of what lies in our store."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from ..model.clock import Clock
from ..model.tokens import Pair

OFFICIAL = "https://openapi.zalo.me"
OFFICIAL_OAUTH = "https://oauth.zaloapp.com"
REFRESH_LASTS = timedelta(days=90)
"""A refresh token lives three months, says who has written of it; Zalo's answer does not tell."""
SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Nothing of the request can have left us."""
MOST_ANSWER = 64 * 1024


class NotAsked(Exception):
    """The request surely never left us."""


class NoAnswer(Exception):
    """It left, and what came back, if anything, tells nothing."""


class Denied(Exception):
    """Zalo answered, and the answer is no. Holds its number."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for Zalo, in seconds."""

    connect: float = 5.0
    answer: float = 10.0


@dataclass(frozen=True, slots=True)
class App:
    """Who we are to Zalo."""

    id: str
    secret: str = field(repr=False)
    oa: str
    """The OA that we speak for."""


class Api:
    def __init__(self, app: App, api: str, oauth: str, patience: Patience, clock: Clock) -> None:
        timeout = httpx.Timeout(patience.answer, connect=patience.connect, pool=patience.connect)
        self._http = httpx.AsyncClient(timeout=timeout, limits=httpx.Limits(max_connections=64))
        self._app = app
        self._api = api
        self._oauth = oauth
        self._clock = clock

    async def close(self) -> None:
        await self._http.aclose()

    async def message(self, access: str, recipient: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one consultation message: Zalo's whole answer, with its `error`. Raises NotAsked, NoAnswer."""
        body = {"recipient": {"user_id": recipient}, "message": message}
        return await self._ask(f"{self._api}/v3.0/oa/message/cs", {"access_token": access}, json=body)

    async def upload(self, access: str, picture: bytes) -> Mapping[str, Any]:
        """Lay down a JPEG of at most 1 MB, for a message to name: Zalo's whole answer. Nobody is shown it. Raises NotAsked, NoAnswer."""
        files = {"file": ("anh.jpg", picture, "image/jpeg")}
        return await self._ask(f"{self._api}/v2.0/oa/upload/image", {"access_token": access}, files=files)

    async def renewed(self, refresh: str) -> Pair:
        """The next pair; the refresh token is then spent. Raises NotAsked, NoAnswer (it may be spent), Denied."""
        return await self._pair({"grant_type": "refresh_token", "refresh_token": refresh})

    async def exchanged(self, code: str, verifier: str) -> Pair:
        """The first pair, for what an admin brought back. Raises NotAsked, NoAnswer, Denied."""
        return await self._pair({"grant_type": "authorization_code", "code": code, "code_verifier": verifier})

    def permission(self, redirect: str, state: str, verifier: str) -> str:
        """Where an admin of the OA authorises us."""
        asks = {"app_id": self._app.id, "redirect_uri": redirect, "code_challenge": challenge(verifier), "state": state}
        return f"{self._oauth}/v4/oa/permission?{urlencode(asks)}"

    async def _pair(self, form: Mapping[str, str]) -> Pair:
        url = f"{self._oauth}/v4/oa/access_token"
        answer = await self._ask(url, {"secret_key": self._app.secret}, data={**form, "app_id": self._app.id})
        access, refresh, lasts = answer.get("access_token"), answer.get("refresh_token"), answer.get("expires_in")
        if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
            if answer.get("error") in (None, 0):
                raise NoAnswer("no tokens in the answer")
            raise Denied(str(answer.get("error"))[:20])
        return _pair(access, refresh, lasts, self._clock())

    async def _ask(self, url: str, headers: Mapping[str, str], **body: Any) -> Mapping[str, Any]:
        try:
            response = await self._http.post(url, headers=headers, **body)
            answer = response.json() if len(response.content) <= MOST_ANSWER else None
        except SURELY_NOT_SENT as error:
            raise NotAsked(type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise NoAnswer(type(error).__name__) from None
        if response.status_code == 429:
            return {"error": -32}
        if not isinstance(answer, dict) or response.status_code >= 500:
            raise NoAnswer(f"HTTP {response.status_code}")
        return answer


def _pair(access: str, refresh: str, lasts: Any, now: datetime) -> Pair:
    """`expires_in` is a number in a text; where it is none, we believe in an hour, which some pages tell, and renew early."""
    try:
        seconds = float(lasts)
    except (TypeError, ValueError):
        seconds = 3600.0
    bounded = min(max(seconds, 60.0), 30 * 86400.0) if seconds == seconds else 3600.0
    return Pair(access, refresh, now + timedelta(seconds=bounded), now + REFRESH_LASTS)


def new_verifier() -> str:
    """43 characters, as Zalo's own library makes them."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
